"""Polling stations: the list, one station, and changing it by hand. Files come in through polling_station_import."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from backoffice.access import event_required, staff_required
from backoffice.forms.polling_station import PollingStationForms
from backoffice.forms.rows import are_valid
from backoffice.paging import show_page
from backoffice.tables.polling_station import PollingStationFilter, PollingStationTable
from elections.accessibility import ACCESSIBILITY_FIELDS
from elections.actions import polling_station as actions
from elections.errors import ActionError
from elections.models import PollingStation
from elections.permissions import can
from elections.queries.polling_station import shifts_by_day_part, station_points, stations_of
from elections.queries.shift import waiting_for
from tenants.map_tiles import with_map


@staff_required("station.view")
@event_required
def polling_station_list(request: HttpRequest) -> HttpResponse:
    """The stations of the event this colleague works in."""
    stations = PollingStationFilter(request.GET, stations_of(request.event))
    table = PollingStationTable(stations.qs)
    show_page(table, request)
    context = {"table": table, "filter": stations, "may_edit": can(request.user, "station.edit")}
    return render(request, "backoffice/polling_station/list.html", context)


@staff_required("station.view")
@event_required
@with_map
def polling_station_map(request: HttpRequest) -> HttpResponse:
    """All stations that the filters leave: the table with everything, and the same as points on a map."""
    stations = PollingStationFilter(request.GET, stations_of(request.event).order_by("number"))
    points = station_points(stations.qs)
    context = {
        "filter": stations,
        "points": points,
        "unplaced": sum(not point.has_place for point in points),
        "tiles": request.map_tiles,
        "has_stations": bool(points) or request.event.polling_stations.exists(),
    }
    return render(request, "backoffice/polling_station/map.html", context)


@staff_required("station.view")
def polling_station_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where the station is, when it is open, who can get in, and its shifts."""
    station = get_object_or_404(PollingStation.objects.select_related("venue", "event"), uuid=uuid)
    venue = station.venue
    context = {
        "station": station,
        "venue": venue,
        "hours": station.opening_hours.select_related("polling_day"),
        "accessibility": [
            {"label": name, "value": venue.accessibility[name]}
            for name in ACCESSIBILITY_FIELDS
            if venue.accessibility.get(name)
        ],
        "unknown": [name for name in ACCESSIBILITY_FIELDS if not venue.accessibility.get(name)],
        "day_parts": shifts_by_day_part(station),
        "neighbours": _neighbours(station),
        "may_edit": can(request.user, "station.edit"),
        "may_place": can(request.user, "planning.edit"),
    }
    return render(request, "backoffice/polling_station/detail.html", context)


@staff_required("station.edit")
@event_required
def polling_station_create(request: HttpRequest) -> HttpResponse:
    """Add one station by hand."""
    forms = PollingStationForms(request.POST or None, event=request.event)
    errors: list[str] = []
    if request.method == "POST" and are_valid(*forms.parts):
        try:
            station = actions.create_polling_station(request.event, **forms.values, by=request.user)
        except ActionError as error:
            errors = [error.message]
        else:
            messages.success(request, _("Het stembureau is toegevoegd. Maak nu ook de diensten."))
            return redirect("backoffice:polling-station-detail", station.uuid)
    return _edit_page(request, forms, errors, {"event": request.event})


@staff_required("station.edit")
def polling_station_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a station, its venue and its hours."""
    station = get_object_or_404(PollingStation.objects.select_related("venue", "event"), uuid=uuid)
    forms = PollingStationForms(request.POST or None, event=station.event, station=station)
    errors: list[str] = []
    if request.method == "POST" and are_valid(*forms.parts):
        try:
            actions.update_polling_station(station, **forms.values, by=request.user)
        except ActionError as error:
            errors = [error.message]
        else:
            messages.success(request, _("Het stembureau is aangepast."))
            return redirect("backoffice:polling-station-detail", station.uuid)
    return _edit_page(request, forms, errors, {"station": station, "neighbours": _neighbours(station)})


@staff_required("station.edit")
def polling_station_delete(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask, then remove the station with its shifts."""
    station = get_object_or_404(PollingStation, uuid=uuid)
    if request.method != "POST":
        shifts = station.shifts.all()
        context = {"station": station, "shifts": len(shifts), "waiting": waiting_for(shifts)}
        return render(request, "backoffice/polling_station/delete.html", context)
    try:
        actions.remove_polling_station(station, by=request.user)
    except ActionError as error:
        messages.error(request, error.message)
        return redirect("backoffice:polling-station-detail", station.uuid)
    messages.success(request, _("Stembureau %(station)s is verwijderd.") % {"station": station})
    return redirect("backoffice:polling-station-list")


def _neighbours(station: PollingStation) -> list[PollingStation]:
    """The other stations of this event in the same venue."""
    return list(station.venue.polling_stations.filter(event=station.event_id).exclude(pk=station.pk))


def _edit_page(
    request: HttpRequest, forms: PollingStationForms, errors: list[str], more: dict[str, Any]
) -> HttpResponse:
    context = {"forms": forms, "errors": errors, "page_errors": request.method == "POST"}
    return render(request, "backoffice/polling_station/edit.html", context | more)
