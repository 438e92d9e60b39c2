"""How well the polling stations of an event are staffed, and where the law is not met yet."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.enums import PollingDayKind
from elections.models import (
    Assignment,
    DayPart,
    ElectionEvent,
    OpeningHours,
    PollingStation,
    Position,
    Shift,
)
from elections.queries.coverage_warnings import (
    CoverageWarning,
    PeopleWarnings,
    Team,
    board_warnings,
    opening_warnings,
    substitutes,
    with_facts,
)


@dataclass(frozen=True)
class Taken:
    """A place and who has it. `turn` is 2 or 3 for the second and third member, who replace the chair (J 12)."""

    assignment: Assignment
    warnings: list[CoverageWarning]
    turn: int | None = None

    @property
    def tone(self) -> str:
        """The worst of its warnings, or "ok"."""
        return _worst(self.warnings)

    @property
    def turn_words(self) -> str:
        """What the board calls this member; empty for anybody else."""
        return {2: _("tweede lid"), 3: _("derde lid")}.get(self.turn or 0, "")


@dataclass
class ShiftCoverage:
    """One shift and the people in it, in order of name."""

    shift: Shift
    assignments: list[Assignment] = field(default_factory=list)
    # The same people, with what is the matter with each.
    taken: list[Taken] = field(default_factory=list)

    @property
    def filled(self) -> int:
        return len(self.assignments)

    @property
    def kind(self) -> str:
        """The name of its kind of work: what speaks against a person here does so in all shifts of this kind."""
        return kind_of_work(self.shift)

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
    def begins_at(self) -> datetime:
        return min(shift.shift.period.lower for shift in self.shifts)

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
        return _worst(self.warnings)


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


def kind_of_work(shift: Shift) -> str:
    """One name for all shifts with this day part, position and period: for a person they are alike."""
    moments = (int(moment.timestamp()) for moment in (shift.period.lower, shift.period.upper))
    return "-".join(str(part) for part in (shift.day_part_id, shift.position_id, *moments))


def coverage(
    event: ElectionEvent,
    *,
    stations: QuerySet[PollingStation] | None = None,
    position: Position | None = None,
) -> EventCoverage:
    """Places, people and warnings per polling station and day part. At most seven queries, whatever the size.

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
    sitting = Assignment.objects.active().filter(shift__polling_station__in=ids)
    with_members = with_facts(sitting, event).select_related("member").defer("period")
    people: list[Assignment] = list(with_members.order_by("member__sort_name"))
    for assignment in people:
        assignment.shift = shifts[assignment.shift_id].shift
        # The database keeps them equal, and ranges are slow to read.
        assignment.period = assignment.shift.period
        shifts[assignment.shift_id].assignments.append(assignment)
    warnings = PeopleWarnings(event, people)
    hours = _hours_of_voting(ids)
    found = []
    for station in chosen:
        parts: list[PartCoverage | None] = []
        for day_part in day_parts:
            part = _part(day_part, by_station[station.pk], position, warnings)
            for shift_coverage in part.shifts if part else ():
                shift_coverage.shift.polling_station = station
            parts.append(part)
        _warn_of_open_hours(hours[station.pk], by_station[station.pk], parts)
        found.append(StationCoverage(station, parts))
    return _without_empty_columns(day_parts, found)


def stations_within_law(event: ElectionEvent) -> set[int]:
    """Primary keys of the stations that have shifts and where nothing breaks the law, by the plan of now."""
    found = coverage(event).stations
    return {row.station.pk for row in found if row.own_parts and not row.breaks_law}


def _without_empty_columns(day_parts: list[DayPart], stations: list[StationCoverage]) -> EventCoverage:
    """Leave out day parts in which none of these stations has a shift, such as central counting."""
    used = [index for index in range(len(day_parts)) if any(station.parts[index] for station in stations)]
    for station in stations:
        station.parts = [station.parts[index] for index in used]
    return EventCoverage([day_parts[index] for index in used], stations)


