"""The outbox: a mail is a row in PostgreSQL first, and Redis is only the bell that wakes the sender.

A row is written in the transaction of the action that causes the mail, so there is a mail exactly when the action
happened. What happens to it from then on is in elections.notify.delivery.

Codes that somebody waits for ring a bell each, on a queue and a worker of their own. All other mails of a municipality
share one bell: while it rings, a second one would only stand in the way of other municipalities.
"""

import logging
from collections.abc import Iterable
from typing import Final, NamedTuple
from uuid import UUID

from celery import current_app
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context
from redis import RedisError

from elections.enums import MailKind, MailState
from elections.models import OutboxMail, User
from elections.notify import digest
from tenants.context import current_schema

logger = logging.getLogger(__name__)

DELIVER_TASK: Final = "elections.deliver_mail"
DELIVER_DUE_TASK: Final = "elections.deliver_due_mails"
# Codes of ten minutes have a queue and a worker of their own. Nothing else that anybody can ask for without a
# password may stand in their way.
URGENT: Final = frozenset({MailKind.LOGIN_CODE, MailKind.EMAIL_CONFIRMATION})
BELL: Final = "mail-bell"
# When the message behind a bell got lost, this is how long the bell keeps still; the sweep sends meanwhile.
BELL_SECONDS: Final = 60


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

    A user who stands among the recipients twice, such as a colleague who is a member too, gets the first mail only.

    Returns how many people will be mailed that were not in the outbox under their key yet.
    """
    people: dict[int | str, Recipient] = {}
    for recipient in recipients:
        people.setdefault(recipient.user.pk if recipient.user else recipient.key, recipient)
    rows = [_row(kind, recipient) for recipient in people.values()]
    known = set(
        OutboxMail.objects.filter(idempotency_key__in=[row.idempotency_key for row in rows]).values_list(
            "idempotency_key", flat=True
        )
    )
    OutboxMail.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    ring_turn()
    return sum(row.idempotency_key not in known for row in rows)


def mail_stopped_words() -> str:
    """What staff read of a mail to somebody who is mailed nothing any more."""
    return _("Dit lid is overleden. De e-mail is niet verstuurd.")


def ring(mail: OutboxMail) -> None:
    """Wake a sender for this mail when the transaction commits."""
    if mail.kind in URGENT:
        send_on_commit(DELIVER_TASK, "urgent", mail_id=mail.pk)
    else:
        ring_turn()


def ring_turn() -> None:
    """Ask for a turn of this municipality when the transaction commits, unless one is waiting already."""
    send_on_commit(DELIVER_DUE_TASK, "default", bell=BELL)


def forget_bell() -> None:
    """From now on a new mail rings again: the turn that was asked for has come."""
    try:
        cache.delete(BELL)
    except RedisError:
        logger.warning("the bell of the outbox cannot be reached")


def send_on_commit(task: str, queue: str, *, bell: str = "", **kwargs: int) -> None:
    """Send a task when the transaction commits. A deaf broker is no error: the sweep looks every minute.

    bell: do not send it while an earlier one of this municipality with the same bell is still waiting.
    """
    # The schema of now: at the moment of the commit another municipality may be at work.
    schema = current_schema()
    headers = {"_schema_name": schema}

    def send() -> None:
        with schema_context(schema):  # the key of the bell holds the schema
            if bell and not cache.add(bell, True, BELL_SECONDS):
                return
        current_app.send_task(task, kwargs=kwargs, queue=queue, headers=headers)

    transaction.on_commit(send, robust=True)


def _row(kind: MailKind, recipient: Recipient, to_email: str | None = None) -> OutboxMail:
    address = to_email or (recipient.user.email if recipient.user else "")
    row = OutboxMail(
        idempotency_key=recipient.key,
        kind=kind,
        user=recipient.user,
        to_email=address,
        reference=recipient.reference,
    )
    # What is not urgent waits for the overview of the day, for who wants that.
    row.due_at = digest.due_for(kind, recipient.user, key=recipient.key) or row.due_at
    if not address:
        row.state, row.error = MailState.FAILED, _("Er is geen e-mailadres bekend.")
    elif recipient.user and recipient.user.mail_stopped_at:
        row.state, row.error = MailState.FAILED, mail_stopped_words()
    return row


def _values(row: OutboxMail) -> dict[str, object]:
    names = ("kind", "user", "to_email", "reference", "state", "error", "due_at")
    return {name: getattr(row, name) for name in names}
