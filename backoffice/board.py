"""What the pages of the planning share: the filter as it was left, and one way to answer a change."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.access import View, chosen_event
from backoffice.paging import typed
from backoffice.tables.assignment import LAW, OPEN, WARNINGS, StationFilter
from elections import audit
from elections.enums import ACTIVE_ASSIGNMENT_STATES
from elections.errors import ActionError, ChangedElsewhere
from elections.models import DayPart, ElectionEvent, Member, PlanChange, PollingStation, Shift
from elections.permissions import can
from elections.queries.board import (
    BoardRow,
    StationOutline,
    columns,
    outlines,
    plan_token,
    rows,
    rows_of,
    sits_where,
)
from elections.queries.plan_change import describe, last_act, undoable
from tenants.numbers import grouped

STATIONS_PER_BLOCK: Final = 20
FILTER_SESSION_KEY: Final = "assignment_filter"
LONGEST_FILTER: Final = 1000
NEVER_KEPT: Final = ("page", "person")


@dataclass(frozen=True)
class Block:
    """Stations that are fetched together. `height` in lines of text, so that its room is there before it is."""

    page: int
    numbers: str
    height: int


class Board:
    """The stations of an event under one filter, in numbers; people only for the rows that are asked for."""

    def __init__(self, event: ElectionEvent, asked: Mapping[str, Any]) -> None:
        self.event = event
        self.filter = StationFilter(asked, event=event)
        self.scope = self.filter.scope

    @cached_property
    def all(self) -> list[StationOutline]:
        """Every station that the filter finds, whatever "Toon" asks for."""
        return outlines(self.event, self.filter.qs, self.scope)

    @cached_property
    def shown(self) -> list[StationOutline]:
        return [outline for outline in self.all if self.filter.is_shown(outline)]

    @cached_property
    def columns(self) -> list[DayPart]:
        return columns(self.event, self.scope)

    @cached_property
    def sought(self) -> set[int]:
        """Primary keys of the members whom the filter looks for; their places are marked."""
        if not self.filter.sought_name:
            return set()
        return set(
            sits_where(self.event, self.filter.sought_name).order_by().values_list("member", flat=True)
        )

    @property
    def token(self) -> str:
        """Changes with the plan of any of these stations."""
        return plan_token(self.all)

    @property
    def figures(self) -> dict[str, int]:
        """What stands above the board: places, and stations where the law or something else asks for attention."""
        return {
            "places": sum(outline.places for outline in self.all),
            OPEN: sum(outline.open for outline in self.all),
            LAW: sum(bool(outline.law) for outline in self.all),
            WARNINGS: sum(bool(outline.warnings) for outline in self.all),
        }

    @property
    def is_narrowed(self) -> bool:
        """Whether the figures are of a part of the event; "Toon" does not narrow them."""
        chosen = self.filter.form.cleaned_data if self.filter.form.is_valid() else {}
        return any(value for name, value in chosen.items() if name != "gaps")

    @property
    def is_filtered(self) -> bool:
        return self.is_narrowed or bool(self.filter.gaps_only)

    @cached_property
    def total(self) -> int:
        """How many stations the event has, whatever the filter."""
        return self.event.polling_stations.count() if self.is_filtered else len(self.all)

    def page(self, number: Any, size: int = STATIONS_PER_BLOCK) -> Page:
        return Paginator(self.shown, size).get_page(number)

    def blocks(self) -> list[Block]:
        """All stations that are shown, twenty at a time."""
        pages = Paginator(self.shown, STATIONS_PER_BLOCK)
        return [
            Block(
                page.number,
                ".".join(str(outline.number) for outline in page),
                sum(outline.height for outline in page),
            )
            for page in pages
            if page.object_list
        ]

    def rows(self, numbers: Collection[int]) -> list[BoardRow]:
        return rows(self.event, numbers, self.columns, self.scope)

    def rows_of(self, outlined: Iterable[StationOutline]) -> list[BoardRow]:
        """The rows of stations that are among `all`."""
        return rows_of(self.event, list(outlined), self.columns, self.scope)


@dataclass(frozen=True)
class Done:
    """What a change did, for whoever made it. `focus`: id in the page of what it is about.

    is_undo: it took a change back; the message then offers no undo, which would be of an older change.
    """

    text: str
    warnings: list[str] = field(default_factory=list)
    focus: str = ""
    is_undo: bool = False


def kept_filter(request: HttpRequest) -> HttpResponse | None:
    """Keep the filter of this page in the session; a page opened without one gets the filter as it was left.

    Who wipes the filter comes from the page itself, and stays without. A link from elsewhere changes nothing, and whom
    somebody looked for is not kept.
    """
    asked = request.GET.copy()
    for name in NEVER_KEPT:
        asked.pop(name, None)
    kept = request.session.get(FILTER_SESSION_KEY, "")
    came_from = urlsplit(request.headers.get("Referer", "")).path
    if kept and not request.GET and came_from != request.path:
        return redirect(f"{request.path}?{kept}")
    query = asked.urlencode()
    if kept != query and len(query) <= LONGEST_FILTER and _comes_from_here(request):
        request.session[FILTER_SESSION_KEY] = query
    return None


def _comes_from_here(request: HttpRequest) -> bool:
    """Whether a page of this municipality led here; older browsers only tell the address of that page."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    return urlsplit(request.headers.get("Referer", "")).netloc == request.get_host()


