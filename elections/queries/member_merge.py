"""In what two rows of one person differ, and what stands in the way of joining them: what the page that asks shows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import LetterState, PositionKind, SecretKind
from elections.models import (
    Assignment,
    ElectionEvent,
    Member,
    MemberSecret,
    OwnFieldValue,
)

KEEP, GONE, BOTH = "keep", "gone", "both"
ACCOUNT: Final = "account"
ANSWERS: Final = "answers"
OWN: Final = "own"
REMARK_LENGTH: Final = 2000

# What is chosen together, by the name of the choice: half a name of one row and half of the other is nobody's.
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "number": ("number",),
    "name": ("initials", "first_name", "infix", "last_name"),
    "birth_date": ("birth_date",),
    "email": ("email",),
    "phone": ("phone",),
    "address": ("street", "house_number", "postcode", "city"),
    "qualified_for": ("qualified_for",),
    "earlier_elections": ("earlier_elections",),
    "trained_on": ("trained_on",),
    "is_own_staff": ("is_own_staff",),
    "remark": ("remark",),
}
_LABELS: Final[dict[str, Promise]] = {
    "name": gettext_lazy("Naam"),
    "address": gettext_lazy("Adres"),
}
_SECRETS: Final = {kind: f"secret:{kind.value}" for kind in SecretKind}


@dataclass(frozen=True)
class Difference:
    """A datum that both rows have, and differently. keep, gone: what each says, in words; `default`: what wins
    unless somebody chooses otherwise."""

    key: str
    label: str
    keep: str
    gone: str
    default: str = KEEP
    may_both: bool = False


def choice_key(kind: str, group: object) -> str:
    """The name of the choice about one thing, such as "answers:<uuid of the event>"."""
    return f"{kind}:{group}"


def differences(keep: Member, gone: Member) -> list[Difference]:
    """What a colleague has to choose before these two become one. What only one row has just stays."""
    return [
        *_field_differences(keep, gone),
        *_number_differences(keep, gone),
        *_account_difference(keep, gone),
        *_answer_differences(keep, gone),
        *_own_differences(keep, gone),
    ]


def merged_values(keep: Member, gone: Member, chosen: Mapping[str, str]) -> dict[str, Any]:
    """The columns of GROUPS as the member will have them. chosen: by key, as `Difference.key`."""
    values: dict[str, Any] = {}
    for key, names in GROUPS.items():
        source = _source(keep, gone, key, chosen.get(key))
        for name in names:
            values[name] = _joined(keep, gone, name) if source == BOTH else getattr(source, name)
    return values


def obstacles(keep: Member, gone: Member) -> list[str]:
    """Why these two cannot be joined now, in sentences for the team; empty when they can."""
    found = []
    if keep.user and gone.user and keep.user.is_staff_member and gone.user.is_staff_member:
        found.append(_("Beide leden hebben het account van een collega."))
    if _died(keep) != _died(gone) and (keep if _died(gone) else gone).is_active:
        found.append(_("Eén van deze leden is overleden. Zet het andere lid eerst op niet actief."))
    for one, other in product(_active_places(keep), _active_places(gone)):
        if one.shift_id == other.shift_id or _overlap(one, other):
            text = _("Beide zijn op dezelfde tijd ingedeeld: %(one)s en %(other)s. Haal er eerst één weg.")
            found.append(text % {"one": one.shift, "other": other.shift})
    both = ElectionEvent.objects.filter(letters__member=keep, letters__state=LetterState.PUBLISHED)
    for event in both.filter(pk__in=gone.letters.filter(state=LetterState.PUBLISHED).values("event")):
        text = _("Beide hebben een gepubliceerde brief voor %(event)s. Trek er eerst één in.")
        found.append(text % {"event": event.name})
    return found


def _died(member: Member) -> bool:
    return member.user is not None and member.user.mail_stopped_at is not None


def reads_hidden(keep: Member, gone: Member) -> bool:
    """Whether the page that compares these two shows contact data that are confidential."""
    return keep.is_confidential or gone.is_confidential


def answered_events(member: Member) -> dict[Any, str]:
    """The events about which this member said when, as what and with whom they can come: public id and name."""
    events = ElectionEvent.objects.order_by().distinct().values_list("uuid", "name")
    return {
        **dict(events.filter(availability_responses__member=member)),
        **dict(events.filter(polling_days__day_parts__availabilities__member=member)),
        **dict(events.filter(preferences__member=member)),
        **dict(events.filter(companion_wishes__member=member)),
    }


def _source(keep: Member, gone: Member, key: str, choice: str | None) -> Member | str:
    names = GROUPS[key]
    if not any(getattr(gone, name) for name in names):
        return keep
    if not any(getattr(keep, name) for name in names):
        return gone
    choice = choice or _default(keep, gone, key)
    if choice == BOTH and _may_both(keep, gone, key):
        return BOTH
    return gone if choice == GONE else keep


def _field_differences(keep: Member, gone: Member) -> Iterator[Difference]:
    for key, names in GROUPS.items():
        mine, other = ([getattr(member, name) for name in names] for member in (keep, gone))
        if mine == other or not any(mine) or not any(other):
            continue
        label = _LABELS.get(key) or Member._meta.get_field(names[0]).verbose_name  # type: ignore[union-attr]
        yield Difference(
            key,
            _capital(str(label)),
            _words(keep, key),
            _words(gone, key),
            _default(keep, gone, key),
            _may_both(keep, gone, key),
        )


def _default(keep: Member, gone: Member, key: str) -> str:
    """What is probably right: the most that was learned of somebody, otherwise the row that stays."""
    if key in ("remark", "qualified_for") and _may_both(keep, gone, key):
        return BOTH
    if key in ("earlier_elections", "trained_on"):
        return GONE if getattr(gone, key) > getattr(keep, key) else KEEP
    return KEEP


def _may_both(keep: Member, gone: Member, key: str) -> bool:
    if key == "remark":
        return len(_joined(keep, gone, key)) <= REMARK_LENGTH
    return key == "qualified_for"


def _joined(keep: Member, gone: Member, name: str) -> Any:
    if name == "remark":
        return f"{keep.remark}\n{gone.remark}"
    return [kind for kind in PositionKind.values if kind in (*keep.qualified_for, *gone.qualified_for)]


def _words(member: Member, key: str) -> str:
    if key == "name":
        return member.full_name if member.initials else member.informal_name
    if key == "address":
        return ", ".join(filter(None, (member.address_line, member.city_line)))
    value = getattr(member, key)
    if key == "qualified_for":
        return ", ".join(str(PositionKind(kind).label) for kind in value)
    if key in ("birth_date", "trained_on"):
        return date_format(value, "j F Y")
    return str(_("ja") if value else _("nee")) if isinstance(value, bool) else str(value)


def _number_differences(keep: Member, gone: Member) -> Iterator[Difference]:
    """Numbers that both have. That they are equal is not told: the one that came last is the default."""
    rows = {(row.member_id, row.kind): row for row in MemberSecret.objects.filter(member__in=(keep, gone))}
    for kind, key in _SECRETS.items():
        mine, other = rows.get((keep.pk, kind)), rows.get((gone.pk, kind))
        if mine and other:
            words = [
                _("bekend sinds %(day)s") % {"day": date_format(row.set_at, "j F Y")} for row in (mine, other)
            ]
            default = GONE if other.set_at > mine.set_at else KEEP
            yield Difference(key, str(kind.label), words[0], words[1], default)


def secret_key(kind: SecretKind) -> str:
    """The name of the choice about a number."""
    return _SECRETS[kind]


def _account_difference(keep: Member, gone: Member) -> Iterator[Difference]:
    users = (keep.user, gone.user)
    if not all(users):
        return
    words = []
    for user in users:
        seen = user.last_login and date_format(user.last_login, "j F Y")  # type: ignore[union-attr]
        last = _("laatst ingelogd op %(day)s") % {"day": seen} if seen else _("nooit ingelogd")
        words.append(f"{user.username} ({last})")  # type: ignore[union-attr]
    yield Difference(ACCOUNT, _("Account"), words[0], words[1], account_default(keep, gone))


def account_default(keep: Member, gone: Member) -> str:
    """Which account stays unless somebody chooses: a colleague's always, then the one that was used last."""
    mine, other = keep.user, gone.user
    if mine is None or other is None:
        return KEEP if mine else GONE
    if mine.is_staff_member or other.is_staff_member:
        return KEEP if mine.is_staff_member else GONE
    if other.last_login and (mine.last_login is None or other.last_login > mine.last_login):
        return GONE
    return KEEP


