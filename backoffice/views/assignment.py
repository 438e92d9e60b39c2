"""Who works where, one place at a time: the list of stations, one station, people for a place, a person's place.

The pages about one place or person are also the side panel of the board (backoffice.board).
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.access import event_required, sent_uuid, staff_required
from backoffice.board import (
    Board,
    Done,
    answer,
    ask_undo,
    filtered,
    kept_filter,
    place_before,
    place_may_be_gone,
    plan_context,
    record_search,
    shown_in_panel,
    tabs,
    touched,
)
from backoffice.paging import typed
from elections import audit
from elections.actions.assignment import (
    assign_member,
    move_assignment,
    set_locked,
    swap_assignments,
    unassign,
)
from elections.actions.plan_change import undo_change
from elections.enums import AssignmentState
from elections.models import Assignment, Availability, Member, PlanChange, PollingStation, Shift
from elections.permissions import can
from elections.queries.assignment import (
    active_assignments,
    candidates,
    shifts_with_room,
    warnings_for,
    why_not,
)
from elections.queries.board import swap_partners
from elections.queries.confidentiality import contact_of
from elections.queries.coverage import coverage
from elections.queries.plan_change import describe, placed_by
from elections.queries.publication import unpublished

STATIONS_PER_PAGE = 40
CANDIDATES_SHOWN = 30
TARGETS_SHOWN = 40
PARTNERS_SHOWN = 30
UNDONE_AT_ONCE = 10  # places that are put back without a question
_VERSION_DIGITS = 9


@staff_required("planning.view")
@event_required
@require_GET
def assignment_list(request: HttpRequest) -> HttpResponse:
    """Stations against day parts: how full, and where the law is not met. The filter stays while one works."""
    restored = kept_filter(request)
    if restored:
        return restored
    board = Board(request.event, request.GET)
    page = board.page(request.GET.get("page"), STATIONS_PER_PAGE)
    record_search(request, board)
    context = plan_context(request, board) | {
        "tabs": tabs(request, "assignment-list"),
        "page": page,
        "rows": board.rows_of(page),
        "unpublished": unpublished(request.event),
        "has_stations": bool(board.all) or request.event.polling_stations.exists(),
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
    waiting = unpublished(station.event, station)
    may_publish = waiting and can(request.user, "planning.publish")
    context = {
        "station": station,
        "coverage": found,
        "back_url": filtered(request, "assignment-list"),
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
    shift = get_object_or_404(_shifts(), uuid=uuid)
    request.event = shift.polling_station.event
    if request.method == "POST":
        return _assign(request, shift)
    search = request.GET.get("q", "").strip()
    found = candidates(shift, search=search, by=request.user)
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
    return shown_in_panel(
        request,
        "candidates.html",
        context,
        title=_("Kies een %(position)s") % {"position": shift.position.name.lower()},
        intro=f"{shift.polling_station}, {shift.day_part}",
        back=_station_url(shift.polling_station),
    )


@staff_required("planning.view")
@require_GET
@place_may_be_gone
def assignment_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Somebody in a place: how to reach them, what speaks for and against it, and what can be done."""
    assignment = _assignment(uuid)
    request.event = assignment.shift.polling_station.event
    member, shift = assignment.member, assignment.shift
    audit.record_view("assignment.detail", by=request.user, on=assignment, member=str(member.uuid))
    taken = active_assignments(member)
    others = [other for other in taken if other.pk != assignment.pk]
    said = Availability.objects.filter(member=member, day_part=shift.day_part).first()
    context = {
        "assignment": assignment,
        "contact": contact_of(member, request.user),
        "others": [other for other in others if other.shift.polling_station.event_id == request.event.pk],
        "objections": why_not(member, shift, others),
        "warnings": warnings_for(member, shift, others),
        "said": said,
        "placed": placed_by(assignment),
        "may_edit": can(request.user, "planning.edit"),
        "may_view_member": can(request.user, "member.view"),
    }
    return _panel(request, assignment, "detail.html", context, title=member.informal_name)


