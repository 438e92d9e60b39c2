"""Places that a member may pick, and where they stand with what they picked."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, overload

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from elections.distance import homes, metres, points, words
from elections.eligibility import Work, work_from
from elections.enums import UNDECIDED_ASSIGNMENT_STATES, AssignmentState, AvailabilityAnswer, WaitKind
from elections.models import (
    Assignment,
    Availability,
    DayPart,
    ElectionEvent,
    Member,
    PollingStation,
    Position,
    Shift,
    Venue,
    WaitlistEntry,
)
from elections.models.fields import SortKey
from elections.queries.offer import offered_day_parts, offered_positions, offered_shifts
from elections.queries.own_choice import OWN_SOURCES, refused_by_team
from elections.queries.place_offer import Judge
from elections.queries.shift import taken_places

SHIFT_WORDS: Final = ("polling_station__venue", "day_part__polling_day", "position")
_SPACE: Final = Value(" ")
_STATION_TEXT: Final = Concat(
    Cast("number", CharField()),
    _SPACE,
    "name",
    _SPACE,
    "venue__name",
    _SPACE,
    "venue__street",
    _SPACE,
    "venue__postcode",
    _SPACE,
    "venue__city",
)


@dataclass(frozen=True)
class Place:
    """A shift that a member may pick: how many places are free, and how far it is from home (metres, estimated)."""

    shift: Shift
    free: int
    metres: float | None

    @property
    def distance(self) -> str:
        """As on the screen: "ongeveer 1,2 km"; empty when it is not known where the member lives."""
        return "" if self.metres is None else words(self.metres)


@dataclass(frozen=True)
class Choice:
    """One answer to a question about places, with how many places are free there for this member."""

    key: str
    label: str
    free: int


@dataclass(frozen=True)
class _Row:
    """A shift in the few facts that choosing needs: thousands are looked at, only a page of them is shown."""

    pk: int
    part: int
    position: int
    station: int
    number: int
    period: Any
    free: int
    metres: float | None

    @property
    def nearest_first(self) -> tuple[float, int, Any]:
        return (math.inf if self.metres is None else self.metres, self.number, self.period.lower)

    @property
    def by_number(self) -> tuple[int, Any]:
        return (self.number, self.period.lower)


class FreePlaces:
    """All that is free for one member: position, age, training, no overlap, rest, hours, and room.

    A constant number of queries, however many stations there are. `is_near_known`: whether the list can be put in
    order of distance. full: the shifts without room instead, for who wants to wait for one. What lies in a day part
    to which the member said no is left out; `refused_parts` are the day parts for which that made a difference.
    """

    def __init__(self, member: Member, event: ElectionEvent, *, full: bool = False) -> None:
        refusals = Availability.objects.filter(
            member=member, day_part=OuterRef("pk"), answer=AvailabilityAnswer.NO
        )
        parts = offered_day_parts(event).annotate(is_refused=Exists(refusals))
        self._parts = {part.pk: part for part in parts}
        self._positions = {position.pk: position for position in offered_positions(event)}
        judge = Judge(event, [member])
        fit = [
            row
            for row in self._shifts(member, event, full)
            if not judge.against_work(member, *self._facts(row))
        ]
        refused = {pk for pk, part in self._parts.items() if part.is_refused}
        self._rows = [row for row in fit if row.part not in refused]
        left_out = {row.part for row in fit} & refused
        self.refused_parts = [part for pk, part in self._parts.items() if pk in left_out]
        self.is_near_known = any(row.metres is not None for row in self._rows)

    def _shifts(self, member: Member, event: ElectionEvent, full: bool) -> Iterator[_Row]:
        distances = venue_distances(member, event)
        shifts = offered_shifts(event).filter(
            period__startswith__gt=timezone.now(), position__in=list(self._positions)
        )
        counted = shifts.annotate(free=F("places") - taken_places()).order_by()
        wanted = counted.filter(free__lte=0) if full else counted.filter(free__gt=0)
        for pk, part, position, station, number, venue, period, free in wanted.values_list(
            "pk",
            "day_part_id",
            "position_id",
            "polling_station_id",
            "polling_station__number",
            "polling_station__venue_id",
            "period",
            "free",
        ):
            yield _Row(pk, part, position, station, number, period, free, distances.get(venue))

    def _facts(self, row: _Row) -> tuple[Work, tuple[int, int, int]]:
        position = self._positions[row.position]
        day = self._parts[row.part].polling_day.date
        work = work_from(position.kind, position.minimum_age, position.needs_training, day, row.period)
        return work, (row.pk, row.station, row.part)

    @property
    def count(self) -> int:
        """Places, not shifts."""
        return sum(row.free for row in self._rows)

    def day_parts(self) -> list[tuple[DayPart, int]]:
        """The day parts with a free place, in order of time, each with how many."""
        counts = self._counts("part")
        return [(part, counts[pk]) for pk, part in self._parts.items() if counts[pk]]

    def positions(self, part: DayPart | None = None) -> list[tuple[Position, int]]:
        """The positions with a free place (in `part`), by rank, each with how many."""
        counts = self._counts("position", part)
        return [(position, counts[pk]) for pk, position in self._positions.items() if counts[pk]]

    def _counts(self, field: str, part: DayPart | None = None) -> Counter[int]:
        counts: Counter[int] = Counter()
        for row in self._rows:
            if part is None or row.part == part.pk:
                counts[getattr(row, field)] += row.free
        return counts

    def places(
        self,
        *,
        part: DayPart | None = None,
        position: Position | None = None,
        search: str = "",
        by_number: bool = False,
    ) -> "PlaceList":
        """What is free, the nearest first, or by the number of the station.

        search: words that must all occur in the station's number or name, or in the venue's name or address.
        """
        rows = [
            row
            for row in self._rows
            if (part is None or row.part == part.pk) and (position is None or row.position == position.pk)
        ]
        if search.strip():
            stations = stations_found(search)
            rows = [row for row in rows if row.station in stations]
        rows.sort(key=lambda row: row.by_number if by_number else row.nearest_first)
        return PlaceList(rows)

    def nearest_to(self, shift: Shift, *, limit: int = 5) -> list[Place]:
        """What somebody who came too late for `shift` may want: the same time and work first, then near by."""
        others = [row for row in self._rows if row.pk != shift.pk]
        others.sort(
            key=lambda row: (
                row.part != shift.day_part_id,
                row.position != shift.position_id,
                row.station != shift.polling_station_id,
                row.nearest_first,
            )
        )
        return PlaceList(others)[:limit]


class PlaceList(Sequence[Place]):
    """Places in their order, for a paginator; only the part that is asked for is read whole. One query a slice."""

    def __init__(self, rows: list[_Row]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Place: ...
    @overload
    def __getitem__(self, index: slice) -> list[Place]: ...
    def __getitem__(self, index: int | slice) -> Place | list[Place]:
        if isinstance(index, int):
            return self[slice(index, index + 1 or None)][0]
        rows = self._rows[index]
        shifts = Shift.objects.select_related(*SHIFT_WORDS).in_bulk([row.pk for row in rows])
        return [Place(shifts[row.pk], row.free, row.metres) for row in rows if row.pk in shifts]


def stations_found(search: str) -> set[int]:
    """Keys of the polling stations in whose number, name or address every word of `search` occurs."""
    stations = PollingStation.objects.annotate(search_text=SortKey(_STATION_TEXT))
    for word in search.replace("\x00", "").split():
        stations = stations.filter(search_text__contains=SortKey(Value(word)))
    return set(stations.order_by().values_list("pk", flat=True))


@dataclass(frozen=True)
class Waiting:
    """A member's entry in the line of a shift. `number`: their place in the line, from 1; 0 for an alert.

    `skipped`: why they would be passed over if a place opened now; has_room: there is a place right now.
    """

    entry: WaitlistEntry
    number: int
    has_room: bool
    skipped: list[str]


@dataclass(frozen=True)
class OwnPlaces:
    """What a member picked, was offered and waits for in one event."""

    offers: list[Assignment]
    chosen: list[Assignment]
    ended: list[Assignment]
    waiting: list[Waiting]

    @property
    def is_empty(self) -> bool:
        return not (self.offers or self.chosen or self.ended or self.waiting)


def known_to_member() -> Q:
    """Places that the member knows of: picked, offered, accepted or published; not what the team is still planning."""
    # Who accepted an offer and was moved by the team did not say yes to the new place; the deadline tells of the offer.
    chosen = Q(source__in=OWN_SOURCES) | Q(accepted_at__isnull=False) | Q(answer_due_at__isnull=False)
    return (
        Q(state__in=UNDECIDED_ASSIGNMENT_STATES)
        | Q(state=AssignmentState.CONFIRMED) & chosen
        | Q(state=AssignmentState.PUBLISHED)
    )


def open_offers(member: Member, event: ElectionEvent) -> QuerySet[Assignment]:
    """Places that wait for this member's yes or no, and still may."""
    return Assignment.objects.of_event(event).filter(
        member=member, state=AssignmentState.PROPOSED, answer_due_at__gt=timezone.now()
    )


