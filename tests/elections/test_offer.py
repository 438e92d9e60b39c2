from datetime import date, time
from typing import Any

import pytest

from elections.queries.offer import offered_day_parts, offered_positions, offered_shifts, offered_venues
from tests import factories


@pytest.fixture
def plan(juinen: Any) -> dict[str, Any]:
    """Two days, two positions and two stations, every shift of them."""
    event = factories.make_event()
    days = [factories.make_polling_day(event, date=date(2027, 3, day)) for day in (16, 17)]
    parts = [factories.make_day_part(day, name="Ochtend", start=time(7), end=time(14)) for day in days]
    positions = [
        factories.make_position(event, name=name, rank=rank, kind=kind)
        for name, rank, kind in (("Voorzitter", 10, "chair"), ("Lid", 20, "member"))
    ]
    stations = [factories.make_polling_station(event, venue=factories.make_venue(name=name)) for name in "AB"]
    shifts = {
        (part, position, station): factories.make_shift(station, part, position)
        for part in parts
        for position in positions
        for station in stations
    }
    return {
        "event": event, "days": days, "parts": parts, "positions": positions, "stations": stations, "shifts": shifts,
    }  # fmt: skip


def test_everything_is_offered_when_nothing_is_chosen(plan: dict[str, Any]) -> None:
    event = plan["event"]
    assert list(offered_day_parts(event)) == plan["parts"]
    assert list(offered_positions(event)) == plan["positions"]
    assert list(offered_venues(event)) == [station.venue for station in plan["stations"]]
    assert set(offered_shifts(event)) == set(plan["shifts"].values())


def test_choice_counts_for_its_own_day_only(plan: dict[str, Any]) -> None:
    (first, second), (chair, member), (one, _other) = plan["days"], plan["positions"], plan["stations"]
    first.offered_positions.set([member])
    first.offered_venues.set([one.venue])
    found = set(offered_shifts(plan["event"]))
    assert found == {
        shift
        for (part, position, station), shift in plan["shifts"].items()
        if part.polling_day == second or (position == member and station == one)
    }
    assert list(offered_positions(plan["event"])) == [chair, member]
    second.offered_positions.set([member])
    second.offered_venues.set([one.venue])
    assert list(offered_positions(plan["event"])) == [member]
    assert list(offered_venues(plan["event"])) == [one.venue]


def test_closed_day_part_takes_its_day_along(plan: dict[str, Any]) -> None:
    (_first, second), (morning, _other) = plan["days"], plan["parts"]
    morning.is_offered = False
    morning.save()
    second.offered_positions.set(plan["positions"][:1])
    assert list(offered_day_parts(plan["event"])) == plan["parts"][1:]
    assert list(offered_positions(plan["event"])) == plan["positions"][:1]
    assert not offered_shifts(plan["event"]).filter(day_part=morning).exists()


def test_shift_without_places_and_other_events_are_left_out(plan: dict[str, Any]) -> None:
    shift = next(iter(plan["shifts"].values()))
    shift.places = 0
    shift.save()
    assert shift not in offered_shifts(plan["event"])
    assert not offered_shifts(factories.make_event()).exists()


def test_each_is_one_query(plan: dict[str, Any], django_assert_num_queries: Any) -> None:
    for offered in (offered_day_parts, offered_positions, offered_venues, offered_shifts):
        with django_assert_num_queries(1):
            list(offered(plan["event"]))
