"""What the planning board shows: which stations, what is left to do in them, and what changed since.

The outline of all stations is cheap (two queries of plain numbers); people and warnings are read for the stations
in view alone. What breaks the law somewhere is kept in the cache per station, beside a token of the rows it was
worked out from: after a move only the stations that changed are looked at anew.
"""

import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from elections.eligibility import rules_of
from elections.enums import ACTIVE_ASSIGNMENT_STATES, ALSO_QUALIFIES_FOR, AvailabilityAnswer, PositionKind
from elections.models import (
    Assignment,
    Availability,
    DayPart,
    ElectionEvent,
    Member,
    PollingStation,
    Position,
    Shift,
)
from elections.queries.assignment import active_assignments, warnings_for, why_not
from elections.queries.candidate import candidate_members
from elections.queries.coverage import PartCoverage, StationCoverage, coverage
from elections.queries.shift import ACTIVE_COUNT
from elections.queries.training_gate import trainings_passed

SIGN_SECONDS: Final = (
    300  # how old a sign may be: answers and birth dates change without a change of the plan
)
SIGNS_AT_ONCE: Final = 40  # old ones that one request looks at anew, so that none pays for all
_MARK: Final = ("pk", "places", "filled", "versions", "keys")


class Sign(NamedTuple):
    """What is wrong in one station, per primary key of a day part: how often the law, how often something else."""

    token: str
    moment: float  # seconds since the epoch
    law: Mapping[int, int]
    warnings: Mapping[int, int]


@dataclass
class StationOutline:
    """One station in numbers, as far as the filter looks at it. `token` changes with its plan.

    coverage: all of the station, when it was read to see what is wrong there.
    """

    pk: int
    uuid: UUID
    number: int
    name: str
    token: str = ""
    places: int = 0
    open: int = 0
    law: int = 0
    warnings: int = 0
    lines: Counter[int] = field(default_factory=Counter)  # per day part: how many lines its cell has
    coverage: StationCoverage | None = field(default=None, compare=False)

    @property
    def height(self) -> int:
        """Lines of its tallest cell, to reserve room for it."""
        return max(self.lines.values(), default=1) + 1


class Objections(NamedTuple):
    """Sentences: what forbids a shift, and what staff may pass over. Empty when there is nothing."""

    no: str
    doubts: str


@dataclass(frozen=True)
class Scope:
    """What of each station is looked at: one day part or position, or everything."""

    day_part: DayPart | None = None
    position: Position | None = None

    def has_part(self, pk: int) -> bool:
        return self.day_part is None or self.day_part.pk == pk

    def has(self, part: int, position: int) -> bool:
        return self.has_part(part) and (self.position is None or self.position.pk == position)


@dataclass(frozen=True)
class BoardRow:
    """One station on the board: a cell per column, None where it has no shift."""

    station: PollingStation
    cells: list[PartCoverage | None]
    token: str


def outlines(
    event: ElectionEvent, stations: QuerySet[PollingStation], scope: Scope = Scope()
) -> list[StationOutline]:
    """The stations by number, with what is open, against the law and doubtful in them within `scope`.

    Stations without a shift in a narrowed scope are left out. Two queries and one look in the cache, whatever the
    size; when the cache knows nothing yet, those of `coverage` on top.
    """
    found = {
        row[0]: StationOutline(*row)
        for row in stations.order_by("number").values_list("pk", "uuid", "number", "name")
    }
    marks: dict[int, list[str]] = defaultdict(list)
    shifts = _marked(Shift.objects.filter(polling_station__event=event))
    for station, part, position, places, filled, *mark in shifts.values_list(
        "polling_station", "day_part", "position", "places", "filled", *_MARK
    ):
        outline = found.get(station)
        if outline is None:
            continue
        marks[station].append(str(mark))
        if scope.has(part, position):
            outline.places += places
            outline.open += max(0, places - filled)
            outline.lines[part] += 1 + max(places, filled)
    for outline in found.values():
        outline.token = _digest(marks[outline.pk])
    signs, read = _signs(event, {outline.pk: outline.token for outline in found.values()})
    for pk, sign in signs.items():
        found[pk].law = sum(count for part, count in sign.law.items() if scope.has_part(part))
        found[pk].warnings = sum(count for part, count in sign.warnings.items() if scope.has_part(part))
        found[pk].coverage = read.get(pk)
    is_narrow = scope.day_part or scope.position
    return [outline for outline in found.values() if outline.places or not is_narrow]


def plan_token(outlined: Iterable[StationOutline]) -> str:
    """One short text that changes when any of these stations does."""
    return _digest(outline.token for outline in outlined)


