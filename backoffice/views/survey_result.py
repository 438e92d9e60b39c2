"""What came out of a survey: charts with a table beside each, the texts, and a file."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from backoffice.access import staff_required
from backoffice.downloads import download
from backoffice.views.survey import facts_of
from elections import audit
from elections.enums import TEXT_KINDS
from elections.exports.survey import survey_sheet
from elections.models import Question, Survey
from elections.queries.survey_result import results_of, texts_of, why_hidden

TEMPLATES = "backoffice/survey_result"
TEXTS_ON_A_PAGE = 50


@staff_required("survey.view")
@require_safe
def survey_result(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Every question with its chart and table. Looking is logged: by name it tells what members said."""
    survey = _survey(uuid)
    hidden = why_hidden(survey)
    if not hidden:
        audit.record_view("survey.results", by=request.user, on=survey)
    context = facts_of(survey) | {"hidden": hidden, "results": [] if hidden else results_of(survey)}
    return render(request, f"{TEMPLATES}/result.html", context)


@staff_required("survey.view")
@require_safe
def survey_result_texts(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was written as an answer to the question `uuid`, page by page, without who wrote it."""
    texts = Question.objects.select_related("survey__audience__event").filter(kind__in=TEXT_KINDS)
    question = get_object_or_404(texts, uuid=uuid)
    survey = question.survey
    if why_hidden(survey):
        return redirect("backoffice:survey-result", survey.uuid)
    audit.record_view("survey.results", by=request.user, on=survey)
    page = Paginator(texts_of(question), TEXTS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, f"{TEMPLATES}/texts.html", {"row": survey, "question": question, "page": page})


@staff_required("survey.view", confirmed=True)
@require_safe
def survey_result_export(request: HttpRequest, uuid: UUID) -> HttpResponse | FileResponse:
    """All answers as a file: `format` is xlsx, ods or csv."""
    survey = _survey(uuid)
    hidden = why_hidden(survey)
    if hidden:
        messages.error(request, hidden)
        return redirect("backoffice:survey-result", uuid)
    audit.record("survey.export", by=request.user, on=survey)
    return download(survey_sheet(survey), f"enquete-{slugify(survey.title)}", request.GET.get("format"))


def _survey(uuid: UUID) -> Survey:
    return get_object_or_404(Survey.objects.select_related("audience__event", "previous"), uuid=uuid)
