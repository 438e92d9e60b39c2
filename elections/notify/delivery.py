"""Sending what is in the outbox, so that nobody gets a mail twice by a crash of ours.

    WAITING ─claim→ SENDING ─right before the content→ SENDING with handed_at ─answer→ SENT → DELIVERED | BOUNCED

Both steps are committed before the next one begins. A sender that dies before `handed_at` leaves a claim that runs
out: the mail goes again by itself, with the same Message-ID. One that dies after it, or a server that does not answer,
leaves doubt: UNCERTAIN, and nobody but the team sends it again. The claim itself is the token of who may write: whoever
lost it hands nothing over and writes nothing.

A municipality sends in short turns and then goes to the back of the queue, so that five thousand mails of one do not
keep another waiting.
"""

import logging
import time
from datetime import timedelta
from enum import Enum, auto
from functools import partial
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Exists, F, IntegerField, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import tenant_context

from elections.enums import MailState
from elections.models import OutboxMail
from elections.notify import digest, mails, outbox
from elections.notify.handover import Handover, NotTaken, Verdict
from tenants.context import current_municipality, current_schema
from tenants.models import Municipality

logger = logging.getLogger(__name__)

TURN_MAILS: Final = 50
TURN_SECONDS: Final = 15.0
CLAIM_LIFETIME: Final = timedelta(minutes=1)
WAITS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
URGENT_WAITS: Final = tuple(timedelta(seconds=seconds) for seconds in (20, 60, 120, 240))
MAX_CLAIMS: Final = 10


class Outcome(Enum):
    """What became of one try. STUCK: the server can take nothing now, whoever it is for."""

    SENT = auto()
    NOT_SENT = auto()
    STUCK = auto()


class ClaimLost(Exception):
    """The claim ran out and somebody else has the mail in hand by now."""


def deliver(mail_id: int) -> bool:
    """Send one mail, when it is due and nobody else has it in hand. Returns whether it was sent now.

    Never raises for a mail server that refuses or is away: the row then waits for its next try, is in doubt, or has
    failed with an error that staff can read. May not run in a transaction: others must see what it writes.
    """
    mail = OutboxMail.objects.filter(_due(), pk=mail_id).select_related("user").first()
    if mail is None:
        return False
    with Handover() as handover:
        return _try(mail, handover) is Outcome.SENT


