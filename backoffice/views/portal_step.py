"""Opening the parts of the portal: which, from when until when, and in whose words."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from backoffice.access import event_required, staff_required
from backoffice.forms.portal_step import PortalStepForm
from elections.actions.portal_step import update_portal_step
from elections.enums import StepKind
from elections.errors import ActionError
from elections.models import ElectionEvent, PortalStep
from elections.permissions import can
from elections.queries.event import current_event
from elections.queries.portal_step import DEFAULT_TEXTS, period_text


@staff_required("event.view")
@event_required
def portal_step_list(request: HttpRequest) -> HttpResponse:
    """The parts in the order in which members meet them, and what a member sees now."""
    steps = _steps_of(request.event)
    context = {
        "steps": [(step, period_text(step)) for step in steps],
        "tasks": [_preview(step) for step in steps if step.is_on],
        "is_current": current_event() == request.event,
        "may_remind": can(request.user, "audience.edit"),
        "may_edit": can(request.user, "portal.edit") and request.event.archived_at is None,
    }
    return render(request, "backoffice/portal_step/list.html", context)


@staff_required("portal.edit")
def portal_step_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Switch a part on or off, set its period and its text."""
    step = get_object_or_404(PortalStep.objects.select_related("event"), uuid=uuid)
    form = PortalStepForm.of(step, request.POST or None)
    errors: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            update_portal_step(
                step.event,
                StepKind(step.kind),
                is_on=form.cleaned_data["is_on"],
                opens_at=form.moment("opens"),
                closes_at=form.moment("closes"),
                text=form.cleaned_data["text"],
                by=request.user,
            )
        except ActionError as error:
            errors = [error.message]
        else:
            messages.success(request, _("“%(step)s” is aangepast.") % {"step": step.get_kind_display()})
            return redirect("backoffice:portal-step-list")
    context = {
        "step": step,
        "form": form,
        "standard_text": DEFAULT_TEXTS[StepKind(step.kind)],
        "errors": errors,
        "page_errors": errors,
    }
    return render(request, "backoffice/portal_step/edit.html", context)


def _steps_of(event: ElectionEvent) -> list[PortalStep]:
    order = list(StepKind)
    return sorted(event.portal_steps.all(), key=lambda step: order.index(StepKind(step.kind)))


def _preview(step: PortalStep) -> dict[str, str]:
    """The line that a member who did nothing yet has in the portal now, for components/task_list.html."""
    kind = StepKind(step.kind)
    status = "closed" if step.is_closed else "todo" if step.is_open else "later"
    label = ""
    if step.is_open and kind in (StepKind.PLACEMENT, StepKind.LETTERS):
        # Nothing is published for a new member: the step is open but has nothing to show.
        status, label = "later", _("Nog niet bekend") if kind is StepKind.PLACEMENT else _("Nog geen brief")
    return {
        "title": str(kind.label),
        "url": "",
        "hint": step.text or str(DEFAULT_TEXTS[kind]),
        "period": period_text(step),
        "status": status,
        "status_label": label,
    }
