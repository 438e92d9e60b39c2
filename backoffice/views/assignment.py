"""Who works where: all stations at a glance, one station, and people for a place."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.access import event_required, sent_uuid, staff_required
from backoffice.paging import typed
from backoffice.tables.assignment import StationFilter
from elections import audit
from elections.actions.assignment import assign_member, move_assignment, unassign
from elections.enums import AssignmentState
from elections.errors import ActionError
from elections.models import Assignment, Member, PollingStation, Shift
from elections.permissions import can
from elections.queries.assignment import candidates, shifts_with_room
from elections.queries.coverage import coverage
from elections.queries.publication import unpublished

STATIONS_PER_PAGE = 40
CANDIDATES_SHOWN = 30
TARGETS_SHOWN = 40
FILTER_SESSION_KEY = "assignment_filter"


@staff_required("planning.view")
@event_required
@require_GET
def assignment_list(request: HttpRequest) -> HttpResponse:
    """Stations against day parts: how full, and where the law is not met. The filter stays while one works."""
    if request.session.get(FILTER_SESSION_KEY, "") != request.GET.urlencode():
        request.session[FILTER_SESSION_KEY] = request.GET.urlencode()
    stations = StationFilter(request.GET, event=request.event)
    chosen = stations.chosen
    found = coverage(request.event, stations=stations.qs, position=chosen["position"])
    rows = [row for row in found.stations if row.has_gap or not chosen["gaps"]]
    if chosen["position"]:
        rows = [row for row in rows if row.own_parts]
    context = {
        "filter": stations,
        "coverage": found,
        "page": Paginator(rows, STATIONS_PER_PAGE).get_page(request.GET.get("page")),
        "unlawful": sum(row.breaks_law for row in found.stations),
        "unpublished": unpublished(request.event).count(),
        "has_stations": bool(found.stations) or request.event.polling_stations.exists(),
        "may_publish": can(request.user, "planning.publish"),
    }
    return render(request, "backoffice/assignment/list.html", context)


@staff_required("planning.view")
@require_GET
def assignment_station(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One station: per day part the shifts, the people in them and the open places."""
    station = get_object_or_404(PollingStation.objects.select_related("event", "venue"), uuid=uuid)
    request.event = station.event
    (found,) = coverage(station.event, stations=PollingStation.objects.filter(pk=station.pk)).stations
    waiting = unpublished(station.event, station).count()
    may_publish = waiting and can(request.user, "planning.publish")
    context = {
        "station": station,
        "coverage": found,
        "back_url": _list_url(request),
        "unpublished": waiting,
        "publish_url": f"{reverse('backoffice:publication')}?station={uuid}" if may_publish else "",
        "may_edit": can(request.user, "planning.edit"),
        **_neighbours(station),
    }
    return render(request, "backoffice/assignment/station.html", context)


@staff_required("planning.edit")
@require_http_methods(["GET", "POST"])
def assignment_candidates(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Choose somebody for an open place: who fits first, with the reasons."""
    shifts = Shift.objects.select_related(
        "polling_station__venue", "polling_station__event", "day_part__polling_day", "position"
    )
    shift = get_object_or_404(shifts, uuid=uuid)
    request.event = shift.polling_station.event
    if request.method == "POST":
        return _assign(request, shift)
    search = request.GET.get("q", "").strip()
    found = candidates(shift, search=search)
    counts = {"fit": len(found.fit), "doubtful": len(found.doubtful), "excluded": len(found.excluded)}
    audit.record_view(
        "assignment.candidates",
        by=request.user,
        on=shift,
        filters={"q": typed(search)},
        count=sum(counts.values()),
    )
    context = {
        "shift": shift,
        "q": search,
        "open": shift.places - shift.assignments.active().count(),
        "fit": found.fit[:CANDIDATES_SHOWN],
        "doubtful": found.doubtful[:CANDIDATES_SHOWN],
        "excluded": found.excluded[:CANDIDATES_SHOWN],
        "counts": counts,
        "shown": CANDIDATES_SHOWN,
    }
    return render(request, "backoffice/assignment/candidates.html", context)


@staff_required("planning.edit")
@require_http_methods(["GET", "POST"])
def assignment_remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Free a place. What the member could already see is asked about first."""
    assignment = _assignment(uuid)
    if request.method == "GET":
        return render(request, "backoffice/assignment/remove.html", {"assignment": assignment})
    try:
        unassign(assignment, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        text = _("%(name)s staat niet meer in deze dienst.") % {"name": assignment.member.informal_name}
        messages.success(request, text)
    return _to_station(assignment.shift.polling_station)


@staff_required("planning.edit")
@require_http_methods(["GET", "POST"])
def assignment_move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give a member another shift of the same event."""
    assignment = _assignment(uuid)
    if request.method == "POST":
        shift = get_object_or_404(
            Shift.objects.select_related("polling_station").filter(
                polling_station__event=assignment.shift.polling_station.event_id
            ),
            uuid=sent_uuid(request.POST.get("shift")),
        )
        try:
            move_assignment(assignment, shift, by=request.user)
        except ActionError as problem:
            messages.error(request, problem.message)
            return redirect("backoffice:assignment-move", uuid=uuid)
        messages.success(request, _("%(name)s is verplaatst.") % {"name": assignment.member.informal_name})
        return _to_station(shift.polling_station)
    search = request.GET.get("q", "").strip()
    shifts = shifts_with_room(assignment, search=search)
    context = {
        "assignment": assignment,
        "is_published": assignment.state == AssignmentState.PUBLISHED,
        "q": search,
        "shifts": shifts[:TARGETS_SHOWN],
        "count": len(shifts),
    }
    return render(request, "backoffice/assignment/move.html", context)


def _assign(request: HttpRequest, shift: Shift) -> HttpResponse:
    member = get_object_or_404(Member, uuid=sent_uuid(request.POST.get("member")))
    try:
        assign_member(member, shift, by=request.user)  # type: ignore[arg-type]
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:assignment-candidates", uuid=shift.uuid)
    messages.success(
        request,
        _("%(name)s is ingedeeld als %(position)s.")
        % {"name": member.informal_name, "position": shift.position.name.lower()},
    )
    return _to_station(shift.polling_station)


def _assignment(uuid: UUID) -> Assignment:
    return get_object_or_404(
        Assignment.objects.active().select_related(
            "member", "shift__polling_station__venue", "shift__day_part__polling_day", "shift__position"
        ),
        uuid=uuid,
    )


def _neighbours(station: PollingStation) -> dict[str, PollingStation | None]:
    """The stations before and after this one, to walk through them all."""
    others = PollingStation.objects.filter(event=station.event_id)
    return {
        "previous": others.filter(number__lt=station.number).order_by("-number").first(),
        "next": others.filter(number__gt=station.number).order_by("number").first(),
    }


def _list_url(request: HttpRequest) -> str:
    """The list with the filter as it was left."""
    query = request.session.get(FILTER_SESSION_KEY)
    return reverse("backoffice:assignment-list") + (f"?{query}" if query else "")


def _station_url(station: PollingStation) -> str:
    return reverse("backoffice:assignment-station", kwargs={"uuid": station.uuid})


def _to_station(station: PollingStation) -> HttpResponse:
    return redirect(_station_url(station))
