"""The member's place: only what was published, and of others only the chair's name."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from tests import factories


@pytest.fixture
def step(event: Any) -> Any:
    return factories.make_portal_step(event, "placement")


@pytest.fixture
def station(event: Any) -> Any:
    return factories.make_polling_station(event, name="De Regenboog")


def place(member: Any, station: Any, part: Any, kind: str = "member", state: str = "published") -> Any:
    position = factories.make_position(station.event, kind=kind)
    return factories.make_assignment(member, factories.make_shift(station, part, position), state=state)


@pytest.mark.parametrize("state", ["reserved", "confirmed", "declined", "cancelled"])
def test_placement_that_is_not_published_is_invisible(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any, state: str
) -> None:
    place(member, station, morning, state=state)
    page = as_member.get("/placement/").content.decode()
    assert "Uw plaats is nog niet bekend" in page
    assert "De Regenboog" not in page


@pytest.mark.parametrize(
    "period", [{"is_on": False}, {"opens_at": timedelta(days=1)}, {"closes_at": timedelta(days=-1)}]
)
def test_placement_is_invisible_while_the_step_is_not_open(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any, period: dict[str, Any]
) -> None:
    place(member, station, morning)
    for name, value in period.items():
        setattr(step, name, timezone.now() + value if isinstance(value, timedelta) else value)
    step.save()
    assert "De Regenboog" not in as_member.get("/placement/").content.decode()
    assert "De Regenboog" not in as_member.get("/").content.decode()


def test_placement_shows_times_arrival_and_route(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any
) -> None:
    place(member, station, morning)
    page = as_member.get("/placement/").content.decode()
    assert "07.00 tot 14.00 uur" in page
    assert "Wees er om 06.45 uur." in page
    assert "https://www.google.com/maps/dir/?api=1&amp;destination=" in page


def test_placement_names_the_chair_and_nobody_else(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any
) -> None:
    chair = factories.make_member(first_name="Anna", last_name="Voorbeeld")
    colleague = factories.make_member(first_name="Piet", last_name="Geheim")
    elsewhere = factories.make_member(first_name="Els", last_name="Elders")
    place(member, station, morning)
    place(chair, station, morning, kind="chair")
    place(colleague, station, morning, kind="counter")
    place(elsewhere, factories.make_polling_station(station.event), morning, kind="chair")
    page = as_member.get("/placement/").content.decode()
    assert "De voorzitter is Anna Voorbeeld." in page
    assert "Geheim" not in page
    assert "Elders" not in page


def test_chair_who_is_not_published_is_not_named(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any
) -> None:
    place(member, station, morning)
    chair = factories.make_member(last_name="Voorbeeld")
    place(chair, station, morning, kind="chair", state="confirmed")
    assert "Voorbeeld" not in as_member.get("/placement/").content.decode()


def test_placement_of_somebody_else_is_not_shown(
    as_member: Any, step: Any, station: Any, morning: Any
) -> None:
    place(factories.make_member(), station, morning)
    assert "De Regenboog" not in as_member.get("/placement/").content.decode()


def test_placement_on_the_island_is_in_local_time(zonneiland: Any, client_for: Any) -> None:
    with tenant_context(zonneiland), timezone.override(zonneiland.tz):
        event = factories.make_event()
        factories.make_portal_step(event, "placement")
        member = factories.make_member()
        part = factories.make_day_part(factories.make_polling_day(event))
        place(member, factories.make_polling_station(event), part)
    page = client_for(zonneiland, member.user).get("/placement/").content.decode()
    assert "07.00 tot 14.00 uur" in page


def test_placement_needs_a_fixed_number_of_queries(
    as_member: Any, member: Any, step: Any, day: Any, django_assert_num_queries: Any
) -> None:
    as_member.get("/placement/")
    hour = 6
    for rows in (1, 3):
        for _row in range(rows):
            hour += 1
            part = factories.make_day_part(day, start=f"{hour:02}:00", end=f"{hour:02}:30")
            part.refresh_from_db()
            place(member, factories.make_polling_station(day.event), part)
        with django_assert_num_queries(9):
            as_member.get("/placement/")
