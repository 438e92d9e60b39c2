"""Why places stay empty, and what would fill them: from what asks least of people to what asks most."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from elections.planning.points import filled_points
from elections.planning.result import Reason, Remedy, RemedyCode, Unfilled
from elections.planning.tables import Diary, Tables

TRAINING = "training"
SHOWN = 10

Move = tuple[int, int]  # a person and the seat where they are now, by rows


def unfilled(tables: Tables, placements: Iterable[tuple[int, int]]) -> tuple[Unfilled, ...]:
    """The empty places beside `placements` (rows), most important seats first."""
    finder = _Finder(tables, placements)
    empty = [int(seat) for seat in np.flatnonzero(finder.diary.left > 0)]
    empty.sort(key=lambda seat: (-finder.rank(seat), seat))
    return tuple(finder.explain(seat) for seat in empty)


@dataclass(frozen=True)
class _Found:
    """What holds for all seats of a group."""

    reason: Reason
    moves: dict[Move, int]
    people: dict[RemedyCode, np.ndarray]


class _Finder:
    """Looks for people around one assignment."""

    def __init__(self, tables: Tables, placements: Iterable[tuple[int, int]]) -> None:
        self.tables = tables
        self.diary = Diary(tables, placements)
        self.fixed = set(tables.fixed)
        self.seats_of: dict[int, list[int]] = defaultdict(list)
        for person, seat in [*self.diary.placements, *tables.fixed]:
            self.seats_of[person].append(seat)
        pairs = {(group.position_id, tables.slots[group.slot].day_part_id) for group in tables.groups}
        self._allowed = {
            pair: np.array([pair in person.allowed for person in tables.people], dtype=bool) for pair in pairs
        }
        self._untrained = {
            pair: np.array(
                [person.obstacles.get(pair) == frozenset({TRAINING}) for person in tables.people], dtype=bool
            )
            for pair in pairs
        }
        self._available = {
            part: np.array([part in person.answers for person in tables.people], dtype=bool)
            for part in {slot.day_part_id for slot in tables.slots}
        }
        self._answered = np.array([person.answered for person in tables.people], dtype=bool)
        self._rested = self._without_other_work()
        self._found: dict[int, _Found] = {}

    def _without_other_work(self) -> np.ndarray:
        """[person, slot]: whether nothing the person has to do clashes with it."""
        t = self.tables
        free = np.ones((len(t.people), len(t.slots)), dtype=bool)
        for row, person in enumerate(t.people):
            for start, end in person.busy:
                free[row] &= [not (start < slot.end and slot.start < end) for slot in t.slots]
        for row, seats in self.seats_of.items():
            hours: dict[int, float] = defaultdict(float)
            for seat in seats:
                slot = t.slots[t.slot_of[seat]]
                free[row] &= ~t.clash[t.slot_of[seat]]
                hours[slot.day] += slot.hours
            maximum = t.instance.rules.maximum_hours
            if maximum is not None:
                free[row] &= [hours[slot.day] + slot.hours <= maximum for slot in t.slots]
        return free

    def rank(self, seat: int) -> int:
        """How much filling this seat is worth before all wishes."""
        group = int(self.tables.group_of[seat])
        return filled_points(self.tables.groups[group].kind) + self.tables.chair_points[group]

    def explain(self, seat: int) -> Unfilled:
        """The reason and all remedies of one seat. But for who fits best they are the same in the whole group."""
        group = int(self.tables.group_of[seat])
        if group not in self._found:
            self._found[group] = self._look(seat)
        found = self._found[group]
        return Unfilled(
            self.tables.seats[seat].id,
            int(self.diary.left[seat]),
            found.reason,
            tuple(self._remedies(seat, found)) or (Remedy(RemedyCode.RECRUIT),),
        )

    def _look(self, seat: int) -> _Found:
        """Everybody of use for the group of the seat."""
        t = self.tables
        group = t.groups[t.group_of[seat]]
        part = t.slots[group.slot].day_part_id
        allowed, available = self._allowed[group.position_id, part], self._available[part]
        rested = self._rested[:, group.slot]
        sitting = self._at_the_same_time(seat, np.flatnonzero(allowed & available))
        kept = allowed & available & ~rested
        kept[[person for person, _seat in sitting]] = False
        if not allowed.any():
            reason = Reason.NOBODY_ALLOWED
        elif not (allowed & available).any():
            reason = Reason.NOBODY_AVAILABLE
        else:
            reason = Reason.ALL_PLACED if sitting else Reason.LIMITS
        untrained = self._untrained[group.position_id, part]
        return _Found(
            reason,
            self._moves(seat, sitting),
            {
                RemedyCode.ASK: allowed & ~available & ~self._answered & rested,
                RemedyCode.TRAIN: untrained & available & rested,
                RemedyCode.ASK_AGAIN: allowed & ~available & self._answered & rested,
                RemedyCode.RELAX: kept,
            },
        )

    def _at_the_same_time(self, seat: int, people: np.ndarray) -> list[Move]:
        """Those of `people` whose place overlaps this seat or has its day part, with that place."""
        t = self.tables
        slot = t.slots[t.slot_of[seat]]
        return [
            (int(person), other)
            for person in people
            for other in self.seats_of.get(int(person), ())
            if slot.clashes(t.slots[t.slot_of[other]], 0, None)
        ]

    def _moves(self, seat: int, sitting: list[Move]) -> dict[Move, int]:
        """Who sits in a lower or equal seat where somebody else can take over -> how many can."""
        alternatives = self.diary.free.sum(axis=0)
        return {
            (person, now): int(alternatives[self.tables.group_of[now]])
            for person, now in sitting
            if alternatives[self.tables.group_of[now]]
            and self.rank(now) <= self.rank(seat)
            and self._could_swap(person, now, seat)
        }

    def _remedies(self, seat: int, found: _Found) -> Iterator[Remedy]:
        moves = sorted(
            found.moves,
            key=lambda move: (-found.moves[move], self.rank(move[1]), -self._fit(move[0], seat), move),
        )
        for code in RemedyCode:
            if code in (RemedyCode.MOVE, RemedyCode.UNLOCK):
                mine = [move for move in moves if (move in self.fixed) == (code == RemedyCode.UNLOCK)]
                if mine:
                    yield self._move(code, mine, found.moves[mine[0]])
            elif code in found.people and found.people[code].any():
                yield self._people(code, seat, found.people[code])

    def _could_swap(self, person: int, now: int, seat: int) -> bool:
        """Whether the person keeps all rules with `seat` in the place of `now`."""
        t = self.tables
        others = [t.slot_of[other] for other in self.seats_of[person] if other != now]
        slot = t.slots[t.slot_of[seat]]
        busy = t.people[person].busy
        day_hours = sum(t.slots[other].hours for other in others if t.slots[other].day == slot.day)
        maximum = t.instance.rules.maximum_hours
        return (
            not t.clash[t.slot_of[seat], others].any()
            and not any(start < slot.end and slot.start < end for start, end in busy)
            and (maximum is None or day_hours + slot.hours <= maximum)
        )

    def _move(self, code: RemedyCode, moves: list[Move], alternatives: int) -> Remedy:
        people = list(dict.fromkeys(self.tables.people[person].id for person, _now in moves))
        now = self.tables.seats[moves[0][1]].id
        return Remedy(code, tuple(people[:SHOWN]), len(people), now, alternatives)

    def _people(self, code: RemedyCode, seat: int, mask: np.ndarray) -> Remedy:
        t = self.tables
        rows = np.flatnonzero(mask)
        fit = t.near[rows, t.station_of[seat]] + t.worth[rows, t.group_of[seat]]
        best = rows[np.argsort(-fit, kind="stable")][:SHOWN]
        return Remedy(code, tuple(t.people[row].id for row in best), len(rows))

    def _fit(self, person: int, seat: int) -> int:
        t = self.tables
        return int(t.near[person, t.station_of[seat]] + t.worth[person, t.group_of[seat]])
