"""How well the polling stations of an event are staffed, and where the law is not met yet."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.enums import BOARD_POSITIONS, PollingDayKind, PositionKind
from elections.models import Assignment, DayPart, ElectionEvent, PollingStation, Position, Shift

LEAST_BOARD_MEMBERS: Final = 3  # Kieswet art. E 3 and J 12: the chair and two members, at every moment
CHAIRS: Final = (PositionKind.CHAIR, PositionKind.DEPUTY_CHAIR)


@dataclass(frozen=True)
class CoverageWarning:
    """Something that staff must mend. `tone` is "error" where the law is broken, "warning" elsewhere."""

    code: str  # "no_chair", "too_few", "under_age", "open_places" or "no_shifts"
    text: str
    tone: str


@dataclass
class ShiftCoverage:
    """One shift and the people in it, in order of name."""

    shift: Shift
    assignments: list[Assignment] = field(default_factory=list)

    @property
    def filled(self) -> int:
        return len(self.assignments)

    @property
    def open_places(self) -> range:
        """One number for each open place, to draw a row for it."""
        return range(max(0, self.shift.places - self.filled))


@dataclass
class PartCoverage:
    """One polling station in one day part."""

    day_part: DayPart
    shifts: list[ShiftCoverage] = field(default_factory=list)
    warnings: list[CoverageWarning] = field(default_factory=list)

    @property
    def places(self) -> int:
        return sum(shift.shift.places for shift in self.shifts)

    @property
    def filled(self) -> int:
        return sum(min(shift.filled, shift.shift.places) for shift in self.shifts)

    @property
    def open(self) -> int:
        return sum(len(shift.open_places) for shift in self.shifts)

    @property
    def tone(self) -> str:
        """The worst of its warnings, or "ok"."""
        tones = {warning.tone for warning in self.warnings}
        return "error" if "error" in tones else "warning" if tones else "ok"


@dataclass
class StationCoverage:
    """One polling station: its parts in the order of the event's day parts; None where it has no shifts."""

    station: PollingStation
    parts: list[PartCoverage | None]

    @property
    def own_parts(self) -> list[PartCoverage]:
        return [part for part in self.parts if part]

    @property
    def places(self) -> int:
        return sum(part.places for part in self.own_parts)

    @property
    def filled(self) -> int:
        return sum(part.filled for part in self.own_parts)

    @property
    def open(self) -> int:
        return sum(part.open for part in self.own_parts)

    @property
    def warnings(self) -> list[CoverageWarning]:
        if not self.own_parts:
            return [CoverageWarning("no_shifts", _("Nog geen diensten"), "warning")]
        return [warning for part in self.own_parts for warning in part.warnings]

    @property
    def has_gap(self) -> bool:
        """Whether anything is left to do here."""
        return bool(self.warnings)

    @property
    def unlawful(self) -> list[str]:
        """Where the law is not met, as sentences such as "Ochtend: geen voorzitter"."""
        return [
            f"{part.day_part.name}: {warning.text[0].lower()}{warning.text[1:]}"
            for part in self.own_parts
            for warning in part.warnings
            if warning.tone == "error"
        ]

    @property
    def breaks_law(self) -> bool:
        return bool(self.unlawful)


@dataclass(frozen=True)
class EventCoverage:
    """All polling stations of an event, or a selection, against the day parts in which one of them works."""

    day_parts: list[DayPart]
    stations: list[StationCoverage]

    @property
    def places(self) -> int:
        return sum(station.places for station in self.stations)

    @property
    def filled(self) -> int:
        return sum(station.filled for station in self.stations)

    @property
    def open(self) -> int:
        return sum(station.open for station in self.stations)


def coverage(
    event: ElectionEvent,
    *,
    stations: QuerySet[PollingStation] | None = None,
    position: Position | None = None,
) -> EventCoverage:
    """Places, people and warnings per polling station and day part. Four queries, whatever the size.

    stations: only these; all of the event when left out.
    position: count and show only its shifts; the warnings about the law still look at everybody.
    """
    rows = event.polling_stations.all() if stations is None else stations
    chosen = list(rows.select_related("venue").order_by("number"))
    ids = [station.pk for station in chosen]
    day_parts = list(DayPart.objects.filter(polling_day__event=event).select_related("polling_day"))
    by_part = {part.pk: part for part in day_parts}
    shifts: dict[int, ShiftCoverage] = {}
    by_station: dict[int, dict[int, list[ShiftCoverage]]] = defaultdict(lambda: defaultdict(list))
    found_shifts = Shift.objects.filter(polling_station__in=ids).select_related("position")
    for shift in found_shifts.order_by("position__rank", "pk"):
        shift.day_part = by_part[shift.day_part_id]
        shifts[shift.pk] = ShiftCoverage(shift)
        by_station[shift.polling_station_id][shift.day_part_id].append(shifts[shift.pk])
    people = Assignment.objects.active().filter(shift__polling_station__in=ids).select_related("member")
    for assignment in people.order_by("member__sort_name"):
        shifts[assignment.shift_id].assignments.append(assignment)
    found = []
    for station in chosen:
        parts: list[PartCoverage | None] = []
        for day_part in day_parts:
            part = _part(day_part, by_station[station.pk], position)
            for shift_coverage in part.shifts if part else ():
                shift_coverage.shift.polling_station = station
            parts.append(part)
        found.append(StationCoverage(station, parts))
    return _without_empty_columns(day_parts, found)


