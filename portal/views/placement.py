"""Where and when the member works, what changed, and whether they come."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from elections.actions import placement as actions
from elections.enums import AssignmentState, StepKind
from elections.errors import ActionError, ChangedElsewhere
from elections.exports.calendar_feed import calendar_text
from elections.models import Assignment
from elections.queries.event import current_event
from elections.queries.own_choice import own_choices
from elections.queries.placement import (
    RELATED,
    Placement,
    earlier_places,
    is_soon,
    may_decline,
    own_places,
    placements_of,
    same_card,
    unseen_changes,
)
from elections.queries.portal_step import is_for, is_step_open, open_to_some, require_open_step
from elections.queries.reservation import open_offers
from portal.access import member_required
from portal.forms.placement import DeclineForm, SeenForm
from tenants.context import current_municipality
from tenants.links import absolute_url
from tenants.map_tiles import with_map
from tenants.responses import calendar_response


@member_required
@require_GET
@with_map
def placement(request: HttpRequest) -> HttpResponse:
    """Offers and changes on top; then all published places of the current event, by day, and what is over.

    Who is no longer one of those for whom the part is, perhaps because the place is gone, still reads what changed: the
    mail about it points here.
    """
    event, member = current_event(), request.member
    step = open_to_some(event, StepKind.PLACEMENT) if event else None
    is_open = step is not None and is_for(step, member)
    placements = placements_of(member, event) if event else []
    context = {
        "event": event,
        "placements": placements,
        "has_map": any(each.is_on_map for each in placements),
        "changes": unseen_changes(member, event) if event and step else [],
        "earlier": earlier_places(member, event) if event and is_open else [],
        "offers": open_offers(member, event).select_related(*RELATED) if event else [],
    }
    if event and not placements:
        context["choice"] = own_choices(member, event).first()
    return render(request, "portal/placement/placement.html", context)


@member_required
@require_POST
def placement_see(request: HttpRequest) -> HttpResponse:
    """The member read what changed."""
    event = current_event()
    if event:
        actions.see_changes(request.member, event, by=request.user)
    return redirect("portal:placement")


@member_required
@require_POST
def placement_accept(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The member comes: all times of the place at once, or a declined one after all."""
    place = _own_place(request, uuid)
    form = SeenForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else {}
    try:
        if place.state == AssignmentState.DECLINED:
            actions.accept_placement(place, by=request.user, version=seen.get(place.uuid, 0))
        else:
            actions.answer_card(place, comes=same_card(place), by=request.user, seen=seen)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("Bedankt. Wij weten nu dat u komt."))
    return redirect("portal:placement")


@member_required
@require_http_methods(["GET", "POST"])
def placement_decline(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask why, and check; then the place is free for somebody else.

    A form that comes in after the step closed is refused, and stands there again with all that was typed.
    """
    place = _own_place(request, uuid, also_closed=request.method == "POST")
    card = list(same_card(place))
    if not card:  # declined before, perhaps in another tab
        messages.info(request, _("U hebt al doorgegeven dat u niet kunt."))
        return redirect("portal:placement")
    form = DeclineForm(request.POST or None, places=card)
    soon = any(is_soon(each) for each in card)
    if request.method == "POST" and form.is_valid():
        try:
            require_open_step(place.shift.polling_station.event, StepKind.PLACEMENT, request.member)
            reason, seen = form.cleaned_data["reason"], form.cleaned_data["seen"]
            actions.answer_card(place, declines=form.declined(), reason=reason, by=request.user, seen=seen)
        except ActionError as problem:
            form.add_error(None, problem.message)
            if isinstance(problem, ChangedElsewhere):
                form.look_again()
        else:
            messages.success(request, _("Wij weten nu dat u niet kunt. Bedankt dat u het doorgaf."))
            if soon:
                messages.warning(request, _("U zou al snel werken. Bel ons ook even."))
            return redirect("portal:placement")
    context = {
        "form": form,
        "placement": Placement(card, asks_answer=True),
        "is_soon": soon,
        "may_decline": any(may_decline(each) for each in card),
    }
    return render(request, "portal/placement/decline.html", context)


@member_required
@require_GET
def placement_calendar(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The place for the member's own calendar."""
    place = _own_place(request, uuid)
    card = list(same_card(place)) or [place]
    url = absolute_url(current_municipality(), reverse("portal:placement"))
    name = slugify(f"stembureau-{place.shift.polling_station.number}-{place.shift.day_part.polling_day.date}")
    return calendar_response(calendar_text(card, url=url, language=get_language() or "nl"), f"{name}.ics")


def _own_place(request: HttpRequest, uuid: UUID, *, also_closed: bool = False) -> Assignment:
    """A place that this member sees, or declined; somebody else's or one of an earlier event: 404.

    also_closed: also while the step is not open.
    """
    event, member = current_event(), request.member
    is_open = also_closed or is_step_open(event, StepKind.PLACEMENT, member)
    shown = own_places(member, event) if event and is_open else None
    return get_object_or_404(Assignment.objects.none() if shown is None else shown, uuid=uuid)
