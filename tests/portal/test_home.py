"""The first page: steps with their states, and what to do first."""

from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from elections.models import AvailabilityResponse
from tests import factories


def test_home_without_event_says_that_nothing_waits(as_member: Any) -> None:
    page = as_member.get("/").content.decode()
    assert "Er staat nog niets voor u klaar" in page


def test_home_with_all_steps_off_says_that_nothing_waits(as_member: Any, event: Any) -> None:
    factories.make_portal_step(event, "availability", is_on=False)
    assert "Er staat nog niets voor u klaar" in as_member.get("/").content.decode()


def test_home_puts_the_first_open_step_on_top(as_member: Any, event: Any, morning: Any) -> None:
    factories.make_portal_step(event, "personal_data")
    factories.make_portal_step(event, "availability")
    context = as_member.get("/").context
    assert context["next_step"]["kind"] == "personal_data"
    assert [task["status"] for task in context["tasks"]] == ["todo", "todo"]


def test_home_shows_the_teams_own_text(as_member: Any, event: Any) -> None:
    factories.make_portal_step(event, "availability", text="Geef het vóór Kerst door.")
    assert "Geef het vóór Kerst door." in as_member.get("/").content.decode()


def test_home_says_when_nothing_can_be_done_now(as_member: Any, event: Any, morning: Any) -> None:
    factories.make_portal_step(event, "availability", opens_at=timezone.now() + timedelta(days=3))
    page = as_member.get("/")
    assert page.context["tasks"][0]["status"] == "later"
    assert page.context["tasks"][0]["url"] == ""
    assert "U hoeft nu niets te doen" in page.content.decode()


def test_home_says_when_everything_is_done(as_member: Any, event: Any, member: Any, morning: Any) -> None:
    factories.make_portal_step(event, "availability")
    factories.make_availability(member, morning)
    AvailabilityResponse.objects.create(member=member, event=event, submitted_at=timezone.now())
    assert "U bent klaar" in as_member.get("/").content.decode()


def test_home_marks_a_new_letter(as_member: Any, event: Any, member: Any) -> None:
    factories.make_portal_step(event, "letters")
    factories.make_letter(member, event, state="published", published_at=timezone.now())
    page = as_member.get("/")
    assert page.context["tasks"][0]["status_label"] == "Nieuw"
    assert "Brief lezen" in page.content.decode()


def test_home_shows_the_place_only_once_published(
    as_member: Any, member: Any, event: Any, morning: Any
) -> None:
    factories.make_portal_step(event, "placement")
    station = factories.make_polling_station(event, name="De Regenboog")
    shift = factories.make_shift(station, morning, factories.make_position(event))
    assignment = factories.make_assignment(member, shift)
    assert "De Regenboog" not in as_member.get("/").content.decode()
    assignment.state, assignment.published_at = "published", timezone.now()
    assignment.save()
    page = as_member.get("/").content.decode()
    assert "De Regenboog" in page
    assert "Wees er om 06.45 uur." in page


def test_home_needs_a_fixed_number_of_queries(
    as_member: Any, event: Any, member: Any, day: Any, django_assert_num_queries: Any
) -> None:
    for kind in ("personal_data", "availability", "placement", "letters"):
        factories.make_portal_step(event, kind)
    position = factories.make_position(event)
    as_member.get("/")
    for round_number in (1, 3):
        for _again in range(round_number):
            part = factories.make_day_part(day, start=time(7 + day.day_parts.count()), end=time(23))
            station = factories.make_polling_station(event)
            shift = factories.make_shift(station, part, position)
            start = shift.period.lower + timedelta(days=day.day_parts.count())
            shift.period = type(shift.period)(start, start + timedelta(hours=3))
            shift.save()
            factories.make_assignment(member, shift, state="published")
        with django_assert_num_queries(17):
            as_member.get("/")


def test_home_is_closed_to_whoever_is_not_logged_in(client: Any) -> None:
    assert client.get("/").status_code == 302


def test_home_puts_what_must_be_answered_first_on_top(
    as_member: Any, event: Any, member: Any, morning: Any, evening: Any
) -> None:
    for kind in ("personal_data", "placement"):
        factories.make_portal_step(event, kind)
    station, position = factories.make_polling_station(event), factories.make_position(event)
    assert as_member.get("/").context["urgent"] is None
    due = timezone.now() + timedelta(days=1)
    shift = factories.make_shift(station, morning, position)
    factories.make_assignment(member, shift, state="published", answer_due_at=due)
    page = as_member.get("/")
    assert page.context["urgent"]["url"] == "/placement/"
    assert "Laat het uiterlijk" in page.content.decode()
    later = factories.make_shift(station, evening, position)
    offer = factories.make_assignment(member, later, state="proposed", source="follow_up")
    page = as_member.get("/")
    assert page.context["urgent"]["url"] == f"/reservation/{offer.uuid}/offer/"
    assert "Antwoord vóór" in page.content.decode()
