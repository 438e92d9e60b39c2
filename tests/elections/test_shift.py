"""The shift template, and the shifts that are made from it."""

from datetime import UTC, date, time, timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.event import create_event
from elections.actions.shift import (
    make_shifts,
    propose_template,
    release_shift,
    remove_shift,
    set_template,
    update_shift,
)
from elections.enums import StationKind
from elections.errors import ActionError
from elections.event_plan import proposed_plan
from elections.models import AuditEvent, OpeningHours, Shift
from elections.queries.shift import Cell, day_part_period, places_per_position, plan_shifts
from tests import factories


@pytest.fixture
def event():
    return create_event(proposed_plan(is_public_body=False), by=None)


def _shift(station, part, kind):
    return Shift.objects.get(polling_station=station, day_part__name=part, position__kind=kind)


def _parts(station, kind="chair"):
    shifts = Shift.objects.filter(polling_station=station, position__kind=kind)
    return {shift.day_part.name for shift in shifts}


def _open(station, day, opens, closes):
    zone = timezone.get_current_timezone()
    return OpeningHours.objects.create(
        polling_station=station,
        polling_day=day,
        opens_at=timezone.datetime.combine(day.date, opens, zone),
        closes_at=timezone.datetime.combine(day.date, closes, zone),
    )


def test_places_per_position_come_in_order_of_rank_and_without_positions_that_nobody_works_in(event):
    event = factories.make_event()
    part = factories.make_day_part(factories.make_polling_day(event))
    last, first, unused = (factories.make_position(event, rank=rank) for rank in (2, 1, 3))
    for places in (2, 3):
        station = factories.make_polling_station(event)
        shift = factories.make_shift(station, part, last, places=places)
        factories.make_shift(station, part, first, places=1)
        factories.make_assignment(factories.make_member(), shift, state="confirmed")
        factories.make_assignment(factories.make_member(), shift, state="cancelled")
    assert unused not in dict(places_per_position(event))
    assert places_per_position(event) == [(first, Cell(2, 0)), (last, Cell(5, 2))]


def test_make_shifts_gives_a_station_a_board_twice_and_counters_at_night(event):
    station = factories.make_polling_station(event)

    assert make_shifts(event, by=None) == 7

    places = {
        (shift.day_part.name, shift.position.kind): shift.places
        for shift in Shift.objects.filter(polling_station=station)
    }
    assert places == {
        ("Ochtend", "chair"): 1,
        ("Ochtend", "deputy_chair"): 1,
        ("Ochtend", "member"): 3,
        ("Middag en avond", "chair"): 1,
        ("Middag en avond", "deputy_chair"): 1,
        ("Middag en avond", "member"): 3,
        ("Tellen", "counter"): 3,
    }


def test_make_shifts_twice_changes_nothing(event):
    factories.make_polling_station(event)
    make_shifts(event, by=None)
    before = list(Shift.objects.order_by("pk").values())

    assert make_shifts(event, by=None) == 0
    assert list(Shift.objects.order_by("pk").values()) == before
    assert AuditEvent.objects.filter(action="shift.make").count() == 1


def test_make_shifts_adds_what_a_later_station_misses(event):
    factories.make_polling_station(event)
    make_shifts(event, by=None)
    factories.make_polling_station(event)

    assert make_shifts(event, by=None) == 7


def test_counting_place_works_on_the_counting_day_only(event):
    station = factories.make_polling_station(event, kind=StationKind.COUNTING)
    make_shifts(event, by=None)

    assert _parts(station, "counter") == {"Tellen", "Centraal tellen"}
    assert _parts(station) == {"Tellen", "Centraal tellen"}


def test_station_where_nothing_is_counted_gets_no_counters(event):
    station = factories.make_polling_station(event, is_counting_place=False)
    make_shifts(event, by=None)

    assert _parts(station, "counter") == set()
    assert _parts(station) == {"Ochtend", "Middag en avond"}


def test_mobile_station_gets_a_board_only_while_it_is_open(event):
    station = factories.make_polling_station(event, kind=StationKind.MOBILE)
    _open(station, event.polling_days.first(), time(18), time(21))
    make_shifts(event, by=None)

    assert _parts(station) == {"Middag en avond"}


