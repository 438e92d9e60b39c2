"""A proposal beside the plan of now, in numbers and in words."""

import pytest
from django.utils import timezone

from elections import models
from elections.actions.assignment import assign_member
from elections.actions.proposal import take_over_proposal
from elections.queries.coverage import coverage, lawful_stations
from elections.queries.proposal import (
    compare,
    gap_words,
    moves_between,
    plan_of,
    plan_of_today,
    what_changed_since,
)
from elections.queries.proposal_numbers import Count, Numbers, lines
from tests import factories
from tests.elections.proposal_city import make_city, make_people, make_proposal, pairs_of


@pytest.fixture
def planner():
    return factories.make_staff("planner")


@pytest.fixture
def city():
    return make_city()


def test_proposal_numbers_are_what_a_recount_of_the_rows_gives(city, planner):
    models.Preference.objects.bulk_create(
        models.Preference(member=member, event=city.event, kind="position", position=city.member, rank=1)
        for member in make_people(city, 6)
    )
    people = make_people(city, 6, answer="if_needed")
    for member in people[:4]:
        models.CompanionWish.objects.create(
            member=member, event=city.event, name="Collega", companion=people[5]
        )
    proposal = make_proposal(city)
    rows = list(proposal.placements.select_related("member", "shift"))
    numbers = Numbers.of_json(proposal.numbers).counts
    assert (numbers["filled"].value, numbers["filled"].total) == (12, 12)
    assert numbers["chairs"].value == sum(row.shift.position_id == city.chair.pk for row in rows)
    said = {(each.member_id, each.day_part_id): each.answer for each in models.Availability.objects.all()}
    assert numbers["said_yes"].value == sum(
        said[row.member_id, row.shift.day_part_id] == "yes" for row in rows
    )
    wished = set(models.Preference.objects.values_list("member_id", "position_id"))
    assert numbers["position"].value == sum((row.member_id, row.shift.position_id) in wished for row in rows)
    teams = {(row.member_id, row.shift.polling_station_id, row.shift.day_part_id) for row in rows}
    wishing = [each for each in teams if each[0] in {member.pk for member in people[:4]}]
    together = [each for each in wishing if (people[5].pk, *each[1:]) in teams]
    assert (numbers["together"].value, numbers["together"].total) == (len(together), len(wishing))
    times = [sum(row.member_id == member for row in rows) for member in {row.member_id for row in rows}]
    assert (numbers["once"].value, numbers["once"].total) == (times.count(1), len(times))


def test_compare_counts_who_moves_comes_in_and_goes_out(city, planner):
    people = make_people(city, 12)
    proposal = make_proposal(city)
    wanted = dict(pairs_of(proposal.placements))
    assign_member(people[0], models.Shift.objects.get(pk=wanted[people[0].pk]), by=planner)
    other = next(shift for shift in city.shifts if shift.pk != wanted[people[1].pk] and shift.places == 2)
    assign_member(people[1], other, by=planner)
    (late,) = make_people(city, 1)
    free = next(shift for shift in city.shifts if shift != other and shift.pk != wanted[people[0].pk])
    assign_member(late, free, by=planner)
    found = compare(city.event, plan_of_today(city.event), plan_of(proposal))
    assert (found.count("moved"), found.count("in"), found.count("out")) == (1, 10, 1)
    law, filled = found.lines[:2]
    shown = [row for row in coverage(city.event).stations if row.own_parts]
    assert (law.before.value, law.before.total) == (sum(not row.breaks_law for row in shown), len(shown))
    assert (filled.before.value, filled.after.value, filled.difference) == (3, 12, "+9")


def test_lawful_stations_says_the_same_as_the_board(city, planner):
    make_people(city, 12)
    proposal = make_proposal(city)
    wanted = pairs_of(proposal.placements)
    (before, after) = lawful_stations(city.event, [], wanted)
    assert before == (0, after[1])
    take_over_proposal(proposal, by=planner)
    shown = [row for row in coverage(city.event).stations if row.own_parts]
    assert after == (sum(not row.breaks_law for row in shown), len(shown))
    assert after[0]


def test_lines_give_shares_and_no_verdict_when_little_was_filled():
    start, end = Numbers(), Numbers()
    start.counts |= {"filled": Count(30, 100), "said_yes": Count(30, 30)}
    end.counts |= {"filled": Count(1000, 1200), "said_yes": Count(830, 1000)}
    places, said = lines(start, end)
    assert (places.difference, places.tone, places.after_text) == ("+970", "ok", "1.000 van 1.200")
    assert (said.difference, said.tone) == ("100\xa0% → 83\xa0%", "error")
    assert said.after_text == "83\xa0% (830 van 1.000)"
    start.counts["filled"] = Count(19, 100)
    assert [(row.difference, row.tone) for row in lines(start, end)] == [
        ("+981", "ok"),
        ("nog niet te vergelijken", ""),
    ]


def test_moves_between_leaves_out_what_stays():
    assert moves_between({(1, 10), (2, 20)}, {(1, 10), (2, 20)}) == []
    (move,) = moves_between({(1, 10), (1, 11)}, {(1, 10), (1, 12)})
    assert (move.before, move.after, move.kind) == ({11}, {12}, "moved")


def test_what_changed_since_tells_of_acts_and_answers(city, planner):
    people = make_people(city, 12)
    proposal = make_proposal(city)
    assert what_changed_since(proposal) == []
    assign_member(people[0], city.shifts[1], by=planner)
    models.AvailabilityResponse.objects.create(
        member=people[1], event=city.event, submitted_at=timezone.now()
    )
    assert what_changed_since(proposal) == [
        "Het team wijzigde de indeling 1 keer.",
        "1 lid paste de beschikbaarheid aan.",
    ]


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (0.0, "Beter kan niet: dat is bewezen."),
        (0.0042, "Hoogstens 0,42 % onder het best mogelijke."),
        (0.02, "Hoogstens 2 % onder het best mogelijke."),
        (0.00006, "Hoogstens 0,01 % onder het best mogelijke."),
    ],
)
def test_gap_words(gap, words):
    assert gap_words(gap) == words
