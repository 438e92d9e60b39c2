"""What a letter says anew: two sets of facts compared, and each difference in a sentence for the member.

Facts are those of elections.queries.letter_facts.LetterFacts as JSON. Shifts have no key in a letter: two rows are the
same shift when they are on the same day, at best at the same station in the same position.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Facts = Mapping[str, Any]
Change = dict[str, str]

# Codes of changes that are not a value before and a value after.
NEW_SHIFT: Final = "shift_new"
GONE_SHIFT: Final = "shift_gone"
TEXT: Final = "text"
LOOK: Final = "look"
UNKNOWN: Final = "unknown"

_FACTS: Final = {
    "name": gettext_lazy("Uw naam"),
    "address": gettext_lazy("Uw adres"),
    "role": gettext_lazy("Uw benoeming"),
    "elections": gettext_lazy("De verkiezing"),
    "decided_on": gettext_lazy("De datum van het besluit"),
    "total": gettext_lazy("Uw vergoeding in totaal"),
    "phone": gettext_lazy("Het telefoonnummer van het team"),
    "email": gettext_lazy("Het e-mailadres van het team"),
    "signatory": gettext_lazy("De ondertekenaar"),
    "signatory_title": gettext_lazy("De functie van de ondertekenaar"),
}
_SHIFT: Final = {
    "arrival": gettext_lazy("Uw aankomsttijd op %(day)s"),
    "hours": gettext_lazy("Uw werktijd op %(day)s"),
    "station": gettext_lazy("Uw stembureau op %(day)s"),
    "address": gettext_lazy("Het adres van uw stembureau op %(day)s"),
    "address_note": gettext_lazy("De aanwijzing bij het adres op %(day)s"),
    "position": gettext_lazy("Uw functie op %(day)s"),
    "allowance": gettext_lazy("Uw vergoeding op %(day)s"),
}
# From the surest likeness of two shifts to the weakest.
_LIKENESS: Final = (("day", "station", "position"), ("day", "station"), ("day", "position"), ("day",))


def changes_between(before: Facts, after: Facts) -> list[Change]:
    """What `after` says otherwise than `before`, as rows for AppointmentLetter.changes.

    A letter whose earlier facts are not known is told as changed without details; one that says the same in another
    form, as a new look.
    """
    if not before:
        return [{"code": UNKNOWN}]
    changes = [
        {"code": code, "was": _plain(before.get(code)), "now": _plain(after.get(code))}
        for code in _FACTS
        if _plain(before.get(code)) != _plain(after.get(code))
    ]
    changes += _shift_changes(before.get("shifts", ()), after.get("shifts", ()))
    changes += _text_changes(before.get("texts", ()), after.get("texts", ()))
    return changes or [{"code": LOOK}]


def is_worth_telling(changes: Iterable[Change]) -> bool:
    """Whether the member must hear of it: another look of the same words is no news."""
    return any(change["code"] != LOOK for change in changes)


def change_words(change: Change) -> str:
    """One change as a sentence: "Uw aankomsttijd op woensdag 17 maart 2027 is nu 06.45 uur (was 07.00 uur)."."""
    code = change["code"]
    if code in _WHOLE:
        return _WHOLE[code](change)
    subject = str(_FACTS[code]) if "day" not in change else str(_SHIFT[code]) % {"day": change["day"]}
    words = {"subject": subject, "now": change["now"], "was": change["was"]}
    if not change["was"]:
        return _("%(subject)s is nu %(now)s.") % words
    if not change["now"]:
        return _("%(subject)s staat niet meer in de brief (was %(was)s).") % words
    return _("%(subject)s is nu %(now)s (was %(was)s).") % words


_WHOLE: Final[dict[str, Callable[[Change], str]]] = {
    NEW_SHIFT: lambda change: _("Nieuw: %(now)s.") % change,
    GONE_SHIFT: lambda change: _("Vervallen: %(was)s.") % change,
    TEXT: lambda change: (
        _("De tekst onder “%(heading)s” is aangepast.") % change
        if change["heading"]
        else _("De tekst van de brief is aangepast.")
    ),
    LOOK: lambda change: _("De brief ziet er anders uit. Er staat hetzelfde in."),
    UNKNOWN: lambda change: _("De brief is aangepast. Lees de nieuwe brief."),
}


def _shift_changes(before: Iterable[Facts], after: Iterable[Facts]) -> list[Change]:
    old, new = list(before), list(after)
    for shift in list(old):
        if shift in new:
            old.remove(shift)
            new.remove(shift)
    changes: list[Change] = []
    for keys in _LIKENESS:
        for shift in list(old):
            other = next((each for each in new if all(each[key] == shift[key] for key in keys)), None)
            if other:
                old.remove(shift)
                new.remove(other)
                changes += _details(shift, other)
    changes += [{"code": GONE_SHIFT, "was": _shift_words(shift)} for shift in old]
    return changes + [{"code": NEW_SHIFT, "now": _shift_words(shift)} for shift in new]


def _details(before: Facts, after: Facts) -> list[Change]:
    return [
        {"code": code, "day": after["day"], "was": before.get(code, ""), "now": after.get(code, "")}
        for code in _SHIFT
        if before.get(code, "") != after.get(code, "")
    ]


def _shift_words(shift: Facts) -> str:
    return ", ".join(filter(None, (shift["day"], shift["hours"], shift["station"], shift["position"])))


def _text_changes(before: Iterable[Facts], after: Iterable[Facts]) -> list[Change]:
    """One row for each heading under which something is new, gone or different; the order of headings is no news."""
    old, new = _by_heading(before), _by_heading(after)
    headings = dict.fromkeys([*new, *old])
    return [
        {"code": TEXT, "heading": heading} for heading in headings if old.get(heading) != new.get(heading)
    ]


def _by_heading(texts: Iterable[Facts]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    heading = ""
    for text in texts:
        # A text without a heading of its own goes on under the one before, except at a new place.
        heading = text["heading"] or heading
        found.setdefault(heading, []).append(text["passages"])
    return found


def _plain(value: Any) -> str:
    return ", ".join(value) if isinstance(value, (list, tuple)) else str(value or "")
