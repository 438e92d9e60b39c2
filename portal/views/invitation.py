"""The link in an invitation. Opening it changes nothing, for mail scanners open links too; its button starts."""

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from elections.actions.invitation import find_invitation
from elections.models import Invitation
from portal.sign_in import invitation_steps
from portal.work_account import offers_work_account

TOKEN_KEY = "invitation_token"  # noqa: S105 - the name of a place in the session


@require_http_methods(["GET", "HEAD", "POST"])
@offers_work_account
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Welcome a member or colleague and start the choice of a password."""
    return open_link(request, token, "portal/invitation/open.html")


def open_link(request: HttpRequest, token: str, template: str) -> HttpResponse:
    """Show where a link leads, or start with it: the token moves to the session, out of the address bar."""
    found = find_invitation(token)
    if found is None or not found.is_usable:
        return refuse_link(request, found)
    if request.method == "POST":
        auth.logout(request)
        request.session[TOKEN_KEY] = token
        return redirect("portal:password-choose")
    return render(request, template, {"invitation": found, "steps": invitation_steps(found.user)})


def refuse_link(request: HttpRequest, found: Invitation | None) -> HttpResponse:
    """Tell why a link does not work and what to do. Without a genuine link nothing is told about anybody."""
    return render(request, "portal/invitation/over.html", {"invitation": found}, status=410)
