"""The outbox: a mail is a row in PostgreSQL first, and Redis is only the bell that wakes the sender.

A row is written in the transaction of the action that causes the mail, so there is a mail exactly when the action
happened. A sender claims the row, commits that claim, hands the mail to the mail server and marks it as sent.
When it dies in between, the claim runs out and the mail goes once more, with the same Message-ID: a mail arrives
at least once, and a mail program can recognise the second copy.
"""

import logging
import smtplib
from collections.abc import Iterable
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from elections.enums import MailKind, MailState
from elections.models import OutboxMail, User
from elections.notify import mails
from tenants.context import current_schema

logger = logging.getLogger(__name__)

DELIVER_TASK: Final = "elections.deliver_mail"
DELIVER_DUE_TASK: Final = "elections.deliver_due_mails"
CLAIM_LIFETIME: Final = timedelta(minutes=5)
# Codes of ten minutes have a queue and a worker of their own. Nothing else that anybody can ask for without a
# password may stand in their way.
URGENT: Final = frozenset({MailKind.LOGIN_CODE, MailKind.EMAIL_CONFIRMATION})
WAITS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
URGENT_WAITS: Final = tuple(timedelta(seconds=seconds) for seconds in (20, 60, 120, 240))
CHUNK_SECONDS: Final = 240
MAX_CLAIMS: Final = 10


class Recipient(NamedTuple):
    """One receiver of a mail that goes to many; `key` makes the mail unique, as in `enqueue`."""

    user: User | None
    key: str
    reference: UUID | None = None


def enqueue(
    kind: MailKind, *, user: User | None, key: str, reference: UUID | None = None, to_email: str | None = None
) -> OutboxMail:
    """Put one mail in the outbox; it leaves when the transaction commits.

    key: names this mail, such as "letter:<uuid>". A second call with the same key changes nothing.
    reference: uuid of what the mail is about; templates/mail and elections.notify.mails turn it into text.
    user: None for a mail to the team's own mailbox; then `to_email` is needed.
    to_email: another address than the user's own. Without any address the row is there, as failed, for staff to see.
    """
    row = _row(kind, Recipient(user, key, reference), to_email)
    mail, made = OutboxMail.objects.get_or_create(idempotency_key=key, defaults=_values(row))
    if made and mail.state == MailState.WAITING:
        ring(mail)
    return mail


def enqueue_many(kind: MailKind, recipients: Iterable[Recipient]) -> int:
    """Put the same kind of mail in the outbox for many people, with one statement and one bell.

    Returns how many people will be mailed that were not in the outbox under their key yet.
    """
    rows = [_row(kind, recipient) for recipient in recipients]
    known = set(
        OutboxMail.objects.filter(idempotency_key__in=[row.idempotency_key for row in rows]).values_list(
            "idempotency_key", flat=True
        )
    )
    OutboxMail.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    send_on_commit(DELIVER_DUE_TASK, "default")
    return sum(row.idempotency_key not in known for row in rows)


def ring(mail: OutboxMail) -> None:
    """Wake a sender for this mail when the transaction commits."""
    send_on_commit(DELIVER_TASK, "urgent" if mail.kind in URGENT else "default", mail_id=mail.pk)


def send_on_commit(task: str, queue: str, **kwargs: int) -> None:
    """Send a task when the transaction commits. A deaf broker is no error: the sweep looks every minute."""
    # The schema of now: at the moment of the commit another municipality may be at work.
    headers = {"_schema_name": current_schema()}

    def send() -> None:
        current_app.send_task(task, kwargs=kwargs, queue=queue, headers=headers)

    transaction.on_commit(send, robust=True)


def deliver(mail_id: int) -> bool:
    """Send one mail, when it is due and nobody else has it in hand. Returns whether it was sent now.

    Never raises for a mail server that refuses or is away: the row then waits for its next try, or has failed
    with an error that staff can read. May not run in a transaction, for the claim must be visible to others.
    """
    mail = _claim(mail_id)
    if mail is None:
        return False
    if mail.attempts > MAX_CLAIMS:
        # Whoever took it in hand before died each time, so it may be the mail that kills them.
        _give_up(mail, _("De e-mail kon niet worden gemaakt."))
        return False
    try:
        mails.compose(mail).send()
    except mails.Obsolete as obsolete:
        _give_up(mail, str(obsolete))
        return False
    except ValueError:
        logger.exception("mail %s (%s) cannot be written", mail.uuid, mail.kind)
        _give_up(mail, _("Het e-mailadres of de afzender klopt niet."))
        return False
    except (smtplib.SMTPException, OSError) as problem:
        _postpone(mail, problem)
        return False
    _mark(mail, state=MailState.SENT, sent_at=timezone.now(), locked_until=None, error="")
    return True


