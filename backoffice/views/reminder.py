"""The reminder ladder of a part of the portal: its rungs, and a reminder right now."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.access import staff_required
from backoffice.forms.reminder import ReminderForm, days_words
from elections.actions.reminder import add_reminder, remind_now, remove_reminder
from elections.enums import TASK_STEPS, StepKind
from elections.errors import ActionError
from elections.models import PortalStep, Reminder
from elections.queries.portal_step import period_text
from elections.queries.reminder import can_remind, reminder_preview, reminders_of
from tenants.numbers import grouped


@staff_required("audience.edit")
@require_http_methods(["GET", "POST"])
def reminder_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The rungs of one part, whom they would reach now, and a form for another rung."""
    step = _step(uuid)
    form = ReminderForm(request.POST or None, step=step)
    if request.method == "POST" and form.is_valid():
        try:
            add_reminder(step, **form.values, by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("De herinnering staat klaar."))
            return redirect("backoffice:reminder-list", uuid)
    context = {
        "step": step,
        "period": period_text(step),
        "form": form,
        "rungs": [
            (rung, days_words(rung.days_before) if rung.days_before else "") for rung in reminders_of(step)
        ],
        "preview": reminder_preview(step),
        "can_remind": can_remind(step),
        "is_placement": step.kind == StepKind.PLACEMENT,
    }
    return render(request, "backoffice/reminder/list.html", context)


@staff_required("audience.edit")
@require_http_methods(["GET", "POST"])
def reminder_send(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first, with the number of mails; then remind everybody who is not done."""
    step = _step(uuid)
    if request.method == "POST":
        try:
            count = remind_now(step, by=request.user)
        except ActionError as problem:
            messages.error(request, problem.message)
        else:
            text = ngettext(
                "%(count)s lid krijgt een herinnering.", "%(count)s leden krijgen een herinnering.", count
            )
            messages.success(request, text % {"count": grouped(count)})
        return redirect("backoffice:reminder-list", uuid)
    context = {"step": step, "preview": reminder_preview(step), "can_remind": can_remind(step)}
    return render(request, "backoffice/reminder/send.html", context)


@staff_required("audience.edit")
@require_POST
def reminder_remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take away a rung that has not gone."""
    rung = get_object_or_404(Reminder.objects.select_related("step"), uuid=uuid)
    try:
        remove_reminder(rung, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("De herinnering is weggehaald."))
    return redirect("backoffice:reminder-list", rung.step.uuid)


def _step(uuid: UUID) -> PortalStep:
    """A part in which somebody can be not done; the others have no reminders."""
    steps = PortalStep.objects.filter(kind__in=TASK_STEPS).select_related("event")
    return get_object_or_404(steps, uuid=uuid)
