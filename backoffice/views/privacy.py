"""All data of one member in a file, or all of it gone (AVG art. 15, 17 and 20)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backoffice.access import staff_required
from backoffice.forms.privacy import EraseForm
from elections.actions.privacy import erase_member, export_member
from elections.enums import EraseReason
from elections.errors import ActionError
from elections.models import Member
from elections.queries.privacy import erase_plan
from tenants.responses import zip_response


@staff_required("privacy.handle", confirmed=True)
@require_POST
def privacy_export(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Hand over everything about one member. The file is not kept."""
    member = get_object_or_404(Member.objects.present(), uuid=uuid)
    return zip_response(export_member(member, by=request.user), f"gegevens-lid-{member.number}.zip")


@staff_required("privacy.handle", confirmed=True)
def privacy_erase(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what goes and what stays, and erase after the member number was typed over."""
    member = get_object_or_404(Member.objects.select_related("user"), uuid=uuid)
    if member.erased_at:
        return render(request, "backoffice/privacy/erased.html", {"member": member})
    form = EraseForm(request.POST or None, member=member)
    if request.method == "POST" and form.is_valid():
        try:
            erase_member(member, by=request.user, reason=EraseReason(form.cleaned_data["reason"]))
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(
                request, _("De gegevens van lid %(number)s zijn gewist.") % {"number": member.number}
            )
            return redirect(reverse("backoffice:privacy-erase", args=[member.uuid]))
    context = {"member": member, "form": form, "plan": erase_plan(member)}
    return render(request, "backoffice/privacy/erase.html", context)
