"""Trainings: setting them up, their key, how far members are, and who has still to do one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.access import event_required, staff_required
from backoffice.forms.training import TrainingForm
from backoffice.paging import asked_for, show_page
from backoffice.tables.training import (
    MissingFilter,
    MissingTable,
    ResultFilter,
    ResultTable,
    TrainingTable,
    kinds_words,
)
from elections import audit
from elections.actions.training import (
    create_training,
    remove_training,
    renew_training_key,
    show_training_key,
    update_training,
)
from elections.enums import StepKind
from elections.errors import ActionError
from elections.models import PortalStep, Training
from elections.permissions import can
from elections.queries.training import members_of_training, still_to_train, trainings_with_counts

TEMPLATES = "backoffice/training"


@staff_required("training.view")
@require_safe
def training_list(request: HttpRequest) -> HttpResponse:
    """All trainings, with how many did them."""
    table = TrainingTable(trainings_with_counts())
    show_page(table, request)
    context = {"table": table, "may_edit": can(request.user, "training.edit")}
    return render(request, f"{TEMPLATES}/list.html", context)


@staff_required("training.view")
@require_safe
def training_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One training with the members for whom it counts. Looking is logged: it tells how people did."""
    training = _training(uuid)
    chosen = ResultFilter(request.GET, members_of_training(training))
    table = ResultTable(chosen.qs)
    show_page(table, request)
    audit.record_view("training.results", by=request.user, on=training, filters=asked_for(chosen))
    context = {
        "training": training,
        "kinds": kinds_words(training),
        "table": table,
        "filter": chosen,
        "may_edit": can(request.user, "training.edit"),
    }
    return render(request, f"{TEMPLATES}/detail.html", context)


@staff_required("training.view")
@event_required
@require_safe
def training_missing(request: HttpRequest) -> HttpResponse:
    """Who has a place and has still to do the training for it, with the way to remind them."""
    chosen = MissingFilter(request.GET, still_to_train(request.event))
    table = MissingTable(chosen.qs)
    show_page(table, request)
    audit.record_view("training.missing", by=request.user, on=request.event, filters=asked_for(chosen))
    step = PortalStep.objects.filter(event=request.event, kind=StepKind.TRAINING).first()
    context = {
        "table": table,
        "filter": chosen,
        "step": step,
        "may_remind": can(request.user, "audience.edit") and step is not None and step.is_on,
    }
    return render(request, f"{TEMPLATES}/missing.html", context)


@staff_required("training.edit")
@require_http_methods(["GET", "POST"])
def training_create(request: HttpRequest) -> HttpResponse:
    """Set a training up."""
    return _edit(request, None)


@staff_required("training.edit")
@require_http_methods(["GET", "POST"])
def training_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a training, or switch it off."""
    return _edit(request, _training(uuid))


@staff_required("training.edit")
@require_http_methods(["GET", "POST"])
def training_remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first; then take away a training that nobody did."""
    training = _training(uuid)
    if request.method == "POST":
        try:
            remove_training(training, by=request.user)
        except ActionError as problem:
            messages.error(request, problem.message)
            return redirect("backoffice:training-detail", uuid)
        messages.success(request, _("“%(name)s” is verwijderd.") % {"name": training.name})
        return redirect("backoffice:training-list")
    return render(request, f"{TEMPLATES}/remove.html", {"training": training})


@staff_required("training.edit", confirmed=True)
@require_http_methods(["GET", "POST"])
@sensitive_variables("key")
def training_key(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the key for the maker of the site, once, or make a new one."""
    training, key = _training(uuid), ""
    if request.method == "POST":
        try:
            if "renew" in request.POST:
                training = renew_training_key(training, by=request.user)
                messages.success(request, _("Er is een nieuwe sleutel. Laat hem nu zien en geef hem door."))
                return redirect("backoffice:training-key", uuid)
            key = show_training_key(training, by=request.user)
        except ActionError as problem:
            messages.error(request, problem.message)
            return redirect("backoffice:training-key", uuid)
    context = {"training": training, "key": key, "code": request.tenant.code}
    return render(request, f"{TEMPLATES}/key.html", context)


def _edit(request: HttpRequest, training: Training | None) -> HttpResponse:
    form = TrainingForm.of(training, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if training is None:
                saved = create_training(form.facts, by=request.user)
            else:
                saved = update_training(training, form.facts, version=form.version_shown, by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("“%(name)s” is bewaard.") % {"name": saved.name})
            return redirect("backoffice:training-detail", saved.uuid)
    return render(request, f"{TEMPLATES}/edit.html", {"training": training, "form": form})


def _training(uuid: UUID) -> Training:
    return get_object_or_404(Training, uuid=uuid)
