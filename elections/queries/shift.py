"""What the shift template asks of each polling station, and how that differs from the shifts there are."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Aggregate, Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from elections.enums import ACTIVE_ASSIGNMENT_STATES, BOARD_POSITIONS, PollingDayKind, PositionKind
from elections.models import (
    Assignment,
    DayPart,
    ElectionEvent,
    Member,
    OpeningHours,
    PollingStation,
    Position,
    Shift,
    ShiftTemplateLine,
    WaitlistEntry,
)
from elections.queries.count_of import CountOf
from tenants.context import current_municipality

ACTIVE_COUNT = Count("assignments", filter=Q(assignments__state__in=ACTIVE_ASSIGNMENT_STATES))

NAMES_SHOWN = 3

Key = tuple[int, int, int]  # polling station, day part, position


@dataclass
class ShiftPlan:
    """What making the shifts would do. `held_back` are shifts that people sit in: they stay as they are."""

    new: list[Shift] = field(default_factory=list)
    changed: list[Shift] = field(default_factory=list)
    removed: list[Shift] = field(default_factory=list)
    held_back: list[tuple[Shift, int]] = field(default_factory=list)
    adjusted: int = 0
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.changed or self.removed)

    @property
    def places(self) -> int:
        """Places in the shifts that would be added."""
        return sum(shift.places for shift in self.new)


def taken_places(shift: str = "pk") -> Coalesce:
    """How many places of a shift are taken, to annotate with; unlike ACTIVE_COUNT it joins no rows.

    shift: the path from the annotated rows to their shift; "shift" for assignments.
    """
    counts = (
        Assignment.objects.active()
        .filter(shift=OuterRef(shift))
        .order_by()
        .values("shift")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return Coalesce(Subquery(counts), 0)


def day_part_period(part: DayPart) -> DateTimeTZRange:
    """From start to end as moments, [start, end), whatever time zone is active: the municipality's counts."""
    with timezone.override(current_municipality().tz):
        return DateTimeTZRange(part.starts_at, part.ends_at, "[)")


def is_counting_part(part: DayPart) -> bool:
    """Whether only counters work in `part`: on a counting day, or when it begins after 20.00 on a voting day."""
    return part.polling_day.kind == PollingDayKind.COUNTING or part.start.hour >= 20


def waiting_for(shifts: Iterable[Shift]) -> int:
    """How many members wait for a place in one of these shifts: without the shift they wait no more."""
    waiting = WaitlistEntry.objects.filter(shift__in=[shift.pk for shift in shifts])
    return waiting.order_by().values("member").distinct().count()


def plan_shifts(event: ElectionEvent) -> ShiftPlan:
    """Compare the shifts of `event` with what its template asks; writes nothing.

    Places go down only as far as the people in the shift allow, a shift that someone adjusted by hand stays, and
    one that the template no longer asks is removed when nobody was ever put in it.
    """
    plan = ShiftPlan()
    existing: dict[Key, Shift] = {
        (shift.polling_station_id, shift.day_part_id, shift.position_id): shift
        for shift in Shift.objects.filter(polling_station__event=event)
        .select_related("polling_station", "day_part__polling_day", "position")
        .annotate(taken=ACTIVE_COUNT, ever=Count("assignments"))
    }
    for wanted in _wanted_shifts(event):
        shift = existing.pop((wanted.polling_station_id, wanted.day_part_id, wanted.position_id), None)
        if shift is None:
            plan.new.append(wanted)
        else:
            _compare(shift, wanted.places, wanted.period, plan)
    for shift in existing.values():
        _compare(shift, 0, shift.period, plan)
    return plan


def _compare(shift: Shift, places: int, period: DateTimeTZRange, plan: ShiftPlan) -> None:
    taken, ever = shift.taken, shift.ever  # type: ignore[attr-defined]
    if shift.is_adjusted:
        plan.adjusted += 1
    elif taken > places:
        plan.held_back.append((shift, taken))
    elif places == 0 and ever:
        # Somebody sat here once; the row stays for the record, without places.
        if shift.places:
            shift.places = 0
            plan.changed.append(shift)
    elif places == 0:
        plan.removed.append(shift)
    elif (shift.places, shift.period) != (places, period):
        shift.places, shift.period = places, period
        plan.changed.append(shift)
    else:
        plan.unchanged += 1


def band_of(expected_voters: int | None, bands: Collection[int]) -> int:
    """The number of voters from which the lines for a station count, out of the `bands` of its kind.

    The highest one that it reaches; without a known number of voters, or below all of them, the lowest.

    Raises:
        ValueError: when there is no band.
    """
    reached = [band for band in bands if expected_voters is not None and band <= expected_voters]
    return max(reached) if reached else min(bands)


