"""All letters as one file: to print, or to keep."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from backoffice.access import event_required, staff_required
from backoffice.forms.letter_bundle import LetterBundleForm
from elections.actions.letter_bundle import start_letter_bundle
from elections.enums import JobKind
from elections.errors import ActionError
from elections.queries.job import jobs_with_file
from elections.queries.letter_bundle import letter_bundle as bundle_of


@staff_required("letter.edit")
@event_required
@require_http_methods(["GET", "HEAD", "POST"])
def letter_bundle(request: HttpRequest) -> HttpResponse:
    """Choose whose letters and what for; the job that makes the file shows how far it is."""
    form = LetterBundleForm(request.POST or None, event=request.event)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            job = start_letter_bundle(
                request.event,
                JobKind(values["kind"]),
                group=values["group"],
                stations=values["stations"],
                duplex=values["duplex"],
                by=request.user,
            )
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            return redirect("backoffice:job-detail", uuid=job.uuid)
    context = {
        "form": form,
        "bundle": bundle_of(request.event),
        "jobs": jobs_with_file(request.event, JobKind.LETTER_PRINT, JobKind.LETTER_ZIP),
    }
    return render(request, "backoffice/letter_bundle/letter_bundle.html", context)
