"""The parts of the portal: which, for whom, from when until when, in whose words and in which order."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.access import event_required, sent_uuid, staff_required
from backoffice.forms.announcement import VersionForm
from backoffice.forms.portal_step import PartAudienceForm, PortalStepForm
from elections import audit
from elections.actions import portal_step as actions
from elections.enums import MENU_STEPS, StepKind
from elections.errors import ActionError
from elections.models import ElectionEvent, Member, PortalStep
from elections.permissions import can
from elections.queries.event import current_event
from elections.queries.menu_part import closed_among
from elections.queries.part_overview import PartRow, part_rows
from elections.queries.portal_step import (
    DEFAULT_TEXTS,
    StepView,
    own_excerpt,
    parts_for,
    period_text,
    steps_for,
)

TEMPLATES = "backoffice/portal_step"
MOST_MEMBERS = 20


@staff_required("event.view")
@event_required
def portal_step_list(request: HttpRequest) -> HttpResponse:
    """The parts in the order in which members meet them, and what a member who begins sees now."""
    rows = part_rows(request.event)
    context = {
        "tasks_rows": [row for row in rows if not row.in_menu],
        "menu_rows": [row for row in rows if row.in_menu],
        "tasks": [_first_sight(row) for row in rows if row.step.is_on and not row.in_menu and not row.who],
        "is_current": current_event() == request.event,
        "may_remind": can(request.user, "audience.edit"),
        "may_preview": can(request.user, "member.view"),
        "may_edit": can(request.user, "portal.edit") and request.event.archived_at is None,
    }
    return render(request, f"{TEMPLATES}/list.html", context)


@staff_required("portal.edit")
@require_http_methods(["GET", "POST"])
def portal_step_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Switch a part on or off; set its period, for whom it is, and its words."""
    step = _step(uuid)
    return _edit(request, step.event, step)


@staff_required("portal.edit")
@event_required
@require_http_methods(["GET", "POST"])
def portal_step_create(request: HttpRequest) -> HttpResponse:
    """Add a part of the team's own."""
    return _edit(request, request.event, None)


@staff_required("portal.edit")
@require_http_methods(["GET", "POST"])
def portal_step_delete(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first; then take a part of the team's own away."""
    step = get_object_or_404(PortalStep.objects.filter(kind=StepKind.OWN).select_related("event"), uuid=uuid)
    form = VersionForm(request.POST or None, initial={"version": step.version})
    if request.method == "POST":
        try:
            version = form.cleaned_data["version"] if form.is_valid() else 0
            actions.delete_own_part(step, version=version, by=request.user)
        except ActionError as problem:
            messages.error(request, problem.message)
        else:
            messages.success(request, _("“%(step)s” is verwijderd.") % {"step": step.name})
        return redirect("backoffice:portal-step-list")
    context = {"step": step, "form": form, "readers": step.readings.count()}
    return render(request, f"{TEMPLATES}/delete.html", context)


@staff_required("portal.edit")
@require_POST
def portal_step_move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One place up (`up` was pressed) or down; or dragged: before the part `in_front_of`, or to the end without one."""
    step = _step(uuid)
    try:
        if "in_front_of" in request.POST:
            moved = actions.place_portal_step(step, before=_before(request, step), by=request.user)
        else:
            moved = actions.move_portal_step(step, up="up" in request.POST, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        if moved:
            messages.success(request, _("“%(step)s” is verplaatst.") % {"step": step.name})
    return redirect("backoffice:portal-step-list")


def _before(request: HttpRequest, step: PortalStep) -> PortalStep | None:
    """The part of the same event that the dragged one came to stand in front of."""
    wanted = request.POST["in_front_of"]
    own = PortalStep.objects.filter(event=step.event_id)
    return get_object_or_404(own, uuid=sent_uuid(wanted)) if wanted else None


@staff_required("member.view")
@event_required
@require_GET
def portal_step_preview(request: HttpRequest) -> HttpResponse:
    """Look for a member (`?q=`) and see the parts as they have them (`?member=`). No personal data of the member."""
    sought = request.GET.get("q", "").strip()[:100]
    context: dict[str, Any] = {"sought": sought, "is_current": current_event() == request.event}
    active = Member.objects.active().present()
    if "member" in request.GET:
        member = get_object_or_404(active, uuid=sent_uuid(request.GET["member"]))
        audit.record_view("portal_step.preview", by=request.user, on=member)
        parts = parts_for(member, request.event)
        closed = closed_among(parts)
        context |= {
            "member": member,
            "tasks": [_task(step) for step in steps_for(member, request.event, parts, tells_missing=False)],
            "menu": [kind.label for kind in MENU_STEPS if kind not in closed],
        }
    elif sought:
        found = active.search(sought).by_name()
        context |= {"members": found[:MOST_MEMBERS], "count": found.count(), "most": MOST_MEMBERS}
        audit.record_view("member.list", by=request.user, filters={"q": sought}, count=context["count"])
    return render(request, f"{TEMPLATES}/preview.html", context)


def _edit(request: HttpRequest, event: ElectionEvent, step: PortalStep | None) -> HttpResponse:
    form = PortalStepForm(request.POST or None, step=step)
    audience_form = PartAudienceForm(request.POST or None, event=event, step=step)
    if request.method == "POST" and form.is_valid() and audience_form.is_valid():
        try:
            saved = _save(request, event, step, form, audience_form)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("“%(step)s” is aangepast.") % {"step": saved.name})
            return redirect("backoffice:portal-step-list")
    context = {
        "event": event,
        "step": step,
        "form": form,
        "audience_form": audience_form,
        "is_sent": request.method == "POST",
        "standard_text": DEFAULT_TEXTS[StepKind(step.kind)] if step else "",
        "page_errors": form.errors or audience_form.errors,
    }
    return render(request, f"{TEMPLATES}/edit.html", context)


def _save(
    request: HttpRequest,
    event: ElectionEvent,
    step: PortalStep | None,
    form: PortalStepForm,
    audience_form: PartAudienceForm,
) -> PortalStep:
    def choose() -> Any:
        return audience_form.save(request.user)

    if step is None:
        return actions.create_own_part(event, form.setting, choose_audience=choose, by=request.user)
    return actions.update_portal_step(
        step, form.setting, version=form.version_shown, choose_audience=choose, by=request.user
    )


def _step(uuid: UUID) -> PortalStep:
    return get_object_or_404(PortalStep.objects.select_related("event", "audience__event"), uuid=uuid)


def _task(step: StepView) -> dict[str, str]:
    """One line of components/task_list.html, without a link: a colleague only looks."""
    return {
        "title": step.title,
        "url": "",
        "hint": step.text,
        "period": step.period,
        "status": step.status,
        "status_label": step.state_label,
    }


def _first_sight(row: PartRow) -> dict[str, str]:
    """The line that a member who did nothing yet has in the portal now, for components/task_list.html."""
    step, kind = row.step, StepKind(row.step.kind)
    status = "closed" if step.is_closed else "todo" if step.is_open else "later"
    # Nothing is published for a new member: the step is open but has nothing to show.
    waiting = {StepKind.PLACEMENT: _("Nog niet bekend"), StepKind.LETTERS: _("Nog geen brief")}
    label = waiting.get(kind, "") if step.is_open else ""
    return {
        "title": step.name,
        "url": "",
        "hint": own_excerpt(step) if row.is_own else step.text or str(DEFAULT_TEXTS[kind]),
        "period": period_text(step),
        "status": "later" if label else status,
        "status_label": label or (_("Nieuw") if row.is_own and step.is_open else ""),
    }
