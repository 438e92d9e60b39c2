"""Where and when the member works."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from elections.queries.event import current_event
from elections.queries.placement import placements_of
from portal.access import member_required


@member_required
def placement(request: HttpRequest) -> HttpResponse:
    """All published places of the current event, by day; an empty state before publishing."""
    event = current_event()
    placements = placements_of(request.member, event) if event else []
    return render(request, "portal/placement/placement.html", {"event": event, "placements": placements})
