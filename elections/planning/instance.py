"""What the optimiser is asked: people, seats and rules, as plain data.

The public functions of this package, all without side effects:

    solver.solve(instance, *, seconds=60, threads=2, progress=None) -> Result    HiGHS, with greedy as its fallback
    greedy.greedy(instance) -> Result                                           the instant preview
    points.score(instance, placements) -> Score                                 what any assignment is worth, and why
    compare.compare(instance, before, after) -> Comparison                      who moves, comes in, goes out

`placements` are pairs (person id, seat id). Ids are whatever the caller uses as long as they sort, such as primary
keys. Moments are seconds since 1970 (UTC), so that a night in which the clock changes has its true length.
Results hold codes and numbers; sentences are made by those who show them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields

# What a seat is for. The board of a station is chair, deputy chair and members.
CHAIR, DEPUTY_CHAIR, MEMBER, COUNTER, RESERVE = "chair", "deputy_chair", "member", "counter", "reserve"
KINDS = frozenset({CHAIR, DEPUTY_CHAIR, MEMBER, COUNTER, RESERVE})

# What a person answered for a day part. No answer for it means: not available.
YES, IF_NEEDED = 2, 1

HIGHEST_WEIGHT = 5

Period = tuple[int, int]
Placement = tuple[int, int]


class InstanceError(ValueError):
    """The instance contradicts itself; the message is for the programmer who built it."""


@dataclass(frozen=True)
class Weights:
    """How much each wish counts: 0 is not at all, 3 is normal, 5 is most. Filling a place outweighs them all."""

    chairs_first: int = 3
    preferences: int = 3
    distance: int = 3
    experience_mix: int = 3
    labels: int = 3
    together: int = 3
    earlier_team: int = 3
    spread: int = 3


@dataclass(frozen=True)
class Rules:
    """Hard rules for the work of one person; that no two periods overlap is always one.

    `minimum_rest`: seconds between work on different days.
    `maximum_hours`: of work on one day; None is no maximum.
    `travel`: seconds that somebody needs between two stations. Not a hard rule: less costs points, 0 never does.
    """

    minimum_rest: int = 0
    maximum_hours: float | None = None
    travel: int = 0


@dataclass(frozen=True)
class Station:
    """A polling station. `x`, `y`: metres on a flat grid such as Rijksdriehoek. `labels`: wanted in each day part."""

    id: int
    venue_id: int
    x: float | None = None
    y: float | None = None
    labels: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Seat:
    """A shift: work at a station in a day part for a position. `places` are still to be filled: taken ones are off.

    `day`: the date of the polling day as a number that goes up by one a day, such as date.toordinal(). Two polling
    days of one date, for voting and for counting, are one day for rest and hours.
    """

    id: int
    station_id: int
    day_part_id: int
    position_id: int
    day: int
    kind: str
    start: int
    end: int
    places: int


@dataclass(frozen=True)
class Person:
    """Somebody who may be placed.

    `answers`: day part id -> YES or IF_NEEDED; a day part that is not in it is a no.
    `answered`: whether the person answered at all; tells "said no" from "did not say".
    `allowed`: (position id, day part id) that the hard rules for the person permit: kind, age, training, candidacy.
    `obstacles`: for pairs that are not allowed but could be, the codes of what stands in the way, such as
    {"training"}; only used to find remedies.
    Wishes: id -> rank, 1 is dearest. `companions` are the people this person asked to sit with.
    `busy`: periods of work outside these seats.
    `earlier_venues`, `earlier_colleagues`: where and with whom the person sat in the last event.
    """

    id: int
    answers: Mapping[int, int] = field(default_factory=dict)
    allowed: frozenset[tuple[int, int]] = frozenset()
    obstacles: Mapping[tuple[int, int], frozenset[str]] = field(default_factory=dict)
    answered: bool = True
    position_wishes: Mapping[int, int] = field(default_factory=dict)
    day_part_wishes: Mapping[int, int] = field(default_factory=dict)
    venue_wishes: Mapping[int, int] = field(default_factory=dict)
    x: float | None = None
    y: float | None = None
    experienced: bool = False
    labels: frozenset[int] = frozenset()
    busy: tuple[Period, ...] = ()
    earlier_venues: frozenset[int] = frozenset()
    earlier_colleagues: frozenset[int] = frozenset()
    companions: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Instance:
    """One question to the optimiser. `fixed` are placements that stay, whatever the rules say about them."""

    people: Collection[Person]
    stations: Collection[Station]
    seats: Collection[Seat]
    fixed: Collection[Placement] = ()
    rules: Rules = Rules()
    weights: Weights = Weights()

    def validate(self) -> None:
        """Raise InstanceError when ids repeat or point nowhere, or when a number cannot be."""
        people = _unique("person", [person.id for person in self.people])
        stations = _unique("station", [station.id for station in self.stations])
        seats = _unique("seat", [seat.id for seat in self.seats])
        for seat in self.seats:
            _demand(seat.station_id in stations, f"seat {seat.id} is at no station of the instance")
            _demand(seat.kind in KINDS, f"seat {seat.id} has the unknown kind {seat.kind}")
            _demand(seat.start < seat.end, f"seat {seat.id} ends before it starts")
            _demand(seat.places >= 0, f"seat {seat.id} has fewer than no places")
        for person in self.people:
            _demand(
                set(person.answers.values()) <= {YES, IF_NEEDED}, f"person {person.id} has an unknown answer"
            )
            _demand(all(start < end for start, end in person.busy), f"person {person.id} is busy backwards")
            _demand(person.id not in person.companions, f"person {person.id} wants to sit with themselves")
        _demand(len(set(self.fixed)) == len(self.fixed), "a fixed placement is there twice")
        for person_id, seat_id in self.fixed:
            _demand(
                person_id in people and seat_id in seats, f"fixed ({person_id}, {seat_id}) points nowhere"
            )
        for weight in fields(self.weights):
            value = getattr(self.weights, weight.name)
            _demand(
                isinstance(value, int) and 0 <= value <= HIGHEST_WEIGHT, f"weight {weight.name} is {value}"
            )
        _demand(self.rules.minimum_rest >= 0, "the minimum rest is below zero")
        _demand(self.rules.travel >= 0, "the time to travel is below zero")


def _unique(noun: str, ids: list[int]) -> set[int]:
    _demand(len(set(ids)) == len(ids), f"a {noun} id is there twice")
    return set(ids)


def _demand(holds: bool, message: str) -> None:
    if not holds:
        raise InstanceError(message)
