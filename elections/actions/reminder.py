"""The reminder ladder of a part of the portal: its rungs, and the mails to whoever is not done.

A rung is claimed and its mails are written in one transaction: a worker that is killed has done all of it or nothing.
One lock for all rungs keeps the promise that nobody gets two reminders on one day.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.enums import MailKind
from elections.errors import ActionError
from elections.models import PortalStep, Reminder, User
from elections.notify import outbox
from elections.queries.portal_step import moment_text
from elections.queries.reminder import can_remind, days_before_closing, due_reminders, to_remind
from tenants.locks import hold_lock

LOCK = "reminder"
MOST_RUNGS = 10


@transaction.atomic
def add_reminder(
    step: PortalStep, *, send_at: datetime | None = None, days_before: int | None = None, by: User
) -> Reminder:
    """Add a rung: at a moment, or a number of days before the part closes.

    Raises:
        ActionError: for a moment in the past, outside the period of the part, or that has a rung already; in a part
            without an end; and when there are ten rungs to come.
    """
    step = PortalStep.objects.select_for_update(of=("self",)).select_related("event").get(pk=step.pk)
    if days_before is not None:
        if step.closes_at is None:
            raise ActionError(_("Dit onderdeel heeft geen einddatum. Kies een dag en een tijd."))
        send_at = days_before_closing(step.closes_at, days_before)
    if send_at is None:
        raise ActionError(_("Kies wanneer de herinnering gaat."))
    _check_moment(step, send_at)
    if step.reminders.filter(sent_at=None).count() >= MOST_RUNGS:
        raise ActionError(_("Een onderdeel heeft hoogstens tien herinneringen die nog komen."))
    try:
        with transaction.atomic():
            made = Reminder.objects.create(
                step=step, send_at=send_at, days_before=days_before, created_by=by.display_name
            )
    except IntegrityError as error:
        raise ActionError(_("Op dat moment gaat er al een herinnering.")) from error
    audit.record("reminder.add", by=by, on=step, send_at=send_at.isoformat())
    return made


@transaction.atomic
def remove_reminder(reminder: Reminder, *, by: User) -> None:
    """Take a rung away that has not gone.

    Raises:
        ActionError: when it went meanwhile.
    """
    row = (
        Reminder.objects.select_for_update(of=("self",)).select_related("step").filter(pk=reminder.pk).first()
    )
    if row is None or row.sent_at:
        raise ActionError(_("Deze herinnering is al verstuurd of weggehaald."))
    audit.record("reminder.remove", by=by, on=row.step, send_at=row.send_at.isoformat())
    row.delete()


@transaction.atomic
def remind_now(step: PortalStep, *, by: User) -> int:
    """Remind everybody who is not done, at once. Returns how many get a mail.

    Raises:
        ActionError: for a part that is not open to members now, and when there is nobody to remind.
    """
    hold_lock(LOCK)
    step = PortalStep.objects.select_related("event").get(pk=step.pk)
    if not can_remind(step):
        raise ActionError(_("Leden kunnen dit onderdeel nu niet openen. Daarom gaat er geen herinnering."))
    now = timezone.now()
    reminder = Reminder.objects.create(step=step, send_at=now, created_by=by.display_name)
    count = _send(reminder, by=by)
    if not count:
        raise ActionError(
            _("Er is nu niemand om te herinneren: iedereen is klaar of kreeg vandaag al een herinnering.")
        )
    return count


def send_due_reminders() -> int:
    """Send the rungs of which the moment has come, each once. Returns how many mails. Part of the sweep."""
    return sum(_send_due(pk) for pk in list(due_reminders().values_list("pk", flat=True)))


def move_reminders(step: PortalStep, closes_at: datetime | None) -> None:
    """Let the rungs that count days move along to `closes_at`. Part of the action that changes the part.

    A rung of which the new moment is over is missed: nobody expects a mail from a change of a date.

    Raises:
        ActionError: when there is no end any more to count from, or two rungs would meet.
    """
    if step.closes_at == closes_at:
        return
    waiting = step.reminders.select_for_update(of=("self",)).order_by("pk")
    rungs = list(waiting.filter(sent_at=None, days_before__isnull=False))
    if not rungs:
        return
    if closes_at is None:
        raise ActionError(
            _("Er staan herinneringen klaar die tellen vanaf de einddatum. Haal die eerst weg.")
        )
    # All out of the way first: one may get the moment that another had.
    step.reminders.filter(pk__in=[rung.pk for rung in rungs]).delete()
    taken = set(step.reminders.values_list("send_at", flat=True))
    for rung in rungs:
        rung.send_at = days_before_closing(closes_at, rung.days_before or 0)
        if rung.send_at <= timezone.now():
            rung.sent_at, rung.recipients, rung.is_missed = timezone.now(), 0, True
        if rung.send_at in taken:
            text = _("Twee herinneringen zouden dan tegelijk gaan: %(moment)s. Haal er eerst één weg.")
            raise ActionError(text % {"moment": moment_text(rung.send_at)})
    Reminder.objects.bulk_create(rungs)


@transaction.atomic
def _send_due(pk: int) -> int:
    hold_lock(LOCK)
    rung = due_reminders().select_for_update(of=("self",)).select_related("step__event").filter(pk=pk).first()
    if rung is None:
        return 0  # somebody else sent it, or took it away, while we waited
    if can_remind(rung.step):
        return _send(rung, by=None)
    rung.sent_at, rung.recipients, rung.is_missed = timezone.now(), 0, True
    rung.save(update_fields=["sent_at", "recipients", "is_missed"])
    audit.record("reminder.miss", by=None, on=rung.step)
    return 0


def _send(reminder: Reminder, *, by: User | None) -> int:
    """Claim the rung and write its mails. The lock is held."""
    members = list(to_remind(reminder.step))
    outbox.enqueue_many(
        MailKind.STEP_REMINDER,
        [
            outbox.Recipient(member.user, f"reminder:{reminder.uuid}:{member.uuid}", reminder.uuid)
            for member in members
        ],
    )
    reminder.sent_at, reminder.recipients = timezone.now(), len(members)
    reminder.save(update_fields=["sent_at", "recipients"])
    audit.record("reminder.send", by=by, on=reminder.step, members=len(members))
    return len(members)


def _check_moment(step: PortalStep, send_at: datetime) -> None:
    if send_at <= timezone.now():
        raise ActionError(_("Dat moment is al voorbij: %(moment)s.") % {"moment": moment_text(send_at)})
    if step.closes_at and send_at >= step.closes_at:
        raise ActionError(_("Dan is het onderdeel al gesloten. Kies een moment daarvoor."))
    if step.opens_at and send_at < step.opens_at:
        raise ActionError(_("Dan is het onderdeel nog niet open. Kies een moment daarna."))