def _template(event: ElectionEvent) -> dict[str, dict[int, list[ShiftTemplateLine]]]:
    """The lines of each kind of station, by the number of voters from which they count."""
    found: dict[str, dict[int, list[ShiftTemplateLine]]] = {}
    for line in (
        ShiftTemplateLine.objects.filter(event=event, places__gt=0)
        .select_related("day_part__polling_day", "position")
        .order_by("day_part__polling_day__date", "day_part__start", "position__rank")
    ):
        found.setdefault(line.station_kind, {}).setdefault(line.from_voters, []).append(line)
    return found


def _wanted_shifts(event: ElectionEvent) -> Iterator[Shift]:
    template = _template(event)
    parts = {
        line.day_part_id: line.day_part
        for bands in template.values()
        for lines in bands.values()
        for line in lines
    }
    periods = {pk: day_part_period(part) for pk, part in parts.items()}
    stations = PollingStation.objects.filter(event=event).prefetch_related(
        Prefetch("opening_hours", queryset=OpeningHours.objects.select_related("polling_day"))
    )
    for station in stations:
        bands = template.get(station.kind, {})
        lines = bands[band_of(station.expected_voters, bands)] if bands else []
        for line in lines:
            period = periods[line.day_part_id]
            if _needed(station, line.day_part, line.position, period):
                yield Shift(
                    polling_station=station,
                    day_part=line.day_part,
                    position=line.position,
                    places=line.places,
                    period=period,
                )


@dataclass(frozen=True)
class BandUse:
    """How many stations of one kind take the lines that begin at `from_voters`."""

    from_voters: int
    stations: int


def stations_per_band(event: ElectionEvent, bands: Mapping[str, Collection[int]]) -> dict[str, list[BandUse]]:
    """For each kind of station in `bands` how many stations of `event` fall in each of its bands. One query."""
    counts: dict[tuple[str, int], int] = {}
    for kind, voters in event.polling_stations.values_list("kind", "expected_voters"):
        if bands.get(kind):
            key = (kind, band_of(voters, bands[kind]))
            counts[key] = counts.get(key, 0) + 1
    return {
        kind: [BandUse(band, counts.get((kind, band), 0)) for band in sorted(of_kind)]
        for kind, of_kind in bands.items()
    }


def _needed(station: PollingStation, part: DayPart, position: Position, period: DateTimeTZRange) -> bool:
    """Whether `station` works in `part` at all, given its own opening hours.

    A board sits only while its station is open (a mobile one may be open for two hours); counters come only where
    votes are counted, after a day on which the station was open. No hours at all means: open as usual.
    """
    if position.kind == PositionKind.COUNTER and not station.is_counting_place:
        return False
    day = part.polling_day
    if day.kind == PollingDayKind.COUNTING:
        return True
    hours = list(station.opening_hours.all())
    today = [row for row in hours if row.polling_day_id == day.pk]
    if not today:
        return not hours
    if position.kind not in BOARD_POSITIONS:
        return True
    return any(row.opens_at < period.upper and row.closes_at > period.lower for row in today)


@dataclass(frozen=True)
class Cell:
    """The places of one station in one day part, and how many of them are taken."""

    places: int = 0
    taken: int = 0


def people_in(shifts: QuerySet[Shift]) -> str:
    """Who sits in these shifts, in words: "Noor Bakker, Jan Berg en 4 anderen"; empty when nobody does."""
    names = list(
        Member.objects.filter(assignments__shift__in=shifts, assignments__state__in=ACTIVE_ASSIGNMENT_STATES)
        .by_name()
        .distinct()
    )
    if len(names) <= NAMES_SHOWN + 1:
        return get_text_list([member.full_name for member in names], _("en"))
    rest = len(names) - NAMES_SHOWN
    return get_text_list(
        [*(member.full_name for member in names[:NAMES_SHOWN]), _("%(count)s anderen") % {"count": rest}],
        _("en"),
    )


def places_per_day_part(stations: Sequence[PollingStation]) -> dict[tuple[int, int], Cell]:
    """For (station, day part) the places and the people in them. Two queries."""
    keys = ("polling_station", "day_part")
    shifts = Shift.objects.filter(polling_station__in=stations)
    places = {tuple(key): total for *key, total in _totals(shifts, keys, Sum("places"))}
    taken = {tuple(key): total for *key, total in _totals(shifts, keys, ACTIVE_COUNT)}
    return {(station, part): Cell(places[station, part], taken[station, part]) for station, part in places}


def places_per_position(event: ElectionEvent) -> list[tuple[Position, Cell]]:
    """For each position of the event that has shifts all places and the people in them. One query."""
    people = Assignment.objects.active().filter(shift__position=OuterRef("pk"))
    positions = event.positions.annotate(places=Sum("shifts__places"), taken=CountOf(people))
    in_order = positions.order_by("rank", "name")  # what is grouped forgets the order of the model
    return [(each, Cell(each.places, each.taken)) for each in in_order if each.places is not None]


def _totals(shifts: QuerySet[Shift], keys: tuple[str, ...], total: Aggregate) -> QuerySet[Any, Any]:
    return shifts.order_by().values_list(*keys).annotate(total=total)
