"""The page behind the links in mails to people who signed up: confirm, take back, agree to be passed on.

Opening it changes nothing, for mail scanners open links too. It shows nothing of what was typed: an address with a
mistake in it belongs to a stranger.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from elections.actions import application as actions
from elections.actions import application_transfer as transfer
from elections.enums import ApplicationState
from elections.errors import ActionError
from elections.models import Application

TEMPLATES = "portal/application"

View = Callable[..., HttpResponse]


def _with_application(view: View) -> View:
    """Give the view the application of a link that still works."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        found = Application.objects.by_token(token)
        is_late = found is not None and (
            found.state == ApplicationState.UNCONFIRMED and found.confirm_before <= timezone.now()
        )
        if found is None or is_late:
            return render(request, f"{TEMPLATES}/over.html", {"is_late": is_late}, status=410)
        return view(request, found)

    return guarded


@_with_application
@require_safe
def application(request: HttpRequest, found: Application) -> HttpResponse:
    """Where the application stands, and what the person can do with it."""
    context = {
        "application": found,
        "asks": bool(found.target_code) and found.state in actions.WAITING,
        "words": transfer.transfer_words(found),
    }
    return render(request, f"{TEMPLATES}/detail.html", context)


@_with_application
@require_POST
def application_confirm(request: HttpRequest, found: Application) -> HttpResponse:
    """The address is theirs: the team sees the application from now on."""
    return _act(request, found, lambda: actions.confirm_application(found), _("Uw aanmelding is bevestigd."))


@_with_application
@require_POST
def application_agree(request: HttpRequest, found: Application) -> HttpResponse:
    """Yes to the municipality that the page named."""
    named = request.POST.get("municipality", "")
    done = _("Dank u wel. Wij geven uw aanmelding door.")
    return _act(request, found, lambda: transfer.agree_transfer(found, target_code=named), done)


@_with_application
@require_POST
def application_decline(request: HttpRequest, found: Application) -> HttpResponse:
    """No, or not any more."""
    named = request.POST.get("municipality", "")
    done = _("Wij geven uw aanmelding niet door.")
    return _act(request, found, lambda: transfer.decline_transfer(found, target_code=named), done)


@_with_application
@require_http_methods(["GET", "HEAD", "POST"])
def application_withdraw(request: HttpRequest, found: Application) -> HttpResponse:
    """Ask first; then delete the application."""
    if request.method == "POST":
        # Twice is once: a second press finds nothing left.
        with suppress(ActionError):
            actions.withdraw_application(found)
        return render(request, f"{TEMPLATES}/withdrawn.html")
    return render(request, f"{TEMPLATES}/withdraw.html", {"application": found})


def _act(request: HttpRequest, found: Application, act: Callable[[], Application], done: str) -> HttpResponse:
    try:
        act()
    except ActionError as problem:
        messages.warning(request, problem.message)
    else:
        messages.success(request, done)
    return redirect("portal:application", found.token)
