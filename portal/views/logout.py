"""The way out."""

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from elections.actions.login import record_logout
from elections.actions.sign_in import close_sign_in


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session and have the browser throw away what it kept."""
    if request.user.is_authenticated:
        record_logout(request.user)
        close_sign_in(request.session.session_key or "")
    auth.logout(request)
    messages.success(request, _("U bent uitgelogd."))
    response = redirect("portal:login")
    # Not "cookies": that would also clear those of the municipality's other sites under the same domain.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