def test_station_of_another_day_gets_no_shifts_today(event):
    station = factories.make_polling_station(event)
    early = factories.make_polling_day(event, date=date(2027, 3, 16), kind="early_voting")
    _open(station, early, time(9), time(12))
    make_shifts(event, by=None)

    assert not station.shifts.exists()


def test_make_shifts_never_takes_the_place_of_someone_assigned(event):
    station = factories.make_polling_station(event)
    make_shifts(event, by=None)
    shift = _shift(station, "Ochtend", "member")
    for _ in range(3):
        factories.make_assignment(factories.make_member(), shift)
    event.template_lines.filter(position__kind="member", day_part__name="Ochtend").update(places=2)

    make_shifts(event, by=None)

    shift.refresh_from_db()
    assert shift.places == 3
    assert plan_shifts(event).held_back == [(shift, 3)]


def test_make_shifts_keeps_a_shift_of_the_template_no_more_when_someone_sat_in_it(event):
    station = factories.make_polling_station(event)
    make_shifts(event, by=None)
    once, never = _shift(station, "Ochtend", "member"), _shift(station, "Ochtend", "chair")
    factories.make_assignment(factories.make_member(), once, state="cancelled")
    event.template_lines.filter(day_part__name="Ochtend").delete()

    make_shifts(event, by=None)

    once.refresh_from_db()
    assert once.places == 0
    assert not Shift.objects.filter(pk=never.pk).exists()
    assert plan_shifts(event).is_empty


def test_shift_changed_by_hand_is_left_alone_until_it_is_released(event):
    station = factories.make_polling_station(event)
    make_shifts(event, by=None)
    shift = _shift(station, "Ochtend", "member")
    update_shift(shift, places=5, by=None)

    assert make_shifts(event, by=None) == 0
    assert plan_shifts(event).adjusted == 1

    release_shift(shift, by=None)
    make_shifts(event, by=None)
    shift.refresh_from_db()
    assert shift.places == 3


def test_update_shift_refuses_fewer_places_than_people(event):
    station = factories.make_polling_station(event)
    make_shifts(event, by=None)
    shift = _shift(station, "Ochtend", "member")
    for _ in range(2):
        factories.make_assignment(factories.make_member(), shift)

    with pytest.raises(ActionError, match="al 2 mensen"):
        update_shift(shift, places=1, by=None)


@pytest.mark.parametrize("places", [0, 51])
def test_update_shift_refuses_an_odd_number_of_places(event, places):
    factories.make_polling_station(event)
    make_shifts(event, by=None)

    with pytest.raises(ActionError, match="1 tot en met 50"):
        update_shift(Shift.objects.first(), places=places, by=None)


def test_remove_shift_refuses_when_someone_sat_in_it(event):
    station = factories.make_polling_station(event)
    make_shifts(event, by=None)
    shift = _shift(station, "Ochtend", "member")
    factories.make_assignment(factories.make_member(), shift, state="cancelled")

    with pytest.raises(ActionError, match="niet verwijderen"):
        remove_shift(shift, by=None)

    remove_shift(_shift(station, "Ochtend", "chair"), by=None)
    assert "chair" not in {s.position.kind for s in station.shifts.filter(day_part__name="Ochtend")}


def test_set_template_refuses_a_board_of_two(event):
    part = event.polling_days.first().day_parts.get(name="Ochtend")
    chair, member = event.positions.get(kind="chair"), event.positions.get(kind="member")

    with pytest.raises(ActionError, match="minstens drie leden"):
        set_template(
            event,
            {(StationKind.REGULAR, 0, part.pk, chair.pk): 1, (StationKind.REGULAR, 0, part.pk, member.pk): 1},
            by=None,
        )


def test_set_template_refuses_a_day_part_of_another_event(event):
    other = factories.make_event()
    part = factories.make_day_part(factories.make_polling_day(other))

    with pytest.raises(ActionError, match="Laad de pagina opnieuw"):
        set_template(event, {(StationKind.REGULAR, 0, part.pk, event.positions.first().pk): 3}, by=None)


def test_set_template_replaces_the_lines(event):
    part = event.polling_days.first().day_parts.get(name="Tellen")
    counter = event.positions.get(kind="counter")

    set_template(event, {(StationKind.REGULAR, 0, part.pk, counter.pk): 4}, by=None)

    assert [(line.station_kind, line.places) for line in event.template_lines.all()] == [("regulier", 4)]


