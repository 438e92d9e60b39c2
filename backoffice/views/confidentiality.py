"""Hiding the contact data of one member from most of the team, and showing them again."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backoffice.access import staff_required
from backoffice.forms.confidentiality import ConfidentialityForm
from elections.actions.confidentiality import end_confidentiality, mark_confidential
from elections.errors import ActionError
from elections.models import Member
from elections.queries.confidentiality import may_see_contact


@staff_required("member.edit")
@require_http_methods(["GET", "POST"])
def confidentiality_mark(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask why and until when, and hide the contact data. Who may edit members may hide; not look behind it."""
    member = get_object_or_404(Member.objects.present(), uuid=uuid)
    if not may_see_contact(member, request.user):
        raise PermissionDenied  # the form shows the reason
    form = ConfidentialityForm(request.POST or None, member=member)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            mark_confidential(member, chosen["reason"], chosen["last_day"], request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            text = _("De contactgegevens van %(name)s zijn nu vertrouwelijk.")
            messages.success(request, text % {"name": member.full_name})
            return redirect("backoffice:member-detail", member.uuid)
    return render(request, "backoffice/confidentiality/mark.html", {"member": member, "form": form})


@staff_required("member.confidential", confirmed=True)
@require_http_methods(["GET", "POST"])
def confidentiality_end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask, and show the contact data again to everybody who sees the member file."""
    member = get_object_or_404(Member.objects.present().exclude(confidential_since=None), uuid=uuid)
    if request.method == "POST":
        end_confidentiality(member, by=request.user)
        text = _("De contactgegevens van %(name)s zijn niet meer vertrouwelijk.")
        messages.success(request, text % {"name": member.full_name})
        return redirect("backoffice:member-detail", member.uuid)
    return render(request, "backoffice/confidentiality/end.html", {"member": member})
