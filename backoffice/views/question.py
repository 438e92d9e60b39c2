"""The questions of a survey, in its builder."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.access import staff_required
from backoffice.forms.question import KindForm, QuestionForm
from elections.actions.question import (
    add_question,
    copy_question,
    move_question,
    remove_question,
    update_question,
)
from elections.enums import QuestionKind
from elections.errors import ActionError
from elections.models import Question, Survey
from elections.queries.survey import is_locked

TEMPLATE = "backoffice/question/edit.html"


@staff_required("survey.edit")
@require_http_methods(["GET", "POST"])
def question_create(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Add a question of the kind in the address to the survey `uuid`."""
    survey = get_object_or_404(Survey, uuid=uuid)
    chosen = KindForm(request.GET)
    if not chosen.is_valid():
        raise Http404
    kind = QuestionKind(chosen.cleaned_data["kind"])
    form = QuestionForm(request.POST or None, survey=survey, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            add_question(survey, kind, form.wording, by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("De vraag is toegevoegd."))
            return redirect("backoffice:survey-detail", uuid)
    return render(request, TEMPLATE, {"survey": survey, "kind": kind, "form": form})


@staff_required("survey.edit")
@require_http_methods(["GET", "POST"])
def question_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a question; once members answer, its words only."""
    question = _question(uuid)
    survey, kind = question.survey, QuestionKind(question.kind)
    form = QuestionForm(request.POST or None, survey=survey, kind=kind, row=question)
    if request.method == "POST" and form.is_valid():
        try:
            update_question(question, form.wording, version=form.version_shown, by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("De vraag is bewaard."))
            return redirect("backoffice:survey-detail", survey.uuid)
    context = {
        "survey": survey,
        "question": question,
        "kind": kind,
        "form": form,
        "is_locked": is_locked(survey),
    }
    return render(request, TEMPLATE, context)


@staff_required("survey.edit")
@require_POST
def question_move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One place up, or with `down` one place down."""
    question, is_down = _question(uuid), "down" in request.POST
    return _do(request, question, lambda: move_question(question, up=not is_down, by=request.user))


@staff_required("survey.edit")
@require_POST
def question_copy(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same question once more, at the end."""
    question = _question(uuid)
    return _do(request, question, lambda: copy_question(question, by=request.user))


@staff_required("survey.edit")
@require_http_methods(["GET", "POST"])
def question_remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first; then take the question out."""
    question = _question(uuid)
    if request.method != "POST":
        return render(request, "backoffice/question/remove.html", {"question": question})
    return _do(request, question, lambda: remove_question(question, by=request.user))


def _do(request: HttpRequest, question: Question, act: Callable[[], object]) -> HttpResponse:
    """Do it, say what went wrong if anything did, and go back to the builder."""
    try:
        act()
    except ActionError as problem:
        messages.error(request, problem.message)
    return redirect("backoffice:survey-detail", question.survey.uuid)


def _question(uuid: UUID) -> Question:
    return get_object_or_404(Question.objects.select_related("survey", "shown_if_choice"), uuid=uuid)
