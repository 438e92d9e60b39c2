"""The rows of the page with all personal data: what the municipality itself asks, and what waits for the team."""

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from elections.enums import DataChangeState
from elections.models import Member, OwnField, PersonalDataChange
from elections.queries.declaration import MemberDeclaration, declarations_of
from elections.queries.own_field import own_answers
from elections.queries.personal_data_change import changes_to_show, now_and_wanted

Row = dict[str, Any]


def asked_sections(member: Member, *, can_change: bool, hide_sensitive: bool = False) -> list[dict[str, Any]]:
    """Own questions and declarations, as `personal_data_overview.sections`; nothing for what is not asked.

    hide_sensitive: for a colleague who looks as the member, a sensitive answer is known or missing, nothing more.
    """

    def link(name: str, uuid: Any) -> str:
        return reverse(f"portal:personal-data-{name}", args=[uuid]) if can_change else ""

    questions = [
        {
            "label": answer.field.name,
            "value": _("Bekend bij ons")
            if hide_sensitive and answer.field.is_sensitive and answer.text
            else answer.words,
            "why": answer.field.why,
            "change_url": link("own-field", answer.field.uuid),
            "is_missing": answer.is_missing,
        }
        for answer in own_answers(member, OwnField.objects.asked())
    ]
    declarations = [
        {
            "label": each.declaration.title,
            "value": _answered(each),
            "why": each.declaration.why,
            "change_url": link("declaration", each.declaration.uuid),
            "is_missing": each.is_missing,
        }
        for each in declarations_of(member)
    ]
    found = [
        {"title": _("Wat wij nog meer vragen"), "rows": questions},
        {"title": _("Uw verklaringen"), "rows": declarations},
    ]
    return [section for section in found if section["rows"]]


def change_notes(member: Member) -> list[dict[str, Any]]:
    """What waits for the team, and what it did not take over, for templates/portal/personal_data/changes.html."""
    return [_note(change) for change in changes_to_show(member).values()]


def _note(change: PersonalDataChange) -> dict[str, Any]:
    subject = change.get_subject_display()
    if change.state == DataChangeState.WAITING:
        _now, wanted = now_and_wanted(change)
        text = _("Uw %(subject)s wordt: %(wanted)s.") if wanted else _("U wilt uw %(subject)s weghalen.")
        return {
            "uuid": change.uuid,
            "tone": "info",
            "waits": True,
            "title": _("Het team kijkt nog naar uw wijziging"),
            "text": text % {"subject": subject, "wanted": wanted},
        }
    return {
        "tone": "warning",
        "title": _("Wij namen uw wijziging niet over"),
        "text": _("Uw %(subject)s blijft zoals het was. De reden: %(reason)s")
        % {"subject": subject, "reason": change.reason},
    }


def _answered(each: MemberDeclaration) -> str:
    if each.agreed is None or each.answered_at is None:
        return ""
    answer = _("Ja") if each.agreed else _("Nee")
    return _("%(answer)s, op %(day)s") % {"answer": answer, "day": date_format(each.answered_at, "j F Y")}
