"""What a proposal leaves empty: why, what helps, by reason, and found again."""

import pytest
from django.urls import reverse

from elections import models
from elections.queries.proposal import unfilled_by_reason
from tests import factories
from tests.backoffice.proposal.pages import make_proposal, text_of, url_of


def test_proposal_unfilled_says_why_and_what_helps(planner, city):
    silent = factories.make_member(qualified_for=["chair"], last_name="Stil")
    proposal = make_proposal(city)
    text = text_of(planner, "unfilled", proposal)
    assert "Wie dit werk mag doen, is op dit dagdeel niet beschikbaar." in text
    assert "Vraag 1 lid dat dit mag doen en nog niet antwoordde." in text
    assert reverse("backoffice:member-detail", kwargs={"uuid": silent.uuid}) in text
    assert reverse("backoffice:assignment-candidates", kwargs={"uuid": city.shifts[0].uuid}) in text


def test_proposal_unfilled_says_when_nothing_is_left(planner, city):
    proposal = factories.make_proposal(city.event)
    assert "Alle plaatsen zijn gevuld" in text_of(planner, "unfilled", proposal)


@pytest.mark.parametrize("places", [1, 3])
def test_proposal_unfilled_needs_the_same_queries_for_any_number(
    planner, city, places, django_assert_num_queries
):
    proposal = factories.make_proposal(city.event)
    for _number in range(places):
        station = factories.make_polling_station(city.event)
        models.UnfilledPlace.objects.create(
            proposal=proposal,
            shift=factories.make_shift(station, city.part, city.member),
            count=1,
            reason="all_placed",
            facts={
                "remedies": [
                    {
                        "code": "move",
                        "people": [city.people[0].pk],
                        "count": 1,
                        "shift": city.shifts[1].pk,
                        "alternatives": 2,
                    }
                ]
            },
        )
    text = text_of(planner, "unfilled", proposal)
    assert f"Zet {city.people[0].full_name} hier neer" in text
    with django_assert_num_queries(12):
        planner.get(url_of("unfilled", proposal))


def _leave_empty(proposal, city, number, reason, *, position=None, count=1):
    station = factories.make_polling_station(city.event, number=number, name=f"Hal {number}")
    shift = factories.make_shift(station, city.part, position or city.member, places=5)
    models.UnfilledPlace.objects.create(
        proposal=proposal, shift=shift, count=count, reason=reason, facts={"remedies": []}
    )


@pytest.fixture
def gaps(city):
    proposal = factories.make_proposal(city.event)
    chair = city.shifts[0].position
    _leave_empty(proposal, city, 11, "all_placed", count=4)
    _leave_empty(proposal, city, 12, "nobody_available", position=chair)
    _leave_empty(proposal, city, 13, "nobody_available", count=2)
    return proposal


def test_proposal_unfilled_counts_the_places_of_each_reason(planner, gaps):
    assert unfilled_by_reason(gaps) == {"all_placed": 4, "nobody_available": 3}
    text = text_of(planner, "unfilled", gaps)
    assert 'href="?reason=nobody_available"' in text
    assert "Niemand beschikbaar" in text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"reason": "nobody_available"}, {12, 13}),
        ({"q": "11"}, {11}),
        ({"q": "hal 13"}, {13}),
        ({"reason": "all_placed", "q": "hal 12"}, set()),
        ({"reason": "onzin"}, {11, 12, 13}),
    ],
)
def test_proposal_unfilled_is_searched_and_filtered(planner, gaps, asked, found):
    text = text_of(planner, "unfilled", gaps, **asked)
    assert {number for number in (11, 12, 13) if f"{number} Hal {number} ·" in text} == found
    assert ("Geen plaats gevonden" in text) == (not found)


def test_proposal_unfilled_shows_one_position(planner, city, gaps):
    text = text_of(planner, "unfilled", gaps, position=city.shifts[0].position.uuid)
    assert "Hal 12 ·" in text
    assert "Hal 13 ·" not in text


def test_proposal_unfilled_keeps_the_filter_on_the_next_page(planner, city, gaps):
    for number in range(20, 46):
        _leave_empty(gaps, city, number, "all_placed")
    text = text_of(planner, "unfilled", gaps, reason="all_placed")
    assert "reason=all_placed&amp;page=2" in text
    assert "Hal 45 ·" in text_of(planner, "unfilled", gaps, reason="all_placed", page=2)
