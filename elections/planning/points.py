"""What an assignment is worth: one place for the points of every rule.

A filled place gives FILLED, more than all wishes of two people together, so that no wish can leave a place empty.
All other numbers are points per step of their weight (0-5); a factor of 20 is a strong wish.
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from elections.planning.instance import (
    CHAIR,
    DEPUTY_CHAIR,
    RESERVE,
    YES,
    Instance,
    Person,
    Placement,
    Seat,
    Station,
    Weights,
)
from elections.planning.result import Part, Placed, Score

FILLED = 2_000
FILLED_RESERVE = 1_000  # reserves wait at home: any board comes before them
CHAIRS_FIRST = {CHAIR: 400, DEPUTY_CHAIR: 200}

SAID_YES = 20
WISH_BY_RANK = (10, 6, 3)
LATER_WISH = 1
NEXT_DOOR = 20  # for living beside the station; half of it at HALF_WAY kilometres
HALF_WAY = 5.0
EXPERIENCED = (20, 10)  # for the first and the second experienced person of a team
LABEL = 20
TOGETHER = 20
EARLIER_VENUE = 10
EARLIER_COLLEAGUE = 4
FIRST_WORK = 10
# Taken for going to another station without the time to travel: more than wishes give, less than any place filled.
CHANGE_OF_STATION = 900


def filled_points(kind: str) -> int:
    """For filling any place of this kind."""
    return FILLED_RESERVE if kind == RESERVE else FILLED


def chair_points(kind: str, weights: Weights) -> int:
    """On top of that for those who lead a board."""
    return CHAIRS_FIRST.get(kind, 0) * weights.chairs_first


def wish_points(rank: int | None, weights: Weights) -> int:
    """For one wish that comes true; None is no wish."""
    if rank is None:
        return 0
    return weights.preferences * (WISH_BY_RANK[rank - 1] if rank <= len(WISH_BY_RANK) else LATER_WISH)


def time_points(person: Person, position_id: int, day_part_id: int, weights: Weights) -> int:
    """For the answer and the wishes about when and as what."""
    said_yes = weights.preferences * SAID_YES if person.answers.get(day_part_id) == YES else 0
    return (
        said_yes
        + wish_points(person.position_wishes.get(position_id), weights)
        + wish_points(person.day_part_wishes.get(day_part_id), weights)
    )


def distance_points(metres: np.ndarray, weights: Weights) -> np.ndarray:
    """For living near: 20, 10, 7, 5 per step of the weight at 0, 5, 10, 15 km. An unknown distance counts as 5 km."""
    kilometres = np.where(np.isnan(metres), HALF_WAY, metres / 1000)
    return np.rint(weights.distance * NEXT_DOOR * HALF_WAY / (HALF_WAY + kilometres)).astype(np.int32)


def place(coordinates: Person | Station) -> tuple[float, float]:
    """Where it is; NaN when unknown."""
    if coordinates.x is None or coordinates.y is None:
        return (np.nan, np.nan)
    return (coordinates.x, coordinates.y)


def tie_points(instance: Instance) -> dict[tuple[int, int], dict[Part, int]]:
    """(person, other) -> what it is worth to the person that the other is in the same team.

    A wish counts always; a colleague of last time only when the venue of that time is not used now. Where it is, the
    points for the earlier venue already bring them back together.
    """
    weights = instance.weights
    known = {person.id: person for person in instance.people}
    used = {station.venue_id for station in instance.stations}
    ties: dict[tuple[int, int], dict[Part, int]] = defaultdict(dict)
    for person in instance.people:
        if weights.together:
            for other in person.companions & known.keys():
                ties[person.id, other][Part.TOGETHER] = weights.together * TOGETHER
        if weights.earlier_team:
            for other in person.earlier_colleagues & known.keys() - {person.id}:
                if not person.earlier_venues & known[other].earlier_venues & used:
                    ties[person.id, other][Part.EARLIER_TEAM] = weights.earlier_team * EARLIER_COLLEAGUE
    return dict(ties)


def score(instance: Instance, placements: Iterable[Placement]) -> Score:
    """The points of `placements` together with the fixed ones; hard rules are not looked at."""
    return Scorer(instance).score(placements)


class Scorer:
    """Scores assignments of one instance. Keep it when there are several."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.weights = instance.weights
        self.people = {person.id: person for person in instance.people}
        self.stations = {station.id: station for station in instance.stations}
        self.seats = {seat.id: seat for seat in instance.seats}
        self.ties = tie_points(instance)
        self.tied = defaultdict(list)
        for person_id, other_id in sorted(self.ties):
            self.tied[person_id].append(other_id)

    def score(self, placements: Iterable[Placement]) -> Score:
        """See `score`."""
        fixed = set(self.instance.fixed)
        pairs = sorted({*placements, *fixed}, key=self._order)
        teams = self._teams(pairs)
        met: set[tuple[object, ...]] = set()
        changes = self._changes_of_station(pairs)
        placed = tuple(
            Placed(pair[0], pair[1], self._parts(*pair, teams, met) | changes.get(pair, {}), pair in fixed)
            for pair in pairs
        )
        totals = {part.value: 0 for part in Part}
        for one in placed:
            for part, points in one.parts.items():
                totals[part] += points
        return Score(sum(totals.values()), totals, placed)

    def _order(self, pair: Placement) -> tuple[int, int, int]:
        person_id, seat_id = pair
        return self.seats[seat_id].start, seat_id, person_id

    def _teams(self, pairs: list[Placement]) -> dict[tuple[int, int], set[int]]:
        teams: dict[tuple[int, int], set[int]] = defaultdict(set)
        for person_id, seat_id in pairs:
            seat = self.seats[seat_id]
            if seat.kind != RESERVE:
                teams[seat.station_id, seat.day_part_id].add(person_id)
        return teams

    def _changes_of_station(self, pairs: list[Placement]) -> dict[Placement, dict[str, int]]:
        """Placement -> the points it takes, as another station asks for the person too shortly before it."""
        earlier: dict[int, list[Seat]] = defaultdict(list)
        found: dict[Placement, dict[str, int]] = {}
        for person_id, seat_id in pairs:  # by start
            seat = self.seats[seat_id]
            times = sum(
                one.station_id != seat.station_id and 0 <= seat.start - one.end < self.instance.rules.travel
                for one in earlier[person_id]
            )
            if times:
                found[person_id, seat_id] = {Part.CHANGE_OF_STATION.value: -CHANGE_OF_STATION * times}
            earlier[person_id].append(seat)
        return found

    def _parts(
        self,
        person_id: int,
        seat_id: int,
        teams: dict[tuple[int, int], set[int]],
        met: set[tuple[object, ...]],
    ) -> dict[str, int]:
        """Points of one placement. `met` remembers what earlier placements have already earned."""
        person, seat = self.people[person_id], self.seats[seat_id]
        station = self.stations[seat.station_id]
        parts = self._own_parts(person, seat, station)
        if seat.kind != RESERVE and (person_id, station.id, seat.day_part_id) not in met:
            met.add((person_id, station.id, seat.day_part_id))
            self._add_team_parts(parts, person, station, seat.day_part_id, teams, met)
        if self.weights.spread and ("work", person_id) not in met:
            met.add(("work", person_id))
            parts[Part.SPREAD] += self.weights.spread * FIRST_WORK
        return {part.value: points for part, points in parts.items() if points}

    def _own_parts(self, person: Person, seat: Seat, station: Station) -> dict[Part, int]:
        weights = self.weights
        (x, y), (station_x, station_y) = place(person), place(station)
        parts = defaultdict(int)
        parts[Part.FILLED] = filled_points(seat.kind)
        parts[Part.CHAIRS_FIRST] = chair_points(seat.kind, weights)
        parts[Part.PREFERENCES] = time_points(person, seat.position_id, seat.day_part_id, weights)
        parts[Part.PREFERENCES] += wish_points(person.venue_wishes.get(station.venue_id), weights)
        parts[Part.DISTANCE] = int(distance_points(np.hypot(x - station_x, y - station_y), weights))
        if station.venue_id in person.earlier_venues:
            parts[Part.EARLIER_TEAM] = weights.earlier_team * EARLIER_VENUE
        return parts

    def _add_team_parts(
        self,
        parts: dict[Part, int],
        person: Person,
        station: Station,
        day_part_id: int,
        teams: dict[tuple[int, int], set[int]],
        met: set[tuple[object, ...]],
    ) -> None:
        cell = (station.id, day_part_id)
        if person.experienced:
            for number, points in enumerate(EXPERIENCED):
                if ("experienced", number, cell) not in met:
                    met.add(("experienced", number, cell))
                    parts[Part.EXPERIENCE_MIX] += self.weights.experience_mix * points
                    break
        for label in sorted(person.labels & station.labels):
            if ("label", label, cell) not in met:
                met.add(("label", label, cell))
                parts[Part.LABELS] += self.weights.labels * LABEL
        for other_id in self.tied[person.id]:
            if other_id in teams[cell]:
                for part, points in self.ties[person.id, other_id].items():
                    parts[part] += points
