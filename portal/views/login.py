"""The front door for members and colleagues: user name and password, then the code from the mail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from elections import audit
from elections.actions import login as actions
from elections.actions.login_limits import TooManyTries
from elections.enums import SignInMethod
from elections.errors import ActionError
from elections.sessions import SESSION_END_KEY
from portal.forms.login import CodeForm, LoginForm
from portal.sign_in import DONE_KEY, NEXT_KEY, first_page, go_in, is_logged_in, local_path, login_steps

USERNAME_KEY = "login_username"


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
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
    return render(request, "portal/login/login.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def login_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code; the right one lets the person in."""
    if is_logged_in(request) or DONE_KEY in request.session:
        return redirect("portal:home")
    challenge = actions.waiting_challenge(request.session)
    if challenge is None:
        return redirect("portal:login")
    form = CodeForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            answered = actions.verify_code(request.session, form.cleaned_data["code"])
            return go_in(request, answered.user, answered, SignInMethod.EMAIL_CODE)
        actions.check_open(challenge)
    except actions.CodeRefused as problem:
        form.add_error("code", problem.message)
    except actions.ChallengeOver as problem:
        if problem.reason == "used":
            # The other half of a double click, which let this browser in a moment ago.
            return redirect("portal:home")
        return render(request, "portal/login/code_over.html", {"problem": problem}, status=410)
    context = {"form": form, "email": _masked(challenge.user.email), "expires_at": challenge.expires_at}
    return render(request, "portal/login/code.html", context | {"steps": login_steps(2)})


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
    messages.success(request, _("We hebben een nieuwe code gemaild. Alleen de nieuwste code werkt."))
    return redirect("portal:login-code")


def _browser(request: HttpRequest) -> dict[str, str]:
    return {"origin": audit.origin.get(), "user_agent": request.headers.get("User-Agent", "")}


def _masked(email: str) -> str:
    """ "a•••@voorbeeld.nl": enough to know which mailbox, not enough for who looks over a shoulder."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"
