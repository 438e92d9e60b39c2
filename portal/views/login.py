"""The front door for members and colleagues: user name and password, then a code from the mail or from their app."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from elections.actions import login as actions
from elections.actions.login_limits import TooManyTries
from elections.enums import SignInMethod
from elections.errors import ActionError
from elections.models import LoginChallenge
from elections.queries.authenticator import unused_recovery_codes
from elections.queries.sign_up import current_sign_up
from elections.sessions import SESSION_END_KEY
from portal.forms.login import AppCodeForm, CodeForm, LoginForm, RecoveryCodeForm
from portal.sign_in import (
    DONE_KEY,
    NEXT_KEY,
    asked_from,
    first_page,
    go_in,
    is_logged_in,
    local_path,
    login_steps,
)
from portal.work_account import offers_work_account

USERNAME_KEY = "login_username"
TEMPLATES = {
    CodeForm: "portal/login/code.html",
    AppCodeForm: "portal/login/app_code.html",
    RecoveryCodeForm: "portal/login/recovery.html",
}


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@offers_work_account
def login(request: HttpRequest) -> HttpResponse:
    """Ask for user name and password; the right ones send a code."""
    if is_logged_in(request):
        return redirect(first_page(request.user))
    form = LoginForm(request.POST or None, initial={"username": request.session.get(USERNAME_KEY, "")})
    wanted = local_path(request.POST.get("next") or request.GET.get("next"))
    if request.method == "POST" and form.is_valid():
        try:
            actions.start_login(**form.cleaned_data, session=request.session, **_browser(request))
        except TooManyTries as problem:
            return render(request, "portal/login/too_often.html", {"text": problem.message}, status=429)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            request.session.cycle_key()
            request.session[NEXT_KEY] = wanted
            request.session.pop(USERNAME_KEY, None)
            return redirect("portal:login-code")
    end = request.session.pop(SESSION_END_KEY, "") if request.method == "GET" else ""
    context = {"form": form, "next": wanted, "session_end": end, "steps": login_steps(1)}
    context["sign_up_open"] = current_sign_up().is_open
    return render(request, "portal/login/login.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def login_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code from the mail or from the app; the right one lets the person in."""
    return _answer(request, AppCodeForm if _asks_app(request) else CodeForm, actions.verify_code)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def login_recovery(request: HttpRequest) -> HttpResponse:
    """Ask for a recovery code of who does not have the phone with the app at hand."""
    if not _asks_app(request) and not is_logged_in(request):
        return redirect("portal:login-code")
    return _answer(request, RecoveryCodeForm, actions.verify_recovery_code)


@require_POST
def login_code_resend(request: HttpRequest) -> HttpResponse:
    """Mail a new code; the old one stops working."""
    try:
        actions.resend_code(request.session, **_browser(request))
    except TooManyTries as problem:
        return render(request, "portal/login/too_often.html", {"text": problem.message}, status=429)
    except actions.ChallengeOver as problem:
        messages.warning(request, problem.message)
        return redirect("portal:login")
    if not _asks_app(request):
        messages.success(request, _("We hebben een nieuwe code gemaild. Alleen de nieuwste code werkt."))
    return redirect("portal:login-code")


Verify = Callable[[actions.SessionData, str], LoginChallenge]


def _answer(request: HttpRequest, form_class: type[forms.Form], verify: Verify) -> HttpResponse:
    """One page that asks a code: show it, look at what was typed, and let the person in or say what is wrong."""
    if is_logged_in(request) or DONE_KEY in request.session:
        return redirect("portal:home")
    challenge = actions.waiting_challenge(request.session)
    if challenge is None:
        return redirect("portal:login")
    form = form_class(request.POST or None)
    by_app = challenge.method != SignInMethod.EMAIL_CODE
    try:
        if request.method == "POST" and form.is_valid():
            answered = verify(request.session, form.cleaned_data["code"])
            _tell_codes_left(request, answered)
            device = actions.proven_device(answered)
            return go_in(request, answered.user, device, SignInMethod(answered.method))
        actions.check_open(challenge)
    except actions.CodeRefused as problem:
        form.add_error("code", problem.message)
    except actions.ChallengeOver as problem:
        if problem.reason == "used":
            # The other half of a double click, which let this browser in a moment ago.
            return redirect("portal:home")
        context = {"problem": problem, "by_app": by_app}
        return render(request, "portal/login/code_over.html", context, status=410)
    context = {"form": form, "email": _masked(challenge.user.email), "expires_at": challenge.expires_at}
    template = TEMPLATES[form_class]
    return render(request, template, context | {"steps": login_steps(2, by_app=by_app)})


def _asks_app(request: HttpRequest) -> bool:
    """Whether this browser must show a code of the app, and not one from the mail."""
    challenge = actions.waiting_challenge(request.session)
    return challenge is not None and challenge.method != SignInMethod.EMAIL_CODE


def _tell_codes_left(request: HttpRequest, answered: LoginChallenge) -> None:
    if answered.method == SignInMethod.RECOVERY_CODE:
        left = unused_recovery_codes(answered.user)
        text = ngettext(
            "U hebt een herstelcode gebruikt. U hebt er nog %(left)s.",
            "U hebt een herstelcode gebruikt. U hebt er nog %(left)s.",
            left,
        )
        messages.warning(request, text % {"left": left})


def _browser(request: HttpRequest) -> dict[str, str]:
    return {"user_agent": request.headers.get("User-Agent", ""), **asked_from(request)}


def _masked(email: str) -> str:
    """ "a•••@voorbeeld.nl": enough to know which mailbox, not enough for who looks over a shoulder."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"
