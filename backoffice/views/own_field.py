"""The municipality's own questions: the list, one question, and the answers of one member."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.access import staff_required
from backoffice.forms.own_field import OwnAnswersForm, OwnFieldForm, OwnFieldKindForm
from elections import audit
from elections.actions.own_answer import update_own_answers
from elections.actions.own_field import (
    create_own_field,
    delete_own_field,
    move_own_field,
    update_own_field,
)
from elections.enums import OwnFieldKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Member, OwnField
from elections.queries.own_field import own_answers, readable_fields, with_answer_counts

TEMPLATES = "backoffice/own_field"


@staff_required("portal.edit")
@require_safe
def own_field_list(request: HttpRequest) -> HttpResponse:
    """All questions in their order, with how many members answered each."""
    context = {"questions": with_answer_counts(), "kind_form": OwnFieldKindForm()}
    return render(request, f"{TEMPLATES}/list.html", context)


@staff_required("portal.edit")
@require_http_methods(["GET", "POST"])
def own_field_create(request: HttpRequest) -> HttpResponse:
    """Make a question of the kind in the address."""
    chosen = OwnFieldKindForm(request.GET)
    if not chosen.is_valid():
        raise Http404
    kind = OwnFieldKind(chosen.cleaned_data["kind"])
    form = OwnFieldForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            field = create_own_field(kind, form.question, by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("De vraag “%(name)s” is gemaakt.") % {"name": field.name})
            return redirect("backoffice:own-field-list")
    return render(request, f"{TEMPLATES}/edit.html", {"form": form, "kind": kind})


@staff_required("portal.edit")
@require_http_methods(["GET", "POST"])
def own_field_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a question; its kind stays."""
    field = get_object_or_404(OwnField, uuid=uuid)
    kind = OwnFieldKind(field.kind)
    form = OwnFieldForm(request.POST or None, kind=kind, row=field)
    if request.method == "POST" and form.is_valid():
        try:
            update_own_field(field, form.question, version=form.version_shown, by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("De vraag is bewaard."))
            return redirect("backoffice:own-field-list")
    return render(request, f"{TEMPLATES}/edit.html", {"form": form, "kind": kind, "question": field})


@staff_required("portal.edit")
@require_POST
def own_field_move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One place up, or with `down` one place down."""
    field = get_object_or_404(OwnField, uuid=uuid)
    move_own_field(field, up="down" not in request.POST, by=request.user)
    return redirect("backoffice:own-field-list")


@staff_required("portal.edit", confirmed=True)
@require_http_methods(["GET", "POST"])
def own_field_delete(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first; then remove a question with its answers."""
    field = get_object_or_404(OwnField, uuid=uuid)
    if request.method != "POST":
        context = {"question": field, "count": field.values.count()}
        return render(request, f"{TEMPLATES}/delete.html", context)
    delete_own_field(field, by=request.user)
    messages.success(request, _("De vraag “%(name)s” is verwijderd.") % {"name": field.name})
    return redirect("backoffice:own-field-list")


@staff_required("member.edit")
@require_http_methods(["GET", "POST"])
def own_field_answers(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The answers of one member, to fill in or change by the team."""
    member = get_object_or_404(Member.objects.present(), uuid=uuid)
    answers = own_answers(member, readable_fields(request.user))
    form = OwnAnswersForm(request.POST or None, member=member, answers=answers)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            update_own_answers(member, form.answers, version=version, by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
            if isinstance(problem, ChangedElsewhere):
                form.look_again()
        else:
            messages.success(
                request, _("De antwoorden van %(name)s zijn bewaard.") % {"name": member.full_name}
            )
            return redirect("backoffice:member-detail", member.uuid)
    audit.record_view("member.view", by=request.user, on=member, page="own_field")
    return render(request, f"{TEMPLATES}/answers.html", {"form": form, "member": member})
