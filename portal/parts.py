"""The pages of the menu that the team may close: documents and messages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from elections.enums import StepKind
from elections.models import Member
from elections.queries.menu_part import closed_among, closed_parts
from elections.queries.portal_step import PartsOf

View = Callable[..., HttpResponseBase]


def closed_for(request: HttpRequest, member: Member, parts: PartsOf | None = None) -> frozenset[StepKind]:
    """What `closed_parts` says of the member whose pages this request shows, asked once for each request.

    parts: those of the event that members see, for a page that read them for another reason.
    """
    if not hasattr(request, "closed_parts"):
        request.closed_parts = closed_among(parts) if parts else closed_parts(member)
    known: frozenset[StepKind] = request.closed_parts
    return known


def part_required(kind: StepKind) -> Callable[[View], View]:
    """Give the page while the team has this part of the menu open for the member, and else a page that says so.

    Stands under `member_required`. A form that comes in after closing passes: the action refuses it, and the page shows
    it with all that was typed.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method != "POST" and kind in closed_for(request, request.member):
                return part_closed(request, str(kind.label))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def part_closed(request: HttpRequest, title: str, period: str = "") -> HttpResponse:
    """Say kindly that this part is not open now, and since or until when (`period`)."""
    return render(request, "portal/part/closed.html", {"title": title, "period": period})
