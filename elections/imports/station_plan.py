"""Comparing a file of polling stations with the stations there are: what an import would do, line by line."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from elections.enums import PollingDayKind
from elections.imports.station_file import CLOSES, FIELDS, NUMBER, Fault, StationFile, StationLine
from elections.models import ElectionEvent, OpeningHours, PollingDay, PollingStation
from tenants.context import current_municipality

NEW, CHANGED, UNCHANGED, FAULTY = "new", "changed", "unchanged", "faulty"
OWN, ALL = "own", "all"
_LABELS: Final = {target: name for name, (target, _read) in FIELDS.items()}


@dataclass(frozen=True)
class StationChoices:
    """What staff choose about a file.

    scope: OWN for this municipality's stations only, ALL for every line; empty when nothing was chosen.
    days: for a date in the file (ISO) the uuid of the polling day that takes over its times; empty: no times.
    """

    scope: str = ""
    days: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One field that gets another value; `field` is its name in the format."""

    field: str
    before: str
    after: str


@dataclass
class PlannedStation:
    """What one line of the file would do."""

    line: StationLine
    number: int
    existing: PollingStation | None
    day: PollingDay | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def state(self) -> str:
        if self.faults:
            return FAULTY
        if self.existing is None:
            return NEW
        return CHANGED if self.changes else UNCHANGED


@dataclass
class StationImportPlan:
    """A whole file against the stations of one event."""

    planned: list[PlannedStation] = field(default_factory=list)
    municipalities: list[tuple[str, str, int]] = field(default_factory=list)  # code, name, lines
    other_dates: list[date] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    left_out: int = 0
    not_in_file: int = 0
    numbers_given: bool = False
    needs_scope: bool = False

    def count(self, state: str) -> int:
        return sum(station.state == state for station in self.planned)

    @property
    def faults(self) -> list[Fault]:
        return [fault for station in self.planned for fault in station.faults]

    @property
    def fingerprint(self) -> str:
        """What staff saw, as a short text: when it differs, stations changed between the look and the click."""
        seen = [
            (planned.number, planned.state, str(planned.opens_at), str(planned.closes_at), planned.changes)
            for planned in self.planned
        ]
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]

    @property
    def can_import(self) -> bool:
        return not self.needs_scope and not self.faults and self.count(NEW) + self.count(CHANGED) > 0


def default_choices(file: StationFile, event: ElectionEvent) -> StationChoices:
    """Our own stations when the file has any; a strange date goes to the voting day when there is one such day."""
    own = current_municipality().code
    codes = {line.municipality_code for line in file.lines}
    scope = OWN if own in codes else ALL if not codes - {""} else ""
    days = {day.date.isoformat(): str(day.uuid) for day in _voting_days(event)}
    only = next(iter(days.values())) if len(days) == 1 else ""
    return StationChoices(scope, {found: days.get(found, only) for found in _dates(file.lines)})


def plan_stations(file: StationFile, event: ElectionEvent, choices: StationChoices) -> StationImportPlan:
    """Say for every line that staff want whether it is new, changed, unchanged or faulty. Writes nothing."""
    own = current_municipality().code
    named = {line.municipality_code: line.municipality_name for line in file.lines if line.municipality_code}
    counted = Counter(line.municipality_code for line in file.lines if line.municipality_code)
    wanted = [line for line in file.lines if choices.scope != OWN or line.municipality_code in (own, "")]
    days = {str(day.uuid): day for day in _voting_days(event)}
    own_dates = {day.date.isoformat() for day in days.values()}
    plan = StationImportPlan(
        municipalities=[(code, named[code], number) for code, number in counted.most_common()],
        other_dates=[date.fromisoformat(found) for found in _dates(wanted) if found not in own_dates],
        ignored=file.ignored,
        left_out=len(file.lines) - len(wanted),
        numbers_given=any(line.number is None for line in wanted),
        needs_scope=choices.scope not in (OWN, ALL),
    )
    matcher = _Matcher(event, wanted)
    for line in wanted:
        planned = matcher.match(line)
        planned.faults += line.faults
        _plan_hours(planned, days, choices.days)
        if planned.existing and not planned.faults:
            planned.changes = _changes(planned, planned.existing)
        plan.planned.append(planned)
    plan.not_in_file = matcher.unmatched
    return plan


