"""Polling stations by hand."""

from datetime import datetime

import pytest
from django.utils import timezone

from elections.accessibility import STEP_FREE
from elections.actions.polling_station import (
    create_polling_station,
    remove_polling_station,
    update_polling_station,
)
from elections.errors import ActionError
from elections.models import PollingStation, Venue
from elections.queries.polling_station import search_stations, shifts_by_day_part, stations_of
from tests import factories


@pytest.fixture
def day(event):
    return factories.make_polling_day(event)


def _hours(day, opens=7, closes=21):
    zone = timezone.get_current_timezone()
    moments = [
        datetime(day.date.year, day.date.month, day.date.day, hour, tzinfo=zone) for hour in (opens, closes)
    ]
    return (day, *moments)


def _create(event, *, hours=(), **changes):
    station = {"number": 1, "name": "Stadhuis", "kind": "regulier"} | changes
    return create_polling_station(event, station=station, venue={"name": "Stadhuis"}, hours=hours, by=None)


def test_create_polling_station_makes_its_venue_and_hours(event, day):
    station = _create(event, hours=[_hours(day)])

    assert station.venue.name == "Stadhuis"
    assert station.opening_hours.get().polling_day == day


def test_create_polling_station_refuses_a_number_in_use(event):
    _create(event)

    with pytest.raises(ActionError, match="nummer 1"):
        _create(event)


def test_create_polling_station_refuses_accessibility_outside_the_format(event):
    with pytest.raises(ActionError, match="antwoord uit de lijst"):
        create_polling_station(
            event,
            station={"number": 1, "name": "A", "kind": "regulier"},
            venue={"name": "A", "accessibility": {STEP_FREE: "misschien"}},
            hours=[],
            by=None,
        )

    assert not Venue.objects.exists()


def test_create_polling_station_refuses_closing_before_opening(event, day):
    with pytest.raises(ActionError, match="sluitingstijd"):
        _create(event, hours=[_hours(day, opens=21, closes=7)])


def test_update_polling_station_replaces_hours(event, day):
    station = _create(event, hours=[_hours(day)])

    update_polling_station(
        station, station={"number": 2, "name": "Raadhuis"}, venue={"city": "Juinen"}, hours=[], by=None
    )

    station.refresh_from_db()
    assert (station.number, station.name, station.venue.city) == (2, "Raadhuis", "Juinen")
    assert not station.opening_hours.exists()


def test_remove_polling_station_takes_its_shifts_and_its_venue(event, day):
    station = _create(event)
    factories.make_shift(station, factories.make_day_part(day), factories.make_position(event))

    remove_polling_station(station, by=None)

    assert not PollingStation.objects.exists()
    assert not Venue.objects.exists()


def test_remove_polling_station_keeps_a_venue_that_another_uses(event):
    station = _create(event)
    factories.make_polling_station(event, venue=station.venue)

    remove_polling_station(station, by=None)

    assert Venue.objects.count() == 1


def test_remove_polling_station_refuses_when_someone_sat_there(event, day):
    station = _create(event)
    shift = factories.make_shift(station, factories.make_day_part(day), factories.make_position(event))
    factories.make_assignment(factories.make_member(), shift, state="cancelled")

    with pytest.raises(ActionError, match="mensen ingedeeld"):
        remove_polling_station(station, by=None)


def test_stations_of_counts_places_and_people_apart(event, day):
    station = _create(event)
    for _ in range(2):
        shift = factories.make_shift(
            station, factories.make_day_part(day), factories.make_position(event), places=4
        )
    for state in ("confirmed", "cancelled"):
        factories.make_assignment(factories.make_member(), shift, state=state)

    found = stations_of(event).get()
    assert (found.places, found.taken) == (8, 1)
    assert [(part.places, part.taken) for part in shifts_by_day_part(station)] == [(4, 0), (4, 1)]


@pytest.mark.parametrize("text", ["cafe dorp", "cafe\x00", "77", "CAFÉ", "dorpsstraat juinen"])
def test_search_stations_finds_number_name_and_address_without_accents(event, text):
    station = factories.make_polling_station(event, number=77, name="Café Dorpszicht")
    factories.make_polling_station(
        event, number=3, name="School", venue=factories.make_venue(street="Laan", city="X")
    )

    assert list(search_stations(stations_of(event), text)) == [station]
