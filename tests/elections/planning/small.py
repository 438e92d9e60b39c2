"""Small questions for the optimiser: a day of two parts, with only what a test is about."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from elections.planning.instance import CHAIR, MEMBER, YES, Instance, Person, Rules, Seat, Station, Weights

MORNING, EVENING, NEXT_DAY = 1, 2, 3
HOURS = {MORNING: (7, 14), EVENING: (14, 23), NEXT_DAY: (33, 41)}
CHAIRS, MEMBERS = 10, 30  # positions
POSITIONS = {CHAIR: CHAIRS, MEMBER: MEMBERS}
NO_WEIGHTS = dict.fromkeys(vars(Weights()), 0)


def moment(text):
    """Seconds since 1970 of a local time in the Netherlands."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Amsterdam")).timestamp())


MIDNIGHT = moment("2027-03-17T00:00")


def station(number, **fields):
    return Station(id=number, venue_id=fields.pop("venue_id", number), **fields)


def seat(number, at=1, part=MORNING, kind=MEMBER, **fields):
    start, end = HOURS[part]
    given = {
        "day_part_id": part,
        "position_id": POSITIONS.get(kind, 90),
        "day": 2 if part == NEXT_DAY else 1,
        "start": MIDNIGHT + start * 3600,
        "end": MIDNIGHT + end * 3600,
        "places": 1,
    }
    return Seat(id=number, station_id=at, kind=kind, **given | fields)


def person(number, parts=(MORNING,), positions=(MEMBERS,), **fields):
    given = {
        "answers": dict.fromkeys(parts, YES),
        "allowed": frozenset((position, part) for position in positions for part in HOURS),
    }
    return Person(id=number, **given | fields)


def ask(people, seats, *, stations=None, rules=None, fixed=(), **weights):
    """An instance in which only the weights that are named count."""
    if stations is None:
        stations = [station(number) for number in sorted({one.station_id for one in seats})]
    return Instance(
        people=people,
        stations=stations,
        seats=seats,
        fixed=fixed,
        rules=rules or Rules(),
        weights=replace(Weights(**NO_WEIGHTS), **weights),
    )
