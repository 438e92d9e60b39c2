"""Reads about the outbox: how many mails are in which state, what happened to one, and whose address is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from elections.audit_words import action_words
from elections.enums import MailKind, MailState
from elections.models import Application, AuditEvent, Member, OutboxMail, User
from elections.models.member import confidential_today
from elections.permissions import can
from elections.queries.confidentiality import RIGHT, may_see_contact
from elections.queries.count_of import CountsBy

ATTENTION: Final = (MailState.FAILED, MailState.BOUNCED, MailState.UNCERTAIN)
TONES: Final = {
    MailState.WAITING: "info",
    MailState.SENDING: "info",
    MailState.SENT: "ok",
    MailState.DELIVERED: "ok",
    MailState.BOUNCED: "error",
    MailState.FAILED: "error",
    MailState.UNCERTAIN: "warning",
    MailState.BUNDLED: "neutral",
}


@dataclass(frozen=True)
class MailEvent:
    """One line of the time line of a mail, as components/timeline.html wants it."""

    when: datetime
    title: str
    text: str = ""
    actor: str = ""
    tone: str = "neutral"


def mails_by_state() -> CountsBy:
    """What `state_counts` is made of, to be asked together with others."""
    return CountsBy(OutboxMail.objects.all(), "state")


def state_counts(found: Mapping[str, int] | None = None) -> dict[str, int]:
    """How many mails there are in each state; a state without mails is 0.

    One query, but for who `found` the first already.
    """
    found = mails_by_state().alone() if found is None else found
    return {state: found.get(state, 0) for state in MailState.values}


def mail_timeline(mail: OutboxMail) -> list[MailEvent]:
    """What happened to a mail, newest first: never what it said."""
    events = [MailEvent(mail.created_at, _("Klaargezet"))]
    if mail.handed_at:
        events.append(MailEvent(mail.handed_at, _("Aan de mailserver gegeven")))
    if mail.sent_at:
        events.append(MailEvent(mail.sent_at, _("De mailserver nam de e-mail aan"), tone="ok"))
    if mail.outcome_at:
        state = MailState(mail.state)
        events.append(
            MailEvent(mail.outcome_at, str(state.label).capitalize(), mail.error, tone=TONES[state])
        )
    told = AuditEvent.objects.filter(
        object_type="outboxmail", object_id=str(mail.uuid), action__in=("mail.retry", "mail.bounced")
    )
    events += [
        MailEvent(event.at, str(action_words(event.action)), actor=event.actor)
        for event in told.order_by("-id")[:50]
        if not (event.action == "mail.bounced" and mail.state == MailState.BOUNCED)
    ]
    return sorted(events, key=lambda event: event.when, reverse=True)


def newest_mails_to(member: Member, limit: int = 8) -> list[OutboxMail]:
    """The last mails to this member without log-in codes, newest first; each has `tone`, for a badge."""
    if member.user_id is None:
        return []
    mails = OutboxMail.objects.filter(user=member.user_id).exclude(kind=MailKind.LOGIN_CODE)
    found = list(mails.order_by("-pk")[:limit])
    for mail in found:
        mail.tone = TONES[MailState(mail.state)]  # type: ignore[attr-defined]
    return found


def hides_address(mail: OutboxMail, by: User) -> bool:
    """Whether the address of `mail` is that of a member whose contact data `by` may not read.

    A mail about a sign-up has no user, but may be to who became a member since. For a list, `with_applicant` asks that
    of all mails at once.
    """
    member = mail.user.member_or_none if mail.user else None
    if member is not None:
        return not may_see_contact(member, by)
    if can(by, RIGHT):
        return False
    known = getattr(mail, "is_of_hidden", None)
    return _about_hidden(mail.reference).exists() if known is None else bool(known)


def with_applicant(mails: QuerySet[OutboxMail]) -> QuerySet[OutboxMail]:
    """Add `is_of_hidden`: whether the mail is about the sign-up of a member whose contact data are confidential."""
    return mails.annotate(is_of_hidden=Exists(_about_hidden(OuterRef("reference"))))


def _about_hidden(reference: Any) -> QuerySet[Application]:
    return Application.objects.filter(confidential_today("member__"), uuid=reference)


def bounced_mails() -> QuerySet[OutboxMail]:
    """Mails that came back, to an address at which nothing was delivered since."""
    later = OutboxMail.objects.filter(
        user=OuterRef("user"),
        to_email__iexact=OuterRef("to_email"),
        state=MailState.DELIVERED,
        outcome_at__gt=OuterRef("outcome_at"),
    )
    return OutboxMail.objects.filter(~Exists(later), state=MailState.BOUNCED)


def bounced_mail_of(member: Member) -> OutboxMail | None:
    """The newest mail that came back from the address that the member has now; a new address takes the mark away."""
    if not member.user_id or not member.email:
        return None
    back = bounced_mails().filter(user=member.user_id, to_email__iexact=member.email)
    return back.order_by("-outcome_at").first()


def with_wrong_address(members: QuerySet[Member]) -> QuerySet[Member]:
    """Those members whose present address sent a mail back."""
    back = bounced_mails().filter(user=OuterRef("user"), to_email__iexact=OuterRef("email"))
    return members.filter(Exists(back), ~Q(email=""))
