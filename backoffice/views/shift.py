"""Shifts: how many people each station needs when, the template that says so, and single exceptions."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from backoffice.access import event_required, staff_required
from backoffice.forms.shift import ShiftForm, ShiftTemplateForm
from backoffice.tables.polling_station import PollingStationFilter
from elections.actions import shift as actions
from elections.errors import ActionError
from elections.models import DayPart, Shift
from elections.permissions import can
from elections.queries.polling_station import stations_of
from elections.queries.shift import Cell, places_per_day_part, places_per_position, plan_shifts, waiting_for

PER_PAGE = 50


@staff_required("station.view")
@event_required
def shift_list(request: HttpRequest) -> HttpResponse:
    """Per station and day part: places and people. Above it the totals per position."""
    event = request.event
    stations = PollingStationFilter(request.GET, stations_of(event).order_by("number"))
    page = Paginator(stations.qs, PER_PAGE).get_page(request.GET.get("page"))
    parts = list(
        DayPart.objects.filter(polling_day__event=event, shifts__isnull=False)
        .select_related("polling_day")
        .distinct()
    )
    cells = places_per_day_part(list(page))
    rows = [
        (station, [(part, cells.get((station.pk, part.pk), Cell())) for part in parts]) for station in page
    ]
    context = {
        "filter": stations,
        "page": page,
        "parts": parts,
        "rows": rows,
        "totals": places_per_position(event),
        "has_stations": event.polling_stations.exists(),
        "may_edit": can(request.user, "station.edit"),
    }
    return render(request, "backoffice/shift/list.html", context)


@staff_required("station.edit")
@event_required
def shift_template(request: HttpRequest) -> HttpResponse:
    """The grids of numbers; saving leads to the preview of the shifts they make."""
    form = ShiftTemplateForm(request.POST or None, event=request.event)
    errors: list[str] = []
    if form.asks_other_bands:
        form = form.with_other_bands()
    elif request.method == "POST" and form.is_valid():
        try:
            actions.set_template(request.event, form.places, by=request.user)
        except ActionError as error:
            errors = [error.message]
        else:
            messages.success(request, _("Het sjabloon is bewaard."))
            return redirect("backoffice:shift-make")
    return render(
        request, "backoffice/shift/template.html", {"form": form, "errors": errors, "page_errors": errors}
    )


@staff_required("station.edit")
@event_required
def shift_make(request: HttpRequest) -> HttpResponse:
    """Show how many shifts the template would add, change and remove; then do it."""
    if request.method != "POST":
        plan = plan_shifts(request.event)
        context = {
            "plan": plan,
            "stations": request.event.polling_stations.count(),
            "waiting": waiting_for(plan.removed),
        }
        return render(request, "backoffice/shift/make.html", context)
    try:
        count = actions.make_shifts(request.event, by=request.user)
    except ActionError as error:
        messages.error(request, error.message)
        return redirect("backoffice:shift-list")
    words = ngettext("%(n)s dienst is bijgewerkt.", "%(n)s diensten zijn bijgewerkt.", count)
    messages.success(request, words % {"n": count})
    return redirect("backoffice:shift-list")


@staff_required("station.edit")
def shift_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change the number of places of one shift."""
    shift = _get(uuid)
    form = ShiftForm(request.POST or None, initial={"places": shift.places})
    errors: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_shift(shift, places=form.cleaned_data["places"], by=request.user)
        except ActionError as error:
            errors = [error.message]
        else:
            messages.success(request, _("De dienst is aangepast."))
            return redirect("backoffice:polling-station-detail", shift.polling_station.uuid)
    taken = shift.assignments.active().count()
    context = {
        "shift": shift,
        "form": form,
        "taken": taken,
        "waiting": waiting_for([shift]),
        "errors": errors,
        "page_errors": errors,
    }
    return render(request, "backoffice/shift/edit.html", context)


@staff_required("station.edit")
@require_POST
def shift_release(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let the shift follow the template again."""
    shift = _get(uuid)
    try:
        actions.release_shift(shift, by=request.user)
    except ActionError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, _("Deze dienst volgt het sjabloon weer. Maak de diensten om hem bij te werken.")
        )
    return redirect("backoffice:polling-station-detail", shift.polling_station.uuid)


@staff_required("station.edit")
@require_POST
def shift_delete(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Remove a shift without people."""
    shift = _get(uuid)
    try:
        actions.remove_shift(shift, by=request.user)
    except ActionError as error:
        messages.error(request, error.message)
        return redirect("backoffice:shift-edit", shift.uuid)
    messages.success(request, _("De dienst is verwijderd."))
    return redirect("backoffice:polling-station-detail", shift.polling_station.uuid)


def _get(uuid: UUID) -> Shift:
    shifts = Shift.objects.select_related("polling_station__event", "day_part__polling_day", "position")
    return get_object_or_404(shifts, uuid=uuid)
