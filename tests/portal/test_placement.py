"""The member's place: only what was published, and of others only the chair's name."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.assignment import unassign
from elections.actions.audience import save_audience
from elections.actions.publication import note_changes, publish_assignments
from elections.enums import AudienceKind, PlacedFilter
from elections.models import Assignment, OutboxMail, PlacementChange
from elections.queries.publication import published_words
from tests import factories


@pytest.fixture
def step(event: Any) -> Any:
    return factories.make_portal_step(event, "placement")


@pytest.fixture
def station(event: Any) -> Any:
    return factories.make_polling_station(event, name="De Regenboog")


def by_hand(*members: Any) -> Any:
    return save_audience(kind=AudienceKind.MEMBERS, members=members, by=None)


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
        with django_assert_num_queries(15):
            as_member.get("/placement/")


@pytest.mark.parametrize("is_for_member", [True, False])
def test_mail_about_another_address_goes_to_who_has_the_part(
    member: Any, step: Any, station: Any, morning: Any, is_for_member: bool
) -> None:
    place(member, station, morning)
    step.audience = by_hand(member if is_for_member else factories.make_member())
    step.save()
    before = published_words(Assignment.objects.all())
    station.venue.street = "Nieuweweg"
    station.venue.save()
    assert note_changes(before, by=None) == 1
    assert OutboxMail.objects.filter(kind="placement_changed").count() == int(is_for_member)


def test_who_loses_the_part_with_the_place_reads_what_the_mail_is_about(
    as_member: Any, member: Any, event: Any, station: Any, morning: Any
) -> None:
    """A part for who has a place: without the place there is no part, and still the news that it is gone."""
    placed = save_audience(kind=AudienceKind.SELECTION, event=event, placed=PlacedFilter.PLACED, by=None)
    factories.make_portal_step(event, "placement", audience=placed)
    own = place(member, station, morning, state="confirmed")
    publish_assignments(event, by=None)
    as_member.get("/placement/")
    own.refresh_from_db()
    unassign(own, by=None)
    publish_assignments(event, by=None)
    assert OutboxMail.objects.filter(kind="placement_changed").count() == 1
    page = as_member.get("/placement/").content.decode()
    assert "Dit is er veranderd" in page
    assert "De Regenboog" in page
    as_member.post("/placement/see/")
    assert "De Regenboog" not in as_member.get("/placement/").content.decode()


def test_placement_names_two_elections_of_one_day(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any, event: Any, day: Any
) -> None:
    place(member, station, morning)
    day.elections.add(factories.make_election(event, name="Staten"))
    assert "Verkiezingen op deze dag" not in as_member.get("/placement/").content.decode()
    day.elections.add(factories.make_election(event, category="AB", name="Waterschap"))
    assert "Verkiezingen op deze dag: Waterschap, Staten" in as_member.get("/placement/").content.decode()


def test_team_mates_are_named_only_where_the_municipality_shows_them(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any, event: Any
) -> None:
    place(member, station, morning)
    mate = factories.make_member(first_name="Ans", last_name="Samen", phone="+31 6 87654321")
    place(mate, station, morning, kind="counter")
    place(factories.make_member(last_name="Verborgen"), station, morning, kind="reserve", state="confirmed")
    assert "Samen" not in as_member.get("/placement/").content.decode()
    event.shows_team_mates = True
    event.save()
    page = as_member.get("/placement/").content.decode()
    assert "U werkt samen met Ans Samen." in page
    assert "Verborgen" not in page
    assert "87654321" not in page


def test_change_is_shown_exactly_until_it_was_read(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any, event: Any
) -> None:
    before = {"station": "1 De Kuip", "time": "07.00 tot 14.00 uur", "day": "woensdag"}
    after = before | {"time": "08.00 tot 14.00 uur"}
    own = place(member, station, morning)
    PlacementChange.objects.create(
        member=member, event=event, assignment=own, kind="venue", before=before, after=after
    )
    stranger = factories.make_member()
    PlacementChange.objects.create(
        member=stranger, event=event, kind="cancelled", before={"station": "9 Elders"}
    )
    factories.make_portal_step(event, "letters")
    assert "Er is iets veranderd" in as_member.get("/").content.decode()
    page = as_member.get("/placement/").content.decode()
    assert "<del>07.00 tot 14.00 uur</del>" in page
    assert "<strong>08.00 tot 14.00 uur</strong>" in page
    assert "1 De Kuip" not in page
    assert "9 Elders" not in page
    as_member.post("/placement/see/")
    assert "Dit is er veranderd" not in as_member.get("/placement/").content.decode()
    assert PlacementChange.objects.filter(seen_at=None).get().member == stranger


def test_place_that_was_taken_back_is_shown_as_over(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any
) -> None:
    own = place(member, station, morning, state="cancelled")
    own.published_at = own.retracted_at = timezone.now()
    own.save()
    page = as_member.get("/placement/").content.decode()
    assert "U hebt nu geen plaats" in page
    assert "Vervallen op" in page


def test_removal_that_was_not_told_looks_as_before(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any
) -> None:
    own = place(member, station, morning, state="cancelled")
    own.published_at = timezone.now()
    own.save()
    page = as_member.get("/placement/").content.decode()
    assert "De Regenboog" in page
    assert "Vervallen" not in page


def test_open_offer_stands_on_top(as_member: Any, member: Any, step: Any, station: Any, morning: Any) -> None:
    offer = place(member, station, morning, state="proposed")
    page = as_member.get("/placement/").content.decode()
    assert "Er is een plaats voor u" in page
    assert f"/reservation/{offer.uuid}/offer/" in page


def test_calendar_file_is_of_the_member_alone(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any, client: Any
) -> None:
    own = place(member, station, morning)
    url = f"/placement/{own.uuid}/calendar/"
    answer = as_member.get(url)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.content.decode()
    assert "DTSTART:20270317T060000Z" in text
    assert "De Regenboog" not in text  # calendars are shared: the address says enough
    assert "LOCATION:" in text
    assert member.last_name not in text
    other = place(factories.make_member(), factories.make_polling_station(station.event), morning)
    assert as_member.get(f"/placement/{other.uuid}/calendar/").status_code == 404
    assert client.get(url).status_code == 302


def test_who_picked_a_place_reads_that_the_team_looks_at_it(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any
) -> None:
    chosen = place(member, station, morning, state="reserved")
    chosen.source = "reservation"
    chosen.save()
    page = as_member.get("/placement/").content.decode()
    assert "U koos De Regenboog" in page
    assert "kijkt er nog naar" in page
    assert "Uw plaats is nog niet bekend" not in page
