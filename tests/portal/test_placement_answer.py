"""Whether the member comes: yes and no to the place as the page showed it, and until when."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from elections.actions.publication import note_changes
from elections.models import Assignment
from elections.queries.placement import seen_text
from elections.queries.publication import published_words
from tests import factories
from tests.portal.test_placement import place


@pytest.fixture
def step(event: Any) -> Any:
    return factories.make_portal_step(event, "placement")


@pytest.fixture
def station(event: Any) -> Any:
    return factories.make_polling_station(event, name="De Regenboog")


def _loaded(assignment: Any) -> Any:
    assignment.refresh_from_db()
    return assignment


def seen(*assignments: Any) -> dict[str, str]:
    """What a page that was made now sends back of these places."""
    return {"seen": seen_text(map(_loaded, assignments))}


def test_placement_asks_whether_the_member_comes(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any
) -> None:
    own = place(member, station, morning)
    page = as_member.get("/placement/").content.decode()
    assert "Komt u?" in page
    as_member.post(f"/placement/{own.uuid}/accept/", seen(own))
    assert _loaded(own).accepted_at
    page = as_member.get("/placement/").content.decode()
    assert "U hebt gezegd dat u komt." in page
    assert "Komt u?" not in page


def test_overdue_answer_is_told_and_taken(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any
) -> None:
    own = place(member, station, morning)
    own.answer_due_at = timezone.now() - timedelta(days=1)
    own.save()
    assert "Antwoorden kan nog steeds" in as_member.get("/placement/").content.decode()
    as_member.post(f"/placement/{own.uuid}/accept/", seen(own))
    assert _loaded(own).accepted_at


def test_decline_asks_why_and_then_shows_the_place_as_over(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any
) -> None:
    own = place(member, station, morning)
    url = f"/placement/{own.uuid}/decline/"
    assert "Waarom kunt u niet?" in as_member.get(url).content.decode()
    assert "Vul in waarom u niet kunt." in as_member.post(url, {"reason": " "} | seen(own)).content.decode()
    assert _loaded(own).state == "published"
    page = as_member.post(url, {"reason": "Vakantie"} | seen(own), follow=True).content.decode()
    assert "Wij weten nu dat u niet kunt" in page
    assert "U hebt nu geen plaats" in page
    assert "De plaats is nog vrij." in page
    as_member.post(f"/placement/{own.uuid}/accept/", seen(own))
    assert _loaded(own).state == "published"


def test_decline_within_two_days_asks_to_call(
    as_member: Any, member: Any, step: Any, station: Any, event: Any
) -> None:
    day = factories.make_polling_day(event, date=timezone.localdate() + timedelta(days=1))
    own = place(member, station, factories.make_day_part(day))
    assert "bel ons ook" in as_member.get(f"/placement/{own.uuid}/decline/").content.decode()


def test_decline_on_the_day_itself_is_closed(
    as_member: Any, member: Any, step: Any, station: Any, event: Any
) -> None:
    day = factories.make_polling_day(event, date=timezone.localdate())
    own = place(member, station, factories.make_day_part(day))
    assert "Ik kan toch niet" not in as_member.get("/placement/").content.decode()
    page = as_member.post(f"/placement/{own.uuid}/decline/", {"reason": "Ziek"}).content.decode()
    assert "U werkt vandaag" in page
    assert _loaded(own).state == "published"


def test_event_that_asks_no_answer_has_no_buttons(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any, event: Any
) -> None:
    event.asks_answer = False
    event.save()
    place(member, station, morning)
    page = as_member.get("/placement/").content.decode()
    assert "Komt u?" not in page
    assert "Bel het team verkiezingen" in page


def test_two_day_parts_at_one_station_are_one_card(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any, evening: Any
) -> None:
    first = place(member, station, morning)
    second = place(member, station, evening)
    page = as_member.get("/placement/").content.decode()
    assert page.count('<article class="z-place">') == 1
    assert "07.00 tot 14.00 uur" in page
    assert "14.00 tot 23.00 uur" in page
    page = as_member.get(f"/placement/{first.uuid}/decline/").content.decode()
    assert "Wanneer kunt u niet?" in page
    data = {"reason": "Te lang", "places": [second.uuid.hex]} | seen(first, second)
    as_member.post(f"/placement/{first.uuid}/decline/", data)
    assert (_loaded(first).state, _loaded(second).state) == ("published", "declined")


def test_yes_from_an_old_page_is_no_yes_to_a_time_that_came_since(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any, evening: Any
) -> None:
    first = place(member, station, morning)
    old_page = seen(first)
    second = place(member, station, evening)
    url = f"/placement/{first.uuid}/accept/"
    for sent in (old_page, {}, {"seen": "onzin"}):
        assert "intussen gewijzigd" in as_member.post(url, sent, follow=True).content.decode()
        assert (_loaded(first).accepted_at, _loaded(second).accepted_at) == (None, None)
    page = as_member.get("/placement/").content.decode()
    assert f'name="seen" value="{seen(first, second)["seen"]}"' in page
    as_member.post(url, seen(first, second))
    assert _loaded(first).accepted_at
    assert _loaded(second).accepted_at


def test_yes_that_is_sent_twice_is_one_yes(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any
) -> None:
    own = place(member, station, morning)
    page = seen(own)
    for _press in range(2):
        answer = as_member.post(f"/placement/{own.uuid}/accept/", page, follow=True)
        assert "intussen gewijzigd" not in answer.content.decode()
    assert _loaded(own).accepted_at


def test_yes_from_a_page_with_the_old_address_is_asked_again(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any
) -> None:
    own = place(member, station, morning)
    old_page = seen(own)
    before = published_words(Assignment.objects.all())
    station.venue.street = "Nieuweweg"
    station.venue.save()
    note_changes(before, by=None)
    answer = as_member.post(f"/placement/{own.uuid}/accept/", old_page, follow=True)
    assert "intussen gewijzigd" in answer.content.decode()
    assert "Nieuweweg" in answer.content.decode()
    assert _loaded(own).accepted_at is None


def test_no_from_an_old_page_keeps_the_words_and_is_asked_again(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any
) -> None:
    own = place(member, station, morning)
    url = f"/placement/{own.uuid}/decline/"
    data = {"reason": "Vakantie"} | seen(own)
    Assignment.objects.update(version=7)
    page = as_member.post(url, data).content.decode()
    assert "intussen gewijzigd" in page
    assert "Vakantie" in page
    assert f'value="{own.uuid}:7"' in page
    assert _loaded(own).state == "published"
    as_member.post(url, data | seen(own))
    assert _loaded(own).state == "declined"


@pytest.mark.parametrize("page", ["accept", "decline", "calendar"])
def test_place_of_somebody_else_or_not_published_is_not_found(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any, page: str
) -> None:
    other = place(factories.make_member(), station, morning)
    planned = place(member, factories.make_polling_station(station.event), morning, state="confirmed")
    for assignment in (other, planned):
        url = f"/placement/{assignment.uuid}/{page}/"
        answer = as_member.get(url) if page == "calendar" else as_member.post(url, {"reason": "Boos"})
        assert answer.status_code == 404
    assert _loaded(other).state == "published"


def test_answers_are_closed_while_the_step_is(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any
) -> None:
    own = place(member, station, morning)
    step.is_on = False
    step.save()
    assert as_member.post(f"/placement/{own.uuid}/accept/").status_code == 404
    assert _loaded(own).accepted_at is None


def test_who_cannot_come_is_not_asked_whether_they_come(
    as_member: Any, member: Any, step: Any, station: Any, morning: Any
) -> None:
    own = place(member, station, morning)
    own.answer_due_at = timezone.now() + timedelta(days=1)
    own.save()
    page = as_member.get(f"/placement/{own.uuid}/decline/").content.decode()
    assert "komt meteen vrij voor iemand anders" in page
    assert "weten of u komt" not in re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)  # the help
