"""The end of looking at the portal as a member; a colleague begins in the backoffice (backoffice/views/look.py)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from elections.actions.look import end_look
from portal.access import signed_in_required


@signed_in_required
@require_POST
def look_stop(request: HttpRequest) -> HttpResponse:
    """Back to the member in the backoffice; without a look that goes on, to the first page."""
    member = end_look(request.session, by=request.user)
    return redirect("backoffice:member-detail", member) if member else redirect("portal:home")
