"""A part of the portal that the team made itself: a text for the member."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from elections.actions.portal_step import mark_part_read
from elections.enums import StepKind
from elections.formatting import formatted
from elections.models import PortalStep
from elections.queries.event import current_event
from elections.queries.portal_step import is_for, period_text
from portal.access import look_going_on, member_required
from portal.parts import part_closed


@member_required
@require_safe
def part_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The text. For somebody else, of another event or switched off: 404; outside its period the page says so.

    A colleague who looks as the member does not make it read.
    """
    own = PortalStep.objects.filter(kind=StepKind.OWN, event=current_event()).select_related(
        "audience__event"
    )
    step = get_object_or_404(own, uuid=uuid)
    if not is_for(step, request.member):
        raise Http404
    if not step.is_open:
        return part_closed(request, step.name, period_text(step))
    if not look_going_on(request):
        mark_part_read(step, request.member)
    return render(request, "portal/part/detail.html", {"step": step, "html": formatted(step.body)})
