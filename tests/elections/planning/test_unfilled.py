"""What cannot be filled is told with the reason, and with what asks least of people first."""

from elections.planning.instance import CHAIR, MEMBER, Rules
from elections.planning.result import Reason, RemedyCode
from elections.planning.solver import solve
from tests.elections.planning.small import CHAIRS, EVENING, MEMBERS, MORNING, NEXT_DAY, ask, person, seat


def empty_place(people, seats, **fields):
    """The only seat that is not full."""
    (one,) = solve(ask(people, seats, chairs_first=3, **fields), threads=1).unfilled
    return one


def codes(one):
    return [remedy.code for remedy in one.remedies]


def test_nobody_who_may_asks_for_new_people():
    one = empty_place([], [seat(1, places=3)])
    assert (one.seat_id, one.count, one.reason) == (1, 3, Reason.NOBODY_ALLOWED)
    assert codes(one) == [RemedyCode.RECRUIT]


def test_those_without_answer_are_asked_before_those_who_said_no():
    people = [person(1, answers={}), person(2, answers={}, answered=False), person(3, answers={})]
    one = empty_place(people, [seat(1)])
    assert one.reason == Reason.NOBODY_AVAILABLE
    assert codes(one) == [RemedyCode.ASK, RemedyCode.ASK_AGAIN]
    assert one.remedies[0].people == (2,)
    assert (one.remedies[1].people, one.remedies[1].count) == ((1, 3), 2)


def test_untrained_people_are_named_best_fit_first():
    untrained = {"allowed": frozenset(), "obstacles": {(MEMBERS, MORNING): frozenset({"training"})}}
    people = [person(1, **untrained), person(2, venue_wishes={1: 1}, **untrained)]
    one = empty_place(people, [seat(1)], preferences=3)
    assert codes(one) == [RemedyCode.TRAIN]
    assert one.remedies[0].people == (2, 1)


def test_somebody_who_misses_more_than_training_is_no_remedy():
    obstacles = {(MEMBERS, MORNING): frozenset({"training", "age"})}
    one = empty_place([person(1, allowed=frozenset(), obstacles=obstacles)], [seat(1)])
    assert codes(one) == [RemedyCode.RECRUIT]


def test_fixed_person_in_a_lower_seat_could_be_let_go():
    people = [person(1, positions=(CHAIRS, MEMBERS)), person(2), person(3)]
    seats = [seat(1, kind=CHAIR), seat(2, kind=MEMBER, places=0)]
    one = empty_place(people, seats, fixed=[(1, 2)])
    assert (one.seat_id, one.reason) == (1, Reason.ALL_PLACED)
    assert codes(one) == [RemedyCode.UNLOCK]
    assert (one.remedies[0].people, one.remedies[0].seat_id, one.remedies[0].alternatives) == ((1,), 2, 2)


def test_fixed_person_whom_nobody_can_follow_stays():
    people = [person(1, positions=(MEMBERS,))]
    one = empty_place(people, [seat(1), seat(2, at=2, places=0)], fixed=[(1, 2)])
    assert codes(one) == [RemedyCode.RECRUIT]


def test_rest_that_keeps_somebody_away_is_named():
    people = [person(1, parts=(EVENING, NEXT_DAY))]
    seats = [seat(1, kind=MEMBER, part=EVENING), seat(2, part=NEXT_DAY, kind=MEMBER)]
    one = empty_place(people, seats, rules=Rules(minimum_rest=11 * 3600))
    assert one.reason == Reason.LIMITS
    assert codes(one) == [RemedyCode.RELAX]
    assert one.remedies[0].people == (1,)


def test_leading_seats_are_told_first():
    result = solve(ask([], [seat(1), seat(2, kind=CHAIR), seat(3, kind="reserve")], chairs_first=3))
    assert [one.seat_id for one in result.unfilled] == [2, 1, 3]
