"""The assignment pages."""

from datetime import time

import pytest
from django.urls import reverse

from elections.models import Assignment
from tests import factories


def _url(name, thing=None):
    return reverse(f"backoffice:assignment-{name}", kwargs={"uuid": thing.uuid} if thing else None)


def _station(event, day_part, *, name, people=0, places=1, kind="chair"):
    station = factories.make_polling_station(event, name=name)
    position = event.positions.filter(kind=kind).first() or factories.make_position(
        event, kind=kind, name=kind
    )
    shift = factories.make_shift(station, day_part, position, places=places)
    for _number in range(people):
        factories.make_assignment(factories.make_member(), shift)
    return station, shift


def test_assignment_list_tells_a_new_municipality_what_comes_first(planner, event):
    page = planner.get(_url("list"))
    assert "Er zijn nog geen stembureaus" in page.content.decode()


def test_assignment_list_shows_warnings_in_words(planner, event, morning):
    _station(event, morning, name="De Kuip", people=1, places=1, kind="member")
    text = planner.get(_url("list")).content.decode()
    assert "Geen voorzitter" in text
    assert "Maar 1 lid aanwezig" in text
    assert "1 van 1" in text


def test_assignment_list_filters_on_gaps_and_keeps_the_filter(planner, event, morning):
    _station(event, morning, name="Vol bureau", people=3, places=3)
    open_station, _shift = _station(event, morning, name="Open bureau", places=2)
    from_here = {"sec-fetch-site": "same-origin"}
    text = planner.get(_url("list"), {"gaps": "on"}, headers=from_here).content.decode()
    assert "Open bureau" in text
    assert "Vol bureau" not in text
    assert "?gaps=on" in planner.get(_url("station", open_station)).content.decode()


def test_assignment_list_searches_by_number_and_name(planner, event, morning):
    _station(event, morning, name="De Kuip")
    other, _shift = _station(event, morning, name="De Brug")
    text = planner.get(_url("list"), {"q": str(other.number)}).content.decode()
    assert "De Brug" in text
    assert "De Kuip" not in text
    assert "Geen stembureau gevonden" in planner.get(_url("list"), {"q": "bestaat niet"}).content.decode()


@pytest.mark.parametrize("stations", [1, 3])
def test_assignment_list_needs_the_same_queries_for_any_number(
    planner, event, morning, stations, django_assert_num_queries
):
    for number in range(stations):
        _station(event, morning, name=f"Bureau {number}", people=1, places=2)
    planner.get(_url("list"))
    with django_assert_num_queries(19):
        planner.get(_url("list"))


def test_assignment_station_offers_somebody_for_each_open_place(planner, event, morning):
    station, shift = _station(event, morning, name="De Kuip", people=1, places=3)
    text = planner.get(_url("station", station)).content.decode()
    assert text.count(_url("candidates", shift)) == 2


def test_candidates_page_assigns_and_returns_to_the_station(planner, event, morning):
    station, shift = _station(event, morning, name="De Kuip")
    member = factories.make_member(first_name="Sanne", last_name="Jansen")
    factories.make_availability(member, morning)
    page = planner.get(_url("candidates", shift)).content.decode()
    assert "Sanne Jansen" in page
    assert "Kan op dit dagdeel" in page
    answer = planner.post(_url("candidates", shift), {"member": str(member.uuid)}, follow=True)
    assert answer.redirect_chain[-1][0] == _url("station", station)
    assert "Sanne Jansen is ingedeeld" in answer.content.decode()
    assert shift.assignments.get().member == member


def test_candidates_page_says_why_it_refuses(planner, event, morning):
    _station_made, shift = _station(event, morning, name="De Kuip", people=1, places=1)
    late = factories.make_member()
    answer = planner.post(_url("candidates", shift), {"member": str(late.uuid)}, follow=True)
    assert "Deze dienst is vol" in answer.content.decode()
    assert shift.assignments.count() == 1


@pytest.mark.parametrize("member", ["", "geen-uuid", "00000000-0000-0000-0000-000000000000"])
def test_candidates_page_knows_no_such_member(planner, event, morning, member):
    _station_made, shift = _station(event, morning, name="De Kuip")
    assert planner.post(_url("candidates", shift), {"member": member}).status_code == 404


@pytest.mark.parametrize("search", ["\x00", "kuip\x00", "²", "9" * 5000])
def test_odd_search_finds_nothing_or_ignores_it(planner, event, morning, search):
    _made, shift = _station(event, morning, name="De Kuip")
    assignment = factories.make_assignment(factories.make_member(), shift)
    assert planner.get(_url("candidates", shift), {"q": search}).status_code == 200
    assert planner.get(_url("move", assignment), {"q": search}).status_code == 200
    assert planner.get(_url("list"), {"q": search}).status_code == 200


def test_assignment_remove_and_move(planner, event, morning):
    _here, shift = _station(event, morning, name="De Kuip")
    there, other = _station(event, morning, name="De Brug")
    assignment = factories.make_assignment(factories.make_member(), shift)
    assert "De Brug" in planner.get(_url("move", assignment)).content.decode()
    answer = planner.post(_url("move", assignment), {"shift": str(other.uuid)})
    assert answer.url == _url("station", there)
    moved = other.assignments.get()
    planner.post(_url("remove", moved))
    assert not Assignment.objects.exists()


def test_assignment_remove_asks_first_when_the_member_knows_it(planner, event, morning):
    _made, shift = _station(event, morning, name="De Kuip")
    assignment = factories.make_assignment(factories.make_member(), shift, state="published")
    assert "Het lid hoort pas" in planner.get(_url("remove", assignment)).content.decode()


def test_pages_escape_hostile_names(planner, event, morning):
    station, shift = _station(event, morning, name="<script>alert(1)</script>")
    member = factories.make_member(last_name="<img src=x onerror=alert(1)>")
    factories.make_assignment(member, shift)
    for url in (_url("list"), _url("station", station), _url("candidates", shift)):
        text = planner.get(url).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_reader_sees_no_buttons_that_change(juinen, client_for, event, morning):
    station, shift = _station(event, morning, name="De Kuip", people=1, places=2)
    reader = client_for(juinen, factories.make_staff("reader"))
    text = reader.get(_url("station", station)).content.decode()
    assert _url("candidates", shift) not in text
    assert "Verplaats" not in text


def test_two_day_parts_are_shown_apart(planner, event, morning):
    station, _shift = _station(event, morning, name="De Kuip")
    evening = factories.make_day_part(morning.polling_day, name="Avond", start=time(14), end=time(21))
    factories.make_shift(station, evening, event.positions.first())
    text = planner.get(_url("station", station)).content.decode()
    assert text.index("Ochtend") < text.index("Avond")
