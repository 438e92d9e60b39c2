"""The way in by printed letter: user name and code, a password, and then a second step of one's own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from elections.actions import activation as actions
from elections.actions.authenticator import begin_authenticator, unfinished_authenticator
from elections.actions.invitation import find_invitation, has_account
from elections.actions.login import ChallengeOver
from elections.actions.login_limits import TooManyTries
from elections.enums import InvitationKind
from elections.errors import ActionError
from elections.models import Invitation
from elections.one_time_codes import setup_of
from portal.forms.activation import ActivationForm, OwnEmailForm
from portal.forms.login import AppCodeForm, CodeForm, NewPasswordForm
from portal.sign_in import activation_steps, asked_from
from portal.views.login import USERNAME_KEY

LETTER_KEY = "activation_letter"
EMAIL_KEY = "activation_email"
APP_KEY = "activation_app"

View = Callable[..., HttpResponse]


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def activation(request: HttpRequest) -> HttpResponse:
    """Ask for what stands in the letter. A right code uses nothing up; it only leads on."""
    form = ActivationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.check_letter(**form.cleaned_data, **asked_from(request))
        except TooManyTries as problem:
            return _too_often(request, problem)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            auth.logout(request)
            request.session[LETTER_KEY] = found.token
            return redirect("portal:activation-password")
    return render(request, "portal/activation/activation.html", {"form": form, "steps": activation_steps(1)})


def letter_required(*, with_password: bool) -> Callable[[View], View]:
    """Let a browser on that showed the code of a letter which still works; others begin at the beginning.

    with_password: whether the password must have been chosen.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            found = find_invitation(request.session.get(LETTER_KEY, ""))
            if found is None or found.kind != InvitationKind.MEMBER_LETTER or not found.is_usable:
                return redirect("portal:activation")
            if with_password and not has_account(found.user):
                return redirect("portal:activation-password")
            return view(request, found, *args, **kwargs)

        return guarded

    return decorate


@sensitive_post_parameters("password", "repeated")
@letter_required(with_password=False)
@require_http_methods(["GET", "HEAD", "POST"])
def activation_password(request: HttpRequest, letter: Invitation) -> HttpResponse:
    """Choose the password; who has a second step already is ready with this."""
    form = NewPasswordForm(request.POST or None, user=letter.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_password(letter, form.cleaned_data["password"])
        except ActionError as problem:
            return _begin_again(request, problem)
        letter.refresh_from_db()
        if not letter.is_usable:
            return _ready(request, letter)
        request.session.cycle_key()
        return redirect("portal:activation-second-step")
    return render(request, "portal/password/choose.html", {"form": form, "invitation": letter})


@letter_required(with_password=True)
@require_safe
def activation_second_step(request: HttpRequest, _letter: Invitation) -> HttpResponse:
    """Choose between an e-mail address and an authenticator app."""
    return render(request, "portal/activation/second_step.html", {"steps": activation_steps(3)})


@letter_required(with_password=True)
@require_http_methods(["GET", "HEAD", "POST"])
def activation_email(request: HttpRequest, letter: Invitation) -> HttpResponse:
    """Ask for an e-mail address, and mail a code to it."""
    form = OwnEmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            waiting = actions.ask_email(letter, form.cleaned_data["email"], **asked_from(request))
        except TooManyTries as problem:
            return _too_often(request, problem)
        except ActionError as problem:
            return _begin_again(request, problem)
        request.session[EMAIL_KEY] = str(waiting.uuid)
        return redirect("portal:activation-email-code")
    return render(request, "portal/activation/email.html", {"form": form, "steps": activation_steps(3)})


@sensitive_post_parameters("code")
@letter_required(with_password=True)
@require_http_methods(["GET", "HEAD", "POST"])
def activation_email_code(request: HttpRequest, letter: Invitation) -> HttpResponse:
    """Ask for the code that was mailed to the new address; the right one finishes the account."""
    waiting = actions.waiting_email(letter, request.session.get(EMAIL_KEY))
    if waiting is None:
        return redirect("portal:activation-email")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm_email(letter, waiting, form.cleaned_data["code"])
        except ChallengeOver as problem:
            messages.warning(request, problem.message)
            return redirect("portal:activation-email")
        except ActionError as problem:
            form.add_error("code", problem.message)
        else:
            return _ready(request, letter)
    context = {"form": form, "email": waiting.email, "expires_at": waiting.expires_at}
    return render(request, "portal/activation/email_code.html", context | {"steps": activation_steps(3)})


@letter_required(with_password=True)
@require_POST
def activation_app_begin(request: HttpRequest, letter: Invitation) -> HttpResponse:
    """Make a seed for the app, and go on to the page that shows it."""
    request.session[APP_KEY] = str(begin_authenticator(letter.user).uuid)
    return redirect("portal:activation-app")


@sensitive_variables("codes")
@sensitive_post_parameters("code")
@letter_required(with_password=True)
@require_http_methods(["GET", "HEAD", "POST"])
def activation_app(request: HttpRequest, letter: Invitation) -> HttpResponse:
    """Show the QR image and ask for the first code; a right one finishes the account and shows recovery codes."""
    begun = request.session.get(APP_KEY)
    app = unfinished_authenticator(letter.user, begun) if begun else None
    if app is None:
        return redirect("portal:activation-second-step")
    form = AppCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = actions.confirm_app(letter, app, form.cleaned_data["code"])
        except ActionError as problem:
            form.add_error("code", problem.message)
        else:
            login = _ready(request, letter)
            context = {"codes": codes, "first_page": login.headers["Location"], "base": "base_door.html"}
            return render(request, "portal/authenticator/codes.html", context)
    context = {"form": form, **setup_of(app)}
    return render(request, "portal/activation/app.html", context | {"steps": activation_steps(3)})


def _ready(request: HttpRequest, letter: Invitation) -> HttpResponse:
    """To the log-in, with the user name filled in."""
    request.session.flush()
    request.session[USERNAME_KEY] = letter.user.username
    messages.success(request, _("Uw account is klaar. U kunt nu inloggen."))
    return redirect("portal:login")


def _begin_again(request: HttpRequest, problem: ActionError) -> HttpResponse:
    messages.warning(request, problem.message)
    return redirect("portal:activation")


def _too_often(request: HttpRequest, problem: TooManyTries) -> HttpResponse:
    return render(request, "portal/login/too_often.html", {"text": problem.message}, status=429)