@staff_required("planning.edit")
@require_http_methods(["GET", "POST"])
@place_may_be_gone
def assignment_remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Free a place. What the member could already see is asked about first."""
    assignment = _assignment(uuid)
    if request.method == "GET":
        title = _("%(name)s uit deze dienst halen?") % {"name": assignment.member.informal_name}
        return _panel(request, assignment, "remove.html", {"assignment": assignment}, title=title)

    def act() -> Done:
        unassign(assignment, by=request.user, version=_version(request))
        text = _("%(name)s staat niet meer in deze dienst.") % {"name": assignment.member.informal_name}
        return Done(text, focus=f"shift-{assignment.shift.uuid}")

    return _answer(request, act, assignment)


@staff_required("planning.edit")
@require_http_methods(["GET", "POST"])
@place_may_be_gone
def assignment_move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give a member another shift of the same event."""
    assignment = _assignment(uuid)
    if request.method == "POST":
        return _move(request, assignment)
    search = request.GET.get("q", "").strip()
    shifts = shifts_with_room(assignment, search=search)
    context = {
        "assignment": assignment,
        "is_published": assignment.state == AssignmentState.PUBLISHED,
        "q": search,
        "shifts": shifts[:TARGETS_SHOWN],
        "count": len(shifts),
    }
    title = _("Verplaats %(name)s") % {"name": assignment.member.informal_name}
    return _panel(request, assignment, "move.html", context, title=title)


