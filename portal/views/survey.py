"""Surveys: one question per page, then check, then send; to be left and taken up again at any page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from elections.actions.survey_response import save_answer, send_response
from elections.data_register import why
from elections.enums import StepKind
from elections.errors import ActionError
from elections.models import Member, Question, Survey
from elections.queries.event import current_event
from elections.queries.portal_step import is_step_open, period_text, portal_step
from elections.queries.survey import Sheet, answer_words, last_moment, sheet_of, shown_to, visible_to
from elections.queries.survey_result import is_told
from portal.access import look_going_on, member_required
from portal.forms.survey import AnswerForm

TEMPLATES = "portal/survey"


@member_required
@require_safe
def survey_list(request: HttpRequest) -> HttpResponse:
    """The surveys for this member, with how far they are; none while the part of the portal is closed."""
    step = portal_step(current_event(), StepKind.SURVEYS, request.member)
    surveys = list(shown_to(request.member)) if step and step.is_open else []
    for survey in surveys:
        survey.last_moment = last_moment(survey, step)
    context = {"surveys": surveys, "period": period_text(step) if step and not step.is_open else ""}
    return render(request, f"{TEMPLATES}/list.html", context)


@member_required
@require_safe
def survey_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What it is about and whether it is anonymous, with the way in; or that it is sent or closed."""
    survey = _survey(request.member, uuid)
    sheet = sheet_of(survey, request.member)
    # Where the member goes on tells what they answered, and that is not for a colleague who looks along.
    is_own = look_going_on(request) is None
    target = sheet.first_open if is_own else next(iter(sheet.questions), None)
    step = portal_step(current_event(), StepKind.SURVEYS, request.member)
    context = {
        "survey": survey,
        "is_open": _is_open(request.member, survey),
        "is_told": is_told(survey),
        "count": len(sheet.questions),
        "last_moment": last_moment(survey, step),
        "period": period_text(step) if step and not step.is_open else "",
        "kept": len(sheet.answers) if is_own else 0,
        "start_url": _page(survey, target) if target else reverse("portal:survey-check", args=[uuid]),
        "why": why("survey"),
    }
    return render(request, f"{TEMPLATES}/detail.html", context)


@member_required
@require_http_methods(["GET", "POST"])
def survey_question(request: HttpRequest, uuid: UUID, question: UUID) -> HttpResponse:
    """One question. Every answer is kept as soon as the page is sent."""
    survey = _survey(request.member, uuid)
    if request.method == "GET" and (survey.is_sent or not _is_open(request.member, survey)):
        return redirect("portal:survey-detail", uuid)
    sheet = sheet_of(survey, request.member)
    row = next((each for each in sheet.questions if each.uuid == question), None)
    if row is None:
        raise Http404
    form = AnswerForm(request.POST or None, question=row, answer=sheet.answers.get(row.pk))
    leaves = "later" in request.POST
    if leaves and not form.has_changed():
        return redirect("portal:survey-list")
    if request.method == "POST" and form.is_valid():
        try:
            save_answer(request.member, row, form.given())
        except ActionError as error:
            form.add_error("answer", error.message)
        else:
            return _go_on(request, survey, row, leaves=leaves)
    return render(request, f"{TEMPLATES}/question.html", _question_context(request, sheet, row, form))


@member_required
@require_safe
def survey_check(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All answers, to look over, change and send."""
    survey = _survey(request.member, uuid)
    if survey.is_sent or not _is_open(request.member, survey):
        return redirect("portal:survey-detail", uuid)
    sheet = sheet_of(survey, request.member)
    rows = [
        {
            "label": each.text,
            "value": answer_words(sheet.answers[each.pk]) if each.pk in sheet.answers else "",
            "change_url": f"{_page(survey, each)}?change=1",
        }
        for each in sheet.path
    ]
    missing = sheet.missing
    context = {
        "survey": survey,
        "rows": rows,
        "missing": missing,
        "missing_url": _page(survey, missing[0]) if missing else "",
    }
    return render(request, f"{TEMPLATES}/check.html", context)


@member_required
@require_POST
def survey_send(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send the answers. A second press, or another tab, sends nothing twice."""
    survey = _survey(request.member, uuid)
    try:
        send_response(survey, request.member, by=request.user)
    except ActionError as error:
        messages.error(request, error.message)
        return redirect("portal:survey-detail", uuid)
    return redirect("portal:survey-done", uuid)


@member_required
@require_safe
def survey_done(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Thanks, and what happens with the answers."""
    survey = _survey(request.member, uuid)
    if not survey.is_sent:
        return redirect("portal:survey-detail", uuid)
    return render(request, f"{TEMPLATES}/done.html", {"survey": survey})


def _survey(member: Member, uuid: UUID) -> Any:
    return get_object_or_404(visible_to(member), uuid=uuid)


def _is_open(member: Member, survey: Survey) -> bool:
    return (
        is_step_open(current_event(), StepKind.SURVEYS, member)
        and survey.is_showing
        and shown_to(member).filter(pk=survey.pk).exists()
    )


def _page(survey: Survey, question: Question) -> str:
    return reverse("portal:survey-question", args=[survey.uuid, question.uuid])


def _go_on(request: HttpRequest, survey: Survey, question: Question, *, leaves: bool) -> HttpResponse:
    """To the next question on the path, which the answer may have changed; behind the last one, to the check."""
    if leaves:
        messages.success(request, _("Uw antwoorden zijn bewaard. U kunt later verdergaan."))
        return redirect("portal:survey-list")
    if "change" in request.GET:
        return redirect("portal:survey-check", survey.uuid)
    later = [each for each in sheet_of(survey, request.member).path if each.rank > question.rank]
    if later:
        return redirect(_page(survey, later[0]))
    return redirect("portal:survey-check", survey.uuid)


def _question_context(
    request: HttpRequest, sheet: Sheet, question: Question, form: AnswerForm
) -> dict[str, Any]:
    path = sheet.path
    before = [each for each in path if each.rank < question.rank]
    back = (
        _page(sheet.survey, before[-1])
        if before
        else reverse("portal:survey-detail", args=[sheet.survey.uuid])
    )
    place = _("Vraag %(place)s van %(count)s") % {"place": len(before) + 1, "count": len(path)}
    is_change = "change" in request.GET
    if is_change:
        back = reverse("portal:survey-check", args=[sheet.survey.uuid])
    return {
        "survey": sheet.survey,
        "question": question,
        "form": form,
        "step_text": place,
        "back_url": back,
        "submit_label": _("Bewaar") if is_change else _("Bewaar en ga verder"),
        "later_label": "" if is_change else _("Bewaar en ga later verder"),
    }
