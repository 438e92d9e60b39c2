"""The team's pages about picked places: filters, saying yes to a whole list, no with a reason, lines and offers."""

from datetime import time

import pytest
from django.urls import reverse

from elections.models import Assignment
from tests import factories


@pytest.fixture
def morning(event):
    factories.make_portal_step(event, "reservation")
    return factories.make_day_part(factories.make_polling_day(event), name="Ochtend")


@pytest.fixture
def position(event):
    return factories.make_position(event)


@pytest.fixture
def shift(event, morning, position):
    station = factories.make_polling_station(event, name="De Linde")
    return factories.make_shift(station, morning, position, places=2)


def pick(shift, **values):
    member = values.pop("member", None) or factories.make_member()
    return factories.make_assignment(member, shift, **{"state": "reserved", "source": "reservation"} | values)


def url(name, *rows):
    return reverse(f"backoffice:{name}", args=[row.uuid for row in rows])


def text(response):
    return response.content.decode()


def names_in(page, *places):
    return [place.member.list_name in page for place in places]


def test_the_list_begins_empty_and_says_how_it_fills(planner, event):
    assert "Zet het onderdeel" in text(planner.get(url("reservation-list")))


def test_the_list_shows_what_waits(planner, shift):
    waits, given = pick(shift), pick(shift, state="confirmed")
    assert names_in(text(planner.get(url("reservation-list"))), waits, given) == [True, False]
    everything = text(planner.get(url("reservation-list"), {"state": "all"}))
    assert names_in(everything, waits, given) == [True, True]


def test_the_list_filters(planner, event, shift, morning):
    evening = factories.make_day_part(morning.polling_day, name="Avond", start=time(14), end=time(21))
    chair = factories.make_position(event, kind="chair")
    other = factories.make_shift(factories.make_polling_station(event, name="Het Anker"), evening, chair)
    here = pick(shift)
    there = pick(other, member=factories.make_member(earlier_elections=3))
    for query in (
        {"station": "anker"},
        {"part": str(evening.uuid)},
        {"position": str(chair.uuid)},
        {"newcomer": "no"},
        {"q": str(there.member.number)},
    ):
        assert names_in(text(planner.get(url("reservation-list"), query)), here, there) == [False, True]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_queries_for_more_places(
    planner, event, shift, number, django_assert_num_queries
):
    for _number in range(number):
        pick(factories.make_shift(factories.make_polling_station(event), shift.day_part, shift.position))
    planner.get(url("reservation-list"))
    with django_assert_num_queries(14):
        planner.get(url("reservation-list"))


def test_yes_to_the_whole_list_is_asked_first(planner, event, shift):
    places = [pick(shift), pick(shift)]
    sent = {"all": "2", "query": "", "action": "confirm"}
    page = planner.post(url("reservation-selection"), sent)
    assert "2 leden krijgen elk één e-mail" in text(page)
    assert set(Assignment.objects.values_list("state", flat=True)) == {"reserved"}
    sealed = page.context["form"].initial["selection"]
    planner.post(url("reservation-confirm"), {"selection": sealed})
    assert {Assignment.objects.get(pk=place.pk).state for place in places} == {"confirmed"}


def test_a_list_that_changed_is_chosen_again(planner, shift):
    pick(shift)
    page = planner.post(url("reservation-selection"), {"all": "1", "query": ""})
    pick(shift)
    sealed = page.context["form"].initial["selection"]
    answer = planner.post(url("reservation-confirm"), {"selection": sealed}, follow=True)
    assert "intussen veranderd" in text(answer)
    assert not Assignment.objects.filter(state="confirmed").exists()


def test_no_needs_a_reason(planner, shift):
    place = pick(shift)
    assert "deze plaats niet geven?" in text(planner.get(url("reservation-refuse", place)))
    assert "Vul in waarom" in text(planner.post(url("reservation-refuse", place), {"reason": " "}))
    planner.post(url("reservation-refuse", place), {"reason": "Er is al een voorzitter."})
    place.refresh_from_db()
    assert (place.state, place.end_reason) == ("cancelled", "Er is al een voorzitter.")
    assert planner.get(url("reservation-refuse", place)).url == url("reservation-list")


def test_waiting_lines_are_counted_per_shift(planner, shift):
    assert "wacht niemand" in text(planner.get(url("reservation-waiting")))
    for kind in ("line", "line", "alert"):
        factories.make_waitlist_entry(factories.make_member(), shift, kind=kind)
    (row,) = planner.get(url("reservation-waiting")).context["table"].page.object_list
    assert (row.record.line, row.record.alerts, row.record.free) == (2, 1, 2)


@pytest.mark.parametrize("number", [1, 3])
def test_waiting_lines_take_as_many_queries_for_more_shifts(
    planner, event, shift, number, django_assert_num_queries
):
    for _number in range(number):
        other = factories.make_shift(factories.make_polling_station(event), shift.day_part, shift.position)
        factories.make_waitlist_entry(factories.make_member(), other)
    planner.get(url("reservation-waiting"))
    with django_assert_num_queries(9):
        planner.get(url("reservation-waiting"))


def test_the_line_is_shown_in_order_and_served_by_hand(planner, event, shift):
    first, busy = factories.make_member(), factories.make_member()
    for member in (busy, first):
        factories.make_waitlist_entry(member, shift)
    factories.make_assignment(
        busy, factories.make_shift(factories.make_polling_station(event), shift.day_part, shift.position)
    )
    page = text(planner.get(url("reservation-line", shift)))
    assert page.index(busy.informal_name) < page.index(first.informal_name)
    assert "Kan nu niet" in page
    planner.post(url("reservation-next", shift))
    offer = Assignment.objects.get(state="proposed")
    assert (offer.member, offer.source) == (first, "waitlist")
    answer = planner.post(url("reservation-next", shift), follow=True)
    assert "niemand op de wachtlijst" in text(answer)


def test_a_place_is_offered_by_hand_and_taken_back(planner, shift):
    member = factories.make_member()
    assert member.informal_name in text(planner.get(url("reservation-offer", shift)))
    planner.post(url("reservation-offer", shift), {"member": str(member.uuid)})
    offer = Assignment.objects.get()
    assert (offer.state, offer.source) == ("proposed", "staff")
    assert member.list_name in text(planner.get(url("reservation-offers")))
    planner.post(url("reservation-withdraw", offer), {"reason": "Wij vonden iemand dichterbij."})
    offer.refresh_from_db()
    assert offer.state == "cancelled"
    assert "geen aanbod open" in text(planner.get(url("reservation-offers")))


def test_who_may_only_read_sees_no_buttons(juinen, client_for, shift):
    pick(shift)
    reader = client_for(juinen, factories.make_staff("reader"))
    page = text(reader.get(url("reservation-list")))
    assert url("reservation-selection") not in page
    assert "Weiger" not in page


def test_offer_leaves_out_who_would_work_too_long(planner, event, morning, position, shift):
    """An offer keeps to rest and hours; a button that always refuses helps nobody."""
    event.maximum_hours_per_day = 8
    event.save()
    evening = factories.make_day_part(morning.polling_day, name="Avond", start=time(14), end=time(21))
    busy, free = factories.make_member(last_name="Druk"), factories.make_member(last_name="Vrij")
    late = factories.make_shift(factories.make_polling_station(event), evening, position)
    factories.make_assignment(busy, late)
    page = planner.get(url("reservation-offer", shift))
    assert free.informal_name in text(page)
    assert busy.informal_name not in text(page)
    assert page.context["count"] == 1
