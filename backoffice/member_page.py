"""What the page of one member shows."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.tables.member import POSITION_LABELS
from elections import secrets
from elections.enums import SecretKind, StepKind, StepState
from elections.models import ElectionEvent, Member
from elections.permissions import can
from elections.queries.authenticator import factor_state
from elections.queries.availability import answers_of, refused_places
from elections.queries.brp import brp_of
from elections.queries.candidate import clashes_of_member
from elections.queries.confidentiality import contact_of, may_see_contact
from elections.queries.conversation import conversations_in_file
from elections.queries.declaration import declarations_of
from elections.queries.mail import bounced_mail_of, newest_mails_to
from elections.queries.member import (
    ACCESS_TONES,
    Access,
    assignments_of,
    letters_of,
    may_have_letter,
    same_address,
    timeline,
)
from elections.queries.member_double import same_number
from elections.queries.member_history import history_of
from elections.queries.own_field import own_answers, readable_fields
from elections.queries.personal_data import recently_changed
from elections.queries.personal_data_change import waiting_changes
from elections.queries.portal_step import steps_for
from elections.queries.publication import waiting_rows
from elections.queries.training import results_of

PART_TONES = {StepState.DONE: "ok", StepState.BUSY: "info"}
HAS_ACCOUNT = (Access.ACCEPTED, Access.LOGGED_IN)


def member_page_context(request: HttpRequest, member: Member) -> dict[str, Any]:
    """Everything about one member, as far as this colleague may see it. BSN and IBAN only as "known" or not.

    member: found with `with_access`. The event that was chosen is on the request.
    """
    access = Access(member.access)
    present = secrets.secrets_present(member)
    return {
        "member": member,
        "event": request.event,
        "access": access,
        "access_tone": ACCESS_TONES[access],
        "positions": [POSITION_LABELS[kind] for kind in member.qualified_for],
        "bsn_words": _known(SecretKind.BSN, present),
        "iban_words": _known(SecretKind.IBAN, present),
        "brp": brp_of(member, request.user, has_number=SecretKind.BSN in present),
        "factor": factor_state(member.user) if member.user else None,
        "recently_changed": recently_changed(member),
        "waiting_changes": waiting_changes().filter(member=member),
        "own_answers": own_answers(member, readable_fields(request.user)),
        "declarations": declarations_of(member),
        **_contact(request, member),
        **_work(request, member),
        **_rights(request, member, access),
    }


def _known(kind: SecretKind, present: set[SecretKind]) -> str:
    return _("bekend") if kind in present else ""


def _contact(request: HttpRequest, member: Member) -> dict[str, Any]:
    """How the member is reached and what was said; without what would tell hidden contact data."""
    contact = contact_of(member, request.user)
    return {
        "contact": contact,
        "same_address": [] if contact.is_hidden else whose_address_shows(request, member),
        "bounced": None if contact.is_hidden else bounced_mail_of(member),
        "timeline": timeline(member, hides_address=contact.is_hidden),
        "mails": newest_mails_to(member),
        "talks": conversations_in_file(member, 5) if can(request.user, "inbox.view") else [],
        "same_number": same_number(member) if can(request.user, "member.edit") else None,
    }


def _work(request: HttpRequest, member: Member) -> dict[str, Any]:
    """What the member does and did in elections, and what is left to do for it."""
    event = request.event
    may_plan = can(request.user, "planning.edit")
    return {
        "answers": answers_of(member, event) if event else None,
        "assignments": assignments_of(member),
        "refused": {place.pk for place in refused_places(member, event)} if event else set(),
        # Political (GDPR art. 9), and often about health: for who decides with it.
        "may_plan": may_plan,
        "clashes": clashes_of_member(member.pk, event) if event and may_plan else [],
        "publish_url": _publish_url(request, member),
        "history": history_of(member),
        "parts": _parts(member, event),
        "letters": letters_of(member),
        "trainings": results_of(member),
    }


def _rights(request: HttpRequest, member: Member, access: Access) -> dict[str, bool]:
    """What this colleague may see and do with the member."""
    user = request.user
    may_invite = can(user, "member.invite")
    return {
        "may_edit": can(user, "member.edit"),
        "may_look": can(user, "member.look"),
        "may_train": can(user, "training.edit"),
        "may_see_hidden": can(user, "member.confidential"),
        "may_see_mail": can(user, "mail.view"),
        "may_see_log": can(user, "audit.view"),
        "may_talk": can(user, "inbox.view"),
        "may_answer": can(user, "inbox.edit"),
        "may_handle_privacy": can(user, "privacy.handle"),
        "may_reset": can(user, "staff.manage") and access in HAS_ACCOUNT,
        "may_invite": may_invite and member.is_active and access not in HAS_ACCOUNT,
        "may_make_letter": may_invite and may_have_letter(member),
    }


def _parts(member: Member, event: ElectionEvent | None) -> list[dict[str, str]]:
    """How far this member is with each part of the portal that is theirs."""
    if event is None or not member.is_active:
        return []
    return [
        {
            # In the words of the team: a step speaks to the member.
            "title": step.title if step.kind == StepKind.OWN else str(step.kind.label),
            "label": str(step.state.label),
            "tone": PART_TONES.get(step.state, "neutral"),
            "period": step.period,
        }
        for step in steps_for(member, event, tells_missing=False)
    ]


def _publish_url(request: HttpRequest, member: Member) -> str:
    """Where the places of this member are published; empty when there is nothing new, or no right to do it."""
    event = request.event
    if event is None or not can(request.user, "planning.publish"):
        return ""
    if not waiting_rows(event, member).exists():
        return ""
    return f"{reverse('backoffice:publication')}?member={member.uuid}"


def whose_address_shows(request: HttpRequest, member: Member) -> list[Member]:
    """Who else has the address of this member, without those of whom that would tell what is hidden."""
    return [other for other in same_address(member) if may_see_contact(other, request.user)]
