"""The authenticator app of whoever is logged in: members may use one, colleagues must."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods
from django_otp import login as rest_session_on

from elections.actions import authenticator as actions
from elections.errors import ActionError
from elections.models import Authenticator
from elections.one_time_codes import setup_of
from elections.queries.authenticator import factor_state
from elections.sessions import confirm, has_strong_factor
from portal.access import confirmed_required, signed_in_required
from portal.forms.login import AppCodeForm
from portal.navigation import account_base
from portal.sign_in import first_page, stay_in
from portal.work_account import needs_work_account, offers_work_account

# Which set-up this browser began: its seed is shown to no other.
SETUP_KEY = "authenticator_setup"


@offers_work_account
@signed_in_required
@require_GET
def authenticator(request: HttpRequest) -> HttpResponse:
    """How this person logs in now, and what they can change about it."""
    context = {
        "state": factor_state(request.user),
        "is_staff": request.user.is_staff_member,
        "must_set_up": _must_set_up(request),
    }
    return _page(request, "authenticator", context)


@signed_in_required
@confirmed_required
@require_http_methods(["GET", "HEAD", "POST"])
def authenticator_begin(request: HttpRequest) -> HttpResponse:
    """Make a seed for a new app, and go on to the page that shows it. A GET comes from the step-up page."""
    if request.method != "POST":
        return redirect("portal:authenticator")
    if needs_work_account(request.user):
        messages.error(request, _("Log uit en log in met uw werkaccount. Daarna kunt u de app instellen."))
        return redirect("portal:authenticator")
    begun = actions.begin_authenticator(request.user)
    request.session[SETUP_KEY] = str(begun.uuid)
    return redirect("portal:authenticator-setup")


@sensitive_post_parameters("code")
@signed_in_required
@confirmed_required
@require_http_methods(["GET", "HEAD", "POST"])
def authenticator_setup(request: HttpRequest) -> HttpResponse:
    """Show the QR image and ask for the first code; a right one takes the app into use."""
    begun = actions.unfinished_authenticator(request.user, request.session.get(SETUP_KEY))
    if begun is None:
        messages.info(request, _("Begin opnieuw met het instellen van de app."))
        return redirect("portal:authenticator")
    form = AppCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = actions.confirm_authenticator(
                begun, form.cleaned_data["code"], session_key=request.session.session_key or ""
            )
        except ActionError as problem:
            form.add_error("code", problem.message)
        else:
            del request.session[SETUP_KEY]
            _go_on_with(request, begun)
            return _show_codes(request, codes)
    context = {"form": form, **setup_of(begun)}
    return _page(request, "setup", context)


@signed_in_required
@confirmed_required
@require_http_methods(["GET", "HEAD", "POST"])
def authenticator_renew(request: HttpRequest) -> HttpResponse:
    """Ask, and then show ten new recovery codes."""
    if request.method != "POST":
        return _page(request, "renew", {})
    try:
        codes = actions.renew_recovery_codes(request.user, session_key=request.session.session_key or "")
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("portal:authenticator")
    _keep(request)
    return _show_codes(request, codes)


@signed_in_required
@confirmed_required
@require_http_methods(["GET", "HEAD", "POST"])
def authenticator_disable(request: HttpRequest) -> HttpResponse:
    """Ask, and then turn the app off for a member; the next log-in asks a code from the mail."""
    if request.method != "POST":
        return _page(request, "disable", {})
    try:
        actions.disable_authenticator(request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("portal:authenticator")
    # This session rested on the app.
    logout(request)
    messages.success(request, _("De authenticator-app staat uit. Log in met een code uit uw e-mail."))
    return redirect("portal:login")


def _go_on_with(request: HttpRequest, app: Authenticator) -> None:
    """From now on this session rests on the app, as if it had been there at the log-in."""
    app.refresh_from_db()
    rest_session_on(request, app)
    confirm(request.session)
    _keep(request)


def _keep(request: HttpRequest) -> None:
    """Let this session, the only one that goes on, go on under a new key."""
    request.user.refresh_from_db(fields=["sessions_ended_at"])
    stay_in(request, request.user)


def _show_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """The page with the codes is the answer itself: they are stored nowhere, so there is no page to go back to."""
    context = {"codes": codes, "first_page": first_page(request.user)}
    return _page(request, "codes", context)


def _must_set_up(request: HttpRequest) -> bool:
    """Whether the pages of the team stay shut for this colleague until there is an app."""
    return request.user.is_staff_member and not has_strong_factor(request.user)


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    # Who must set up the app first has no use for a menu of pages that are shut.
    base = "portal/base.html" if _must_set_up(request) else account_base(request.user)
    return render(request, f"portal/authenticator/{name}.html", context | {"base": base})
