"""The two nights in which the clock changes: 25 October 2026 goes back at 3.00, 28 March 2027 goes ahead at 2.00.

Work takes as long as it takes, codes live for ten minutes, and everything that goes by itself goes once.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as mailbox
from django.utils import timezone
from django_tenants.utils import tenant_context

from config.celery import app
from elections.actions.assignment import assign_member
from elections.actions.audit import check_log
from elections.actions.reminder import add_reminder
from elections.eligibility import Objection, objections_to_time, rules_of, work_of
from elections.enums import MailKind, MailRhythm, MailState
from elections.models import AuditEvent, LoginChallenge, OutboxMail, Shift
from elections.notify import delivery, outbox
from elections.queries.assignment import candidates
from elections.tasks import sweep
from tests import factories

AUTUMN, SPRING = date(2026, 10, 24), date(2027, 3, 27)  # the evenings before
LEAPS = [datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC)]
NIGHTS = [(AUTUMN, 7), (SPRING, 5)]


@pytest.fixture
def event() -> Any:
    event = factories.make_event()
    factories.make_portal_step(event, "placement")
    return event


def night(event: Any, day: date, start: time = time(21), end: time = time(3)) -> Shift:
    """A shift as the database gives it back."""
    part = factories.make_day_part(factories.make_polling_day(event, date=day), start=start, end=end)
    position = event.positions.first() or factories.make_position(event)
    made = factories.make_shift(factories.make_polling_station(event), part, position)
    related = ("day_part__polling_day", "position", "polling_station__event")
    return Shift.objects.select_related(*related).get(pk=made.pk)


@pytest.mark.parametrize(("day", "hours"), NIGHTS)
def test_night_shift_counts_for_the_hours_that_people_work(event: Any, day: date, hours: int) -> None:
    """Shifts from 21.00 to 3.00, in the rules and in the words for the team."""
    shift, member = night(event, day), factories.make_member()
    work = work_of(shift)
    assert work.end - work.start == timedelta(hours=hours)
    event.maximum_hours_per_day = 6
    expected = [Objection.HOURS] if hours > 6 else []
    assert objections_to_time(work, [], rules_of(event)) == expected
    assign_member(member, shift, by=None)
    other = night(event, day + timedelta(days=3), time(9), time(12))
    (found,) = [each for each in candidates(other).doubtful if each.member == member]
    assert f"Heeft al 1 dienst ({hours} uur)" in found.reasons


@pytest.mark.parametrize(("day", "hours"), NIGHTS)
def test_pages_of_the_member_say_when_the_night_ends(
    event: Any, juinen: Any, client_for: Any, day: date, hours: int
) -> None:
    shift = night(event, day)
    place = factories.make_assignment(factories.make_member(), shift, state="published")
    page = client_for(juinen, place.member.user).get("/placement/").content.decode()
    assert "21.00 tot 03.00 uur de volgende dag" in page
    assert "Wees er om 20.45 uur" in page
    change = "achteruit" if hours == 7 else "vooruit"
    assert shift.day_part.length == f"{hours} uur: de klok gaat {change}"


@pytest.mark.parametrize("day", [AUTUMN, SPRING])
def test_night_shift_on_an_island_takes_six_hours(zonneiland: Any, day: date) -> None:
    with tenant_context(zonneiland), timezone.override(zonneiland.tz):
        shift = night(factories.make_event(), day)
        work = work_of(shift)
        assert work.end - work.start == timedelta(hours=6)
        assert shift.day_part.length.startswith("6 uur, tot zondag")
        assert shift.hours_in_full == "21.00 tot 03.00 uur de volgende dag"


@pytest.mark.parametrize(("day", "rest"), [(AUTUMN, 11), (SPRING, 9)])
def test_rest_over_the_leap_is_counted_in_moments(event: Any, day: date, rest: int) -> None:
    """From 22.00 to 8.00 the clock shows ten hours."""
    late, early = (
        work_of(night(event, day, time(15), time(22))),
        work_of(night(event, day + timedelta(days=1), time(8), time(12))),
    )
    for asked, expected in ((rest, []), (rest + 1, [Objection.REST])):
        event.minimum_rest_hours = asked
        assert objections_to_time(early, [late], rules_of(event)) == expected


@pytest.mark.parametrize("leap", LEAPS)
@pytest.mark.parametrize(("seconds", "is_in"), [(599, True), (600, False)])
def test_code_lives_for_ten_minutes_over_the_leap(
    client: Any, leap: datetime, seconds: int, is_in: bool
) -> None:
    member = factories.make_member()
    begin = leap - timedelta(minutes=5)
    with time_machine.travel(begin, tick=False) as clock:
        client.post("/login/", {"username": member.user.username, "password": factories.PASSWORD})
        challenge = LoginChallenge.objects.get(user=member.user)
        clock.move_to(begin + timedelta(seconds=seconds))
        answer = client.post("/login/code/", {"code": challenge.code})
    challenge.refresh_from_db()
    assert (challenge.used_at is not None) is is_in
    assert (answer.headers.get("Location") == "/") is is_in


@pytest.mark.parametrize("leap", LEAPS)
def test_mail_goes_at_its_moment_also_in_the_hour_that_comes_twice(leap: datetime) -> None:
    """In autumn it is 2.30 twice, an hour apart: each mail waits for its own."""
    due = [leap + timedelta(minutes=minutes) for minutes in (-30, 0, 30)]
    user = factories.make_member().user
    for moment in due:
        factories.make_mail(user, kind=MailKind.PASSWORD_CHANGED, due_at=moment)
    sent = []
    with time_machine.travel(leap - timedelta(hours=1), tick=False) as clock:
        for _ten_minutes in range(18):
            clock.shift(timedelta(minutes=10))
            sent += [timezone.now()] * delivery.deliver_due()
    assert sent == due


@pytest.mark.parametrize("leap", LEAPS)
def test_everything_that_goes_by_itself_goes_once(leap: datetime) -> None:
    """The sweep from Saturday evening to Monday: a reminder in the night, and the overview of the day."""
    event, member = factories.make_event(), factories.make_member()
    member.user.mail_rhythm = MailRhythm.DAILY
    member.user.save()
    begin = leap - timedelta(hours=4)
    with time_machine.travel(begin, tick=False) as clock:
        step = factories.make_portal_step(event, "availability", closes_at=leap + timedelta(days=5))
        add_reminder(step, send_at=leap + timedelta(minutes=30), by=factories.make_staff())
        item = factories.make_news_item()
        key = f"news:{item.uuid}:{member.uuid}"
        outbox.enqueue_many(MailKind.NEWS_PUBLISHED, [outbox.Recipient(member.user, key, item.uuid)])
        for _half_hour in range(72):
            clock.shift(timedelta(minutes=30))
            sweep()
    spring = leap.month == 3
    sent = [
        (mail.kind, timezone.localtime(mail.created_at).strftime("%a %H.%M"))
        for mail in OutboxMail.objects.filter(state=MailState.SENT)
    ]
    assert sorted(sent) == sorted(
        [(MailKind.STEP_REMINDER, "Sun 03.30" if spring else "Sun 02.30"), (MailKind.DIGEST, "Sun 17.00")]
    )
    assert len(mailbox.outbox) == 2


@pytest.mark.parametrize("leap", LEAPS)
def test_log_is_checked_once_on_each_day(leap: datetime) -> None:
    """Every hour somebody asks; it happens in the night, by the local date."""
    checked = []
    with time_machine.travel(leap - timedelta(hours=25), tick=False) as clock:
        for _hour in range(70):
            clock.shift(timedelta(hours=1))
            if check_log():
                checked.append(timezone.localdate())
    assert checked == [leap.date() + timedelta(days=days) for days in (-1, 0, 1)]
    assert AuditEvent.objects.filter(action="audit.verify").count() == 3


@pytest.mark.parametrize("leap", LEAPS)
def test_night_work_begins_every_24_hours_whatever_the_clock_does(leap: datetime) -> None:
    """The schedule is in UTC: at 2.30 local time it would begin twice in autumn and not at all in spring."""
    assert (app.conf.timezone, app.conf.enable_utc) == ("UTC", True)
    run_at = leap.replace(hour=2, minute=30) - timedelta(days=1)
    schedule = app.conf.beat_schedule["clean-up"]["schedule"]
    with time_machine.travel(run_at, tick=False):
        last, wait, _now = schedule.remaining_delta(run_at)
    assert last + wait == run_at + timedelta(days=1)
