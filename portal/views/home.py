"""The first page: what to do now, the steps, and the place once it is known."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from elections.enums import StepKind, StepState
from elections.models import Assignment, ElectionEvent, Member
from elections.queries.event import current_event
from elections.queries.placement import Placement, placements_at_a_glance
from elections.queries.portal_step import StepView, parts_for, steps_for
from elections.queries.reservation import open_offers
from portal.access import member_required
from portal.parts import closed_for
from portal.whats_new import new_for

STEP_PAGES = {
    StepKind.PERSONAL_DATA: "portal:personal-data",
    StepKind.AVAILABILITY: "portal:availability",
    StepKind.RESERVATION: "portal:reservation",
    StepKind.TRAINING: "portal:training",
    StepKind.PLACEMENT: "portal:placement",
    StepKind.LETTERS: "portal:letter-list",
    StepKind.SURVEYS: "portal:survey-list",
}


@member_required
def home(request: HttpRequest) -> HttpResponse:
    """Steps of the current event, with the next one on top. The number of queries does not grow with anything."""
    event = current_event()
    parts = parts_for(request.member, event) if event else None
    steps = steps_for(request.member, event, parts) if event else []
    todo = next((step for step in steps if step.is_todo), None)
    placements = _placements(request.member, event, steps)
    offers = list(open_offers(request.member, event).order_by("answer_due_at")) if event else []
    context = {
        "event": event,
        "tasks": [_task(step) for step in steps],
        "next_step": _task(todo) if todo else None,
        "next_state": todo.state if todo else None,
        "all_done": bool(steps) and all(step.state == StepState.DONE for step in steps),
        "placements": placements,
        "urgent": _urgent(offers, placements),
        "new_things": new_for(request.member, closed_for(request, request.member, parts)),
    }
    return render(request, "portal/home/home.html", context)


def _task(step: StepView) -> dict[str, object]:
    return {
        "title": step.title,
        "hint": step.text,
        "period": step.period,
        "status": step.status,
        "status_label": step.state_label,
        "url": _page_of(step) if step.has_page else "",
        "kind": step.kind,
    }


def _page_of(step: StepView) -> str:
    if step.kind is StepKind.OWN:
        return reverse("portal:part-detail", args=[step.uuid])
    return reverse(STEP_PAGES[step.kind])


def _urgent(offers: list[Assignment], placements: list[Placement]) -> dict[str, object] | None:
    """What waits for an answer before a moment: an offer, which is gone after it, and then a published place."""
    if offers:
        first = offers[0]
        one = reverse("portal:reservation-offer", args=[first.uuid])
        url = one if len(offers) == 1 else reverse("portal:reservation")
        return {"kind": "offer", "count": len(offers), "due_at": first.answer_due_at, "url": url}
    silent = [placement for placement in placements if placement.due_at]
    if not silent:
        return None
    due_at = min(placement.due_at for placement in silent if placement.due_at)
    overdue = due_at < timezone.now()
    return {"kind": "place", "due_at": due_at, "is_overdue": overdue, "url": reverse("portal:placement")}


def _placements(member: Member, event: ElectionEvent | None, steps: list[StepView]) -> list[Placement]:
    """The published places, read only when the steps say that there are any."""
    known = any(step.kind == StepKind.PLACEMENT and step.has_page for step in steps)
    return placements_at_a_glance(member, event) if event and known else []
