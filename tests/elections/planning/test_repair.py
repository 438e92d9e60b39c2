"""Nobody goes to another station halfway when it can be avoided, and no place stays empty for it."""

from dataclasses import replace

import pytest
from hypothesis import given

from elections.planning.greedy import fill, greedy
from elections.planning.instance import CHAIR, InstanceError, Rules
from elections.planning.points import CHANGE_OF_STATION, score
from elections.planning.repair import repair
from elections.planning.solver import solve
from elections.planning.tables import Diary, Tables
from tests.elections.planning.checker import broken_rules
from tests.elections.planning.small import CHAIRS, EVENING, MEMBERS, MORNING, ask, person, seat
from tests.elections.planning.test_hard_rules import HOUR, QUICKLY, instances

WHOLE_DAY = (MORNING, EVENING)
TRAVEL = Rules(travel=45 * 60)
METHODS = pytest.mark.parametrize("method", [solve, greedy])


def repaired(instance, pairs):
    """`repair` with ids."""
    tables = Tables(instance)
    rows = [(tables.person_row[who], tables.seat_row[where]) for who, where in pairs]
    Diary(tables, rows)  # says so when a test begins with a broken rule
    found = repair(tables, rows)
    Diary(tables, found)
    return set(tables.ids(found))


def halves(**places):
    """Seats 1 and 2 are the morning of stations 1 and 2, seats 3 and 4 their evening."""
    return [
        seat(1, at=1),
        seat(2, at=2),
        seat(3, at=1, part=EVENING, places=places.get("evening", 1)),
        seat(4, at=2, part=EVENING),
    ]


@METHODS
def test_person_stays_at_one_station(method):
    wishes = {"venue_wishes": {2: 1}, "day_part_wishes": {EVENING: 1}}
    people = [person(1, WHOLE_DAY, **wishes), person(2, (MORNING,), venue_wishes={2: 1})]
    seats = [seat(1, at=1), seat(2, at=2), seat(3, at=1, part=EVENING)]
    result = method(ask(people, seats, rules=TRAVEL, preferences=5))
    assert result.pairs == {(1, 1), (2, 2), (1, 3)}
    assert result.parts["change_of_station"] == 0


@METHODS
def test_place_is_filled_although_somebody_must_change(method):
    seats = [seat(1, at=1), seat(2, at=2, part=EVENING)]
    result = method(ask([person(1, WHOLE_DAY)], seats, rules=TRAVEL))
    assert result.pairs == {(1, 1), (1, 2)}
    assert [dict(placed.parts).get("change_of_station") for placed in result.placements] == [
        None,
        -CHANGE_OF_STATION,
    ]


def test_free_seat_at_the_same_station_is_taken():
    instance = ask([person(1, WHOLE_DAY)], halves(), rules=TRAVEL)
    assert repaired(instance, [(1, 1), (1, 4)]) in ({(1, 1), (1, 3)}, {(1, 2), (1, 4)})


def test_two_people_exchange_their_evenings():
    people = [person(1, WHOLE_DAY), person(2, WHOLE_DAY)]
    now = [(1, 1), (1, 4), (2, 2), (2, 3)]
    done = repaired(ask(people, halves(), rules=TRAVEL), now)
    assert done in ({(1, 1), (1, 3), (2, 2), (2, 4)}, {(1, 2), (1, 4), (2, 1), (2, 3)})


def test_who_may_not_do_the_other_work_is_not_exchanged():
    people = [person(1, WHOLE_DAY), person(2, (EVENING,), positions=(CHAIRS,))]
    seats = [seat(1, at=1), seat(3, at=1, part=EVENING, kind=CHAIR), seat(4, at=2, part=EVENING)]
    now = {(1, 1), (1, 4), (2, 3)}
    assert repaired(ask(people, seats, rules=TRAVEL), now) == now


def test_somebody_without_work_takes_over_a_half():
    people = [person(1, WHOLE_DAY), person(2, (EVENING,))]
    seats = [seat(1, at=1), seat(4, at=2, part=EVENING)]
    assert repaired(ask(people, seats, rules=TRAVEL), [(1, 1), (1, 4)]) == {(1, 1), (2, 4)}


def test_fixed_people_stay_and_others_move_to_them():
    people = [person(1, WHOLE_DAY), person(2, WHOLE_DAY)]
    seats = [replace(one, places=0) if one.id in (1, 2) else one for one in halves()]
    instance = ask(people, seats, rules=TRAVEL, fixed=[(1, 1), (2, 2)])
    assert repaired(instance, [(1, 4), (2, 3)]) == {(1, 3), (2, 4)}


def test_change_between_fixed_places_stays():
    seats = [seat(1, at=1, places=0), seat(4, at=2, part=EVENING, places=0), seat(3, at=1, part=EVENING)]
    instance = ask([person(1, WHOLE_DAY)], seats, rules=TRAVEL, fixed=[(1, 1), (1, 4)])
    result = solve(instance)
    assert result.pairs == {(1, 1), (1, 4)}
    assert result.parts["change_of_station"] == -CHANGE_OF_STATION
    assert result.gap == 0


@pytest.mark.parametrize(("minutes", "points"), [(44, -CHANGE_OF_STATION), (45, 0)])
def test_time_to_travel_is_enough(minutes, points):
    morning, evening = seat(1, at=1), seat(2, at=2, part=EVENING)
    evening = replace(evening, start=morning.end + minutes * 60)
    instance = ask([person(1, WHOLE_DAY)], [morning, evening], rules=TRAVEL)
    assert score(instance, [(1, 1), (1, 2)]).parts["change_of_station"] == points


def test_without_a_time_to_travel_nothing_is_repaired():
    now = {(1, 1), (1, 4)}
    assert repaired(ask([person(1, WHOLE_DAY)], halves()), now) == now


def test_time_to_travel_is_not_below_zero():
    with pytest.raises(InstanceError):
        ask([], [], rules=Rules(travel=-1)).validate()


@METHODS
def test_teams_are_exchanged_whole(method):
    """Twelve people who all work all day at two stations: as many ways to go wrong as there are places."""
    people = [
        person(number, WHOLE_DAY, (MEMBERS,), venue_wishes={number % 2 + 1: 1}) for number in range(1, 13)
    ]
    seats = [replace(one, places=6) for one in halves()]
    result = method(ask(people, seats, rules=TRAVEL, preferences=3))
    assert len(result.pairs) == 24
    assert result.parts["change_of_station"] == 0


@QUICKLY
@given(instance=instances())
def test_repair_keeps_all_rules_and_never_loses(instance):
    instance = replace(instance, rules=replace(instance.rules, travel=2 * HOUR))
    tables = Tables(instance)
    rows = fill(tables)
    before, after = tables.ids(rows), tables.ids(repair(tables, rows))
    assert len(after) == len(before)
    assert broken_rules(instance, sorted({*after, *instance.fixed})) == []
    assert score(instance, after).objective >= score(instance, before).objective


@QUICKLY
@given(instance=instances())
def test_answer_is_within_the_bound_when_changes_take_points(instance):
    instance = replace(instance, rules=replace(instance.rules, travel=2 * HOUR))
    result = solve(instance, seconds=20, threads=1)
    assert result.failure == ""
    assert broken_rules(instance, sorted(result.pairs)) == []
    assert result.bound is None or result.objective <= result.bound
    assert result.objective >= greedy(instance).objective
