"""Exchanges people so that fewer go to another station without the time to travel.

For both halves of such a change, in this order: a free seat at the station of the other half; the seat of somebody
there, who takes this one; and when no exchange is left, somebody without work takes the half. Each step keeps all hard
rules and makes the answer worth more, so that it ends. What is fixed stays.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, combinations

import numpy as np

from elections.planning.points import CHANGE_OF_STATION
from elections.planning.tables import Group, Tables

SECONDS = 5.0  # that one repair may take at most
CANDIDATES = 5  # people without work that are tried for one half

Rows = list[tuple[int, int]]
Step = list[tuple[int, int | None, int | None]]  # person, the seat that they leave, the seat that they take


def repair(tables: Tables, placements: Rows, seconds: float = SECONDS) -> Rows:
    """`placements` (rows, within the rules) or better ones, with the same number of places filled."""
    if not tables.hurries.any():
        return placements
    plan = _Plan(tables, placements)
    end = time.monotonic() + seconds
    while _improve(plan, plan.exchanges, end) or _improve(plan, plan.takers, end):
        pass
    return plan.rows


def _improve(plan: "_Plan", steps: Callable[[int, int, int], Iterator[Step]], end: float) -> bool:
    """Take the best of `steps` for each change of station; whether there was one. Not after `end`."""
    improved = False
    for person in plan.hurried():
        if time.monotonic() > end:
            return False
        # A step may solve several changes of the person, so that they are looked up again.
        for early, late in plan.changes(person):
            gains = [
                (gain, -number, step)
                for number, step in enumerate(chain(steps(person, late, early), steps(person, early, late)))
                if (gain := plan.gain(step)) > 0
            ]
            if gains:
                plan.take(max(gains)[2])
                improved = True
                break
    return improved


class _Plan:
    """An assignment by rows that can be changed step by step, with what the rules for points give to a part of it."""

    def __init__(self, tables: Tables, placements: Rows) -> None:
        self.tables = tables
        self.fixed = set(tables.fixed)
        self.left = tables.places.copy()
        self.seats_of: dict[int, set[int]] = defaultdict(set)
        self.holders: dict[int, set[int]] = defaultdict(set)
        self.teams: dict[int, set[int]] = defaultdict(set)
        self.seats_in: dict[tuple[int, int], list[int]] = defaultdict(list)
        for seat, row in enumerate(tables.seats):
            self.seats_in[int(tables.station_of[seat]), row.day_part_id].append(seat)
        for person, seat in tables.fixed:
            self._put(person, seat)
            self.left[seat] += 1  # the places of an instance are those beside the fixed ones
        for person, seat in placements:
            self._put(person, seat)
        self._slots = [int(slot) for slot in tables.slot_of]
        self._stations = [int(station) for station in tables.station_of]

    @property
    def rows(self) -> Rows:
        """The placements without the fixed ones."""
        pairs = ((person, seat) for person, seats in self.seats_of.items() for seat in seats)
        return sorted(pair for pair in pairs if pair not in self.fixed)

    def hurried(self) -> list[int]:
        """Who changes station without the time to travel."""
        return [person for person in sorted(self.seats_of) if self.changes(person)]

    def changes(self, person: int) -> list[tuple[int, int]]:
        """The pairs of seats of a person, the earlier one first, that leave no time to travel."""
        seats = self.seats_of[person]
        if len(seats) < 2:
            return []
        hurries, slots, stations = self.tables.hurries, self._slots, self._stations
        return [
            (one, other)
            for one, other in combinations(sorted(seats), 2)  # rows of seats are by start
            if stations[one] != stations[other] and hurries[slots[one], slots[other]]
        ]

    def exchanges(self, person: int, seat: int, other_half: int) -> Iterator[Step]:
        """Ways to work at the station of `other_half` instead of in `seat`: a free place, or that of somebody there."""
        if (person, seat) in self.fixed:
            return
        part = self.tables.seats[seat].day_part_id
        for there in self.seats_in[self._stations[other_half], part]:
            if self.left[there] > 0 and self._group(there).kind == self._group(seat).kind:
                yield [(person, seat, there)]
            for holder in sorted(self.holders[there]):
                if (holder, there) not in self.fixed:
                    yield [(person, seat, there), (holder, there, seat)]

    def takers(self, person: int, seat: int, _other_half: int) -> Iterator[Step]:
        """Ways to give `seat` to somebody without work: those who fit best there."""
        if (person, seat) in self.fixed:
            return
        t = self.tables
        group = t.group_of[seat]
        who = [row for row in np.flatnonzero(t.eligible[:, group]) if not self.seats_of.get(int(row))]
        fit = t.near[who, t.station_of[seat]] + t.worth[who, group]
        for index in np.argsort(-fit, kind="stable")[:CANDIDATES]:
            yield [(person, seat, None), (int(who[index]), None, seat)]

    def gain(self, step: Step) -> int:
        """The points that a step adds; 0 when it breaks a rule or leaves as many changes of station."""
        people = [person for person, _old, _new in step]
        seats = {seat for _person, *both in step for seat in both if seat is not None}
        cells = {int(self.tables.cell_of[seat]) for seat in seats}
        hurries = sum(len(self.changes(person)) for person in people)
        back = [(person, new, old) for person, old, new in step]
        self.take(step)
        try:
            if sum(len(self.changes(person)) for person in people) >= hurries:
                return 0
            if not all(new is None or self._may(person, new) for person, _old, new in step):
                return 0
            after = self._worth(people, cells)
        finally:
            self.take(back)
        return after - self._worth(people, cells)

    def take(self, step: Step) -> None:
        """Do it."""
        for person, old, _new in step:
            if old is not None:
                self._remove(person, old)
        for person, _old, new in step:
            if new is not None:
                self._put(person, new)

    def _put(self, person: int, seat: int) -> None:
        self.seats_of[person].add(seat)
        self.holders[seat].add(person)
        self.left[seat] -= 1
        if self._group(seat).is_team:
            self.teams[int(self.tables.cell_of[seat])].add(person)

    def _remove(self, person: int, seat: int) -> None:
        self.seats_of[person].remove(seat)
        self.holders[seat].remove(person)
        self.left[seat] += 1
        if self._group(seat).is_team:
            self.teams[int(self.tables.cell_of[seat])].discard(person)

    def _group(self, seat: int) -> Group:
        return self.tables.groups[self.tables.group_of[seat]]

    def _may(self, person: int, seat: int) -> bool:
        """Whether a person who just took `seat` keeps all rules with it."""
        t = self.tables
        slot = t.slots[self._slots[seat]]
        others = [self._slots[other] for other in self.seats_of[person] if other != seat]
        maximum = t.instance.rules.maximum_hours
        hours = slot.hours + sum(t.slots[other].hours for other in others if t.slots[other].day == slot.day)
        return bool(
            t.eligible[person, t.group_of[seat]]
            and not t.clash[self._slots[seat], others].any()
            and (maximum is None or hours <= maximum)
        )

    def _worth(self, people: Iterable[int], cells: Iterable[int]) -> int:
        """The points of these people and of these teams; see `points.Scorer`."""
        t = self.tables
        total = 0
        for person in people:
            seats = self.seats_of[person]
            for seat in seats:
                total += int(t.near[person, self._stations[seat]] + t.worth[person, t.group_of[seat]])
            total += int(t.first_work[person]) if seats else 0
            total -= CHANGE_OF_STATION * len(self.changes(person))
        return total + sum(self._worth_of_team(cell) for cell in cells)

    def _worth_of_team(self, cell: int) -> int:
        t = self.tables
        team = self.teams[cell]
        total = sum(t.experience_points[: sum(bool(t.experienced[person]) for person in team)])
        for label in t.wanted_in.get(cell, ()):
            total += t.label_points * any(t.has_label[label][person] for person in team)
        ties = ((person, *tie) for person in team for tie in t.ties.get(person, ()))
        return int(total + sum(points for one, other, points in ties if other in team and one < other))
