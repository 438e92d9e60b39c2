"""Results of trainings that staff write down, or take away, for one member."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backoffice.access import staff_required
from backoffice.forms.training import ResultForm
from elections.actions.training_result import record_training_result, remove_training_result
from elections.errors import ActionError
from elections.models import Member, Training, TrainingResult


@staff_required("training.edit")
@require_http_methods(["GET", "POST"])
def training_result_note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down how a member did a training."""
    member = get_object_or_404(Member.objects.present(), uuid=uuid)
    form = ResultForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            record_training_result(
                values["training"],
                member,
                values["done_on"],
                passed=form.has_passed,
                score=values["score"],
                by=request.user,
            )
        except ActionError as problem:
            form.add_error("done_on", problem.message)
        else:
            messages.success(request, _("De uitslag is genoteerd."))
            return redirect("backoffice:member-detail", uuid)
    context = {"member": member, "form": form, "has_trainings": Training.objects.exists()}
    return render(request, "backoffice/training_result/note.html", context)


@staff_required("training.edit")
@require_http_methods(["GET", "POST"])
def training_result_remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first; then take away a result that was written down by mistake."""
    result = get_object_or_404(TrainingResult.objects.select_related("training", "member"), uuid=uuid)
    if request.method == "POST":
        remove_training_result(result, by=request.user)
        messages.success(request, _("De uitslag is weggehaald."))
        return redirect("backoffice:member-detail", result.member.uuid)
    return render(request, "backoffice/training_result/remove.html", {"result": result})