def rows(
    event: ElectionEvent, numbers: Collection[int], columns: list[DayPart], scope: Scope = Scope()
) -> list[BoardRow]:
    """The stations with these numbers, with people and warnings; the queries of `coverage` and one for the tokens."""
    stations = event.polling_stations.filter(number__in=numbers)
    tokens = _tokens(stations)
    return [_row(station, tokens, columns) for station in _read(event, stations, tokens, scope)]


def rows_of(
    event: ElectionEvent, outlined: Iterable[StationOutline], columns: list[DayPart], scope: Scope = Scope()
) -> list[BoardRow]:
    """As `rows`, of stations that `outlines` just found; what it read of them is not read again."""
    tokens = {outline.pk: outline.token for outline in outlined}
    found = [outline.coverage for outline in outlined if outline.coverage and scope.position is None]
    others = tokens.keys() - {row.station.pk for row in found}
    if others:
        found += _read(event, event.polling_stations.filter(pk__in=others), tokens, scope)
    return [_row(station, tokens, columns) for station in sorted(found, key=lambda row: row.station.number)]


def columns(event: ElectionEvent, scope: Scope = Scope()) -> list[DayPart]:
    """The day parts in which anybody works, in order of time; the one of `scope` alone when it names one."""
    used = DayPart.objects.filter(polling_day__event=event, pk__in=_used_parts(event))
    if scope.day_part:
        used = used.filter(pk=scope.day_part.pk)
    return list(used.select_related("polling_day"))


def sits_where(event: ElectionEvent, text: str) -> QuerySet[Assignment]:
    """The places in `event` of members whose name, number, e-mail address or phone number has these words."""
    return (
        Assignment.objects.active()
        .of_event(event)
        .filter(member__in=Member.objects.search(text))
        .select_related("member", "shift__polling_station", "shift__day_part", "shift__position")
        .order_by("member__sort_name", "shift__period")
    )


def swap_partners(assignment: Assignment, *, search: str = "") -> QuerySet[Assignment]:
    """Whom this member could change places with: others in the event, each able to do the other's work, nearest first.

    search: words that must occur in the name, number, e-mail address or phone number of the other.
    """
    shift = assignment.shift
    work = shift.position.kind
    qualifying = [kind for kind in PositionKind if work in (kind, *ALSO_QUALIFIES_FOR.get(kind, ()))]
    others = (
        Assignment.objects.active()
        .of_event(shift.polling_station.event)
        .filter(shift__position__kind__in=assignment.member.can_work_as)
        .filter(member__qualified_for__overlap=qualifying)
        .exclude(member=assignment.member_id)
        .exclude(shift=shift)
        .select_related("member", "shift__polling_station", "shift__day_part", "shift__position")
    )
    if search.strip():
        others = others.filter(member__in=Member.objects.search(search))
    same_part, same_station = (
        Q(shift__day_part=shift.day_part_id),
        Q(shift__polling_station=shift.polling_station_id),
    )
    return others.annotate(
        is_near=Count("pk", filter=same_station), is_same_part=Count("pk", filter=same_part)
    ).order_by("-is_near", "-is_same_part", "member__sort_name", "pk")


def kinds_of_work(event: ElectionEvent) -> list[Shift]:
    """One shift for each day part, position and period that occurs: `coverage.kind_of_work` names them."""
    same = ("day_part_id", "position_id", "period")
    kinds = Shift.objects.filter(polling_station__event=event).order_by(*same, "pk").distinct(*same)
    return list(
        kinds.select_related(
            "polling_station__event", "polling_station__venue", "day_part__polling_day", "position"
        )
    )


def objections_by_kind(assignment: Assignment, kinds: Iterable[Shift]) -> dict[int, Objections]:
    """By primary key of a shift, why the member of `assignment` may not or would rather not come there from here.

    Shifts against which nothing speaks are left out. A constant number of queries.
    """
    member = assignment.member
    others = [other for other in active_assignments(member) if other.pk != assignment.pk]
    event = assignment.shift.polling_station.event
    is_candidate = member.pk in candidate_members(event)
    trainings = trainings_passed(rules_of(event), [member.pk])
    said_no = set(
        Availability.objects.filter(member=member, answer=AvailabilityAnswer.NO).values_list(
            "day_part", flat=True
        )
    )
    found = {}
    for shift in kinds:
        no = why_not(member, shift, others, is_candidate=is_candidate, trainings=trainings)
        doubts = warnings_for(member, shift, others, is_candidate=is_candidate, trainings=trainings)
        if shift.day_part_id in said_no:
            doubts.insert(0, _("Zei nee op dit dagdeel."))
        if no or doubts:
            found[shift.pk] = Objections(" ".join(no), " ".join(doubts))
    return found


