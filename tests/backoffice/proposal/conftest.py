"""A planner, and one station with more work than people."""

from types import SimpleNamespace

import pytest

from tests import factories


@pytest.fixture
def user():
    return factories.make_staff("planner")


@pytest.fixture
def planner(juinen, client_for, user):
    return client_for(juinen, user)


@pytest.fixture
def city():
    """One station with a chair and three members, and three people who may only be members."""
    event = factories.make_event(minimum_rest_hours=0)
    part = factories.make_day_part(factories.make_polling_day(event), name="Ochtend")
    chair = factories.make_position(event, kind="chair", name="Voorzitter", rank=1, needs_training=False)
    member = factories.make_position(event, name="Stembureaulid", rank=3, needs_training=False)
    venue = factories.make_venue(postcode="1234 AB", rd_x=100_000, rd_y=400_000)
    station = factories.make_polling_station(event, venue=venue, number=7, name="De Brink")
    shifts = [
        factories.make_shift(station, part, chair, places=1),
        factories.make_shift(station, part, member, places=3),
    ]
    people = [
        factories.make_member(qualified_for=["member"], last_name=f"Jansen{number}", postcode="1234 XY")
        for number in range(3)
    ]
    for person in people:
        factories.make_availability(person, part)
    return SimpleNamespace(
        event=event, part=part, member=member, station=station, shifts=shifts, people=people
    )
