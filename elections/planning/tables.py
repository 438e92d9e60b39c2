"""An instance as tables of numbers, with the hard rules worked out: what both solvers calculate with.

People, stations and seats are rows and columns by their order here. Seats are gathered in `groups` of one position,
day part and time, so that what a person may and can do is one column per group, and what a person is worth at a seat
is `near[person, station] + worth[person, group]`. Groups at the same time share a `slot`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np

from elections.planning.instance import RESERVE, Instance
from elections.planning.points import (
    EARLIER_VENUE,
    EXPERIENCED,
    FIRST_WORK,
    LABEL,
    chair_points,
    distance_points,
    filled_points,
    place,
    tie_points,
    time_points,
    wish_points,
)

HOUR = 3600


@dataclass(frozen=True)
class Slot:
    """A time at which one can work. Nobody works twice in one day part."""

    day: int
    day_part_id: int
    start: int
    end: int

    @property
    def hours(self) -> float:
        return (self.end - self.start) / HOUR

    def clashes(self, other: "Slot", minimum_rest: int, maximum_hours: float | None) -> bool:
        """Whether one person can not do both. Overlap, the same day part, too little rest or too long a day."""
        if self.day_part_id == other.day_part_id:
            return True
        if self.start < other.end and other.start < self.end:
            return True
        if self.day != other.day:
            rest = max(self.start, other.start) - min(self.end, other.end)
            return rest < minimum_rest
        return maximum_hours is not None and self.hours + other.hours > maximum_hours


@dataclass(frozen=True)
class Group:
    """Seats of one position, day part and time: what a person can do, up to the station."""

    position_id: int
    kind: str
    slot: int
    seats: np.ndarray = field(repr=False)
    stations: np.ndarray = field(repr=False)
    cells: np.ndarray = field(repr=False)

    @property
    def is_team(self) -> bool:
        """Whether these people sit together: reserves do not."""
        return self.kind != RESERVE


@dataclass(frozen=True)
class Pair:
    """Two people (rows) and what it is worth that they sit in one team."""

    one: int
    other: int
    points: int


class Tables:
    """See the module. A `cell` is a station in a day part: the team that sits together."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.weights = instance.weights
        self.people = sorted(instance.people, key=lambda person: person.id)
        self.stations = sorted(instance.stations, key=lambda station: station.id)
        self.seats = sorted(instance.seats, key=lambda seat: (seat.start, seat.id))
        self.person_row = {person.id: row for row, person in enumerate(self.people)}
        self.station_row = {station.id: row for row, station in enumerate(self.stations)}
        self.seat_row = {seat.id: row for row, seat in enumerate(self.seats)}
        self.places = np.array([seat.places for seat in self.seats], dtype=np.int64)
        self.fixed = [(self.person_row[person], self.seat_row[seat]) for person, seat in instance.fixed]
        self._make_slots_and_groups()
        # (person, day) -> hours that fixed placements take
        self.fixed_hours: dict[tuple[int, int], float] = defaultdict(float)
        self.eligible = self._eligible()
        self.worth = self._worth()
        self.near = self._near()
        self._make_team_rules()

    def _make_slots_and_groups(self) -> None:
        slots: dict[Slot, int] = {}
        cells: dict[tuple[int, int], int] = {}
        groups: dict[tuple[int, str, int], list[int]] = defaultdict(list)
        self.cell_of = np.zeros(len(self.seats), dtype=np.int64)
        for row, seat in enumerate(self.seats):
            slot = slots.setdefault(Slot(seat.day, seat.day_part_id, seat.start, seat.end), len(slots))
            cell = (self.station_row[seat.station_id], seat.day_part_id)
            self.cell_of[row] = cells.setdefault(cell, len(cells))
            groups[seat.position_id, seat.kind, slot].append(row)
        self.slots = list(slots)
        self.cells = list(cells)
        self.groups: list[Group] = []
        self.group_of = np.zeros(len(self.seats), dtype=np.int64)
        for (position_id, kind, slot), rows in groups.items():
            members = np.array(rows)
            self.group_of[members] = len(self.groups)
            stations = np.array([self.station_row[self.seats[row].station_id] for row in rows])
            self.groups.append(Group(position_id, kind, slot, members, stations, self.cell_of[members]))
        self.station_of = np.array([self.station_row[seat.station_id] for seat in self.seats], dtype=np.int64)
        self.slot_of = np.array([self.groups[group].slot for group in self.group_of], dtype=np.int64)
        rules = self.instance.rules
        self.clash = np.array(
            [[a.clashes(b, rules.minimum_rest, rules.maximum_hours) for b in self.slots] for a in self.slots],
            dtype=bool,
        ).reshape(len(self.slots), len(self.slots))

    @cached_property
    def hurries(self) -> np.ndarray:
        """[slot, slot]: whether there is no time to travel from a station to another between the two."""
        travel = self.instance.rules.travel
        gaps = np.array([[b.start - a.end for b in self.slots] for a in self.slots], dtype=np.int64)
        gaps = gaps.reshape(len(self.slots), len(self.slots))
        after = (gaps >= 0) & (gaps < travel)
        return after | after.T

    @cached_property
    def cliques(self) -> list[list[int]]:
        """Sets of slots of which one person can do at most one, so that every clash is in one of them."""
        order = sorted(range(len(self.slots)), key=lambda slot: (self.slots[slot].start, slot))
        covered = np.zeros_like(self.clash)
        cliques = []
        for one in order:
            for other in order:
                if self.clash[one, other] and not covered[one, other]:
                    clique = [one] if one == other else [one, other]
                    for third in order:
                        if third not in clique and self.clash[third, clique].all():
                            clique.append(third)
                    covered[np.ix_(clique, clique)] = True
                    cliques.append(clique)
        return cliques

    @cached_property
    def long_days(self) -> set[int]:
        """Days on which somebody could do three shifts: there pairs of slots do not guard the hours."""
        by_day: dict[int, list[int]] = defaultdict(list)
        for row, slot in enumerate(self.slots):
            by_day[slot.day].append(row)
        return {
            day
            for day, rows in by_day.items()
            if self.instance.rules.maximum_hours is not None
            and any(
                not self.clash[np.ix_(three, three)][np.triu_indices(3, 1)].any()
                for three in combinations(rows, 3)
            )
        }

    def _eligible(self) -> np.ndarray:
        """[person, group]: allowed, available, and free beside busy periods and fixed placements."""
        fixed_slots: dict[int, list[int]] = defaultdict(list)
        for number, seat in self.fixed:
            slot = self.slots[self.slot_of[seat]]
            fixed_slots[number].append(int(self.slot_of[seat]))
            self.fixed_hours[number, slot.day] += slot.hours
        free = np.ones((len(self.people), len(self.slots)), dtype=bool)
        for row, person in enumerate(self.people):
            for number, slot in enumerate(self.slots):
                if slot.day_part_id not in person.answers or (
                    person.busy and any(start < slot.end and slot.start < end for start, end in person.busy)
                ):
                    free[row, number] = False
            if row in fixed_slots:
                free[row] &= ~self.clash[fixed_slots[row]].any(axis=0)
            free[row] &= [self.hours_left(row, slot.day) >= slot.hours for slot in self.slots]
        eligible = np.zeros((len(self.people), len(self.groups)), dtype=bool)
        for number, group in enumerate(self.groups):
            pair = (group.position_id, self.slots[group.slot].day_part_id)
            eligible[:, number] = free[:, group.slot]
            eligible[:, number] &= np.array([pair in person.allowed for person in self.people], dtype=bool)
        return eligible

    def hours_left(self, person: int, day: int) -> float:
        """What a person may still work on a day beside the fixed placements."""
        maximum = self.instance.rules.maximum_hours
        return np.inf if maximum is None else max(0.0, maximum - self.fixed_hours.get((person, day), 0))

    def _worth(self) -> np.ndarray:
        worth = np.zeros((len(self.people), len(self.groups)), dtype=np.int32)
        self.chair_points = [chair_points(group.kind, self.weights) for group in self.groups]
        for number, group in enumerate(self.groups):
            day_part = self.slots[group.slot].day_part_id
            worth[:, number] = [
                time_points(person, group.position_id, day_part, self.weights) for person in self.people
            ]
            worth[:, number] += filled_points(group.kind) + self.chair_points[number]
        return worth

    def _near(self) -> np.ndarray:
        """[person, station]: distance, wishes for a venue and the venue of last time."""
        homes = np.array([place(person) for person in self.people], dtype=float).reshape(-1, 2)
        posts = np.array([place(station) for station in self.stations], dtype=float).reshape(-1, 2)
        near = distance_points(np.hypot(homes[:, :1] - posts[:, 0], homes[:, 1:] - posts[:, 1]), self.weights)
        at_venue = defaultdict(list)
        for row, station in enumerate(self.stations):
            at_venue[station.venue_id].append(row)
        for row, person in enumerate(self.people):
            for venue, rank in person.venue_wishes.items():
                near[row, at_venue.get(venue, [])] += wish_points(rank, self.weights)
            for venue in person.earlier_venues:
                near[row, at_venue.get(venue, [])] += self.weights.earlier_team * EARLIER_VENUE
        return near

    def _make_team_rules(self) -> None:
        """What depends on who else is there: experience, labels, ties, and the first work of a person."""
        weights = self.weights
        people = self.people
        self.experienced = np.array([person.experienced for person in people], dtype=bool)
        self.experience_points = [weights.experience_mix * points for points in EXPERIENCED]
        self.label_points = weights.labels * LABEL
        self.wanted_in = {
            cell: sorted(self.stations[row].labels)
            for cell, (row, _part) in enumerate(self.cells)
            if self.stations[row].labels
        }
        self.wanted = [(cell, label) for cell, labels in self.wanted_in.items() for label in labels]
        self.has_label = {
            label: np.array([label in person.labels for person in people], dtype=bool)
            for label in {label for _cell, label in self.wanted}
        }
        has_work = {person for person, _seat in self.fixed}
        self.first_work = np.array(
            [0 if row in has_work else weights.spread * FIRST_WORK for row in range(len(people))],
            dtype=np.int32,
        )
        together: dict[tuple[int, int], int] = defaultdict(int)
        for (person, other), points in tie_points(self.instance).items():
            rows = sorted((self.person_row[person], self.person_row[other]))
            together[rows[0], rows[1]] += sum(points.values())
        self.pairs = [Pair(*rows, points) for rows, points in sorted(together.items())]

    @cached_property
    def ties(self) -> dict[int, list[tuple[int, int]]]:
        """Person -> (other, points) for every pair."""
        ties = defaultdict(list)
        for pair in self.pairs:
            ties[pair.one].append((pair.other, pair.points))
            ties[pair.other].append((pair.one, pair.points))
        return ties

    @cached_property
    def fixed_teams(self) -> dict[int, set[int]]:
        """Cell -> people who have a fixed place in its team."""
        teams: dict[int, set[int]] = defaultdict(set)
        for person, seat in self.fixed:
            if self.groups[self.group_of[seat]].is_team:
                teams[int(self.cell_of[seat])].add(person)
        return teams

    @cached_property
    def team_seats(self) -> list[list[int]]:
        """Cell -> seats of its team."""
        seats: list[list[int]] = [[] for _cell in self.cells]
        for row, cell in enumerate(self.cell_of):
            if self.groups[self.group_of[row]].is_team:
                seats[cell].append(row)
        return seats

    def ids(self, placements: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Placements by rows as placements by ids."""
        return [(self.people[person].id, self.seats[seat].id) for person, seat in placements]


class Diary:
    """Who is where while an assignment grows, by rows: `free[person, group]` keeps every hard rule but the places."""

    def __init__(self, tables: Tables, placements: Iterable[tuple[int, int]] = ()) -> None:
        self.tables = tables
        self.free = tables.eligible.copy()
        self.left = tables.places.copy()
        self.placements: list[tuple[int, int]] = []
        self.teams: dict[int, set[int]] = defaultdict(set)
        self.has_work = np.zeros(len(tables.people), dtype=bool)
        self._hours = dict(tables.fixed_hours)
        self._slot_of_group = np.array([group.slot for group in tables.groups], dtype=np.int64)
        # How many places of a person leave no time to travel to or from this slot; and whose are at this station.
        self.hurried = np.zeros((len(tables.people), len(tables.slots)), dtype=np.int32)
        self.around: dict[tuple[int, int], list[int]] = defaultdict(list)
        for person, seat in tables.fixed:
            self._note_hurry(person, seat)
        for cell, team in tables.fixed_teams.items():
            self.teams[cell] |= team
        self.has_work[[person for person, _seat in tables.fixed]] = True
        for person, seat in placements:
            self.put(person, seat)

    def may(self, person: int, seat: int) -> bool:
        """Whether the placement breaks no hard rule."""
        return bool(self.left[seat] > 0 and self.free[person, self.tables.group_of[seat]])

    def put(self, person: int, seat: int) -> None:
        """Place a person; ValueError when they may not."""
        t = self.tables
        if not self.may(person, seat):
            raise ValueError(f"person {t.people[person].id} may not take seat {t.seats[seat].id}")
        number = int(t.slot_of[seat])
        slot = t.slots[number]
        self.placements.append((person, seat))
        self.left[seat] -= 1
        self.has_work[person] = True
        if t.groups[t.group_of[seat]].is_team:
            self.teams[int(t.cell_of[seat])].add(person)
        self._note_hurry(person, seat)
        self.free[person] &= ~t.clash[number, self._slot_of_group]
        maximum = t.instance.rules.maximum_hours
        if maximum is not None:
            key = (person, slot.day)
            self._hours[key] = self._hours.get(key, 0) + slot.hours
            for group, other in enumerate(self._slot_of_group):
                later = t.slots[other]
                if later.day == slot.day and self._hours[key] + later.hours > maximum:
                    self.free[person, group] = False

    def _note_hurry(self, person: int, seat: int) -> None:
        t = self.tables
        around = t.hurries[t.slot_of[seat]]
        self.hurried[person] += around
        for slot in np.flatnonzero(around):
            self.around[int(t.station_of[seat]), int(slot)].append(person)
