"""No answer of any method breaks a hard rule, and on tiny instances none is better than HiGHS finds."""

from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from elections.planning.greedy import greedy
from elections.planning.instance import (
    CHAIR,
    IF_NEEDED,
    MEMBER,
    RESERVE,
    YES,
    Instance,
    Person,
    Rules,
    Seat,
    Station,
    Weights,
)
from elections.planning.points import score
from elections.planning.solver import solve
from tests.elections.planning.checker import broken_rules

HOUR = 3600
PARTS = (1, 2, 3, 4)
DAY_OF_PART = {1: 1, 2: 1, 3: 1, 4: 2}
POSITION = {CHAIR: 1, MEMBER: 2, RESERVE: 3}
METHODS = {"highs": lambda instance: solve(instance, seconds=20, threads=1), "greedy": greedy}

subsets = st.frozensets
# The same examples in every run, and none made smaller: a solver makes that slow, and the checker says what is wrong.
QUICKLY = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


@st.composite
def instances(draw, most_people=6, most_seats=6):
    """Anything that fits together: overlaps, nights, little rest, long days, fixed places against the rules."""
    stations = [
        Station(
            number,
            draw(st.integers(1, 3)),
            draw(st.none() | st.integers(0, 9_000)),
            draw(st.none() | st.integers(0, 9_000)),
            draw(subsets(st.sampled_from((1, 2)), max_size=1)),
        )
        for number in range(1, draw(st.integers(1, 2)) + 1)
    ]
    seats = []
    for number in range(1, draw(st.integers(1, most_seats)) + 1):
        part = draw(st.sampled_from(PARTS))
        start = (DAY_OF_PART[part] - 1) * 24 + draw(st.integers(6, 20))
        kind = draw(st.sampled_from(sorted(POSITION)))
        seats.append(
            Seat(
                id=number,
                station_id=draw(st.sampled_from([one.id for one in stations])),
                day_part_id=part,
                position_id=POSITION[kind],
                day=DAY_OF_PART[part],
                kind=kind,
                start=start * HOUR,
                end=(start + draw(st.integers(1, 9))) * HOUR,
                places=draw(st.integers(0, 2)),
            )
        )
    ids = list(range(1, draw(st.integers(1, most_people)) + 1))
    people = [draw(persons(number, ids)) for number in ids]
    fixed = draw(
        st.lists(
            st.tuples(st.sampled_from(ids), st.sampled_from([seat.id for seat in seats])),
            max_size=2,
            unique=True,
        )
    )
    rules = Rules(draw(st.sampled_from((0, 11 * HOUR, 15 * HOUR))), draw(st.sampled_from((None, 8, 12, 16))))
    weights = Weights(*(draw(st.integers(0, 5)) for _weight in vars(Weights())))
    return Instance(people, stations, seats, fixed, rules, weights)


@st.composite
def persons(draw, number, ids):
    others = [other for other in ids if other != number]
    wishes = st.dictionaries(st.integers(1, 3), st.integers(1, 4), max_size=2)
    start = draw(st.integers(0, 40))
    return Person(
        id=number,
        answers=draw(st.dictionaries(st.sampled_from(PARTS), st.sampled_from((YES, IF_NEEDED)), min_size=2)),
        allowed=draw(
            subsets(st.tuples(st.sampled_from(sorted(POSITION.values())), st.sampled_from(PARTS)), min_size=8)
        ),
        position_wishes=draw(wishes),
        day_part_wishes=draw(wishes),
        venue_wishes=draw(wishes),
        x=draw(st.none() | st.integers(0, 9_000)),
        y=draw(st.none() | st.integers(0, 9_000)),
        experienced=draw(st.booleans()),
        labels=draw(subsets(st.sampled_from((1, 2)))),
        busy=draw(st.sampled_from(((), ((start * HOUR, (start + 2) * HOUR),)))),
        earlier_venues=draw(subsets(st.integers(1, 5), max_size=1)),
        earlier_colleagues=draw(subsets(st.sampled_from(others), max_size=2)) if others else frozenset(),
        companions=draw(subsets(st.sampled_from(others), max_size=2)) if others else frozenset(),
    )


@pytest.mark.parametrize("method", METHODS)
@QUICKLY
@given(instance=instances())
def test_no_answer_breaks_a_hard_rule(method, instance):
    result = METHODS[method](instance)
    pairs = [(placed.person_id, placed.seat_id) for placed in result.placements]
    assert result.failure == ""
    assert broken_rules(instance, pairs) == []
    assert result.objective == score(instance, pairs).objective
    empty = {seat.id: seat.places for seat in instance.seats if seat.places}
    for person_id, seat_id in pairs:
        if (person_id, seat_id) not in instance.fixed:
            empty[seat_id] -= 1
    assert {one.seat_id: one.count for one in result.unfilled} == {
        seat_id: count for seat_id, count in empty.items() if count
    }


@QUICKLY
@given(instance=instances(most_people=3, most_seats=3))
def test_no_answer_is_better_than_that_of_highs(instance):
    """Every set of placements is tried; the checker says which may be."""
    choices = [
        [
            seats
            for seats in product((False, True), repeat=len(instance.seats))
            if not broken_rules(instance, _pairs(instance, [person], [seats]))
        ]
        for person in instance.people
    ]
    best = max(
        score(instance, pairs).objective
        for chosen in product(*choices)
        if not broken_rules(instance, pairs := _pairs(instance, instance.people, chosen))
    )
    result = solve(instance, seconds=20, threads=1)
    assert result.objective == best
    assert result.bound == best


def _pairs(instance, people, chosen):
    """The choices of people as placements; fixed ones are always there."""
    pairs = {
        (person.id, seat.id)
        for person, seats in zip(people, chosen, strict=True)
        for seat, taken in zip(instance.seats, seats, strict=True)
        if taken
    }
    return sorted(pairs | set(instance.fixed))