@pytest.mark.parametrize(
    ("voters", "places"), [(None, 3), (0, 3), (1199, 3), (1200, 4), (1999, 4), (2000, 6), (50_000, 6)]
)
def test_station_takes_the_highest_band_that_it_reaches(event, voters, places):
    lines = list(event.template_lines.filter(station_kind="regulier"))
    for band, members in ((1200, 4), (2000, 6)):
        for line in lines:
            line.pk, line.from_voters = None, band
            line.places = members if line.position.kind == "member" else line.places
            line.save()
    station = factories.make_polling_station(event, expected_voters=voters)
    make_shifts(event, by=None)

    assert _shift(station, "Ochtend", "member").places == places
    assert _shift(station, "Ochtend", "chair").places == 1


def test_band_counts_as_a_whole_and_for_its_own_kind_only(event):
    """A large station without counters in its band gets none, though the lower band has them."""
    morning = event.polling_days.first().day_parts.get(name="Ochtend")
    factories.make_template_line(morning, event.positions.get(kind="member"), from_voters=1000, places=5)
    large = factories.make_polling_station(event, expected_voters=1000)
    care_home = factories.make_polling_station(event, expected_voters=1000, kind=StationKind.SPECIAL)
    make_shifts(event, by=None)

    assert [shift.places for shift in large.shifts.all()] == [5]
    assert care_home.shifts.count() == 7


def test_new_day_part_is_proposed_for_every_band(event):
    morning = event.polling_days.first().day_parts.get(name="Ochtend")
    factories.make_template_line(morning, event.positions.get(kind="member"), from_voters=1000)
    part = factories.make_day_part(event.polling_days.first(), name="Middag", start=time(12), end=time(16))

    propose_template(event)

    bands = event.template_lines.filter(day_part=part, station_kind="regulier", position__kind="chair")
    assert sorted(bands.values_list("from_voters", flat=True)) == [0, 1000]


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({0: 0, 1200: 4}, "vanaf 0 kiezers” is niets ingevuld"),
        ({0: 4, 1200: 0}, "vanaf 1200 kiezers” is niets ingevuld"),
        ({0: 4, 100_001: 4}, "tot 100000 kiezers"),
        (dict.fromkeys(range(9), 4), "hoogstens 8 groepen"),
    ],
)
def test_set_template_refuses_odd_bands(event, numbers, message):
    part = event.polling_days.first().day_parts.get(name="Ochtend")
    member = event.positions.get(kind="member")

    places = {(StationKind.REGULAR, band, part.pk, member.pk): number for band, number in numbers.items()}
    with pytest.raises(ActionError, match=message):
        set_template(event, places, by=None)


def test_period_is_in_the_time_zone_of_the_municipality(event, zonneiland):
    with tenant_context(zonneiland), timezone.override("Europe/Amsterdam"):
        island = create_event(proposed_plan(is_public_body=True), by=None)
        station = factories.make_polling_station(island)
        make_shifts(island, by=None)
        period = _shift(station, "Ochtend", "chair").period

    assert period.lower.isoformat() == "2027-03-17T11:00:00+00:00"
    assert period.upper.isoformat() == "2027-03-17T18:00:00+00:00"


def test_period_passes_midnight():
    day = factories.make_polling_day(factories.make_event())
    period = day_part_period(factories.make_day_part(day, start=time(20, 45), end=time(1, 30)))

    assert period.upper - period.lower == timedelta(hours=4, minutes=45)


def test_period_over_the_clock_change_of_28_march_is_an_hour_shorter():
    day = factories.make_polling_day(factories.make_event(), date=date(2027, 3, 27))
    period = day_part_period(factories.make_day_part(day, start=time(22), end=time(4)))

    assert period.upper.astimezone(UTC) - period.lower.astimezone(UTC) == timedelta(hours=5)


def test_database_refuses_fewer_places_than_people(event):
    station = factories.make_polling_station(event)
    make_shifts(event, by=None)
    shift = _shift(station, "Ochtend", "chair")
    factories.make_assignment(factories.make_member(), shift)

    Shift.objects.filter(pk=shift.pk).update(places=0)
    with pytest.raises(IntegrityError, match="shift"):
        connection.check_constraints()
