"""The page where staff say what members may choose, and the times as they really are."""

from datetime import date, time

import pytest
from django.urls import reverse

from elections.actions.event import create_event
from elections.actions.polling_day import update_offer, update_polling_day
from elections.actions.polling_station import remove_polling_station
from elections.actions.position import save_positions
from elections.errors import ActionError
from elections.event_plan import POSITIONS, DayPartPlan, proposed_plan
from tests import factories


@pytest.fixture
def staff(juinen, client_for):
    return client_for(juinen, factories.make_staff("planner"))


@pytest.fixture
def day():
    return create_event(proposed_plan(is_public_body=False), by=None).polling_days.get(kind="voting")


def _url(name, *args):
    return reverse(f"backoffice:{name}", args=args, urlconf="config.urls_tenant")


def _page(response):
    return response.content.decode()


def _all(day, **changes):
    parts = [str(part.uuid) for part in day.day_parts.all()]
    return {"day_parts": parts, "position_choice": "all", "venue_choice": "all"} | changes


def test_offer_page_says_everything_until_something_is_chosen(staff, day):
    form = staff.get(_url("polling-day-offer", day.uuid)).context["form"]

    assert (form["position_choice"].value(), form["venue_choice"].value()) == ("all", "all")
    assert len(form["day_parts"].value()) == 3


def test_offer_page_narrows_down_and_opens_again(staff, day):
    member = day.event.positions.get(kind="member")
    venue = factories.make_polling_station(day.event).venue
    factories.make_polling_station(day.event)
    morning = day.day_parts.get(name="Ochtend")
    url = _url("polling-day-offer", day.uuid)

    staff.post(
        url,
        {
            "day_parts": [str(morning.uuid)],
            "position_choice": "only",
            "positions": [str(member.uuid)],
            "venue_choice": "only",
            "venues": [str(venue.uuid)],
        },
    )
    assert list(day.offered_positions.all()) == [member]
    assert list(day.offered_venues.all()) == [venue]
    assert list(day.day_parts.filter(is_offered=True)) == [morning]

    # What is ticked under "alles" does not count.
    staff.post(url, _all(day, positions=[str(member.uuid)]))
    assert not day.offered_positions.exists()
    assert not day.offered_venues.exists()
    assert day.day_parts.filter(is_offered=True).count() == 3


def test_offer_page_refuses_only_these_without_any(staff, day):
    page = _page(staff.post(_url("polling-day-offer", day.uuid), _all(day, position_choice="only")))

    assert "Vink minstens één functie aan" in page


def test_offer_page_refuses_positions_and_venues_of_another_event(staff, day):
    other = factories.make_position(factories.make_event())
    venue = factories.make_venue()
    data = _all(
        day,
        position_choice="only",
        positions=[str(other.uuid)],
        venue_choice="only",
        venues=[str(venue.uuid)],
    )
    response = staff.post(_url("polling-day-offer", day.uuid), data)

    assert {"positions", "venues"} <= response.context["form"].errors.keys()
    with pytest.raises(ActionError, match="intussen veranderd"):
        update_offer(day, day_parts=(), positions=[other], venues=None, by=None)


@pytest.mark.parametrize("count", [1, 3])
def test_offer_page_needs_the_same_queries_for_one_and_three(
    staff, day, count, django_assert_max_num_queries
):
    for _ in range(count):
        factories.make_polling_station(day.event)
    staff.get(_url("polling-day-offer", day.uuid))

    with django_assert_max_num_queries(16):
        staff.get(_url("polling-day-offer", day.uuid))


def test_last_position_of_the_choice_stays(day):
    extra = factories.make_position(day.event, name="Gastvrouw")
    day.offered_positions.set([extra])

    rows = [(day.event.positions.get(name=plan.name).uuid, plan) for plan in POSITIONS]
    with pytest.raises(ActionError, match="enige die leden kunnen kiezen op 17 maart 2027"):
        save_positions(day.event, rows, by=None)


def test_venue_of_a_removed_station_leaves_the_choice_but_not_as_the_last(day):
    one, other = (factories.make_polling_station(day.event) for _ in range(2))
    day.offered_venues.set([one.venue, other.venue])

    remove_polling_station(one, by=None)
    assert list(day.offered_venues.all()) == [other.venue]
    with pytest.raises(ActionError, match="enige stemlokaal"):
        remove_polling_station(other, by=None)


def test_form_of_a_new_day_begins_like_the_day_it_follows(staff, day):
    page = staff.get(f"{_url('polling-day-create', day.event.uuid)}?like={day.uuid}")

    assert page.context["form"].initial == {"date": date(2027, 3, 16), "kind": "early_voting"}
    assert [row.initial["name"] for row in page.context["rows"].forms] == [
        "Ochtend",
        "Middag en avond",
        "Tellen",
    ]
    assert staff.get(f"{_url('polling-day-create', day.event.uuid)}?like=x").status_code == 200


def test_pages_show_the_real_hours_in_the_night_of_the_clock_change(staff, day):
    rows = [(part.uuid, DayPartPlan(part.name, part.start, part.end)) for part in day.day_parts.all()]
    rows[-1] = (rows[-1][0], DayPartPlan("Tellen", time(21), time(3)))
    update_polling_day(day, day_date=date(2027, 3, 27), kind=day.kind, day_parts=rows, by=None)

    for url in (_url("event-detail", day.event.uuid), _url("polling-day-edit", day.uuid)):
        assert "5 uur: de klok gaat vooruit" in _page(staff.get(url))