def filtered(request: HttpRequest, name: str) -> str:
    """The address of the page `name` with the filter as it was left."""
    query = request.session.get(FILTER_SESSION_KEY)
    return reverse(f"backoffice:{name}") + (f"?{query}" if query else "")


def record_search(request: HttpRequest, board: Board) -> None:
    """Note in the log that somebody was looked for by name."""
    if board.filter.sought_name:
        asked = {"person": typed(board.filter.sought_name)}
        audit.record_view(
            "board.search", by=request.user, on=board.event, filters=asked, count=len(board.sought)
        )


def tabs(request: HttpRequest, current: str) -> list[dict[str, object]]:
    """Board and list: two looks at the same plan, under the same filter."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return [
        {"label": label, "url": reverse(f"backoffice:{name}") + query, "current": name == current}
        for name, label in (("board", _("Bord")), ("assignment-list", _("Lijst")))
    ]


def plan_context(request: HttpRequest, board: Board) -> dict[str, Any]:
    """What stands above board and list: figures, and the change that can be undone."""
    may_edit = can(request.user, "planning.edit")
    last = undoable(board.event, request.user) if may_edit else None
    return {
        "board": board,
        "filter": board.filter,
        "figures": _figures(board),
        "places": board.figures["places"],
        "may_edit": may_edit,
        "last_change": last,
        "last_change_text": describe(last) if last else "",
    }


def _figures(board: Board) -> list[dict[str, object]]:
    asked = board.filter.form.data.copy() if board.filter.form.is_valid() else QueryDict(mutable=True)
    asked.pop("page", None)
    figures = board.figures
    open_places, against_law, warned = (figures[name] for name in (OPEN, LAW, WARNINGS))
    labels = {
        OPEN: (ngettext("open plaats", "open plaatsen", open_places), "warning"),
        LAW: (
            ngettext(
                "stembureau voldoet niet aan de wet", "stembureaus voldoen niet aan de wet", against_law
            ),
            "error",
        ),
        WARNINGS: (
            ngettext("stembureau met een waarschuwing", "stembureaus met een waarschuwing", warned),
            "warning",
        ),
    }
    found = []
    for name, (label, tone) in labels.items():
        is_on = board.filter.gaps_only == name
        query = {key: value for key, value in asked.items() if key != "gaps" and value}
        found.append(
            {
                "name": name,
                "label": label,
                "value": figures[name],
                "tone": tone if figures[name] else "ok" if board.all else "none",
                "is_on": is_on,
                "url": "?" + urlencode(query | {"gaps": "" if is_on else name}),
            }
        )
    return found


def shown_in_panel(
    request: HttpRequest, template: str, context: dict[str, Any], *, title: str, intro: str, back: str
) -> HttpResponse:
    """A page about one place or person: whole, or as the side panel of the board.

    template: the body, in templates/backoffice/assignment/.
    """
    frame = "backoffice/board/panel.html" if request.htmx else "backoffice/assignment/page.html"
    words = {
        "title": title,
        "intro": intro,
        "back_url": back,
        "body": f"backoffice/assignment/{template}",
        "here": request.path,
    }
    return render(request, frame, context | words)


def answer(
    request: HttpRequest,
    event: ElectionEvent,
    act: Callable[[], Done],
    *,
    stations: Collection[int],
    members: Collection[int],
    back: str,
) -> HttpResponse:
    """Make a change and say what it did: on the board with the rows that changed, elsewhere on the page `back`.

    stations, members: primary keys of what the change is about. Other stations where these members work are shown
    anew too: rest and hours may have become wrong or right there.
    """
    status = 200
    try:
        done, tone = act(), "ok"
    except ActionError as problem:
        done, tone = Done(problem.message), "error"
        status = 409 if isinstance(problem, ChangedElsewhere) else 422
    if not request.htmx:
        show = messages.success if status == 200 else messages.error
        show(request, " ".join([done.text, *done.warnings]))
        return redirect(back)
    board = Board(event, _query_of_board(request))
    numbers = (
        PollingStation.objects.filter(pk__in={*stations, *_stations_of(event, members)})
        .order_by("number")
        .values_list("number", flat=True)
    )
    fresh = board.rows(list(numbers))  # before the figures, which then know them
    context = plan_context(request, board) | {
        "rows": fresh,
        "done": done,
        "tone": "warning" if done.warnings else tone,
        "is_done": status == 200,
    }
    return render(request, "backoffice/board/answer.html", context, status=status)


def ask_undo(request: HttpRequest, change: PlanChange) -> HttpResponse:
    """The question before a change of many places is taken back, in the side panel or as a page."""
    emptied = all(step["before"] is None for step in change.steps)
    title = _("%(count)s plaatsen leegmaken?") if emptied else _("%(count)s plaatsen terugzetten?")
    asked = shown_in_panel(
        request,
        "undo.html",
        {"change": change, "back_label": _("Terug naar de lijst")},
        title=title % {"count": grouped(len(change.steps))},
        intro=describe(change),
        back=filtered(request, "assignment-list"),
    )
    asked["HX-Retarget"] = "#board-panel"
    return asked


def place_before(change: PlanChange) -> str:
    """The id on the board of the place that comes back, or of the shift that becomes free."""
    before = [
        step["before"]
        for step in change.steps
        if step["before"] and step["before"]["state"] in ACTIVE_ASSIGNMENT_STATES
    ]
    if before:
        return f"p-{before[0]['uuid']}"
    return next((f"shift-{step['after']['shift']}" for step in change.steps if step["after"]), "")


def touched(change: PlanChange) -> dict[str, list[int]]:
    """The stations and members of a change, by primary key."""
    sides = [side for step in change.steps for side in (step["before"], step["after"]) if side]
    shifts = Shift.objects.filter(uuid__in={side["shift"] for side in sides})
    members = Member.objects.filter(uuid__in={side["member"] for side in sides})
    return {
        "stations": list(shifts.order_by().values_list("polling_station", flat=True).distinct()),
        "members": list(members.values_list("pk", flat=True)),
    }


def place_may_be_gone(view: View) -> View:
    """For a view of one assignment: when a colleague ended it since the page was made, say who and when.

    Whatever was never here stays a 404: the log of this municipality does not know it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, uuid: UUID) -> HttpResponse:
        try:
            return view(request, uuid)
        except Http404:
            act = last_act(uuid)
            event = chosen_event(request)
            if not act or event is None:
                raise
        text = f"{_('Deze plaats is er niet meer.')} {act}"

        def refuse() -> Done:
            raise ChangedElsewhere(text)

        back = filtered(request, "assignment-list")
        return answer(request, event, refuse, stations=(), members=(), back=back)

    return guarded


def _stations_of(event: ElectionEvent, members: Collection[int]) -> list[int]:
    places = event.polling_stations.filter(shifts__assignments__member__in=members)
    return list(places.order_by().values_list("pk", flat=True).distinct())


def _query_of_board(request: HttpRequest) -> QueryDict:
    """The filter of the board that is open in the browser."""
    return QueryDict(urlsplit(request.htmx.current_url or "").query)