def deliver_due() -> int:
    """One turn of the municipality at work: send what is due, the urgent kinds first. Returns how many were sent.

    A turn ends after TURN_MAILS mails or TURN_SECONDS seconds, or when the mail server can take nothing; whatever is
    due after the first two waits for a next turn, at the back of the queue.
    """
    outbox.forget_bell()
    flag_doubts()
    digest.bundle_due()
    urgent_first = Case(
        When(kind__in=outbox.URGENT, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    order = OutboxMail.objects.filter(_due()).order_by(urgent_first, "due_at", "pk").select_related("user")
    due = list(order[: TURN_MAILS + 1])
    end = time.monotonic() + TURN_SECONDS
    sent = tried = 0
    # The whole row of the municipality at hand: what a mail asks of it costs no query then.
    with tenant_context(current_municipality()), Handover() as handover:
        for mail in due[:TURN_MAILS]:
            if time.monotonic() >= end:
                break
            outcome = _try(mail, handover)
            tried += 1
            sent += outcome is Outcome.SENT
            if outcome is Outcome.STUCK:
                return sent
    if len(due) > tried:
        outbox.ring_turn()
    return sent


def flag_doubts() -> int:
    """Flag the mails whose sender was lost while the mail server had them in hand. Returns how many."""
    lost = OutboxMail.objects.filter(
        state=MailState.SENDING, handed_at__isnull=False, locked_until__lt=timezone.now()
    )
    words = _("Het versturen werd afgebroken. Misschien is de e-mail toch aangekomen.")
    return lost.update(state=MailState.UNCERTAIN, error=words)


def _due() -> Q:
    now = timezone.now()
    lost = Q(state=MailState.SENDING, handed_at=None, locked_until__lt=now)
    return Q(state=MailState.WAITING, due_at__lte=now) | lost


def _try(mail: OutboxMail, handover: Handover) -> Outcome:
    if not _claim(mail):
        return Outcome.NOT_SENT
    if mail.attempts > MAX_CLAIMS:
        # Whoever took it in hand before died each time, so it may be the mail that kills them.
        _give_up(mail, _("De e-mail kon niet worden gemaakt."))
        return Outcome.NOT_SENT
    try:
        provider_id = handover.give(mails.compose(mail), partial(_hand_over, mail))
    except mails.Obsolete as obsolete:
        _give_up(mail, str(obsolete))
    except ClaimLost:
        logger.warning("mail %s (%s) is in other hands", mail.uuid, mail.kind)
    except ValueError:
        logger.exception("mail %s (%s) cannot be written", mail.uuid, mail.kind)
        _give_up(mail, _("Het e-mailadres of de afzender klopt niet."))
    except NotTaken as problem:
        return _not_taken(mail, problem)
    else:
        now = timezone.now()
        _mark(mail, state=MailState.SENT, sent_at=now, locked_until=None, error="", provider_id=provider_id)
        return Outcome.SENT
    return Outcome.NOT_SENT


def _claim(mail: OutboxMail) -> bool:
    """Take the mail in hand, unless somebody was first, or the municipality was suspended since this turn began."""
    until = timezone.now() + CLAIM_LIFETIME
    is_open = Municipality.objects.active().filter(schema_name=current_schema())
    free = OutboxMail.objects.filter(_due(), Exists(is_open), pk=mail.pk, attempts=mail.attempts)
    taken = free.update(state=MailState.SENDING, attempts=F("attempts") + 1, locked_until=until)
    if taken:
        mail.state, mail.attempts, mail.locked_until = MailState.SENDING, mail.attempts + 1, until
    return bool(taken)


def _hand_over(mail: OutboxMail) -> None:
    """Commit that the mail server gets the content now; from here on it may arrive."""
    now = timezone.now()
    until = now + timedelta(seconds=settings.EMAIL_ANSWER_TIMEOUT) + CLAIM_LIFETIME
    with transaction.atomic(durable=True):
        mine = OutboxMail.objects.filter(
            pk=mail.pk, state=MailState.SENDING, locked_until=mail.locked_until, attempts=mail.attempts
        )
        if not mine.update(handed_at=now, locked_until=until):
            raise ClaimLost
    mail.locked_until = until


def _mark(mail: OutboxMail, **fields: object) -> None:
    """Write the outcome, unless the claim ran out and somebody else has the mail in hand by now.

    An answer that comes after the row was flagged takes the doubt away.
    """
    states = (MailState.SENDING, MailState.UNCERTAIN)
    mine = OutboxMail.objects.filter(
        pk=mail.pk, state__in=states, locked_until=mail.locked_until, attempts=mail.attempts
    )
    mine.update(**fields)


def _give_up(mail: OutboxMail, error: str) -> None:
    logger.warning("mail %s (%s) failed: %s", mail.uuid, mail.kind, error)
    _mark(mail, state=MailState.FAILED, locked_until=None, handed_at=None, error=error[:300])


def _not_taken(mail: OutboxMail, problem: NotTaken) -> Outcome:
    waits = URGENT_WAITS if mail.kind in outbox.URGENT else WAITS
    if problem.verdict is Verdict.UNCERTAIN:
        logger.warning("mail %s (%s) is uncertain: %r", mail.uuid, mail.kind, problem.__cause__)
        _mark(mail, state=MailState.UNCERTAIN, locked_until=None, error=problem.words[:300])
        return Outcome.STUCK
    if problem.verdict is Verdict.REFUSED or mail.attempts > len(waits):
        _give_up(mail, problem.words)
    else:
        logger.warning("mail %s (%s) must wait: %r", mail.uuid, mail.kind, problem.__cause__)
        due_at = timezone.now() + waits[mail.attempts - 1]
        _mark(
            mail,
            state=MailState.WAITING,
            locked_until=None,
            handed_at=None,
            due_at=due_at,
            error=problem.words[:300],
        )
    return Outcome.STUCK if problem.verdict is Verdict.AWAY else Outcome.NOT_SENT
