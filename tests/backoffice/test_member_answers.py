"""Answers as they come in: numbers against the places, the newest first, and who says no after being placed."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from elections.models import AuditEvent, AvailabilityResponse
from elections.queries.availability_count import part_counts
from tests import factories

URL = "/backoffice/member/answers/"


@pytest.fixture
def event() -> Any:
    return factories.make_event()


@pytest.fixture
def part(event: Any) -> Any:
    return factories.make_day_part(factories.make_polling_day(event), name="Ochtend")


@pytest.fixture
def planner(client_for: Any, juinen: Any) -> Any:
    return client_for(juinen, factories.make_staff("planner"))


def answered(part: Any, answer: str, *, minutes: int = 0, **values: Any) -> Any:
    """A member who answered so many minutes ago."""
    member = factories.make_member(with_user=False, **values)
    factories.make_availability(member, part, answer=answer)
    moment = timezone.now() - timedelta(minutes=minutes)
    AvailabilityResponse.objects.create(
        member=member, event=part.polling_day.event, submitted_at=moment, changed_at=moment
    )
    return member


def shift_of(event: Any, part: Any, **position: Any) -> Any:
    station = factories.make_polling_station(event)
    return factories.make_shift(station, part, factories.make_position(event, **position), places=2)


def names(page: Any) -> list[str]:
    return [row.record.last_name for row in page.context["table"].page]


def test_counts_set_what_people_said_against_the_places(event: Any, part: Any) -> None:
    shift_of(event, part, kind="chair", name="Voorzitter", rank=1)
    lid = shift_of(event, part, kind="member", name="Lid", rank=2)
    answered(part, "yes", qualified_for=["chair"])
    placed = answered(part, "yes", qualified_for=["member"])
    answered(part, "if_needed", qualified_for=["member"])
    answered(part, "no", qualified_for=["chair"])
    answered(part, "yes", qualified_for=["chair"], is_active=False)
    factories.make_assignment(placed, lid)
    (found,) = part_counts(event)
    assert (found.yes, found.if_needed, found.no, found.needed, found.placed) == (2, 1, 1, 4, 1)
    assert found.missing == 1
    chair, member = found.positions
    assert (chair.needed, chair.yes, chair.if_needed, chair.missing, chair.tone) == (2, 1, 0, 1, "error")
    assert found.missing_heads == 0
    # Whoever can chair can sit as a member too.
    assert (member.needed, member.placed, member.yes, member.missing, member.tone) == (2, 1, 2, 0, "ok")


def test_chairs_and_deputies_share_people(event: Any, part: Any) -> None:
    shift_of(event, part, kind="chair", name="Voorzitter", rank=1)
    shift_of(event, part, kind="deputy_chair", name="Plaatsvervanger", rank=2)
    answered(part, "yes", qualified_for=["chair", "deputy_chair"])
    (found,) = part_counts(event)
    wanted = sum(count.needed for count in found.positions)
    assert found.missing_heads == wanted - 1


def test_places_that_only_if_needed_fills_are_a_warning(event: Any, part: Any) -> None:
    shift_of(event, part, kind="counter")
    answered(part, "yes")
    answered(part, "if_needed")
    assert part_counts(event)[0].positions[0].tone == "warning"


def test_day_part_that_is_not_asked_and_has_no_shifts_is_left_out(event: Any, part: Any) -> None:
    part.is_offered = False
    part.save()
    assert part_counts(event) == []


def test_page_shows_a_shortage_and_links_to_who_said_what(planner: Any, event: Any, part: Any) -> None:
    shift_of(event, part, kind="chair", name="Voorzitter")
    answered(part, "yes", last_name="Ja", qualified_for=["chair"])
    answered(part, "no", last_name="Nee")
    page = planner.get(URL)
    assert "1 te weinig" in page.content.decode()
    assert f"?part={part.uuid}&amp;said=yes" in page.content.decode()
    assert names(planner.get(URL, {"part": part.uuid, "said": "yes"})) == ["Ja"]
    assert names(planner.get(URL, {"said": "no"})) == ["Nee"]


@pytest.mark.parametrize("query", [{"part": "geen"}, {"said": "misschien"}, {"placed": "x"}, {"sort": "x"}])
def test_odd_filters_do_no_harm(planner: Any, part: Any, query: dict[str, str]) -> None:
    answered(part, "yes")
    assert planner.get(URL, query).status_code == 200


def test_newest_answer_comes_first_and_the_silent_come_last(planner: Any, part: Any) -> None:
    factories.make_member(with_user=False, last_name="Stil")
    answered(part, "yes", minutes=30, last_name="Eerder")
    answered(part, "yes", minutes=3, last_name="Nieuwst")
    assert names(planner.get(URL)) == ["Nieuwst", "Eerder", "Stil"]
    assert names(planner.get(URL, {"sort": "answered_at"})) == ["Eerder", "Nieuwst", "Stil"]


def test_no_after_placing_is_shown_filtered_and_counted(planner: Any, event: Any, part: Any) -> None:
    shift = shift_of(event, part)
    refusing = answered(part, "no", last_name="Weigert")
    factories.make_assignment(refusing, shift)
    answered(part, "no", last_name="Anders")
    offered = answered(part, "no", last_name="Aanbod")
    factories.make_assignment(offered, shift, state="proposed")
    page = planner.get(URL)
    assert page.context["figures"][-1]["value"] == 1
    assert "Ingedeeld, zei later nee" in page.content.decode()
    assert names(planner.get(URL, {"placed": "refuses"})) == ["Weigert"]
    detail = planner.get(f"/backoffice/member/{refusing.uuid}/").content.decode()
    assert "Zei later nee" in detail


def test_numbers_refresh_without_names_and_tell_of_new_answers(planner: Any, event: Any, part: Any) -> None:
    answered(part, "yes", minutes=60, last_name="Vroegtijdig")
    since = str((timezone.now() - timedelta(minutes=30)).timestamp())
    live = f"{URL}live/"
    assert planner.get(live, {"since": since}).context["new_answers"] == 0
    answered(part, "yes", minutes=5, last_name="Laatkomer")
    page = planner.get(live, {"since": since, "said": "yes"}).content.decode()
    assert "1 lid heeft iets geantwoord" in page
    assert "Laatkomer" not in page
    assert f"said=yes&amp;since={since}" in page


@pytest.mark.parametrize("since", ["", "gisteren", "1e999", "nan", "-1e30"])
def test_odd_moment_is_now(planner: Any, part: Any, since: str) -> None:
    assert planner.get(f"{URL}live/", {"since": since}).context["new_answers"] == 0


def test_looking_at_the_list_is_logged_and_the_refresh_is_not(planner: Any, part: Any) -> None:
    answered(part, "yes")
    planner.get(URL)
    planner.get(f"{URL}live/")
    assert AuditEvent.objects.filter(action="member.answers").count() == 1


def test_numbers_ask_as_much_for_three_as_for_one(
    planner: Any, event: Any, part: Any, django_assert_num_queries: Any
) -> None:
    shift_of(event, part)
    answered(part, "yes")
    with django_assert_num_queries(5):
        part_counts(event)
    for _number in range(2):
        other = factories.make_day_part(part.polling_day)
        factories.make_assignment(answered(other, "yes"), shift_of(event, other))
    with django_assert_num_queries(5):
        part_counts(event)
