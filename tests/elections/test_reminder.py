"""The reminder ladder: each rung once, to whoever is not done, and one mail a day for each person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as mailbox
from django.db import IntegrityError, transaction
from django.utils import timezone

from elections.actions.portal_step import PartSetting, update_portal_step
from elections.actions.reminder import add_reminder, remind_now, remove_reminder, send_due_reminders
from elections.enums import MailKind, MailState
from elections.errors import ActionError
from elections.models import AuditEvent, AvailabilityResponse, OutboxMail, Reminder
from elections.notify import delivery
from elections.queries.reminder import days_before_closing, reminder_preview
from tests import factories


@pytest.fixture
def event() -> Any:
    return factories.make_event()


@pytest.fixture
def step(event: Any) -> Any:
    return factories.make_portal_step(event, "availability")


@pytest.fixture
def colleague() -> Any:
    return factories.make_staff()


def done(member: Any, event: Any) -> None:
    AvailabilityResponse.objects.create(member=member, event=event, submitted_at=timezone.now())


def due(step: Any) -> Reminder:
    return factories.make_reminder(step, send_at=timezone.now() - timedelta(minutes=1))


def mailed() -> list[str]:
    return sorted(OutboxMail.objects.filter(kind=MailKind.STEP_REMINDER).values_list("to_email", flat=True))


def test_rung_reaches_who_is_not_done_and_nobody_else(event: Any, step: Any) -> None:
    waiting, finished = factories.make_member(), factories.make_member()
    done(finished, event)
    factories.make_member(is_active=False)
    rung = due(step)
    assert send_due_reminders() == 1
    assert mailed() == [waiting.user.email]
    rung.refresh_from_db()
    assert rung.sent_at is not None
    assert rung.recipients == 1
    assert AuditEvent.objects.get(action="reminder.send").details["members"] == 1


def test_rung_goes_once_however_often_the_sweep_looks(step: Any) -> None:
    factories.make_member()
    due(step)
    assert [send_due_reminders() for _sweep in range(3)] == [1, 0, 0]
    assert len(mailed()) == 1


def test_rung_that_is_to_come_waits(step: Any) -> None:
    factories.make_member()
    factories.make_reminder(step)
    assert send_due_reminders() == 0


def closed(step: Any) -> None:
    step.closes_at = timezone.now() - timedelta(seconds=1)
    step.save()


def switched_off(step: Any) -> None:
    step.is_on = False
    step.save()


def archived(step: Any) -> None:
    step.event.archived_at = timezone.now()
    step.event.save()


def not_the_newest(step: Any) -> None:
    factories.make_event()


@pytest.mark.parametrize("change", [closed, switched_off, archived, not_the_newest])
def test_part_that_members_cannot_open_is_not_reminded_of(step: Any, colleague: Any, change: Any) -> None:
    factories.make_member()
    rung = due(step)
    change(step)
    assert send_due_reminders() == 0
    rung.refresh_from_db()
    assert rung.is_missed
    with pytest.raises(ActionError, match="nu niet openen"):
        remind_now(step, by=colleague)
    step.refresh_from_db()
    step.is_on, step.closes_at = True, None
    step.save()
    assert send_due_reminders() == 0  # what was missed does not come as a surprise later
    assert mailed() == []


def test_nobody_gets_two_reminders_on_one_day_over_all_parts(event: Any, step: Any) -> None:
    member = factories.make_member()
    other = factories.make_portal_step(event, "personal_data")
    with time_machine.travel(datetime(2026, 11, 10, 9, tzinfo=UTC), tick=False):
        due(step)
        due(other)
        assert send_due_reminders() == 1
        assert reminder_preview(other).today == 1
    # 23.30 local is still the same day, half past midnight is the next one: by the clock of the municipality.
    with time_machine.travel(datetime(2026, 11, 10, 22, 30, tzinfo=UTC), tick=False):
        due(step)
        assert send_due_reminders() == 0
    with time_machine.travel(datetime(2026, 11, 10, 23, 30, tzinfo=UTC), tick=False):
        due(step)
        assert send_due_reminders() == 1
    assert mailed() == [member.user.email] * 2


def test_reminder_of_a_place_counts_for_the_day_too(step: Any) -> None:
    member = factories.make_member()
    factories.make_mail(member.user, kind=MailKind.PLACEMENT_REMINDER)
    due(step)
    assert send_due_reminders() == 0


def test_reminder_that_failed_does_not_count_for_the_day(step: Any) -> None:
    member = factories.make_member()
    factories.make_mail(member.user, kind=MailKind.STEP_REMINDER, state=MailState.FAILED)
    due(step)
    assert send_due_reminders() == 1


def test_colleague_who_is_a_member_too_gets_one_mail(step: Any) -> None:
    both = factories.make_staff(username="twee@rollen", email="beide@voorbeeld.example")
    factories.make_member(user=both)
    due(step)
    send_due_reminders()
    assert mailed() == ["beide@voorbeeld.example"]


def test_two_members_of_one_household_each_get_their_own(step: Any) -> None:
    for _member in range(2):
        factories.make_member(email="samen@voorbeeld.example")
    due(step)
    assert send_due_reminders() == 2


def test_preview_counts_whom_no_mail_reaches(event: Any, step: Any) -> None:
    factories.make_member()
    factories.make_member(with_user=False)
    factories.make_member(user=factories.make_user(email=""))
    done(factories.make_member(), event)
    preview = reminder_preview(step)
    assert (preview.waiting, preview.recipients, preview.unreachable, preview.today) == (3, 1, 2, 0)


def test_reminder_now_is_kept_among_the_rungs(step: Any, colleague: Any) -> None:
    factories.make_member()
    assert remind_now(step, by=colleague) == 1
    rung = Reminder.objects.get()
    assert (rung.recipients, rung.created_by) == (1, colleague.display_name)
    with pytest.raises(ActionError, match="niemand om te herinneren"):
        remind_now(step, by=colleague)
    assert Reminder.objects.count() == 1


def test_mail_says_that_something_waits_and_not_what(step: Any) -> None:
    factories.make_member()
    due(step)
    send_due_reminders()
    assert delivery.deliver_due() == 1
    text = mailbox.outbox[0].body + mailbox.outbox[0].subject
    assert "wacht nog iets op u" in text
    assert "eschikbaarheid" not in text


def test_member_who_got_ready_before_the_mail_could_leave_gets_none(event: Any, step: Any) -> None:
    member = factories.make_member()
    due(step)
    send_due_reminders()
    done(member, event)
    assert delivery.deliver_due() == 0
    assert OutboxMail.objects.get().state == MailState.FAILED
    assert mailbox.outbox == []


@pytest.mark.parametrize(
    ("closes_at", "days", "utc"),
    [
        # The clock goes back on 25 October 2026 and forward on 28 March 2027: 10.00 stays 10.00.
        (datetime(2026, 11, 1, 16, tzinfo=UTC), 8, datetime(2026, 10, 24, 8, tzinfo=UTC)),
        (datetime(2026, 11, 1, 16, tzinfo=UTC), 7, datetime(2026, 10, 25, 9, tzinfo=UTC)),
        (datetime(2027, 4, 4, 15, tzinfo=UTC), 8, datetime(2027, 3, 27, 9, tzinfo=UTC)),
        (datetime(2027, 4, 4, 15, tzinfo=UTC), 7, datetime(2027, 3, 28, 8, tzinfo=UTC)),
        # Closes at midnight: with the day that ends then.
        (datetime(2026, 11, 10, 23, tzinfo=UTC), 1, datetime(2026, 11, 9, 9, tzinfo=UTC)),
    ],
)
def test_days_before_closing_count_on_the_calendar(closes_at: Any, days: int, utc: Any) -> None:
    assert days_before_closing(closes_at, days) == utc


@pytest.mark.parametrize(
    "begin", [datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2027, 3, 27, 12, tzinfo=UTC)]
)
def test_each_reminder_goes_once_over_the_change_of_the_clock(begin: datetime, event: Any, step: Any) -> None:
    member = factories.make_member()
    with time_machine.travel(begin, tick=False) as traveller:
        step.closes_at = begin + timedelta(days=4)
        step.save()
        colleague = factories.make_staff()
        for days in (3, 2):
            add_reminder(step, days_before=days, by=colleague)
        night = begin.replace(hour=0, minute=30) + timedelta(
            days=1
        )  # in the hour that comes twice, or is skipped
        add_reminder(step, send_at=night, by=colleague)
        for _half_hour in range(3 * 48):
            send_due_reminders()
            traveller.shift(timedelta(minutes=30))
    assert not Reminder.objects.filter(sent_at=None).exists()
    assert not Reminder.objects.filter(is_missed=True).exists()
    sent = OutboxMail.objects.filter(user=member.user, kind=MailKind.STEP_REMINDER)
    days_local = [timezone.localdate(each.created_at) for each in sent]
    # The rung of the night and that of 10.00 are on one day: one mail.
    assert sorted(days_local) == [begin.date() + timedelta(days=1), begin.date() + timedelta(days=2)]


def test_rungs_move_along_with_the_end_of_the_part(event: Any, colleague: Any) -> None:
    with time_machine.travel(datetime(2026, 11, 1, 12, tzinfo=UTC), tick=False):
        step = factories.make_portal_step(
            event, "availability", closes_at=datetime(2026, 11, 20, 16, tzinfo=UTC)
        )
        for days in (7, 14):
            add_reminder(step, days_before=days, by=colleague)
        fixed = add_reminder(step, send_at=datetime(2026, 11, 10, 12, tzinfo=UTC), by=colleague)
        move(step, datetime(2026, 11, 27, 16, tzinfo=UTC))  # the one of 14 days comes where that of 7 was
        assert set(Reminder.objects.values_list("days_before", "send_at")) == {
            (7, datetime(2026, 11, 20, 9, tzinfo=UTC)),
            (14, datetime(2026, 11, 13, 9, tzinfo=UTC)),
            (None, fixed.send_at),
        }
        with pytest.raises(ActionError, match="tellen vanaf de einddatum"):
            move(step, None)
        move(step, datetime(2026, 11, 12, 16, tzinfo=UTC))
        assert Reminder.objects.get(days_before=14).is_missed
        assert not Reminder.objects.get(days_before=7).is_missed
        assert send_due_reminders() == 0


def move(step: Any, closes_at: datetime | None) -> None:
    step.refresh_from_db()
    update_portal_step(step, PartSetting(is_on=True, closes_at=closes_at), version=step.version, by=None)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"send_at": timedelta(days=-1)}, "al voorbij"),
        ({"send_at": timedelta(days=6)}, "al gesloten"),
        ({"send_at": timedelta(hours=1)}, "nog niet open"),
        ({"days_before": 60}, "al voorbij"),
        ({}, "Kies wanneer"),
    ],
)
def test_moment_that_makes_no_sense_is_refused(
    event: Any, colleague: Any, values: Any, sentence: str
) -> None:
    now = timezone.now()
    step = factories.make_portal_step(
        event, "availability", opens_at=now + timedelta(hours=2), closes_at=now + timedelta(days=5)
    )
    if "send_at" in values:
        values = {"send_at": now + values["send_at"]}
    with pytest.raises(ActionError, match=sentence):
        add_reminder(step, **values, by=colleague)


def test_two_rungs_cannot_have_one_moment(step: Any, colleague: Any) -> None:
    at = timezone.now() + timedelta(days=2)
    add_reminder(step, send_at=at, by=colleague)
    with pytest.raises(ActionError, match="al een herinnering"):
        add_reminder(step, send_at=at, by=colleague)
    with pytest.raises(ActionError, match="geen einddatum"):
        add_reminder(step, days_before=3, by=colleague)


def test_ladder_has_an_end(step: Any, colleague: Any) -> None:
    for days in range(1, 11):
        add_reminder(step, send_at=timezone.now() + timedelta(days=days), by=colleague)
    with pytest.raises(ActionError, match="hoogstens tien"):
        add_reminder(step, send_at=timezone.now() + timedelta(days=11), by=colleague)


def test_rung_that_went_cannot_be_taken_away(step: Any, colleague: Any) -> None:
    factories.make_member()
    rung = due(step)
    send_due_reminders()
    with pytest.raises(ActionError, match="al verstuurd"):
        remove_reminder(rung, by=colleague)
    waiting = factories.make_reminder(step)
    remove_reminder(waiting, by=colleague)
    with pytest.raises(ActionError, match="weggehaald"):
        remove_reminder(waiting, by=colleague)


def test_database_keeps_sent_and_missed_together(step: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_reminder(step, sent_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_reminder(step, is_missed=True, sent_at=timezone.now(), recipients=3)
