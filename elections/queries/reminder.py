"""Whom a reminder of a part of the portal reaches."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from elections import clock
from elections.enums import TASK_STEPS, MailKind, MailState, StepKind
from elections.models import Member, OutboxMail, PortalStep, Reminder
from elections.models.member import MemberQuerySet
from elections.queries.audience import reachable
from elections.queries.event import current_event
from elections.queries.step_progress import unfinished

# At which local time a rung goes that is counted in days before the part closes.
SENDS_AT = time(10)
_REMINDERS = (MailKind.STEP_REMINDER, MailKind.PLACEMENT_REMINDER)


@dataclass(frozen=True)
class ReminderPreview:
    """What a reminder would do now. `unreachable` have no log-in that works or no address; `today` had one today."""

    waiting: int
    recipients: int
    unreachable: int
    today: int


def can_remind(step: PortalStep) -> bool:
    """Whether members can open the part now: it is on and open, in the event that they see."""
    return step.is_open and step.event.archived_at is None and current_event() == step.event


def who_waits(step: PortalStep) -> MemberQuerySet:
    """Active members who have this part and for whom something waits in it; nobody in a part without a task."""
    if step.kind not in TASK_STEPS:
        return Member.objects.none()
    known = {(step.event_id, step.kind): step.audience} if step.audience else {}
    return unfinished(Member.objects.active().present(), StepKind(step.kind), step.event, known=known)


def to_remind(step: PortalStep) -> QuerySet[Member]:
    """Those of them who get e-mail and had no reminder of any part today, by the local date. With their user."""
    members = reachable(who_waits(step)).exclude(user__in=_reminded_today())
    return members.select_related("user").order_by("pk")


def still_to_remind(step: PortalStep, member: Member) -> bool:
    """Whether a mail about this part still makes sense to this member."""
    return can_remind(step) and who_waits(step).filter(pk=member.pk).exists()


def reminder_preview(step: PortalStep) -> ReminderPreview:
    """Count what `to_remind` gives, and who is left out and why. Three queries."""
    waiting, mailed = who_waits(step), reachable(who_waits(step))
    counts = [members.count() for members in (waiting, mailed, to_remind(step))]
    return ReminderPreview(counts[0], counts[2], counts[0] - counts[1], counts[1] - counts[2])


def reminders_of(step: PortalStep) -> QuerySet[Reminder]:
    """The rungs, in the order in which they go."""
    return step.reminders.order_by("send_at", "pk")


def due_reminders() -> QuerySet[Reminder]:
    """The rungs of which the moment has come and that nobody sent yet."""
    return Reminder.objects.filter(sent_at=None, send_at__lte=timezone.now()).order_by("send_at", "pk")


def days_before_closing(closes_at: datetime, days: int) -> datetime:
    """The moment of a rung: `days` calendar days before the part closes, at 10.00 in the active time zone.

    A part that closes at midnight closes with the day that ends then.
    """
    last_day = timezone.localtime(closes_at - timedelta(microseconds=1)).date()
    return clock.moment(last_day - timedelta(days=days), SENDS_AT)


def _reminded_today() -> QuerySet[OutboxMail, Any]:
    today = clock.moment(timezone.localdate(), time(0))
    mails = OutboxMail.objects.filter(kind__in=_REMINDERS, created_at__gte=today, user__isnull=False)
    return mails.exclude(state=MailState.FAILED).values("user")
