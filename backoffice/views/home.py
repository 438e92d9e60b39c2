"""The dashboard: today's work first, then the figures, each a link to the list behind it; and a view for the wall."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backoffice.access import chosen_event, event_required, staff_required
from backoffice.dashboard import figures_of, groups_of, part_rows, position_rows, todays_work
from elections.models import Member, User
from elections.permissions import can
from elections.queries.daily_figures import trends
from elections.queries.dashboard import Dashboard, dashboard
from elections.sessions import no_activity

LOOKS = ("light", "dark")


@staff_required("dashboard.view")
def home(request: HttpRequest) -> HttpResponse:
    """What to do today; for a new municipality, where to begin."""
    event = chosen_event(request)
    if event is None:
        steps = _first_steps(request.user, has_members=Member.objects.active().exists())
        return render(request, "backoffice/home/welcome.html", {"tasks": steps})
    request.event = event
    board = dashboard(event)
    context = {"event": event, "trends": trends(event, board), **_figures(board, request.user)}
    return render(request, "backoffice/home/home.html", context)


@staff_required("dashboard.view")
@require_GET
@no_activity
@event_required
def home_live(request: HttpRequest) -> HttpResponse:
    """Today's work and the figures anew when they changed since `?token=`; nothing (204) when they did not."""
    if not request.htmx:
        return redirect("backoffice:home")
    context = _figures(dashboard(request.event), request.user)
    if context["token"] == request.GET.get("token"):
        return HttpResponse(status=204)
    return render(request, "backoffice/home/live.html", context)


@staff_required("dashboard.view")
@require_GET
@event_required
def home_wall(request: HttpRequest) -> HttpResponse:
    """For a screen on the wall: large figures and no names. `?look=` light or dark, else as the screen is set.

    Its session ends as any other: asking for new figures is no sign that somebody sits there.
    """
    look = request.GET.get("look", "")
    context = {"look": look if look in LOOKS else "", **_wall(request)}
    return render(request, "backoffice/home/wall.html", context)


@staff_required("dashboard.view")
@require_GET
@no_activity
@event_required
def home_wall_live(request: HttpRequest) -> HttpResponse:
    """The figures of the wall anew, each minute at least, so that the screen shows that it is alive."""
    if not request.htmx:
        return redirect("backoffice:home-wall")
    context = _wall(request)
    if context["token"] == request.GET.get("token"):
        return HttpResponse(status=204)
    return render(request, "backoffice/home/wall_live.html", context)


def _figures(board: Dashboard, user: User) -> dict[str, Any]:
    """The part of the page that refreshes itself, and a token that changes with what it shows."""
    shown = render_to_string(
        "backoffice/home/figures.html",
        {
            "board": board,
            "tasks": todays_work(board, user),
            "figures": figures_of(board, user),
            "parts": part_rows(board.parts, user),
            "groups": groups_of(board, user),
            "positions": position_rows(board, user),
        },
    )
    return {"shown": shown, "token": _token(shown)}


def _wall(request: HttpRequest) -> dict[str, Any]:
    board = dashboard(request.event)
    today, first_day = timezone.localdate(), board.progress.first_day
    facts = {
        "event": request.event,
        "board": board,
        "parts": part_rows(board.parts, request.user),
        "days_left": (first_day - today).days if first_day and first_day >= today else None,
        "now": timezone.localtime(),
    }
    shown = render_to_string("backoffice/home/wall_figures.html", facts)
    return {"event": request.event, "shown": shown, "token": _token(shown)}


def _token(shown: str) -> str:
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def _first_steps(user: User, *, has_members: bool) -> list[dict[str, Any]]:
    """The way of a municipality that has no election event yet."""
    return [
        {
            "title": _("Leden inlezen"),
            "hint": _("Uit het Excel- of CSV-bestand dat u al hebt."),
            "url": _link("member-import", user, "member.import"),
            "status": "done" if has_members else "todo",
        },
        {
            "title": _("Verkiezingsronde aanmaken"),
            "hint": _("Verkiezingen, zittingsdagen, dagdelen en functies. Veel is al ingevuld."),
            "url": _link("event-create", user, "event.edit"),
            "status": "todo",
        },
        {"title": _("Stembureaus inlezen en diensten maken"), "url": "", "status": "later"},
        {"title": _("Leden uitnodigen"), "url": "", "status": "later"},
        {"title": _("Leden indelen en de indeling publiceren"), "url": "", "status": "later"},
        {"title": _("Benoemingsbrieven maken en publiceren"), "url": "", "status": "later"},
    ]


def _link(name: str, user: User, right: str) -> str:
    return reverse(f"backoffice:{name}") if can(user, right) else ""