def _used_parts(event: ElectionEvent) -> QuerySet:
    return Shift.objects.filter(polling_station__event=event).values("day_part")


def _read(
    event: ElectionEvent, stations: QuerySet[PollingStation], tokens: Mapping[int, str], scope: Scope
) -> list[StationCoverage]:
    """tokens: read before this, so that a change between the two shows as one."""
    found = coverage(event, stations=stations, position=scope.position).stations
    _keep_signs(event, [(row, tokens[row.station.pk]) for row in found] if scope.position is None else [])
    return found


def _row(found: StationCoverage, tokens: Mapping[int, str], columns: list[DayPart]) -> BoardRow:
    return BoardRow(found.station, [_cell(found, column) for column in columns], tokens[found.station.pk])


def _cell(row: StationCoverage, column: DayPart) -> PartCoverage | None:
    return next((part for part in row.own_parts if part.day_part.pk == column.pk), None)


def _tokens(stations: QuerySet[PollingStation]) -> Mapping[int, str]:
    """The tokens as `outlines` makes them, of a few stations."""
    marks: dict[int, list[str]] = defaultdict(list)
    shifts = _marked(Shift.objects.filter(polling_station__in=stations))
    for station, *mark in shifts.values_list("polling_station", *_MARK):
        marks[station].append(str(mark))
    without_shifts = _digest(())
    return defaultdict(lambda: without_shifts, {pk: _digest(found) for pk, found in marks.items()})


def _marked(shifts: QuerySet[Shift]) -> QuerySet[Any]:
    """In a fixed order, with how many people are in each; every change of a shift or of them changes its _MARK."""
    active = Q(assignments__state__in=ACTIVE_ASSIGNMENT_STATES)
    return shifts.order_by("pk").annotate(
        filled=ACTIVE_COUNT,
        versions=Sum("assignments__version", filter=active),
        keys=Sum("assignments", filter=active),
    )


def _digest(texts: Iterable[str]) -> str:
    return hashlib.blake2b("|".join(texts).encode(), digest_size=6).hexdigest()


# --- Signs: what is wrong in each station, kept in the cache ----------------------------------------------------------


def _signs(
    event: ElectionEvent, tokens: Mapping[int, str]
) -> tuple[dict[int, Sign], dict[int, StationCoverage]]:
    """By primary key of a station: its sign, and what was read of the stations without one, or with an old one."""
    known = _kept(event)
    now = time.time()
    unknown = [pk for pk, token in tokens.items() if pk not in known or known[pk].token != token]
    old = sorted(pk for pk in tokens.keys() & known.keys() if now - known[pk].moment > SIGN_SECONDS)
    todo = {*unknown, *old[:SIGNS_AT_ONCE]}
    read: dict[int, StationCoverage] = {}
    if todo:
        stations = event.polling_stations.filter(pk__in=todo)
        read = {row.station.pk: row for row in coverage(event, stations=stations).stations}
        known |= _keep_signs(event, [(row, tokens[pk]) for pk, row in read.items()])
    return {pk: known[pk] for pk in tokens if pk in known}, read  # a station may be gone by now


def _keep_signs(event: ElectionEvent, found: Iterable[tuple[StationCoverage, str]]) -> dict[int, Sign]:
    fresh = {row.station.pk: _sign(row, token) for row, token in found}
    known = _kept(event) | fresh
    if fresh:
        with suppress(RedisError):  # the board works without the cache; only slower
            cache.set(_key(event), [(pk, *sign) for pk, sign in known.items()], timeout=24 * 3600)
    return known


def _sign(row: StationCoverage, token: str) -> Sign:
    law: Counter[int] = Counter()
    other: Counter[int] = Counter()
    for part in row.own_parts:
        for warning in part.warnings:
            if warning.code != "open_places":
                (law if warning.tone == "error" else other)[part.day_part.pk] += 1
    return Sign(token, time.time(), dict(law), dict(other))


def _kept(event: ElectionEvent) -> dict[int, Sign]:
    with suppress(RedisError):
        kept = cache.get(_key(event)) or []
        return {
            pk: Sign(token, moment, _counts(law), _counts(other)) for pk, token, moment, law, other in kept
        }
    return {}


def _counts(kept: Mapping[str, int]) -> dict[int, int]:
    """JSON made texts of the primary keys."""
    return {int(pk): count for pk, count in kept.items()}


def _key(event: ElectionEvent) -> str:
    return f"board-signs:{event.uuid}"