def _without_empty_columns(day_parts: list[DayPart], stations: list[StationCoverage]) -> EventCoverage:
    """Leave out day parts in which none of these stations has a shift, such as central counting."""
    used = [index for index in range(len(day_parts)) if any(station.parts[index] for station in stations)]
    for station in stations:
        station.parts = [station.parts[index] for index in used]
    return EventCoverage([day_parts[index] for index in used], stations)


def _part(
    day_part: DayPart, shifts_by_part: dict[int, list[ShiftCoverage]], position: Position | None
) -> PartCoverage | None:
    everything = shifts_by_part.get(day_part.pk, [])
    shown = [s for s in everything if position is None or s.shift.position_id == position.pk]
    if not shown:
        return None
    part = PartCoverage(day_part, shown)
    all_day = [s for part_shifts in shifts_by_part.values() for s in part_shifts]
    part.warnings = [*_board_warnings(day_part, everything, all_day), *_age_warnings(day_part, shown)]
    if part.open:
        text = ngettext("%(count)s plaats open", "%(count)s plaatsen open", part.open) % {"count": part.open}
        part.warnings.append(CoverageWarning("open_places", text, "warning"))
    return part


def _board_warnings(
    day_part: DayPart, part_shifts: list[ShiftCoverage], station_shifts: list[ShiftCoverage]
) -> Iterable[CoverageWarning]:
    """No chair, or fewer than three board members, at some moment of this day part.

    Only for voting days and for parts in which the board works: counters come on top of it. Whoever works at the
    same moment in another day part of this station counts too.
    """
    if day_part.polling_day.kind == PollingDayKind.COUNTING:
        return
    periods = [s.shift.period for s in part_shifts if s.shift.position.kind in BOARD_POSITIONS]
    if not periods:
        return
    start, end = min(p.lower for p in periods), max(p.upper for p in periods)
    board = [
        (
            s.shift.position.kind in CHAIRS,
            assignment.period.lower,
            assignment.period.upper,
            assignment.member_id,
        )
        for s in station_shifts
        if s.shift.position.kind in BOARD_POSITIONS
        for assignment in s.assignments
    ]
    moments = sorted({start, *(moment for row in board for moment in row[1:3] if start < moment < end)})
    chairless: datetime | None = None
    fewest, fewest_at = LEAST_BOARD_MEMBERS, None
    for moment in moments:
        present = {member for _chair, begin, until, member in board if begin <= moment < until}
        if chairless is None and not any(
            chair and begin <= moment < until for chair, begin, until, _m in board
        ):
            chairless = moment
        if len(present) < fewest:
            fewest, fewest_at = len(present), moment
    if chairless:
        yield CoverageWarning("no_chair", _from(_("Geen voorzitter"), chairless, start), "error")
    if fewest_at:
        few = ngettext("Maar %(count)s lid aanwezig", "Maar %(count)s leden aanwezig", fewest) % {
            "count": fewest
        }
        text = few if fewest else _("Niemand aanwezig")
        yield CoverageWarning("too_few", _from(text, fewest_at, start), "error")


def _from(text: str, moment: datetime, start: datetime) -> str:
    """`text`, with the time when it does not begin with the day part."""
    if moment == start:
        return text
    return _("%(text)s vanaf %(time)s uur") % {"text": text, "time": f"{timezone.localtime(moment):%H.%M}"}


def _age_warnings(day_part: DayPart, shifts: list[ShiftCoverage]) -> Iterable[CoverageWarning]:
    """Kieswet art. E 4: 18 on the day of the vote. A birth date may be corrected after the assignment."""
    for shift in shifts:
        for assignment in shift.assignments:
            age = assignment.member.age_on(day_part.polling_day.date)
            if age is not None and age < shift.shift.position.minimum_age:
                text = _("%(name)s is %(age)s jaar") % {"name": assignment.member.full_name, "age": age}
                yield CoverageWarning("under_age", text, "error")