def own_places(member: Member, event: ElectionEvent) -> OwnPlaces:
    """Where the member stands; at most nine queries, of which six only for who waits in a line."""
    places = list(
        Assignment.objects.of_event(event)
        .filter(member=member)
        .filter(known_to_member() | _told_no())
        .select_related(*(f"shift__{path}" for path in SHIFT_WORDS))
        .order_by("period", "pk")
    )
    now = timezone.now()
    offers = [
        place
        for place in places
        if place.state == AssignmentState.PROPOSED and place.answer_due_at and place.answer_due_at > now
    ]
    ended = [place for place in places if place.state == AssignmentState.CANCELLED]
    chosen = [
        place for place in places if place.state not in (AssignmentState.PROPOSED, AssignmentState.CANCELLED)
    ]
    return OwnPlaces(offers, chosen, ended, _waiting_of(member, event))


def _told_no() -> Q:
    """What the team refused or took back, and offers that nobody answered in time."""
    offered = Q(state=AssignmentState.CANCELLED, answer_due_at__isnull=False, published_at=None)
    return refused_by_team() | offered


def venue_distances(member: Member, event: ElectionEvent) -> dict[int, float]:
    """About how many metres each venue of the event is from the member's home, by primary key. One query.

    Empty when that cannot be told.
    """
    places = ("rd_x", "rd_y", "latitude", "longitude", "postcode")
    venues = list(Venue.objects.filter(polling_stations__event=event).only(*places).distinct())
    home = homes({member.pk: member.postcode}, venues).get(member.pk)
    return {} if home is None else {key: metres(home, point) for key, point in points(venues).items()}


