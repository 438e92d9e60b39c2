"""Two assignments side by side."""

from collections import defaultdict
from collections.abc import Iterable

from elections.planning.instance import Instance, Placement
from elections.planning.points import Scorer
from elections.planning.result import Comparison, Move, Placed


def compare(instance: Instance, before: Iterable[Placement], after: Iterable[Placement]) -> Comparison:
    """Who moves, who comes in, who goes out, and what it does to the points of each rule.

    Fixed placements are in both. People are in the order of their ids.
    """
    scorer = Scorer(instance)
    old, new = scorer.score(before), scorer.score(after)
    seats_before, seats_after = _seats_by_person(old.placed), _seats_by_person(new.placed)
    moves = [
        Move(person, tuple(sorted(seats_before[person])), tuple(sorted(seats_after[person])))
        for person in sorted(seats_before.keys() | seats_after.keys())
        if seats_before[person] != seats_after[person]
    ]
    return Comparison(
        moved=tuple(move for move in moves if move.before and move.after),
        came_in=tuple(move for move in moves if not move.before),
        went_out=tuple(move for move in moves if not move.after),
        objective=new.objective - old.objective,
        parts={part: new.parts[part] - old.parts[part] for part in new.parts},
    )


def _seats_by_person(placed: Iterable[Placed]) -> dict[int, set[int]]:
    seats: dict[int, set[int]] = defaultdict(set)
    for one in placed:
        seats[one.person_id].add(one.seat_id)
    return seats
