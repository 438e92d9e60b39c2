"""For who forgot their password; where everybody with a link chooses a new one; and where one changes it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from elections.actions.account_question import ask_password_reset
from elections.actions.invitation import accept_invitation, find_invitation
from elections.actions.login import WrongPassword
from elections.actions.login_limits import TooManyTries
from elections.actions.password import change_password
from elections.errors import ActionError
from portal.access import signed_in_required
from portal.browser import browser_digest
from portal.forms.login import NewPasswordForm, PasswordForgottenForm
from portal.forms.password import PasswordChangeForm
from portal.navigation import account_base
from portal.sign_in import asked_from, stay_in
from portal.views.invitation import TOKEN_KEY, open_link, refuse_link
from portal.views.login import USERNAME_KEY


@require_http_methods(["GET", "HEAD", "POST"])
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Mail a link to a new password; the page does not tell whether the account exists."""
    form = PasswordForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_password_reset(form.cleaned_data["username"], **asked_from(request))
        except TooManyTries as problem:
            return render(request, "portal/login/too_often.html", {"text": problem.message}, status=429)
        return redirect("portal:password-forgotten-sent")
    return render(request, "portal/password/forgotten.html", {"form": form})


@require_safe
def password_forgotten_sent(request: HttpRequest) -> HttpResponse:
    """What happens now, the same for a known and an unknown name."""
    return render(request, "portal/password/forgotten_sent.html")


@require_http_methods(["GET", "HEAD", "POST"])
def password_reset(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail: a page with a button, which starts."""
    return open_link(request, token, "portal/password/reset.html")


@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "HEAD", "POST"])
def password_choose(request: HttpRequest) -> HttpResponse:
    """Choose the password, for an invitation or a reset that this browser started."""
    token = request.session.get(TOKEN_KEY, "")
    invitation = find_invitation(token)
    if invitation is None or not invitation.is_usable:
        return refuse_link(request, invitation)
    form = NewPasswordForm(request.POST or None, user=invitation.user)
    if request.method == "POST" and form.is_valid():
        try:
            user = accept_invitation(token, form.cleaned_data["password"])
        except ActionError:
            return refuse_link(request, find_invitation(token))
        request.session.flush()
        request.session[USERNAME_KEY] = user.username
        messages.success(request, _("Uw wachtwoord is ingesteld. U kunt nu inloggen."))
        return redirect("portal:login")
    return render(request, "portal/password/choose.html", {"form": form, "invitation": invitation})


@signed_in_required
@sensitive_post_parameters("current", "password", "repeated")
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """Choose another password while logged in, after the old one; other devices are logged out."""
    form = PasswordChangeForm(request.POST or None, user=request.user)
    if not request.user.has_usable_password():
        messages.info(request, _("U logt in zonder wachtwoord. U hoeft hier niets te wijzigen."))
        return redirect("portal:account")
    if request.method == "POST" and form.is_valid():
        old, new = form.cleaned_data["current"], form.cleaned_data["password"]
        try:
            user = change_password(
                request.user,
                old,
                new,
                session_key=request.session.session_key or "",
                browser=browser_digest(request),
            )
        except WrongPassword as problem:
            form.add_error("current", problem.message)
        except TooManyTries as problem:
            form.add_error(None, problem.message)
        except ActionError as problem:
            form.add_error("password", problem.message)
        else:
            stay_in(request, user)
            messages.success(
                request, _("Uw wachtwoord is gewijzigd. Op andere apparaten bent u nu uitgelogd.")
            )
            return redirect("portal:account")
    context = {"form": form, "account_base": account_base(request.user)}
    return render(request, "portal/password/change.html", context)