@staff_required("planning.edit")
@require_http_methods(["GET", "POST"])
@place_may_be_gone
def assignment_swap(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let two people change places: choose the other, or say yes to the one who was pointed at."""
    assignment = _assignment(uuid)
    chosen = request.POST.get("other") or request.GET.get("other")
    if request.method == "POST" or chosen:
        other = _assignment(sent_uuid(chosen), assignment.shift.polling_station.event_id)
        if request.method == "POST":
            return _swap(request, assignment, other)
        context = {"assignment": assignment, "other": other}
        title = _("Wisselen van plaats?")
        return _panel(request, assignment, "swap_ask.html", context, title=title)
    search = request.GET.get("q", "").strip()
    context = {
        "assignment": assignment,
        "q": search,
        "partners": swap_partners(assignment, search=search)[:PARTNERS_SHOWN],
        "shown": PARTNERS_SHOWN,
    }
    title = _("Wissel %(name)s met …") % {"name": assignment.member.informal_name}
    return _panel(request, assignment, "swap.html", context, title=title)


@staff_required("planning.edit")
@require_POST
@place_may_be_gone
def assignment_lock(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep somebody in this place whatever a proposal says, or let go."""
    assignment = _assignment(uuid)
    locked = request.POST.get("locked") == "on"

    def act() -> Done:
        set_locked(assignment, locked, by=request.user, version=_version(request))
        text = _("%(name)s is vastgezet.") if locked else _("%(name)s is losgemaakt.")
        return Done(text % {"name": assignment.member.informal_name}, focus=f"p-{assignment.uuid}")

    return _answer(request, act, assignment)


@staff_required("planning.edit")
@event_required
@require_POST
def assignment_undo(request: HttpRequest) -> HttpResponse:
    """Take back a change of one's own; the newest first, or the one that the button names. A large one asks first."""
    change = get_object_or_404(
        PlanChange.objects.filter(event=request.event, user=request.user),
        uuid=sent_uuid(request.POST.get("change")),
    )
    if len(change.steps) > UNDONE_AT_ONCE and not change.undone_at and request.POST.get("sure") != "yes":
        return ask_undo(request, change)
    focus, about = place_before(change), touched(change)

    def act() -> Done:
        text = describe(change)
        undo_change(change, by=request.user)
        return Done(_("Ongedaan gemaakt: %(what)s.") % {"what": text}, focus=focus, is_undo=True)

    return answer(request, request.event, act, back=filtered(request, "assignment-list"), **about)


def _assign(request: HttpRequest, shift: Shift) -> HttpResponse:
    member = get_object_or_404(Member, uuid=sent_uuid(request.POST.get("member")))
    warnings = warnings_for(member, shift, active_assignments(member))

    def act() -> Done:
        made = assign_member(member, shift, by=request.user)
        words = {"name": member.informal_name, "position": shift.position.name.lower()}
        return Done(_("%(name)s is ingedeeld als %(position)s.") % words, warnings, focus=f"p-{made.uuid}")

    return answer(
        request,
        shift.polling_station.event,
        act,
        stations=[shift.polling_station_id],
        members=[member.pk],
        back=_station_url(shift.polling_station),
    )


def _move(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    shift = get_object_or_404(
        _shifts().filter(polling_station__event=assignment.shift.polling_station.event_id),
        uuid=sent_uuid(request.POST.get("shift")),
    )
    warnings = warnings_for(assignment.member, shift, _others(assignment))

    def act() -> Done:
        moved = move_assignment(assignment, shift, by=request.user, version=_version(request))
        words = {"name": assignment.member.informal_name, "shift": shift}
        return Done(_("%(name)s is verplaatst naar %(shift)s.") % words, warnings, focus=f"p-{moved.uuid}")

    return _answer(request, act, assignment, shift)


def _swap(request: HttpRequest, one: Assignment, other: Assignment) -> HttpResponse:
    mine, theirs = _version(request), _version(request, "other_version")
    versions = None if mine is None or theirs is None else (mine, theirs)
    warnings = [
        f"{left.member.informal_name}: {warning}"
        for left, right in ((one, other), (other, one))
        for warning in warnings_for(left.member, right.shift, _others(left))
    ]

    def act() -> Done:
        moved, _other = swap_assignments(one, other, by=request.user, versions=versions)
        words = {"one": one.member.informal_name, "other": other.member.informal_name}
        return Done(_("%(one)s en %(other)s zijn gewisseld.") % words, warnings, focus=f"p-{moved.uuid}")

    return _answer(request, act, one, other.shift, other.member_id)


def _answer(
    request: HttpRequest, act: Any, assignment: Assignment, target: Shift | None = None, *members: int
) -> HttpResponse:
    shift = target or assignment.shift
    station = assignment.shift.polling_station
    return answer(
        request,
        station.event,
        act,
        stations=[station.pk, shift.polling_station_id],
        members=[assignment.member_id, *members],
        back=_station_url(shift.polling_station),
    )


def _panel(
    request: HttpRequest, assignment: Assignment, template: str, context: dict[str, Any], *, title: str
) -> HttpResponse:
    shift = assignment.shift
    return shown_in_panel(
        request,
        template,
        context,
        title=title,
        intro=f"{shift.position.name}, {shift.polling_station}, {shift.day_part}",
        back=_station_url(shift.polling_station),
    )


def _shifts() -> Any:
    return Shift.objects.select_related(
        "polling_station__venue", "polling_station__event", "day_part__polling_day", "position"
    )


def _assignment(uuid: UUID | None, event: int | None = None) -> Assignment:
    found = Assignment.objects.active().select_related(
        "member",
        "assigned_by",
        "shift__polling_station__venue",
        "shift__polling_station__event",
        "shift__day_part__polling_day",
        "shift__position",
    )
    return get_object_or_404(
        found if event is None else found.filter(shift__polling_station__event=event), uuid=uuid
    )


def _others(assignment: Assignment) -> list[Assignment]:
    return [other for other in active_assignments(assignment.member) if other.pk != assignment.pk]


def _version(request: HttpRequest, name: str = "version") -> int | None:
    """The version that the page showed; None when it told none."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _VERSION_DIGITS else None


def _neighbours(station: PollingStation) -> dict[str, PollingStation | None]:
    """The stations before and after this one, to walk through them all."""
    others = PollingStation.objects.filter(event=station.event_id)
    return {
        "previous": others.filter(number__lt=station.number).order_by("-number").first(),
        "next": others.filter(number__gt=station.number).order_by("number").first(),
    }


def _station_url(station: PollingStation) -> str:
    return reverse("backoffice:assignment-station", kwargs={"uuid": station.uuid})