def _part(
    day_part: DayPart,
    shifts_by_part: dict[int, list[ShiftCoverage]],
    position: Position | None,
    people: PeopleWarnings,
) -> PartCoverage | None:
    everything = shifts_by_part.get(day_part.pk, [])
    shown = [s for s in everything if position is None or s.shift.position_id == position.pk]
    if not shown:
        return None
    part = PartCoverage(day_part, shown)
    all_day = [s for part_shifts in shifts_by_part.values() for s in part_shifts]
    turns = {person.pk: turn for turn, person in enumerate(substitutes(_team(everything)), 2)}
    for shift in shown:
        shift.taken = [
            Taken(assignment, people.of(assignment), turns.get(assignment.pk))
            for assignment in shift.assignments
        ]
    part.warnings = [
        *board_warnings(day_part, _team(everything), _team(all_day)),
        *(warning for shift in shown for taken in shift.taken for warning in taken.warnings),
    ]
    if part.open:
        text = ngettext("%(count)s plaats open", "%(count)s plaatsen open", part.open) % {"count": part.open}
        part.warnings.append(CoverageWarning("open_places", text, "warning"))
    return part


def lawful_stations(event: ElectionEvent, *plans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of each plan, pairs of a member and a shift: how many stations meet the law, and how many have shifts.

    By the rules for a board, which `coverage` uses too; of the people themselves a plan has none that may not sit on
    one. Four queries, whatever the size.
    """
    by_station: dict[int, dict[int, list[Shift]]] = defaultdict(lambda: defaultdict(list))
    shifts = Shift.objects.filter(polling_station__event=event)
    for shift in shifts.select_related("position", "day_part__polling_day"):
        by_station[shift.polling_station_id][shift.day_part_id].append(shift)
    hours = _hours_of_voting(list(by_station))
    return [
        (
            sum(_is_lawful(parts, hours[station], people) for station, parts in by_station.items()),
            len(by_station),
        )
        for people in map(_by_shift, plans)
    ]


def _by_shift(plan: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for member, shift in plan:
        found[shift].append(member)
    return found


def _is_lawful(
    parts: dict[int, list[Shift]], hours: Iterable[OpeningHours], people: dict[int, list[int]]
) -> bool:
    teams = [
        [
            (
                shift,
                [
                    Assignment(member_id=member, shift=shift, period=shift.period)
                    for member in people.get(shift.pk, ())
                ],
            )
            for shift in shifts
        ]
        for shifts in parts.values()
    ]
    everybody = [row for team in teams for row in team]
    found = [warning for team in teams for warning in board_warnings(team[0][0].day_part, team, everybody)]
    found += [warning for _moment, warning in opening_warnings(hours, teams)]
    return all(warning.tone != "error" for warning in found)


def _hours_of_voting(stations: list[int]) -> dict[int, list[OpeningHours]]:
    """When these stations are open for voting, by primary key."""
    found: dict[int, list[OpeningHours]] = defaultdict(list)
    hours = OpeningHours.objects.filter(polling_station__in=stations)
    for row in hours.exclude(polling_day__kind=PollingDayKind.COUNTING).select_related("polling_day"):
        found[row.polling_station_id].append(row)
    return found


def _warn_of_open_hours(
    hours: Iterable[OpeningHours],
    shifts_by_part: dict[int, list[ShiftCoverage]],
    parts: Iterable[PartCoverage | None],
) -> None:
    """Add to the parts of one station what `opening_warnings` says: to the last part before that time, else to the
    first one. A station without any part says already that it has no shifts."""
    shown = sorted((part for part in parts if part), key=lambda part: part.begins_at)
    worked = [_team(shifts) for shifts in shifts_by_part.values()]
    for moment, warning in opening_warnings(hours, worked) if shown else ():
        before = [part for part in shown if part.begins_at <= moment]
        (before[-1] if before else shown[0]).warnings.append(warning)


def _team(shifts: Iterable[ShiftCoverage]) -> Team:
    return [(shift.shift, shift.assignments) for shift in shifts]


def _worst(warnings: Iterable[CoverageWarning]) -> str:
    tones = {warning.tone for warning in warnings}
    return "error" if "error" in tones else "warning" if tones else "ok"
