"""The colleagues of the election team: who has access, with which role."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backoffice.access import staff_required
from backoffice.forms.staff import StaffForm, StaffInviteForm
from backoffice.paging import show_page
from backoffice.reset import reset_page
from backoffice.tables.staff import TONES, ReviewTable, StaffTable
from elections import audit
from elections.actions import staff as actions
from elections.actions.invitation import invite_staff, resend_invitation, withdraw_invitation
from elections.enums import StaffRole
from elections.errors import ActionError
from elections.models import User
from elections.queries.staff import (
    colleagues,
    factor_words,
    last_login_words,
    last_review,
    review_is_due,
    rights_matrix,
    staff_state,
)


@staff_required("staff.manage")
def staff_list(request: HttpRequest) -> HttpResponse:
    """All colleagues by name."""
    table = StaffTable(colleagues())
    show_page(table, request)
    audit.record_view("staff.list", by=request.user, count=table.page.paginator.count)
    context = {"table": table, "last_review": last_review(), "review_is_due": review_is_due()}
    return render(request, "backoffice/staff/list.html", context)


@staff_required("staff.manage", confirmed=True)
def staff_invite(request: HttpRequest) -> HttpResponse:
    """Make an account for a colleague and mail the invitation."""
    form = StaffInviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invite_staff(**form.cleaned_data, by=request.user)
        except ActionError as problem:
            form.add_error("email", problem.message)
        else:
            messages.success(
                request, _("%(name)s krijgt een uitnodiging.") % {"name": form.cleaned_data["name"]}
            )
            return redirect("backoffice:staff-list")
    return render(request, "backoffice/staff/invite.html", {"form": form})


@staff_required("staff.manage", confirmed=True)
def staff_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Name, role and access of one colleague."""
    colleague = get_object_or_404(colleagues(), uuid=uuid)
    form = StaffForm(request.POST or None, initial={"name": colleague.name, "role": colleague.role})
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_staff(colleague, **form.cleaned_data, by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("De wijziging is bewaard."))
            return redirect("backoffice:staff-list")
    state = staff_state(colleague)
    context = {
        "form": form,
        "colleague": colleague,
        "state": state,
        "tone": TONES[state],
        "factor": factor_words(colleague),
        "last_login_words": last_login_words(colleague),
    }
    return render(request, "backoffice/staff/edit.html", context)


@staff_required("staff.manage", confirmed=True)
@require_POST
def staff_disable(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take away access, at once."""
    return _do(request, uuid, actions.disable_staff, _("%(name)s heeft geen toegang meer."))


@staff_required("staff.manage", confirmed=True)
@require_POST
def staff_enable(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give access back."""
    return _do(request, uuid, actions.enable_staff, _("%(name)s heeft weer toegang."))


@staff_required("staff.manage", confirmed=True)
@require_POST
def staff_resend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send the invitation again, with a new link."""
    return _do(request, uuid, resend_invitation, _("%(name)s krijgt een nieuwe uitnodiging."))


@staff_required("staff.manage", confirmed=True)
@require_POST
def staff_withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make the link in the invitation worthless."""
    return _do(request, uuid, withdraw_invitation, _("De uitnodiging van %(name)s is ingetrokken."))


@staff_required("staff.manage", confirmed=True)
def staff_reset(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask what a colleague lost, and then take it away, so that they can begin again."""
    colleague = get_object_or_404(User.objects.staff(), uuid=uuid)
    return reset_page(request, colleague, reverse("backoffice:staff-edit", args=[uuid]))


@staff_required("staff.manage")
def staff_review(request: HttpRequest) -> HttpResponse:
    """Everybody's role, rights and log-in on one page, and the button that says that somebody looked at it."""
    if request.method == "POST":
        actions.review_rights(by=request.user)
        messages.success(request, _("U hebt de rechten nagekeken. Dat staat in het logboek."))
        return redirect("backoffice:staff-list")
    table = ReviewTable(colleagues(), orderable=False)
    context = {"table": table, "last_review": last_review(), "review_is_due": review_is_due()}
    return render(request, "backoffice/staff/review.html", context)


@staff_required("staff.manage")
@require_GET
def staff_rights(request: HttpRequest) -> HttpResponse:
    """Which role may do what."""
    context = {"roles": StaffRole, "matrix": list(rights_matrix())}
    return render(request, "backoffice/staff/rights.html", context)


def _do(request: HttpRequest, uuid: UUID, action: Callable[..., Any], done: str) -> HttpResponse:
    colleague = get_object_or_404(User.objects.staff(), uuid=uuid)
    try:
        action(colleague, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, done % {"name": colleague.display_name})
    return redirect("backoffice:staff-edit", colleague.uuid)