def _waiting_of(member: Member, event: ElectionEvent) -> list[Waiting]:
    earlier = (
        WaitlistEntry.objects.filter(shift=OuterRef("shift"), kind=WaitKind.LINE)
        .filter(
            Q(joined_at__lt=OuterRef("joined_at"))
            | Q(joined_at=OuterRef("joined_at"), pk__lte=OuterRef("pk"))
        )
        .order_by()
        .values("shift")
        .annotate(count=Count("pk"))
        .values("count")
    )
    entries = list(
        WaitlistEntry.objects.of_event(event)
        .filter(member=member)
        .select_related(*(f"shift__{path}" for path in SHIFT_WORDS))
        .annotate(number=Coalesce(Subquery(earlier), 0))
        .order_by("shift__period", "pk")
    )
    if not entries:
        return []
    free = dict(
        Shift.objects.filter(pk__in=[entry.shift_id for entry in entries])
        .annotate(free=F("places") - taken_places())
        .values_list("pk", "free")
    )
    judge = Judge(event, [member])
    return [
        Waiting(
            entry,
            entry.number if entry.kind == WaitKind.LINE else 0,
            free[entry.shift_id] > 0,
            judge.against(member, entry.shift),
        )
        for entry in entries
    ]


def may_give_back(assignment: Assignment) -> bool:
    """Whether this is a place that the member picked or accepted, and that is not published yet."""
    own = assignment.source in OWN_SOURCES or (assignment.accepted_at or assignment.answer_due_at) is not None
    return assignment.state == AssignmentState.RESERVED or (
        assignment.state == AssignmentState.CONFIRMED and own
    )
