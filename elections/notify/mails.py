"""What each mail says: one small function per MailKind gives the facts, templates/mail/<kind>.* the words.

A mail is made at the moment of sending, in the language of its receiver and the time zone of the municipality.
It tells that something waits in the portal, never what: who reads along in a mailbox learns nothing.
"""

from collections import Counter
from collections.abc import Callable
from email.utils import formataddr, parseaddr
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from elections.enums import (
    AssignmentState,
    ConversationState,
    LetterState,
    MailKind,
    StepKind,
)
from elections.models import (
    AppointmentLetter,
    Assignment,
    Conversation,
    Document,
    Message,
    NewsItem,
    OutboxMail,
    Reminder,
    WaitlistEntry,
)
from elections.notify import account_mails, application_mails
from elections.notify.facts import Context, one_line, portal_page
from elections.notify.facts import Obsolete as Obsolete
from elections.notify.outbox import mail_stopped_words
from elections.queries.event import current_event
from elections.queries.portal_step import moment_text, portal_step
from elections.queries.reminder import still_to_remind
from elections.queries.survey import has_sent, last_moment, shown_to
from tenants.colours import text_on
from tenants.context import current_municipality
from tenants.links import absolute_url
from tenants.models import Municipality


def compose(mail: OutboxMail) -> EmailMultiAlternatives:
    """The whole message of a row of the outbox. Its Message-ID is the same at every try.

    Raises Obsolete when what the mail is about has expired or is gone.
    """
    if mail.user and mail.user.mail_stopped_at:
        raise Obsolete(mail_stopped_words())
    municipality = current_municipality()
    with translation.override(mail.language), timezone.override(municipality.tz):
        context = _common(mail, municipality) | CONTEXTS[MailKind(mail.kind)](mail)
        subject, text, html = (
            render_to_string(f"mail/{mail.kind}.{suffix}", context)
            for suffix in ("subject.txt", "txt", "html")
        )
    message = EmailMultiAlternatives(
        subject=one_line(subject),
        body=text.strip() + "\n",
        from_email=_sender(municipality),
        to=[mail.to_email],
        reply_to=[municipality.email] if municipality.email else None,
        headers={
            "Message-ID": f"<{mail.uuid}@{municipality.primary_domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(html, "text/html")
    # What a mail service gives back when it tells what became of the mail (config.mail_webhook).
    message.metadata = {"municipality": municipality.schema_name, "mail": str(mail.uuid)}  # type: ignore[attr-defined]
    return message


def _sender(municipality: Municipality) -> str:
    """The municipality's name before our own sending address: the domain of the address must stay ours."""
    return formataddr((one_line(municipality.sender_name), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def _common(mail: OutboxMail, municipality: Municipality) -> Context:
    return {
        "municipality": municipality,
        "municipality_name": one_line(municipality.display_name),
        "municipality_in_text": one_line(municipality.name_in_text),
        "name": one_line(mail.receiver_name),
        "username": mail.username,
        "language": mail.language,
        "accent": municipality.accent,
        "accent_text": text_on(municipality.accent),
        "head": municipality.head_colour,
        "head_text": text_on(municipality.head_colour),
        "portal_url": absolute_url(municipality, reverse("portal:home")),
    }


def placement_published(_mail: OutboxMail) -> Context:
    return {"url": portal_page("home")}


def place_offered(mail: OutboxMail) -> Context:
    """Until when the offer stands; which place it is, stands in the portal."""
    waiting = Assignment.objects.filter(state=AssignmentState.PROPOSED, answer_due_at__gt=timezone.now())
    offer = waiting.filter(uuid=mail.reference).first() if mail.reference else None
    if offer is None or offer.answer_due_at is None:
        raise Obsolete(_("Het aanbod gold niet meer toen de e-mail weg kon."))
    return {"due": moment_text(offer.answer_due_at), "url": portal_page("reservation")}


def place_free(mail: OutboxMail) -> Context:
    told = WaitlistEntry.objects.filter(told_at__isnull=False)
    if not mail.reference or not told.filter(uuid=mail.reference).exists():
        raise Obsolete(_("De plaats was al weg toen de e-mail weg kon."))
    return {"url": portal_page("reservation")}


def reservation_decided(_mail: OutboxMail) -> Context:
    return {"url": portal_page("reservation")}


def placement_changed(_mail: OutboxMail) -> Context:
    return {"url": portal_page("placement")}


def placement_reminder(mail: OutboxMail) -> Context:
    silent = Assignment.objects.filter(state=AssignmentState.PUBLISHED, accepted_at=None)
    if not mail.reference or not silent.filter(member__assignments__uuid=mail.reference).exists():
        raise Obsolete(_("Het lid had al geantwoord, of de plaats verviel, voordat de e-mail weg kon."))
    return {"url": portal_page("placement")}


def step_reminder(mail: OutboxMail) -> Context:
    """Only that something waits. Not for a part that closed or that the member finished meanwhile."""
    known = Reminder.objects.select_related("step__event")
    reminder = known.filter(uuid=mail.reference).first() if mail.reference else None
    member = mail.user.member_or_none if mail.user else None
    if reminder is None or member is None or not still_to_remind(reminder.step, member):
        raise Obsolete(_("Het lid was al klaar, of het onderdeel was dicht, voordat de e-mail weg kon."))
    closes_at = reminder.step.closes_at
    return {"url": portal_page("home"), "closes": moment_text(closes_at) if closes_at else ""}


def overview(mail: OutboxMail) -> Context:
    """How much is new, by kind; what the portal does not show any more is not counted."""
    counts = Counter(row.kind for row in mail.bundled.all() if _is_worth_telling(row))
    if not counts:
        raise Obsolete(_("Wat er te melden was, was al gelezen of weg voordat de e-mail weg kon."))
    is_member = bool(mail.user and mail.user.member_or_none)
    home = absolute_url(current_municipality(), reverse("backoffice:home"))
    return {
        "url": portal_page("home") if is_member else home,
        "assigned": counts[MailKind.CONVERSATION_ASSIGNED],
        "messages": counts[MailKind.MESSAGE_RECEIVED],
        "news": counts[MailKind.NEWS_PUBLISHED],
        "documents": counts[MailKind.DOCUMENT_PUBLISHED],
    }


def _is_worth_telling(mail: OutboxMail) -> bool:
    try:
        CONTEXTS[MailKind(mail.kind)](mail)
    except Obsolete:
        return False
    return True


def letter_published(mail: OutboxMail) -> Context:
    """Also for a letter that says something else than before."""
    letter = AppointmentLetter.objects.filter(uuid=mail.reference).first() if mail.reference else None
    if letter and letter.state != LetterState.PUBLISHED:
        raise Obsolete(_("De brief was niet meer te lezen toen de e-mail weg kon."))
    return {"url": portal_page("home")}


def message_received(mail: OutboxMail) -> Context:
    """That something waits in "Berichten"; obsolete once the member read it."""
    waiting = Message.objects.unread_by_member()
    if not mail.reference or not waiting.filter(uuid=mail.reference).exists():
        raise Obsolete(_("Het bericht was al gelezen of verwijderd voordat de e-mail weg kon."))
    return {"url": portal_page("conversation-list")}


def team_message(mail: OutboxMail) -> Context:
    """That members wrote to the team, or to the colleague who takes care of their conversation."""
    waiting = Message.objects.unread_by_team()
    if mail.user:
        waiting = waiting.filter(conversation__assignee=mail.user)
    if not waiting.exists():
        raise Obsolete(_("Een collega had de berichten al gelezen voordat de e-mail weg kon."))
    return {"url": absolute_url(current_municipality(), reverse("backoffice:conversation-list"))}


def conversation_assigned(mail: OutboxMail) -> Context:
    """That a colleague gave them a conversation, or more; obsolete when they have none to take care of any more."""
    mine = Conversation.objects.filter(assignee=mail.user) if mail.user else Conversation.objects.none()
    if not mine.exclude(state=ConversationState.CLOSED).exists():
        raise Obsolete(_("Het gesprek was al klaar, of weer van een ander, voordat de e-mail weg kon."))
    return {"url": absolute_url(current_municipality(), reverse("backoffice:conversation-list"))}


def news_published(mail: OutboxMail) -> Context:
    """That there is news; obsolete once the member read it, or when it is not to be read any more."""
    return {"url": _unread_page(mail, NewsItem, "news-item-list")}


def document_published(mail: OutboxMail) -> Context:
    """That there is a document; obsolete as with news."""
    return {"url": _unread_page(mail, Document, "document-list")}


def survey_published(mail: OutboxMail) -> Context:
    """That there is a survey, or still is; obsolete once the member sent it, or when it is closed."""
    member = mail.user.member_or_none if mail.user else None
    survey = shown_to(member).filter(uuid=mail.reference).first() if member and mail.reference else None
    step = portal_step(current_event(), StepKind.SURVEYS, member) if member else None
    if survey is None or member is None or step is None or not step.is_open or has_sent(survey, member):
        raise Obsolete(_("De enquête was al verstuurd of gesloten voordat de e-mail weg kon."))
    closes = last_moment(survey, step)
    return {"url": portal_page("survey-list"), "closes": moment_text(closes) if closes else ""}


def privacy_answered(_mail: OutboxMail) -> Context:
    return {"url": portal_page("privacy")}


def data_change_decided(_mail: OutboxMail) -> Context:
    return {"url": portal_page("personal-data")}


def _unread_page(mail: OutboxMail, model: Any, page: str) -> str:
    """The address of the list with what the mail is about, as long as it waits for its receiver there."""
    waiting = model.objects.showing().filter(uuid=mail.reference) if mail.reference else model.objects.none()
    if not waiting.exclude(readings__member__user=mail.user).exists():
        raise Obsolete(_("Het was al gelezen of ingetrokken voordat de e-mail weg kon."))
    return portal_page(page)


CONTEXTS: Final[dict[MailKind, Callable[[OutboxMail], Context]]] = {
    **account_mails.CONTEXTS,
    **application_mails.CONTEXTS,
    MailKind.PLACEMENT_PUBLISHED: placement_published,
    MailKind.PLACEMENT_CHANGED: placement_changed,
    MailKind.PLACEMENT_REMINDER: placement_reminder,
    MailKind.PLACE_OFFERED: place_offered,
    MailKind.PLACE_FREE: place_free,
    MailKind.RESERVATION_DECIDED: reservation_decided,
    MailKind.LETTER_PUBLISHED: letter_published,
    MailKind.LETTER_CHANGED: letter_published,
    MailKind.PRIVACY_ANSWERED: privacy_answered,
    MailKind.DATA_CHANGE_DECIDED: data_change_decided,
    MailKind.NEWS_PUBLISHED: news_published,
    MailKind.DOCUMENT_PUBLISHED: document_published,
    MailKind.STEP_REMINDER: step_reminder,
    MailKind.SURVEY_PUBLISHED: survey_published,
    MailKind.SURVEY_REMINDER: survey_published,
    MailKind.DIGEST: overview,
    MailKind.MESSAGE_RECEIVED: message_received,
    MailKind.TEAM_MESSAGE: team_message,
    MailKind.CONVERSATION_ASSIGNED: conversation_assigned,
}
