"""Polling stations with their venues, by hand; `actions.station_import` does whole files."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from elections import audit
from elections.accessibility import ACCESSIBILITY_FIELDS
from elections.actions.lock import lock_open_event, lock_shifts
from elections.actions.publication import note_changes
from elections.errors import ActionError
from elections.models import Assignment, ElectionEvent, OpeningHours, PollingDay, PollingStation, User, Venue
from elections.queries.publication import published_words
from elections.queries.shift import people_in, waiting_for

WANTED_LABELS: Final = "wanted_labels"

Hours = tuple[PollingDay, datetime, datetime]


@transaction.atomic
def create_polling_station(
    event: ElectionEvent,
    *,
    station: Mapping[str, Any],
    venue: Mapping[str, Any],
    hours: Sequence[Hours],
    by: User | None,
) -> PollingStation:
    """Add a station in a new venue.

    station, venue: values of the models' fields by name; `wanted_labels` of a station may stay out. hours: when it is
    open, one entry per polling day.

    Raises:
        ActionError: when the number is in use, it closes before it opens, accessibility is not as the format,
            or the event is archived.
    """
    event = lock_open_event(event.pk)
    _check(event, station, venue, hours)
    own = _own_fields(station)
    made = PollingStation.objects.create(event=event, venue=Venue.objects.create(**venue), **own)
    if WANTED_LABELS in station:
        made.wanted_labels.set(station[WANTED_LABELS])
    _set_hours(made, hours)
    audit.record("polling_station.create", by=by, on=made)
    return made


@transaction.atomic
def update_polling_station(
    polling_station: PollingStation,
    *,
    station: Mapping[str, Any],
    venue: Mapping[str, Any],
    hours: Sequence[Hours],
    by: User | None,
) -> None:
    """Change a station, its venue and its hours; parameters and errors as for `create_polling_station`.

    Members with a published place there, or at another station in this venue, are told what changed for them.
    """
    event = lock_open_event(polling_station.event_id)
    polling_station = PollingStation.objects.select_related("venue").get(pk=polling_station.pk)
    _check(event, station, venue, hours, besides=polling_station)
    at_the_venue = Assignment.objects.filter(shift__polling_station__venue=polling_station.venue_id)
    before = published_words(at_the_venue)
    own = _own_fields(station)
    changed = [name for name, value in own.items() if getattr(polling_station, name) != value]
    changed += [name for name, value in venue.items() if getattr(polling_station.venue, name) != value]
    for row, values in ((polling_station, own), (polling_station.venue, venue)):
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    if WANTED_LABELS in station and set(polling_station.wanted_labels.all()) != set(station[WANTED_LABELS]):
        polling_station.wanted_labels.set(station[WANTED_LABELS])
        changed.append(WANTED_LABELS)
    _set_hours(polling_station, hours)
    audit.record("polling_station.update", by=by, on=polling_station, fields=changed)
    note_changes(before, by=by)


@transaction.atomic
def remove_polling_station(polling_station: PollingStation, *, by: User | None) -> None:
    """Remove a station and its shifts with their waiting lines, and the venue when no other station or wish needs it.

    Raises:
        ActionError: when people sit in one of its shifts, or once did; in an archived event.
    """
    lock_open_event(polling_station.event_id)
    polling_station = PollingStation.objects.select_for_update().get(pk=polling_station.pk)
    lock_shifts(polling_station.shifts.values_list("pk", flat=True))
    names = people_in(polling_station.shifts.all())
    if names:
        raise ActionError(
            _("Bij dit stembureau zijn mensen ingedeeld: %(names)s. Haal hen eerst weg, of verplaats hen.")
            % {"names": names}
        )
    if polling_station.shifts.filter(assignments__isnull=False).exists():
        raise ActionError(
            _(
                "Bij dit stembureau waren mensen ingedeeld die dat ook weten. U kunt het daarom niet verwijderen."
            )
        )
    venue = polling_station.venue
    _take_from_choice(polling_station)
    waiting = waiting_for(polling_station.shifts.all())
    audit.record("polling_station.remove", by=by, on=polling_station, waiting=waiting)
    polling_station.delete()
    if not venue.polling_stations.exists() and not venue.preference_set.exists():
        venue.delete()


def _own_fields(station: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in station.items() if name != WANTED_LABELS}


def _take_from_choice(station: PollingStation) -> None:
    """Take the venue from what members may choose, when no other station of the event is in it."""
    if station.venue.polling_stations.filter(event=station.event_id).exclude(pk=station.pk).exists():
        return
    for day in PollingDay.objects.filter(event=station.event_id, offered_venues=station.venue):
        if not day.offered_venues.exclude(pk=station.venue_id).exists():
            # Without it nothing would be chosen, and that means everything.
            raise ActionError(
                _(
                    "Dit is het enige stemlokaal dat leden kunnen kiezen op %(day)s. "
                    "Pas eerst de keuze van leden aan."
                )
                % {"day": date_format(day.date, "j F Y")}
            )
        day.offered_venues.remove(station.venue)


def _check(
    event: ElectionEvent,
    station: Mapping[str, Any],
    venue: Mapping[str, Any],
    hours: Sequence[Hours],
    besides: PollingStation | None = None,
) -> None:
    same = event.polling_stations.filter(number=station["number"])
    if besides:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise ActionError(_("Er is al een stembureau met nummer %(number)s.") % {"number": station["number"]})
    for name, value in venue.get("accessibility", {}).items():
        if value not in ACCESSIBILITY_FIELDS.get(name, ()):
            raise ActionError(_("Kies bij “%(name)s” een antwoord uit de lijst.") % {"name": name})
    for day, opens_at, closes_at in hours:
        if closes_at <= opens_at:
            raise ActionError(_("De sluitingstijd op %(day)s moet na de openingstijd liggen.") % {"day": day})


def _set_hours(station: PollingStation, hours: Sequence[Hours]) -> None:
    station.opening_hours.exclude(polling_day__in=[day for day, _opens, _closes in hours]).delete()
    for day, opens_at, closes_at in hours:
        OpeningHours.objects.update_or_create(
            polling_station=station, polling_day=day, defaults={"opens_at": opens_at, "closes_at": closes_at}
        )
