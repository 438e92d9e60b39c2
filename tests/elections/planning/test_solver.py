"""How a search ends: in time, cancelled, without HiGHS; what stays; and the clock."""

import subprocess
import sys

import pytest

from elections.planning.compare import compare
from elections.planning.greedy import fill, greedy
from elections.planning.instance import CHAIR, InstanceError, Rules
from elections.planning.search import search
from elections.planning.solver import solve
from elections.planning.tables import Tables
from elections.planning.watch import Watch
from tests.elections.planning.checker import broken_rules
from tests.elections.planning.small import (
    CHAIRS,
    EVENING,
    MEMBERS,
    MORNING,
    NEXT_DAY,
    ask,
    moment,
    person,
    seat,
)

HOUR = 3600


def test_planning_needs_no_django():
    code = (
        "import sys, elections.planning.search, elections.planning.compare;"
        "sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_solver_that_is_missing_leaves_greedy(monkeypatch):
    monkeypatch.delitem(sys.modules, "elections.planning.search", raising=False)
    monkeypatch.delitem(sys.modules, "elections.planning.model", raising=False)
    monkeypatch.delitem(sys.modules, "elections.planning.bound", raising=False)
    monkeypatch.setitem(sys.modules, "highspy", None)
    result = solve(ask([person(1)], [seat(1)]))
    assert (result.method, result.bound, result.gap) == ("greedy", None, None)
    assert result.pairs == {(1, 1)}
    assert "highspy" in result.failure


def test_cancelled_search_gives_what_there_is():
    told = []

    def stop(elapsed, gap, filled):
        told.append((elapsed, gap, filled))
        return False

    result = solve(ask([person(1)], [seat(1)]), progress=stop)
    assert result.cancelled
    assert result.pairs == {(1, 1)}
    assert [(gap, filled) for _elapsed, gap, filled in told] == [(None, 1)]


def test_search_without_time_gives_what_there_is():
    result = solve(ask([person(1)], [seat(1)]), seconds=0)
    assert (result.method, result.cancelled, result.failure) == ("greedy", False, "")
    assert result.pairs == {(1, 1)}


@pytest.mark.parametrize(("people", "places"), [(2, 5), (9, 3)])
def test_search_that_ends_before_the_linear_model_has_a_bound(people, places):
    """With too few people and with too many: prices that are not optimal still prove something."""
    instance = ask(
        [person(number, venue_wishes={2: 1}) for number in range(people)],
        [seat(1, places=1), seat(2, at=2, places=places - 1)],
        preferences=3,
        spread=3,
    )
    tables = Tables(instance)
    start = fill(tables)
    rows, bound, solved = search(tables, start, Watch(0, None), 1)
    best = solve(instance).objective
    assert (rows, solved) == (start, False)
    assert best <= bound <= 1.05 * best


def test_nothing_to_place_is_an_answer():
    result = solve(ask([], [seat(1)]))
    assert result.placements == ()
    assert result.gap == 0
    assert [one.seat_id for one in result.unfilled] == [1]
    assert solve(ask([], [])).unfilled == ()


@pytest.mark.parametrize("method", [solve, greedy])
def test_fixed_placement_stays_and_takes_time(method):
    people = [person(1, venue_wishes={2: 1}), person(2)]
    instance = ask(people, [seat(1, places=0), seat(2, at=2)], fixed=[(1, 1)], preferences=5)
    result = method(instance)
    assert result.pairs == {(1, 1), (2, 2)}
    assert [placed.person_id for placed in result.placements if placed.fixed] == [1]


def test_fixed_placement_stays_against_the_rules():
    untrained = person(1, allowed=frozenset(), answers={})
    assert solve(ask([untrained], [seat(1, places=0)], fixed=[(1, 1)])).pairs == {(1, 1)}


def test_fixed_day_that_is_too_long_does_not_stop_the_solver():
    people = [person(1, parts=(MORNING, EVENING)), person(2)]
    seats = [seat(1, places=0), seat(2, part=EVENING, places=0), seat(3, at=2)]
    instance = ask(people, seats, fixed=[(1, 1), (1, 2)], rules=Rules(maximum_hours=8))
    result = solve(instance)
    assert (result.failure, result.pairs) == ("", {(1, 1), (1, 2), (2, 3)})


def test_fixed_people_count_for_their_team():
    people = [
        person(1, experienced=True),
        person(2, experienced=True),
        person(3, experienced=True),
        person(4),
    ]
    seats = [seat(1, places=1), seat(2, at=2, places=1)]
    instance = ask(people, seats, fixed=[(1, 1), (2, 1)], experience_mix=3)
    assert (3, 2) in solve(instance).pairs


@pytest.mark.parametrize(("rest", "placed"), [(10 * HOUR, 2), (10 * HOUR + 1, 1)])
@pytest.mark.parametrize("method", [solve, greedy])
def test_rest_counts_across_midnight(method, rest, placed):
    people = [person(1, parts=(EVENING, NEXT_DAY))]
    seats = [seat(1, part=EVENING), seat(2, part=NEXT_DAY)]
    instance = ask(people, seats, rules=Rules(minimum_rest=rest))
    result = method(instance)
    assert len(result.placements) == placed
    assert broken_rules(instance, sorted(result.pairs)) == []


@pytest.mark.parametrize(("hours", "placed"), [(16, 2), (15.5, 1), (8, 1), (6, 0)])
@pytest.mark.parametrize("method", [solve, greedy])
def test_hours_of_a_day_have_a_maximum(method, hours, placed):
    people = [person(1, parts=(MORNING, EVENING))]
    instance = ask(people, [seat(1), seat(2, part=EVENING)], rules=Rules(maximum_hours=hours))
    assert len(method(instance).placements) == placed


@pytest.mark.parametrize(("hours", "placed"), [(9, 3), (8, 2)])
@pytest.mark.parametrize("method", [solve, greedy])
def test_maximum_of_hours_holds_for_three_short_shifts(method, hours, placed):
    begins = [moment(f"2027-03-17T{hour:02}:00") for hour in (8, 12, 16)]
    seats = [
        seat(number, day_part_id=number, start=begin, end=begin + 3 * HOUR)
        for number, begin in enumerate(begins, 1)
    ]
    people = [person(1, parts=(1, 2, 3), allowed=frozenset((MEMBERS, part) for part in (1, 2, 3)))]
    assert len(method(ask(people, seats, rules=Rules(maximum_hours=hours))).placements) == placed


@pytest.mark.parametrize(("hours", "placed"), [(7, 1), (6.5, 0)])
def test_night_in_which_the_clock_goes_forward_is_an_hour_shorter(hours, placed):
    night = seat(1, start=moment("2027-03-27T23:00"), end=moment("2027-03-28T07:00"))
    assert len(solve(ask([person(1)], [night], rules=Rules(maximum_hours=hours))).placements) == placed


def test_work_elsewhere_keeps_a_person_away():
    busy = person(1, busy=((moment("2027-03-17T13:59"), moment("2027-03-17T15:00")),))
    assert solve(ask([busy], [seat(1)])).placements == ()
    after = person(1, busy=((moment("2027-03-17T14:00"), moment("2027-03-17T15:00")),))
    assert len(solve(ask([after], [seat(1)])).placements) == 1


def test_two_assignments_are_compared():
    people = [person(number, positions=(CHAIRS, MEMBERS), venue_wishes={2: 1}) for number in (1, 2, 3, 4)]
    seats = [seat(1, places=2), seat(2, at=2, places=2), seat(3, kind=CHAIR)]
    instance = ask(people, seats, preferences=3)
    told = compare(instance, [(1, 1), (2, 1), (4, 3)], [(1, 2), (3, 1), (4, 3)])
    assert [(move.person_id, move.before, move.after) for move in told.moved] == [(1, (1,), (2,))]
    assert [(move.person_id, move.after) for move in told.came_in] == [(3, (1,))]
    assert [(move.person_id, move.before) for move in told.went_out] == [(2, (1,))]
    assert told.objective == told.parts["preferences"] == 30


@pytest.mark.parametrize(
    "instance",
    [
        ask([person(1), person(1)], [seat(1)]),
        ask([person(1)], [seat(1), seat(1)]),
        ask([person(1)], [seat(1, at=2)], stations=[]),
        ask([person(1)], [seat(1, kind="clown")]),
        ask([person(1)], [seat(1, places=-1)]),
        ask([person(1)], [seat(1, start=5, end=5)]),
        ask([person(1)], [seat(1)], fixed=[(1, 2)]),
        ask([person(1)], [seat(1)], fixed=[(1, 1), (1, 1)]),
        ask([person(1, answers={MORNING: 3})], [seat(1)]),
        ask([person(1, busy=((5, 5),))], [seat(1)]),
        ask([person(1, companions=frozenset({1}))], [seat(1)]),
        ask([person(1)], [seat(1)], distance=6),
        ask([person(1)], [seat(1)], rules=Rules(minimum_rest=-1)),
    ],
)
def test_question_that_contradicts_itself_is_refused(instance):
    with pytest.raises(InstanceError):
        solve(instance)
