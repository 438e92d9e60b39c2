"""Begin to look at the portal as a member sees it; the portal itself ends it (portal/views/look.py)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from backoffice.access import staff_required
from backoffice.forms.privacy import LookForm
from elections.actions.look import begin_look
from elections.errors import ActionError
from elections.models import Member


@staff_required("member.look", confirmed=True)
def look_begin(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask why, and open the portal of this member, read-only."""
    member = get_object_or_404(Member.objects.present(), uuid=uuid)
    form = LookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            begin_look(request.session, member, form.cleaned_data["reason"], by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            return redirect("portal:home")
    return render(request, "backoffice/look/begin.html", {"member": member, "form": form})
