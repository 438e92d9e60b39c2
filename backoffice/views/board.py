"""The planning board: all stations against day parts, twenty stations at a time."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from backoffice.access import event_required, staff_required
from backoffice.board import STATIONS_PER_BLOCK, Board, kept_filter, plan_context, record_search, tabs
from backoffice.paging import asked_for, typed
from elections import audit
from elections.models import Assignment
from elections.permissions import can
from elections.queries.board import kinds_of_work, objections_by_kind, sits_where
from elections.queries.coverage import kind_of_work
from elections.queries.publication import unpublished
from elections.sessions import no_activity

PLACES_FOUND = 8
_NUMBER_DIGITS = 9


@staff_required("planning.view")
@event_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The board with its first stations; the others follow when they come near, or a page at a time."""
    restored = kept_filter(request)
    if restored:
        return restored
    shown = Board(request.event, request.GET)
    page = shown.page(request.GET.get("page"))
    record_search(request, shown)
    context = plan_context(request, shown) | {
        "tabs": tabs(request, "board"),
        "page": page,
        "blocks": shown.blocks(),
        "rows": shown.rows_of(page),
        "has_stations": bool(shown.all) or request.event.polling_stations.exists(),
        "query": request.GET.urlencode(),
        **_main_act(request, shown),
        **_whereabouts(shown),
        **_people_instead(request, shown),
    }
    return render(request, "backoffice/board/board.html", context)


@staff_required("planning.view")
@event_required
@require_GET
@no_activity
def board_block(request: HttpRequest) -> HttpResponse:
    """The rows of a few stations, by number: a block that came near, or stations that a colleague changed."""
    shown = Board(request.event, request.GET)
    context = {"rows": shown.rows(_numbers(request.GET.get("numbers", ""))), "board": shown}
    if request.GET.get("fresh"):
        context |= plan_context(request, shown)
    else:
        context |= {"may_edit": can(request.user, "planning.edit"), "filter": shown.filter}
    return render(request, "backoffice/board/block.html", context)


@staff_required("planning.view")
@event_required
@require_GET
@no_activity
def board_changes(request: HttpRequest) -> HttpResponse:
    """What is not as the page shows it: nothing (204), or the token of every station."""
    shown = Board(request.event, request.GET)
    if request.GET.get("token") == shown.token:
        return HttpResponse(status=204)
    stations = {outline.number: outline.token for outline in shown.all}
    return JsonResponse({"token": shown.token, "stations": stations})


@staff_required("planning.edit")
@require_GET
def board_objections(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Why this member may not, or would rather not, work in each kind of shift: marks while moving."""
    assignment = get_object_or_404(
        Assignment.objects.active().select_related("member", "shift__polling_station__event"), uuid=uuid
    )
    kinds = kinds_of_work(assignment.shift.polling_station.event)
    found = objections_by_kind(assignment, kinds)
    return JsonResponse(
        {kind_of_work(shift): found[shift.pk]._asdict() for shift in kinds if shift.pk in found}
    )


@staff_required("planning.view")
@event_required
@require_GET
def board_print(request: HttpRequest) -> HttpResponse:
    """Every station of the filter with its plan, for paper."""
    shown = Board(request.event, request.GET)
    places = sum(outline.places for outline in shown.shown)
    people = places - sum(outline.open for outline in shown.shown)
    context = {
        "rows": shown.rows_of(shown.shown),
        "places": places,
        "people": people,
        "filter": shown.filter,
        "query": request.GET.urlencode(),
        "now": timezone.now(),
    }
    audit.record_view(
        "board.print", by=request.user, on=shown.event, filters=asked_for(shown.filter), count=people
    )
    return render(request, "backoffice/board/print.html", context)


def _numbers(text: str) -> list[int]:
    """At most two blocks at once."""
    found = [
        int(part)
        for part in text.split(".")
        if part.isascii() and part.isdigit() and len(part) <= _NUMBER_DIGITS
    ]
    return found[: 2 * STATIONS_PER_BLOCK]


def _main_act(request: HttpRequest, shown: Board) -> dict[str, object]:
    """What the button of the page does: publish what waits, or begin with a proposal when nobody is placed."""
    waiting = unpublished(shown.event) if can(request.user, "planning.publish") else 0
    is_empty = not waiting and not Assignment.objects.active().of_event(shown.event).exists()
    return {"unpublished": waiting, "may_propose": is_empty and can(request.user, "planning.edit")}


def _people_instead(request: HttpRequest, shown: Board) -> dict[str, object]:
    """The people whom somebody looked for in the box for stations, when no station has that name."""
    sought = str(request.GET.get("q") or "").strip()
    if shown.all or not sought or shown.filter.sought_name:
        return {}
    places = sits_where(shown.event, sought)
    people: dict[int, Assignment] = {}
    for place in places:
        people.setdefault(place.member_id, place)
    if people:
        audit.record_view(
            "board.search",
            by=request.user,
            on=shown.event,
            filters={"q": typed(sought)},
            count=len(people),
        )
    return {"sought": sought, "people": list(people.values())[:PLACES_FOUND], "people_count": len(people)}


def _whereabouts(shown: Board) -> dict[str, object]:
    """Where the person of the filter sits, for a strip of links above the board."""
    if not shown.filter.sought_name:
        return {}
    places = list(sits_where(shown.event, shown.filter.sought_name)[: PLACES_FOUND + 1])
    return {"sits": places[:PLACES_FOUND], "sits_more": len(places) > PLACES_FOUND}
