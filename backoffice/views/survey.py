"""Surveys: making, building, looking at one as members will, publishing, and reminding who did not answer."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.access import chosen_event, staff_required
from backoffice.announcement import before_publishing, done
from backoffice.forms.announcement import VersionForm
from backoffice.forms.audience import AudienceForm
from backoffice.forms.question import KindForm
from backoffice.forms.survey import SurveyForm
from backoffice.paging import show_page
from backoffice.tables.announcement import badge_of
from backoffice.tables.survey import SurveyFilter, SurveyTable
from elections.actions import announcement
from elections.actions.survey import (
    copy_survey,
    create_survey,
    delete_survey,
    publish_survey,
    remind_survey,
    update_survey,
)
from elections.errors import ActionError
from elections.models import Audience, Survey
from elections.queries.audience import audience_words, reach, with_parts
from elections.queries.survey import has_settled_names, is_locked, questions_of, remindable_members
from elections.queries.survey_result import is_told, turnout
from tenants.numbers import grouped

TEMPLATES = "backoffice/survey"


@staff_required("survey.view")
@require_safe
def survey_list(request: HttpRequest) -> HttpResponse:
    """All surveys, newest first, with how many answered."""
    rows = Survey.objects.annotate(sent_count=Count("responses", filter=Q(responses__is_sent=True)))
    rows = rows.prefetch_related(Prefetch("audience", queryset=with_parts(Audience.objects.all())))
    found = SurveyFilter(request.GET, rows.order_by("-created_at", "-pk"))
    table = SurveyTable(found.qs)
    show_page(table, request)
    return render(request, f"{TEMPLATES}/list.html", {"table": table, "filter": found})


@staff_required("survey.view")
@require_safe
def survey_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The questions, with what can be done with them and with the survey."""
    survey = _survey(uuid)
    context = facts_of(survey) | {
        "questions": questions_of(survey),
        "is_locked": is_locked(survey),
        "is_told": is_told(survey),
        "kind_form": KindForm(),
    }
    return render(request, f"{TEMPLATES}/detail.html", context)


@staff_required("survey.edit")
@require_http_methods(["GET", "POST"])
def survey_create(request: HttpRequest) -> HttpResponse:
    """Make a draft; its questions come after that."""
    return _edit(request, None)


@staff_required("survey.edit")
@require_http_methods(["GET", "POST"])
def survey_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change the words, the period or for whom it is."""
    return _edit(request, _survey(uuid))


@staff_required("survey.view")
@require_safe
def survey_preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All questions as members see them, one below the other. Nothing can be sent here."""
    survey = _survey(uuid)
    return render(request, f"{TEMPLATES}/preview.html", {"survey": survey, "questions": questions_of(survey)})


@staff_required("survey.edit")
@require_http_methods(["GET", "POST"])
def survey_publish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first, with the number of members and mails; then publish."""
    survey = _survey(uuid)
    if request.method == "POST":
        done(request, survey, publish_survey, _("“%(title)s” is gepubliceerd."))
        return redirect("backoffice:survey-detail", uuid)
    count = survey.questions.count()
    return render(request, f"{TEMPLATES}/publish.html", before_publishing(survey) | {"count": count})


@staff_required("survey.edit")
@require_POST
def survey_withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take it out of the portal; what members filled in is kept."""
    done(request, _survey(uuid), announcement.withdraw, _("“%(title)s” is ingetrokken."))
    return redirect("backoffice:survey-detail", uuid)


@staff_required("survey.edit")
@require_http_methods(["GET", "POST"])
def survey_delete(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first; then remove a draft."""
    survey = _survey(uuid)
    if request.method != "POST":
        return render(request, f"{TEMPLATES}/delete.html", facts_of(survey))
    if done(request, survey, delete_survey, _("“%(title)s” is verwijderd.")):
        return redirect("backoffice:survey-list")
    return redirect("backoffice:survey-detail", uuid)


@staff_required("survey.edit")
@require_POST
def survey_copy(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make a new draft with the same questions."""
    copy = copy_survey(_survey(uuid), by=request.user)
    messages.success(request, _("De kopie staat klaar als concept."))
    return redirect("backoffice:survey-detail", copy.uuid)


@staff_required("survey.edit")
@require_http_methods(["GET", "POST"])
def survey_remind(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first, with how many get a mail; then remind who did not send an answer."""
    survey = _survey(uuid)
    if request.method != "POST":
        context = {
            "row": survey,
            "reach": reach(remindable_members(survey)),
            "last": survey.reminders.first(),
        }
        return render(request, f"{TEMPLATES}/remind.html", context)
    try:
        count = remind_survey(survey, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        words = ngettext("%(count)s lid krijgt een e-mail.", "%(count)s leden krijgen een e-mail.", count)
        messages.success(request, words % {"count": grouped(count)})
    return redirect("backoffice:survey-detail", uuid)


def facts_of(survey: Survey) -> dict[str, Any]:
    """What the pages about one survey say: its state, for whom it is, and how many answered."""
    return {
        "row": survey,
        "badge": badge_of(survey),
        "audience_words": audience_words(survey.audience),
        "turnout": turnout(survey),
        "version_form": VersionForm(initial={"version": survey.version}),
    }


def _edit(request: HttpRequest, survey: Survey | None) -> HttpResponse:
    data = request.POST or None
    form = SurveyForm(data, row=survey, is_settled=survey is not None and has_settled_names(survey))
    audience = survey.audience if survey else None
    audience_form = AudienceForm(data, event=chosen_event(request), audience=audience)
    is_sent = request.method == "POST"
    if is_sent and form.is_valid() and audience_form.is_valid():
        try:
            saved = _save(request, survey, form, audience_form)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("“%(title)s” is bewaard.") % {"title": saved.title})
            return redirect("backoffice:survey-detail", saved.uuid)
    context = {
        "survey": survey,
        "form": form,
        "audience_form": audience_form,
        "is_sent": is_sent,
        "page_errors": is_sent and (form.errors or audience_form.errors),
    }
    return render(request, f"{TEMPLATES}/edit.html", context)


def _save(
    request: HttpRequest, survey: Survey | None, form: SurveyForm, audience_form: AudienceForm
) -> Survey:
    choose = partial(audience_form.save, request.user)
    if survey is None:
        return create_survey(form.posting, form.about, choose_audience=choose, by=request.user)
    update_survey(
        survey,
        form.posting,
        form.about,
        choose_audience=choose,
        version=form.version_shown,
        by=request.user,
    )
    return survey


def _survey(uuid: UUID) -> Survey:
    return get_object_or_404(Survey.objects.select_related("audience__event", "event", "previous"), uuid=uuid)
