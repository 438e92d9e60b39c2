"""Each wish and rule of thumb decides when nothing else does, and none of them leaves a place empty."""

import pytest

from elections.planning.greedy import greedy
from elections.planning.instance import CHAIR, IF_NEEDED, MEMBER, RESERVE, YES
from elections.planning.solver import solve
from tests.elections.planning.small import (
    CHAIRS,
    EVENING,
    MEMBERS,
    MORNING,
    ask,
    person,
    seat,
    station,
)


def best(instance):
    """(person, seat) of the best answer, which HiGHS must have proven."""
    result = solve(instance, seconds=20, threads=1)
    assert result.method == "highs"
    assert result.bound == result.objective
    return set(result.pairs)


def test_chair_is_placed_before_member():
    both = person(1, positions=(CHAIRS, MEMBERS))
    assert best(ask([both], [seat(1, kind=MEMBER), seat(2, kind=CHAIR)], chairs_first=1)) == {(1, 2)}


def test_reserve_is_placed_last():
    one = person(1, positions=(MEMBERS, 90), venue_wishes={2: 1}, x=0, y=0)
    seats = [seat(1, at=1, kind=MEMBER), seat(2, at=2, kind=RESERVE)]
    stations = [station(1, x=90_000, y=0), station(2, x=0, y=0)]
    assert best(ask([one], seats, stations=stations, preferences=5, distance=5)) == {(1, 1)}


def test_yes_comes_before_if_needed():
    people = [person(1, answers={MORNING: IF_NEEDED}), person(2, answers={MORNING: YES})]
    assert best(ask(people, [seat(1)], preferences=1)) == {(2, 1)}


def test_if_needed_is_placed_when_it_is_needed():
    people = [person(1, answers={MORNING: IF_NEEDED}), person(2, answers={MORNING: YES})]
    assert best(ask(people, [seat(1, places=2)], preferences=5)) == {(1, 1), (2, 1)}


@pytest.mark.parametrize(
    ("wishes", "seats"),
    [
        ({"position_wishes": {CHAIRS: 1}}, [seat(1, kind=MEMBER), seat(2, kind=CHAIR)]),
        ({"day_part_wishes": {EVENING: 1, MORNING: 2}}, [seat(1), seat(2, part=EVENING)]),
        ({"venue_wishes": {2: 1, 1: 2}}, [seat(1, at=1), seat(2, at=2)]),
    ],
    ids=["position", "day part", "venue"],
)
def test_nobody_is_placed_where_a_dearer_wish_is_free(wishes, seats):
    wisher = person(1, parts=(MORNING, EVENING), positions=(CHAIRS, MEMBERS), **wishes)
    other = person(2, parts=(MORNING, EVENING), positions=(CHAIRS, MEMBERS))
    assert (1, 2) in best(ask([wisher, other], seats, preferences=1, spread=1))


def test_nearer_station_is_chosen():
    stations = [station(1, x=5_000, y=0), station(2, x=200, y=0)]
    people = [person(1, x=0, y=0)]
    assert best(ask(people, [seat(1, at=1), seat(2, at=2)], stations=stations, distance=1)) == {(1, 2)}


def test_experience_is_shared_among_boards():
    people = [person(number, experienced=number <= 2) for number in (1, 2, 3, 4)]
    pairs = best(ask(people, [seat(1, at=1, places=2), seat(2, at=2, places=2)], experience_mix=1))
    assert {seat_id for person_id, seat_id in pairs if person_id <= 2} == {1, 2}


def test_wanted_label_comes_to_its_station():
    stations = [station(1), station(2, labels=frozenset({7}))]
    people = [person(1, labels=frozenset({7})), person(2)]
    pairs = best(ask(people, [seat(1, at=1), seat(2, at=2)], stations=stations, labels=1))
    assert pairs == {(1, 2), (2, 1)}


def test_wish_to_sit_together_wins_over_200_metres():
    stations = [station(1, x=0, y=0), station(2, x=200, y=0)]
    people = [person(1, x=0, y=0, companions=frozenset({2})), person(2, x=200, y=0), person(3, x=0, y=0)]
    seats = [seat(1, at=1, places=2), seat(2, at=2, places=1)]
    placed = dict(best(ask(people, seats, stations=stations, distance=3, together=3)))
    assert placed[1] == placed[2]


def test_wish_to_sit_together_leaves_no_place_empty():
    people = [person(1, companions=frozenset({2})), person(2, companions=frozenset({1}))]
    assert len(best(ask(people, [seat(1, at=1), seat(2, at=2)], together=5))) == 2


def test_person_comes_back_to_the_venue_of_last_time():
    people = [person(1, earlier_venues=frozenset({2})), person(2)]
    assert best(ask(people, [seat(1, at=1), seat(2, at=2)], earlier_team=1)) == {(1, 2), (2, 1)}


def test_team_of_a_closed_venue_moves_together():
    team = [
        person(number, earlier_venues=frozenset({99}), earlier_colleagues=frozenset({4 - number}))
        for number in (1, 3)
    ]
    people = [*team, person(2), person(4)]
    placed = dict(best(ask(people, [seat(1, at=1, places=2), seat(2, at=2, places=2)], earlier_team=1)))
    assert placed[1] == placed[3]


def test_work_is_spread_over_people():
    people = [person(1, parts=(MORNING, EVENING)), person(2, parts=(MORNING, EVENING))]
    pairs = best(ask(people, [seat(1), seat(2, part=EVENING)], spread=1))
    assert {person_id for person_id, _seat in pairs} == {1, 2}


def test_weight_zero_makes_a_rule_silent():
    result = greedy(ask([person(1, venue_wishes={1: 1}, experienced=True)], [seat(1)]))
    assert {part: points for part, points in result.parts.items() if points} == {"filled": 2_000}


def test_every_placement_says_why():
    one = person(1, venue_wishes={1: 1}, x=0, y=0, experienced=True)
    stations = [station(1, x=0, y=0)]
    result = solve(
        ask([one], [seat(1)], stations=stations, preferences=3, distance=2, experience_mix=1), threads=1
    )
    assert result.placements[0].parts == {
        "filled": 2_000,
        "preferences": 3 * (20 + 10),
        "distance": 2 * 20,
        "experience_mix": 20,
    }
    assert sum(result.parts.values()) == result.objective


def test_same_question_has_the_same_answer():
    people = [person(number) for number in range(1, 9)]
    instance = ask(people, [seat(1, places=2), seat(2, at=2, places=2)], preferences=3)
    assert solve(instance, threads=1).pairs == solve(instance, threads=1).pairs
    assert greedy(instance).pairs == greedy(instance).pairs
