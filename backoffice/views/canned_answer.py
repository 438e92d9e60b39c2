"""The texts that the team uses often."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.access import staff_required
from backoffice.forms.conversation import CannedAnswerForm
from backoffice.paging import show_page
from backoffice.tables.conversation import CannedAnswerTable
from elections.actions.canned_answer import delete_canned_answer, save_canned_answer
from elections.errors import ActionError
from elections.models import CannedAnswer

TEMPLATES = "backoffice/canned_answer"


@staff_required("inbox.edit")
@require_GET
def canned_answer_list(request: HttpRequest) -> HttpResponse:
    """All canned answers by name."""
    table = CannedAnswerTable(CannedAnswer.objects.all())
    show_page(table, request)
    return render(request, f"{TEMPLATES}/list.html", {"table": table})


@staff_required("inbox.edit")
@require_http_methods(["GET", "POST"])
def canned_answer_create(request: HttpRequest) -> HttpResponse:
    """Write one."""
    return _edit(request, None)


@staff_required("inbox.edit")
@require_http_methods(["GET", "POST"])
def canned_answer_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change one."""
    return _edit(request, get_object_or_404(CannedAnswer, uuid=uuid))


@staff_required("inbox.edit")
@require_http_methods(["GET", "POST"])
def canned_answer_delete(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first; then throw one away."""
    answer = get_object_or_404(CannedAnswer, uuid=uuid)
    if request.method == "GET":
        return render(request, f"{TEMPLATES}/delete.html", {"answer": answer})
    delete_canned_answer(answer, by=request.user)
    messages.success(request, _("“%(title)s” is verwijderd.") % {"title": answer.title})
    return redirect("backoffice:canned-answer-list")


def _edit(request: HttpRequest, answer: CannedAnswer | None) -> HttpResponse:
    initial = {"title": answer.title, "body": answer.body} if answer else None
    form = CannedAnswerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            save_canned_answer(answer, **form.cleaned_data, by=request.user)
        except ActionError as problem:
            form.add_error("title", problem.message)
        else:
            messages.success(request, _("Het standaardantwoord is bewaard."))
            return redirect("backoffice:canned-answer-list")
    return render(request, f"{TEMPLATES}/edit.html", {"form": form, "answer": answer})