def deliver_due() -> int:
    """Send what is due, the urgent kinds first, for at most four minutes. Returns how many were sent."""
    end = timezone.now() + timedelta(seconds=CHUNK_SECONDS)
    urgent_first = Case(When(kind__in=URGENT, then=Value(0)), default=Value(1), output_field=IntegerField())
    due = (
        OutboxMail.objects.filter(_due()).order_by(urgent_first, "due_at", "pk").values_list("pk", flat=True)
    )
    sent = 0
    for mail_id in list(due[:2000]):
        if timezone.now() >= end:
            break
        sent += deliver(mail_id)
    return sent


def _row(kind: MailKind, recipient: Recipient, to_email: str | None = None) -> OutboxMail:
    address = to_email or (recipient.user.email if recipient.user else "")
    row = OutboxMail(
        idempotency_key=recipient.key,
        kind=kind,
        user=recipient.user,
        to_email=address,
        reference=recipient.reference,
    )
    if not address:
        row.state, row.error = MailState.FAILED, _("Er is geen e-mailadres bekend.")
    return row


def _values(row: OutboxMail) -> dict[str, object]:
    names = ("kind", "user", "to_email", "reference", "state", "error")
    return {name: getattr(row, name) for name in names}


def _due() -> Q:
    now = timezone.now()
    return Q(state=MailState.WAITING, due_at__lte=now) | Q(state=MailState.SENDING, locked_until__lt=now)


def _claim(mail_id: int) -> OutboxMail | None:
    with transaction.atomic(durable=True):
        free = OutboxMail.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
        mail = free.filter(_due(), pk=mail_id).first()
        if mail is not None:
            mail.state = MailState.SENDING
            mail.attempts += 1
            mail.locked_until = timezone.now() + CLAIM_LIFETIME
            mail.save(update_fields=["state", "attempts", "locked_until"])
        return mail


def _mark(mail: OutboxMail, **fields: object) -> None:
    """Write the outcome, unless the claim ran out and somebody else has the mail in hand by now."""
    mine = OutboxMail.objects.filter(pk=mail.pk, state=MailState.SENDING, attempts=mail.attempts)
    mine.update(**fields)


def _give_up(mail: OutboxMail, error: str) -> None:
    logger.warning("mail %s (%s) failed: %s", mail.uuid, mail.kind, error)
    _mark(mail, state=MailState.FAILED, locked_until=None, error=error[:300])


def _postpone(mail: OutboxMail, problem: Exception) -> None:
    waits = URGENT_WAITS if mail.kind in URGENT else WAITS
    error = _readable(problem)
    if _is_final(problem) or mail.attempts > len(waits):
        _give_up(mail, error)
        return
    logger.warning("mail %s (%s) must wait: %r", mail.uuid, mail.kind, problem)
    due_at = timezone.now() + waits[mail.attempts - 1]
    _mark(mail, state=MailState.WAITING, locked_until=None, due_at=due_at, error=error)


def _is_final(problem: Exception) -> bool:
    """Whether the mail server says that this address will never work (SMTP answer 5xx)."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _text in problem.recipients.values())
    return False


def _readable(problem: Exception) -> str:
    """What went wrong, for staff. The server's own words stay in the log: they may name our machines."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return _("De mailserver weigert dit e-mailadres.")
    if isinstance(problem, smtplib.SMTPAuthenticationError):
        return _("De mailserver weigert onze inloggegevens.")
    if isinstance(problem, smtplib.SMTPResponseException):
        return _("De mailserver nam de e-mail niet aan (antwoord %(code)s).") % {"code": problem.smtp_code}
    if isinstance(problem, TimeoutError):
        return _("De mailserver geeft geen antwoord.")
    return _("De mailserver is niet bereikbaar.")