class _Matcher:
    """Finds the station of a line: by number, or without numbers by name and address."""

    def __init__(self, event: ElectionEvent, lines: list[StationLine]) -> None:
        stations = list(
            PollingStation.objects.filter(event=event)
            .select_related("venue")
            .prefetch_related("opening_hours__polling_day")
        )
        self.by_number = {station.number: station for station in stations}
        self.by_address: dict[tuple[str, ...], list[PollingStation]] = {}
        for station in stations:
            self.by_address.setdefault(_station_key(station), []).append(station)
        self.next_number = max([*self.by_number, *(line.number or 0 for line in lines), 0]) + 1
        self.taken: dict[int, str] = {}
        self.count = len(stations)

    @property
    def unmatched(self) -> int:
        return self.count - sum(number in self.by_number for number in self.taken)

    def match(self, line: StationLine) -> PlannedStation:
        if line.number is None:
            same = self.by_address.get(_line_key(line), [])
            station = same.pop(0) if same else None
            number = station.number if station else self._new_number()
        else:
            number, station = line.number, self.by_number.get(line.number)
        planned = PlannedStation(line, number, station)
        earlier = self.taken.setdefault(number, line.place)
        if earlier != line.place and not any(fault.field == NUMBER for fault in line.faults):
            message = _("Nummer %(number)s staat ook in %(place)s.") % {"number": number, "place": earlier}
            planned.faults.append(Fault(line.place, NUMBER, message))
        return planned

    def _new_number(self) -> int:
        self.next_number += 1
        return self.next_number - 1


def _station_key(station: PollingStation) -> tuple[str, ...]:
    venue = station.venue
    return (
        station.name.casefold(),
        venue.postcode,
        venue.house_number,
        venue.house_letter.casefold(),
        venue.house_number_addition.casefold(),
    )


def _line_key(line: StationLine) -> tuple[str, ...]:
    venue = line.venue
    return (
        line.name.casefold(),
        venue.get("postcode", ""),
        venue.get("house_number", ""),
        venue.get("house_letter", "").casefold(),
        venue.get("house_number_addition", "").casefold(),
    )


def _voting_days(event: ElectionEvent) -> list[PollingDay]:
    return list(event.polling_days.exclude(kind=PollingDayKind.COUNTING))


def _dates(lines: list[StationLine]) -> list[str]:
    return sorted({line.opens_at.date().isoformat() for line in lines if line.opens_at})


def _plan_hours(planned: PlannedStation, days: Mapping[str, PollingDay], chosen: Mapping[str, str]) -> None:
    opens, closes = planned.line.opens_at, planned.line.closes_at
    if opens is None or closes is None or closes <= opens:
        return
    if closes - opens > timedelta(hours=24):
        message = _("Het stembureau is langer dan 24 uur open. Controleer de datums.")
        planned.faults.append(Fault(planned.line.place, CLOSES, message))
        return
    planned.day = days.get(chosen.get(opens.date().isoformat(), ""))
    if planned.day:
        shift = planned.day.date - opens.date()
        zone = current_municipality().tz
        planned.opens_at = timezone.make_aware(opens + shift, zone)
        planned.closes_at = timezone.make_aware(closes + shift, zone)


def _changes(planned: PlannedStation, station: PollingStation) -> list[Change]:
    line, changes = planned.line, []
    pairs: list[tuple[str, Any, Any]] = [
        *((f"station.{key}", getattr(station, key), value) for key, value in line.station.items()),
        *((f"venue.{key}", getattr(station.venue, key), value) for key, value in line.venue.items()),
        *(
            (f"accessibility.{key}", station.venue.accessibility.get(key, ""), value)
            for key, value in line.accessibility.items()
        ),
    ]
    if planned.day:
        hours = _hours_on(station, planned.day)
        pairs.append(("opens_at", hours.opens_at if hours else None, planned.opens_at))
        pairs.append(("closes_at", hours.closes_at if hours else None, planned.closes_at))
    for target, before, after in pairs:
        if before != after:
            changes.append(Change(_LABELS[target], shown(before), shown(after)))
    return changes


def _hours_on(station: PollingStation, day: PollingDay) -> OpeningHours | None:
    return next((hours for hours in station.opening_hours.all() if hours.polling_day_id == day.pk), None)


def shown(value: Any) -> str:
    """A value as staff read it in the preview."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".").replace(".", ",")
    if isinstance(value, datetime):
        local = timezone.localtime(value, current_municipality().tz)
        return f"{date_format(local, 'j F Y')}, {local:%H.%M}"
    return str(value)
