"""An invented city for the rows about the optimiser: always the same one for a size and a seed."""

from dataclasses import dataclass
from random import Random

from elections.planning.instance import (
    CHAIR,
    DEPUTY_CHAIR,
    IF_NEEDED,
    MEMBER,
    YES,
    Instance,
    Person,
    Rules,
    Seat,
    Station,
)

HOUR = 3600
DAY_START = 1_805_256_000  # 17 March 2027, 00:00 in the Netherlands
DAY_PARTS = {1: (7, 14), 2: (14, 23)}
POSITIONS = {1: (CHAIR, 1), 2: (DEPUTY_CHAIR, 1), 3: (MEMBER, 4)}
LABELS = (1, 2, 3)
CLOSED = 0.05  # of the venues of last time are not used now


@dataclass(frozen=True)
class Size:
    """`width` in metres: of the square that the city covers."""

    stations: int
    people: int
    couples: int
    width: float


AMSTERDAM = Size(stations=600, people=5_000, couples=166, width=18_000)
JUINEN = Size(stations=26, people=270, couples=9, width=9_000)


def city(size: Size, seed: int = 2027) -> Instance:
    """A polling day in two parts, a board of six per part, too few chairs, and all wishes that there are."""
    random = Random(seed)
    stations = [_station(number, size, random) for number in range(1, size.stations + 1)]
    people = [_person(number, size, stations, random) for number in range(1, size.people + 1)]
    return Instance(
        people=_with_ties(people, size, random),
        stations=stations,
        seats=[seat for station in stations for seat in _seats(station)],
        rules=Rules(minimum_rest=10 * HOUR, maximum_hours=17),
    )


def _station(number: int, size: Size, random: Random) -> Station:
    labels = {random.choice(LABELS)} if random.random() < 0.15 else set()
    return Station(
        number, number, random.uniform(0, size.width), random.uniform(0, size.width), frozenset(labels)
    )


def _seats(station: Station) -> list[Seat]:
    return [
        Seat(
            id=station.id * 100 + part * 10 + position,
            station_id=station.id,
            day_part_id=part,
            position_id=position,
            day=1,
            kind=kind,
            start=DAY_START + begin * HOUR,
            end=DAY_START + end * HOUR,
            places=places,
        )
        for part, (begin, end) in DAY_PARTS.items()
        for position, (kind, places) in POSITIONS.items()
    ]


def _person(number: int, size: Size, stations: list[Station], random: Random) -> Person:
    """20 % come in the morning, 20 % in the afternoon, 60 % all day; 13 % may be chair, 33 % deputy chair."""
    x, y = random.uniform(0, size.width), random.uniform(0, size.width)
    whole_day = random.choices(((1,), (2,), (1, 2)), (20, 20, 60))[0]
    answers = {part: YES if random.random() < 0.8 else IF_NEEDED for part in whole_day}
    rank = random.random()
    positions = {3} | ({2} if rank < 0.33 else set()) | ({1} if rank < 0.13 else set())
    untrained = random.random() < 0.05
    pairs = frozenset((position, part) for position in positions for part in DAY_PARTS)
    nearby = sorted(stations, key=lambda station: (station.x - x) ** 2 + (station.y - y) ** 2)[:25]
    wished = random.sample(nearby, random.choice((0, 1, 2, 3)))
    experienced = rank < 0.13 or random.random() < 0.4
    return Person(
        id=number,
        answers=answers,
        allowed=frozenset() if untrained else pairs,
        obstacles=dict.fromkeys(pairs, frozenset({"training"})) if untrained else {},
        position_wishes={min(positions): 1} if random.random() < 0.5 else {},
        day_part_wishes={random.choice(whole_day): 1} if random.random() < 0.3 else {},
        venue_wishes={station.venue_id: place for place, station in enumerate(wished, 1)},
        x=x,
        y=y,
        experienced=experienced,
        labels=frozenset(label for label in LABELS if random.random() < 0.06),
        earlier_venues=frozenset({random.choice(nearby[:10]).venue_id})
        if experienced and random.random() < 0.7
        else frozenset(),
    )


def _with_ties(people: list[Person], size: Size, random: Random) -> list[Person]:
    """The same people with the couples who ask for each other, and the teams of last time."""
    teams: dict[int, set[int]] = {}
    for person in people:
        for venue in person.earlier_venues:
            teams.setdefault(venue, set()).add(person.id)
    closed = set(random.sample(sorted(teams), int(CLOSED * len(teams))))
    drawn = random.sample([person.id for person in people], 2 * size.couples)
    partner: dict[int, int] = {}
    for one, other in zip(drawn[::2], drawn[1::2], strict=True):
        partner[one] = other
        if random.random() < 0.7:
            partner[other] = one
    ties = []
    for person in people:
        colleagues = frozenset().union(*(teams[venue] for venue in person.earlier_venues)) - {person.id}
        venues = frozenset(10_000 + venue if venue in closed else venue for venue in person.earlier_venues)
        fields = vars(person) | {
            "earlier_venues": venues,
            "earlier_colleagues": colleagues,
            "companions": frozenset({partner[person.id]} if person.id in partner else ()),
        }
        ties.append(Person(**fields))
    return ties
