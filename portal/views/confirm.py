"""Proving once more who sits here, before a dangerous act: ten minutes long that proof is good."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from elections.actions.authenticator import verify_present_user
from elections.actions.login import check_own_password, forget_challenge
from elections.errors import ActionError
from elections.models import Authenticator, WorkAccount
from elections.sessions import confirm as note_proof
from portal.access import signed_in_required
from portal.browser import browser_digest
from portal.forms.confirm import PasswordConfirmForm
from portal.forms.login import AppCodeForm
from portal.navigation import account_base
from portal.sign_in import first_page, local_path, renew_session_key
from portal.work_account import offers_work_account


@sensitive_post_parameters("code", "password")
@offers_work_account
@signed_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the strongest proof that this person has: the work account, the app, or otherwise the password."""
    wanted = local_path(request.POST.get("next") or request.GET.get("next")) or first_page(request.user)
    context = {"next": wanted, "base": account_base(request.user)}
    if isinstance(request.user.otp_device, WorkAccount):
        return render(request, "portal/confirm/work_account.html", context)
    form = _form_class(request)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _check(request, form)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            forget_challenge(request.session)
            note_proof(request.session)
            renew_session_key(request)
            return redirect(wanted)
    context |= {"form": form, "by_app": isinstance(form, AppCodeForm)}
    return render(request, "portal/confirm/confirm.html", context)


def _form_class(request: HttpRequest) -> type[AppCodeForm | PasswordConfirmForm]:
    return AppCodeForm if Authenticator.objects.in_use_by(request.user) else PasswordConfirmForm


def _check(request: HttpRequest, form: forms.Form) -> None:
    """Raises ActionError when this is not the right proof; tries count with those of the log-in."""
    if isinstance(form, AppCodeForm):
        verify_present_user(request.user, request.session, form.cleaned_data["code"])
    else:
        check_own_password(request.user, form.cleaned_data["password"], browser=browser_digest(request))
