"""Polling days and their day parts: what may change, and what stays under people who answered or work."""

from datetime import UTC, date, datetime, time

import pytest
from django.utils import timezone

from elections.actions.event import create_event
from elections.actions.polling_day import add_polling_day, remove_polling_day, update_polling_day
from elections.actions.shift import make_shifts
from elections.enums import PollingDayKind
from elections.errors import ActionError
from elections.event_plan import DayPartPlan, PollingDayPlan, proposed_plan
from elections.models import OpeningHours, PollingDay, Shift
from tests import factories

EARLY = PollingDayPlan(
    date(2027, 3, 16), PollingDayKind.EARLY_VOTING, (DayPartPlan("Ochtend", time(9), time(13)),)
)


@pytest.fixture
def event():
    return create_event(proposed_plan(is_public_body=False), by=None)


@pytest.fixture
def day(event):
    return event.polling_days.get(kind="voting")


def _rows(day, **times):
    """The day parts as the form sends them, with other times for the ones that are named."""
    rows = []
    for part in day.day_parts.all():
        start, end = times.get(part.name, (part.start, part.end))
        rows.append((part.uuid, DayPartPlan(part.name, start, end)))
    return rows


def _update(day, rows, **changes):
    update_polling_day(
        day, **{"day_date": day.date, "kind": day.kind, "day_parts": rows, "by": None} | changes
    )


def test_add_polling_day_serves_all_elections_and_gets_a_template(event):
    day = add_polling_day(event, EARLY, by=None)

    assert day.elections.count() == 2
    assert event.template_lines.filter(day_part__polling_day=day, position__kind="chair").exists()


def test_add_polling_day_refuses_the_same_day(event, day):
    plan = PollingDayPlan(day.date, PollingDayKind.VOTING, EARLY.day_parts)

    with pytest.raises(ActionError, match="is er al"):
        add_polling_day(event, plan, by=None)


def test_update_polling_day_moves_shifts_and_opening_hours(event, day):
    station = factories.make_polling_station(event)
    zone = timezone.get_current_timezone()
    OpeningHours.objects.create(
        polling_station=station,
        polling_day=day,
        opens_at=datetime(2027, 3, 17, 7, 30, tzinfo=zone),
        closes_at=datetime(2027, 3, 17, 21, tzinfo=zone),
    )
    make_shifts(event, by=None)

    _update(day, _rows(day, Ochtend=(time(6, 30), time(13))), day_date=date(2027, 4, 7))

    shift = Shift.objects.get(day_part__name="Ochtend", position__kind="chair")
    assert shift.period.lower == datetime(2027, 4, 7, 4, 30, tzinfo=UTC)
    hours = station.opening_hours.get()
    # The clock changed on 28 March; 7.30 stays 7.30.
    assert timezone.localtime(hours.opens_at) == datetime(2027, 4, 7, 7, 30, tzinfo=zone)


def test_update_polling_day_adds_and_removes_day_parts(day):
    rows = [row for row in _rows(day) if row[1].name != "Tellen"]

    _update(day, [*rows, (None, DayPartPlan("Nacht", time(23), time(2)))])

    assert [part.name for part in day.day_parts.all()] == ["Ochtend", "Middag en avond", "Nacht"]


def test_update_polling_day_lets_two_day_parts_swap_names(day):
    names = {"Ochtend": "Tellen", "Tellen": "Ochtend"}
    rows = [(uuid, DayPartPlan(names.get(p.name, p.name), p.start, p.end)) for uuid, p in _rows(day)]

    _update(day, rows)

    assert [part.name for part in day.day_parts.all()] == ["Tellen", "Middag en avond", "Ochtend"]


def test_update_polling_day_refuses_other_times_when_people_are_assigned(event, day):
    factories.make_polling_station(event)
    make_shifts(event, by=None)
    shift = Shift.objects.get(day_part__name="Ochtend", position__kind="chair")
    factories.make_assignment(factories.make_member(), shift)

    with pytest.raises(ActionError, match="al mensen ingedeeld"):
        _update(day, _rows(day, Ochtend=(time(6), time(14))))

    _update(day, _rows(day, Tellen=(time(21), time(23, 30))))


def test_update_polling_day_refuses_to_drop_a_day_part_with_shifts(event, day):
    factories.make_polling_station(event)
    make_shifts(event, by=None)

    with pytest.raises(ActionError, match="nog 3 diensten"):
        _update(day, [row for row in _rows(day) if row[1].name != "Ochtend"])


def test_update_polling_day_refuses_a_day_part_of_another_day(event, day):
    other = event.polling_days.get(kind="counting")

    with pytest.raises(ActionError, match="Laad de pagina opnieuw"):
        _update(day, _rows(other))


def test_remove_polling_day_refuses_when_members_answered(event, day):
    factories.make_availability(factories.make_member(), day.day_parts.first())

    with pytest.raises(ActionError, match="1 leden gaven al door"):
        remove_polling_day(day, by=None)

    assert PollingDay.objects.filter(pk=day.pk).exists()


def test_remove_polling_day_refuses_the_last_one(event, day):
    remove_polling_day(event.polling_days.get(kind="counting"), by=None)

    with pytest.raises(ActionError, match="enige zittingsdag"):
        remove_polling_day(day, by=None)
