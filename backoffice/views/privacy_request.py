"""What members ask about their data, and what the team answers (AVG art. 12: within a month)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backoffice.access import staff_required
from backoffice.forms.privacy import AnswerForm
from backoffice.paging import asked_for, show_page
from backoffice.tables.privacy_request import TONES, PrivacyRequestFilter, PrivacyRequestTable
from elections import audit
from elections.actions.privacy_request import answer_privacy_request
from elections.enums import PrivacyRequestState
from elections.errors import ActionError
from elections.models import PrivacyRequest


@staff_required("privacy.handle")
@require_safe
def privacy_request_list(request: HttpRequest) -> HttpResponse:
    """All questions, newest first."""
    questions = PrivacyRequestFilter(request.GET, PrivacyRequest.objects.select_related("member"))
    table = PrivacyRequestTable(questions.qs)
    show_page(table, request)
    count = table.page.paginator.count
    audit.record_view("privacy_request.list", by=request.user, filters=asked_for(questions), count=count)
    return render(request, "backoffice/privacy_request/list.html", {"table": table, "filter": questions})


@staff_required("privacy.handle")
def privacy_request_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One question with the ways to answer it."""
    question = get_object_or_404(PrivacyRequest.objects.select_related("member__user"), uuid=uuid)
    is_open = question.state == PrivacyRequestState.OPEN
    form = AnswerForm(request.POST or None, question=question)
    if request.method == "POST" and form.is_valid():
        state = PrivacyRequestState(form.cleaned_data["state"])
        try:
            answer_privacy_request(question, state, form.cleaned_data["answer"], by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("Uw antwoord staat klaar voor het lid."))
            return redirect("backoffice:privacy-request-list")
    audit.record_view("privacy_request.view", by=request.user, on=question)
    context = {
        "question": question,
        "member": question.member,
        "is_open": is_open,
        "tone": TONES[PrivacyRequestState(question.state)],
        "form": form,
    }
    return render(request, "backoffice/privacy_request/detail.html", context)