def _answer_differences(keep: Member, gone: Member) -> Iterator[Difference]:
    mine, other = answered_events(keep), answered_events(gone)
    for uuid in mine.keys() & other.keys():
        moments = [_answered_at(member, uuid) for member in (keep, gone)]
        words = [
            _("gegeven op %(day)s") % {"day": date_format(moment, "j F Y")}
            if moment
            else _("nog niet verstuurd")
            for moment in moments
        ]
        default = GONE if moments[1] and (not moments[0] or moments[1] > moments[0]) else KEEP
        label = _("Beschikbaarheid voor %(event)s") % {"event": mine[uuid]}
        yield Difference(choice_key(ANSWERS, uuid), label, words[0], words[1], default)


def _answered_at(member: Member, event: Any) -> Any:
    response = member.availability_responses.filter(event__uuid=event, submitted_at__isnull=False).first()
    return response and (response.changed_at or response.submitted_at)


def _own_differences(keep: Member, gone: Member) -> Iterator[Difference]:
    found = OwnFieldValue.objects.select_related("field").order_by("field__rank")
    theirs = {value.field_id: value for value in found.filter(member=gone)}
    for value in found.filter(member=keep):
        other = theirs.get(value.field_id)
        if other and other.text != value.text:
            default = GONE if other.answered_at > value.answered_at else KEEP
            yield Difference(
                choice_key(OWN, value.field.uuid),
                value.field.name,
                value.words,
                other.words,
                default,
            )


def _active_places(member: Member) -> list[Assignment]:
    return list(
        Assignment.objects.active()
        .filter(member=member)
        .select_related("shift__polling_station", "shift__day_part__polling_day", "shift__position")
    )


def _overlap(one: Assignment, other: Assignment) -> bool:
    return one.period.lower < other.period.upper and other.period.lower < one.period.upper


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
