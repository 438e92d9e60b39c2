"""Changes of their own data that members ask for: what waits, deciding about one, and which subjects wait at all."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.access import staff_required
from backoffice.forms.personal_data_change import ApproveForm, RefuseForm, SubjectsForm
from backoffice.paging import asked_for, show_page
from backoffice.tables.personal_data_change import TONES, PersonalDataChangeFilter, PersonalDataChangeTable
from elections import audit
from elections.actions import personal_data_change as actions
from elections.enums import DataChangeState
from elections.errors import ActionError
from elections.models import ApprovedSubject, PersonalDataChange
from elections.queries.personal_data_change import before_and_after, hides_contact

NAME = "backoffice:personal-data-change-list"
TEMPLATES = "backoffice/personal_data_change"


@staff_required("member.edit")
@require_safe
def personal_data_change_list(request: HttpRequest) -> HttpResponse:
    """What waits for the team, the oldest first; or what was decided."""
    found = PersonalDataChange.objects.select_related("member")
    changes = PersonalDataChangeFilter(request.GET, found)
    table = PersonalDataChangeTable(changes.qs, by=request.user)
    show_page(table, request)
    count = table.page.paginator.count
    audit.record_view("personal_data_change.list", by=request.user, filters=asked_for(changes), count=count)
    context = {
        "table": table,
        "filter": changes,
        "subjects": [str(each) for each in ApprovedSubject.objects.order_by("pk")],
    }
    return render(request, f"{TEMPLATES}/list.html", context)


@staff_required("member.edit")
@require_safe
def personal_data_change_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One change: what is known now, and what the member wants."""
    return _show(request, _change(uuid))


@staff_required("member.edit")
@require_POST
def personal_data_change_approve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make the change as the page showed it."""
    change = _change(uuid)
    _require_open_contact(request, change)
    form = ApproveForm(request.POST)
    if not form.is_valid():
        return redirect("backoffice:personal-data-change-detail", uuid)
    try:
        actions.approve_personal_data_change(change, **form.cleaned_data, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:personal-data-change-detail", uuid)
    messages.success(
        request, _("De gegevens van %(name)s zijn gewijzigd.") % {"name": change.member.full_name}
    )
    return redirect(NAME)


@staff_required("member.edit")
@require_POST
def personal_data_change_refuse(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Leave the data as they are, with a reason that the member reads."""
    change, form = _change(uuid), RefuseForm(request.POST)
    _require_open_contact(request, change)
    if not form.is_valid():
        return _show(request, change, form)
    try:
        actions.refuse_personal_data_change(change, form.cleaned_data["reason"], by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:personal-data-change-detail", uuid)
    messages.success(
        request, _("%(name)s leest waarom u dit niet overneemt.") % {"name": change.member.full_name}
    )
    return redirect(NAME)


@staff_required("member.edit")
@require_http_methods(["GET", "POST"])
def personal_data_change_subjects(request: HttpRequest) -> HttpResponse:
    """Choose which subjects wait for the team."""
    chosen = list(ApprovedSubject.objects.values_list("subject", flat=True))
    form = SubjectsForm(request.POST if request.method == "POST" else None, initial={"subjects": chosen})
    if request.method == "POST" and form.is_valid():
        actions.choose_approved_subjects(form.cleaned_data["subjects"], by=request.user)
        messages.success(request, _("Uw keuze is bewaard."))
        return redirect(NAME)
    return render(request, f"{TEMPLATES}/subjects.html", {"form": form})


def _change(uuid: UUID) -> PersonalDataChange:
    return get_object_or_404(PersonalDataChange.objects.select_related("member"), uuid=uuid)


def _require_open_contact(request: HttpRequest, change: PersonalDataChange) -> None:
    if hides_contact(change, request.user):
        raise PermissionDenied


def _show(request: HttpRequest, change: PersonalDataChange, form: RefuseForm | None = None) -> HttpResponse:
    audit.record_view("personal_data_change.view", by=request.user, on=change.member)
    state, hides = DataChangeState(change.state), hides_contact(change, request.user)
    versions = {"version": change.version, "member_version": change.member.version}
    context = {
        "change": change,
        "member": change.member,
        "waits": state == DataChangeState.WAITING,
        "hides_contact": hides,
        "tone": TONES[state],
        "rows": [] if hides else before_and_after(change),
        "approve_form": ApproveForm(initial=versions),
        "form": form or RefuseForm(),
    }
    return render(request, f"{TEMPLATES}/detail.html", context)
