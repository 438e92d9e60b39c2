"""Reading the results of a training in: choose a file, look at what would happen, and confirm."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.access import staff_required
from backoffice.forms.training import ResultFileForm
from elections import audit
from elections.actions.import_file import cancel_import_file
from elections.actions.training_result import confirm_training_import, plan_of, upload_results
from elections.enums import ImportState, JobKind
from elections.errors import ActionError
from elections.imports.training_file import Outcome
from elections.models import ImportFile, Training

SHOWN = 200  # rows per group; the numbers above count all of them


@staff_required("training.edit")
@require_http_methods(["GET", "POST"])
def training_import(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Choose the file of a trainer."""
    training = get_object_or_404(Training, uuid=uuid)
    is_sent = request.method == "POST"
    form = ResultFileForm(request.POST, request.FILES) if is_sent else ResultFileForm()
    if is_sent and form.is_valid():
        try:
            import_file = upload_results(training, form.cleaned_data["file"], by=request.user)
        except ActionError as problem:
            form.add_error("file", problem.message)
        else:
            return redirect("backoffice:training-import-check", import_file.uuid)
    return render(request, "backoffice/training_import/upload.html", {"training": training, "form": form})


@staff_required("training.edit")
@require_safe
def training_import_check(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what every row would do."""
    import_file, training = _get(uuid)
    if import_file.state == ImportState.DONE:
        return _already(request, training)
    try:
        plan = plan_of(import_file, training, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:training-import", training.uuid)
    audit.record_view("import_file.view", by=request.user, on=import_file)
    context = {
        "import_file": import_file,
        "training": training,
        "plan": plan,
        "figures": [
            {
                "value": plan.count(outcome),
                "label": str(outcome.label),
                "tone": tone if plan.count(outcome) else "neutral",
            }
            for outcome, tone in _TONES.items()
        ],
        "unknown": plan.rows(Outcome.UNKNOWN)[:SHOWN],
        "faults": plan.rows(Outcome.FAULTY)[:SHOWN],
        "to_do": plan.to_do[:SHOWN],
        "shown": SHOWN,
    }
    return render(request, "backoffice/training_import/check.html", context)


@staff_required("training.edit")
@require_POST
def training_import_confirm(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Read the file in as it was shown; a second click finds it done."""
    import_file, training = _get(uuid)
    try:
        plan = confirm_training_import(
            import_file, training, fingerprint=request.POST.get("fingerprint", ""), by=request.user
        )
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:training-import-check", import_file.uuid)
    if plan is None:
        return _already(request, training)
    text = ngettext(
        "%(count)s uitslag is ingelezen.", "%(count)s uitslagen zijn ingelezen.", plan.count_to_do
    )
    messages.success(request, text % {"count": plan.count_to_do})
    return redirect("backoffice:training-detail", training.uuid)


@staff_required("training.edit")
@require_POST
def training_import_cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Throw the file away unread."""
    import_file, training = _get(uuid)
    try:
        cancel_import_file(import_file, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        messages.info(request, _("Het bestand is verwijderd. Er is niets veranderd."))
    return redirect("backoffice:training-detail", training.uuid)


_TONES = {
    Outcome.NEW: "ok",
    Outcome.CHANGED: "neutral",
    Outcome.KNOWN: "neutral",
    Outcome.UNKNOWN: "warning",
    Outcome.FAULTY: "error",
}


def _already(request: HttpRequest, training: Training) -> HttpResponse:
    messages.info(request, _("Dit bestand is al ingelezen."))
    return redirect("backoffice:training-detail", training.uuid)


def _get(uuid: UUID) -> tuple[ImportFile, Training]:
    import_file = get_object_or_404(ImportFile, uuid=uuid, kind=JobKind.TRAINING_IMPORT)
    return import_file, get_object_or_404(Training, uuid=import_file.options.get("training"))
