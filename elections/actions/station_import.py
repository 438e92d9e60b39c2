"""Reading a whole file of polling stations in: all of it, or nothing."""

from copy import copy
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.import_file import WAITING, finish_import_file, require_unchanged
from elections.actions.lock import lock_open_event
from elections.actions.publication import note_changes
from elections.enums import ImportState
from elections.errors import ActionError
from elections.imports.station_file import StationFile, read_stations
from elections.imports.station_plan import (
    CHANGED,
    NEW,
    PlannedStation,
    StationChoices,
    StationImportPlan,
    default_choices,
    plan_stations,
)
from elections.models import Assignment, ElectionEvent, ImportFile, OpeningHours, PollingStation, User, Venue
from elections.queries.publication import published_words

VENUE_KEY = (
    "name",
    "bag_id",
    "street",
    "house_number",
    "house_letter",
    "house_number_addition",
    "postcode",
    "city",
    "address_note",
)


@transaction.atomic
def choose_for_import(import_file: ImportFile, choices: StationChoices) -> None:
    """Keep what staff chose about a file that is not read in yet."""
    waiting = ImportFile.objects.filter(pk=import_file.pk, state__in=WAITING)
    waiting.update(options={"scope": choices.scope, "days": dict(choices.days)}, state=ImportState.CHECKED)


def choices_of(import_file: ImportFile, file: StationFile, event: ElectionEvent) -> StationChoices:
    """What staff chose about this file, or what Zitting proposes."""
    if import_file.options:
        return StationChoices(import_file.options["scope"], import_file.options["days"])
    return default_choices(file, event)


@transaction.atomic
def confirm_station_import(
    import_file: ImportFile, event: ElectionEvent, *, fingerprint: str, by: User | None
) -> StationImportPlan | None:
    """Read an uploaded file in, once, exactly as staff saw it.

    fingerprint: of the plan on their screen.

    Returns:
        The plan that was carried out; None when the file was already read in, so a second click does no harm.

    Raises:
        ActionError: when the file is gone or changed, the stations changed since, or `import_stations` refuses.
    """
    locked = ImportFile.objects.select_for_update().get(pk=import_file.pk)
    if locked.state == ImportState.DONE:
        return None
    require_unchanged(locked)
    file = read_stations(locked.file, locked.original_name)
    choices = choices_of(locked, file, event)
    lock_open_event(event.pk)
    if plan_stations(file, event, choices).fingerprint != fingerprint:
        raise ActionError(_("De stembureaus zijn intussen veranderd. Kijk het overzicht nog een keer na."))
    plan = import_stations(file, event, choices, by=by)
    finish_import_file(locked)
    return plan


@transaction.atomic
def import_stations(
    file: StationFile, event: ElectionEvent, choices: StationChoices, *, by: User | None
) -> StationImportPlan:
    """Add the new stations of `file` to `event` and change the ones that differ; never removes one.

    The plan is made again under a lock, so that it holds for the stations of this moment. A second time changes
    nothing. An empty cell leaves what is there. Two stations share a venue when the file says the same of it.

    Returns:
        The plan that was carried out.

    Raises:
        ActionError: when the file has faults, nobody chose which municipality's stations are meant, or the
            event is archived.
    """
    lock_open_event(event.pk)
    plan = plan_stations(file, event, choices)
    if plan.needs_scope:
        raise ActionError(_("Kies eerst welke stembureaus u wilt inlezen."))
    if plan.faults:
        raise ActionError(_("Er staan nog fouten in het bestand. Er is niets ingelezen."))
    changing = [(p, p.existing) for p in plan.planned if p.existing and p.state == CHANGED]
    touched = {station.venue_id for _planned, station in changing}
    before = published_words(Assignment.objects.filter(shift__polling_station__venue__in=touched))
    venues = _Venues(event, {station.pk for _planned, station in changing})
    for planned, station in changing:
        _update(planned, station, venues)
    new = [planned for planned in plan.planned if planned.state == NEW]
    stations = PollingStation.objects.bulk_create(
        PollingStation(
            event=event, number=planned.number, venue=venues.for_new(planned), **planned.line.station
        )
        for planned in new
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(
            polling_station=station,
            polling_day=planned.day,
            opens_at=planned.opens_at,
            closes_at=planned.closes_at,
        )
        for station, planned in zip(stations, new, strict=True)
        if planned.day and planned.opens_at and planned.closes_at
    )
    audit.record("polling_station.import", by=by, on=event, added=len(new), changed=plan.count(CHANGED))
    note_changes(before, by=by)
    return plan


def _update(planned: PlannedStation, station: PollingStation, venues: "_Venues") -> None:
    values = dict(planned.line.venue)
    if station.venue.name == station.name:
        values["name"] = planned.line.name  # the venue was called after its station; it stays so
    station.venue = venues.for_existing(station.venue_id, values, planned.line.accessibility)
    for name, value in planned.line.station.items():
        setattr(station, name, value)
    station.save()
    if planned.day and planned.opens_at and planned.closes_at:
        OpeningHours.objects.update_or_create(
            polling_station=station,
            polling_day=planned.day,
            defaults={"opens_at": planned.opens_at, "closes_at": planned.closes_at},
        )


class _Venues:
    """Finds or makes the venue of a line. Venues live on between events, so an address may be known already.

    A venue that another station of the event stands in as well changes only together with it: a line that says
    something else gets a copy.
    """

    def __init__(self, event: ElectionEvent, changing: set[int]) -> None:
        venues = list(Venue.objects.order_by("-pk"))
        self.by_pk = {venue.pk: venue for venue in venues}
        self.by_address = {_venue_key(venue): venue for venue in venues}
        self.before = {venue.pk: copy(venue) for venue in venues}
        staying = PollingStation.objects.filter(event=event).exclude(pk__in=changing)
        self.settled = set(staying.values_list("venue", flat=True))

    def for_new(self, planned: PlannedStation) -> Venue:
        """The venue of a new station: a known one at the same address, or a new one."""
        values = {"name": planned.line.name} | planned.line.venue
        fresh = Venue(**values, accessibility=planned.line.accessibility)
        known = self.by_address.get(_venue_key(fresh))
        if known:
            return self.for_existing(known.pk, values, planned.line.accessibility)
        return self._add(fresh)

    def for_existing(self, pk: int, values: dict[str, Any], accessibility: dict[str, str]) -> Venue:
        """The venue with this key as the line wants it; a copy when it has to stay as it is for another station."""
        venue = self.by_pk[pk]
        if _is_as_told(venue, values, accessibility):
            return venue
        is_settled = pk in self.settled
        if is_settled:
            venue = copy(self.before[pk])
            venue.pk, venue.uuid, venue._state.adding = None, uuid4(), True
        for name, value in values.items():
            setattr(venue, name, value)
        venue.accessibility = venue.accessibility | accessibility
        if is_settled:
            return self._add(venue)
        venue.save()
        self.settled.add(pk)
        return venue

    def _add(self, venue: Venue) -> Venue:
        venue.save()
        self.by_pk[venue.pk] = venue
        self.by_address[_venue_key(venue)] = venue
        self.before[venue.pk] = copy(venue)
        self.settled.add(venue.pk)
        return venue


def _is_as_told(venue: Venue, values: dict[str, Any], accessibility: dict[str, str]) -> bool:
    return all(getattr(venue, name) == value for name, value in values.items()) and (
        accessibility.items() <= venue.accessibility.items()
    )


def _venue_key(venue: Venue) -> tuple[str, ...]:
    return tuple(str(getattr(venue, name)).casefold() for name in VENUE_KEY)
