"""What the papers of a polling station say: the dossier of its chair, the name badges, the presence list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Prefetch
from django.utils import timezone, translation
from django.utils.formats import date_format

from elections.clock import period_words
from elections.enums import BOARD_POSITIONS, PollingDayKind
from elections.models import Assignment, OpeningHours, PollingStation, Shift, Venue
from elections.queries.coverage_warnings import substitutes
from elections.queries.letter_facts import APPOINTED
from tenants.context import current_municipality

MAP: Final = "https://www.openstreetmap.org/?mlat={lat:.5f}&mlon={lon:.5f}#map=18/{lat:.5f}/{lon:.5f}"
_TURNS: Final = {2: "tweede lid", 3: "derde lid"}
_FEWEST_REPLACEMENTS: Final = 4


@dataclass(frozen=True)
class Seat:
    """A place in a day part, with or without somebody in it. `turn`: "tweede lid" or "derde lid" (art. J 12)."""

    position: str
    hours: str
    is_board: bool
    name: str = ""
    phone: str = ""
    turn: str = ""


@dataclass(frozen=True)
class PartPaper:
    """One day part of a station; `closes` and `counts` say what the people do besides."""

    day: str
    name: str
    hours: str
    is_counting: bool
    seats: tuple[Seat, ...]

    @property
    def people(self) -> tuple[Seat, ...]:
        """The places with somebody in them."""
        return tuple(seat for seat in self.seats if seat.name)

    @property
    def open_seats(self) -> int:
        """How many places are empty."""
        return len(self.seats) - len(self.people)

    @property
    def empty_rows(self) -> range:
        """Rows of the presence list to fill in by hand: one for each empty place, and some for who steps in."""
        return range(max(2, self.open_seats))

    @property
    def replacement_rows(self) -> range:
        """Rows for who goes and who comes in their stead."""
        return range(_FEWEST_REPLACEMENTS)


@dataclass(frozen=True)
class Badge:
    """One badge; `size` is "s", "m" or "l", so that a long name stays on it."""

    name: str
    position: str

    @property
    def size(self) -> str:
        longest = max((len(word) for word in self.name.split()), default=0)
        if len(self.name) <= 20 and longest <= 12:
            return "l"
        return "m" if len(self.name) <= 40 and longest <= 18 else "s"


@dataclass(frozen=True)
class StationPaper:
    """Everything that the papers of one station say, in Dutch and in the municipality's own time."""

    number: int
    name: str
    kind: str
    event: str
    venue: str
    address: tuple[str, ...]
    address_note: str
    map_url: str
    openings: tuple[tuple[str, str], ...]
    is_counting_place: bool
    contact: str
    note: str
    parts: tuple[PartPaper, ...]
    badges: tuple[Badge, ...]
    has_phones: bool

    @property
    def title(self) -> str:
        """The name of the station with its number in front."""
        return f"{self.number} {self.name}"


def station_papers(stations: Iterable[PollingStation], *, with_phones: bool = False) -> list[StationPaper]:
    """What the papers of these stations say, in their order.

    People are those whom the team placed, published or not; whoever only picked or was offered a place is not sure to
    come. with_phones: fill in telephone numbers, but no confidential ones; the caller checks the right.

    The number of queries does not grow with the stations.
    """
    keys = [station.pk for station in stations]
    people = Assignment.objects.filter(state__in=APPOINTED).select_related("member", "shift__position")
    shifts = (
        Shift.objects.select_related("day_part__polling_day", "position")
        .prefetch_related(
            Prefetch("assignments", queryset=people.order_by("member__sort_name", "pk"), to_attr="people")
        )
        .order_by("period", "day_part__name", "position__rank", "pk")
    )
    hours = OpeningHours.objects.select_related("polling_day")
    found = (
        PollingStation.objects.select_related("venue", "event")
        .prefetch_related(Prefetch("shifts", queryset=shifts), Prefetch("opening_hours", queryset=hours))
        .in_bulk(keys)
    )
    with translation.override("nl"), timezone.override(current_municipality().tz):
        return [_paper(found[key], with_phones) for key in keys if key in found]


def _paper(station: PollingStation, with_phones: bool) -> StationPaper:
    venue = station.venue
    by_part: dict[int, list[Any]] = {}
    for shift in station.shifts.all():
        if shift.places or shift.people:  # type: ignore[attr-defined]
            by_part.setdefault(shift.day_part_id, []).append(shift)
    return StationPaper(
        number=station.number,
        name=station.name,
        kind=station.get_kind_display(),
        event=station.event.name,
        venue=venue.name,
        address=tuple(filter(None, (venue.address_line, venue.city_line.replace("  ", " ")))),
        address_note=venue.address_note,
        map_url=_map_url(venue),
        openings=tuple(
            (date_format(row.opens_at, "l j F Y"), period_words(row.opens_at, row.closes_at))
            for row in station.opening_hours.all()
        ),
        is_counting_place=station.is_counting_place,
        contact=station.contact,
        note=station.note,
        parts=tuple(_part(of_part, with_phones) for of_part in by_part.values()),
        badges=_badges(shift for of_part in by_part.values() for shift in of_part),
        has_phones=with_phones,
    )


def _map_url(venue: Venue) -> str:
    if venue.latitude is None or venue.longitude is None:
        return ""
    return MAP.format(lat=venue.latitude, lon=venue.longitude)


def _part(shifts: Sequence[Any], with_phones: bool) -> PartPaper:
    part = shifts[0].day_part
    replacing = substitutes([(shift, shift.people) for shift in shifts])
    turns = {person.pk: _TURNS[place] for place, person in enumerate(replacing, start=2)}
    seats: list[Seat] = []
    for shift in sorted(shifts, key=lambda each: (each.position.rank, each.pk)):
        position, hours = shift.position.name, period_words(shift.period.lower, shift.period.upper)
        is_board = shift.position.kind in BOARD_POSITIONS
        seats += [
            Seat(
                position,
                hours,
                is_board,
                name=person.member.full_name,
                phone=person.member.listed_phone if with_phones else "",
                turn=turns.get(person.pk, ""),
            )
            for person in shift.people
        ]
        seats += [Seat(position, hours, is_board)] * max(0, shift.places - len(shift.people))
    return PartPaper(
        day=date_format(part.polling_day.date, "l j F Y"),
        name=part.name,
        hours=period_words(
            min(shift.period.lower for shift in shifts), max(shift.period.upper for shift in shifts)
        ),
        is_counting=part.polling_day.kind == PollingDayKind.COUNTING,
        seats=tuple(seats),
    )


def _badges(shifts: Iterable[Any]) -> tuple[Badge, ...]:
    """One for each person and position: who comes twice wears the same one."""
    people = {
        (person.member.sort_name, person.member_id, shift.position_id): Badge(
            person.member.informal_name, shift.position.name
        )
        for shift in shifts
        for person in shift.people
    }
    return tuple(badge for _key, badge in sorted(people.items(), key=lambda item: item[0]))
