"""Logging in with the work account of the municipality, and linking it, by way of the municipality's own provider."""

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe
from django_otp import login as rest_session_on

from elections import sessions
from elections.actions import work_account as actions
from elections.actions.invitation import find_invitation
from elections.actions.work_account import Proof, WorkAccountRefused
from elections.enums import InvitationKind, SignInMethod, WorkAccountPurpose
from elections.models import WorkAccount
from portal.access import signed_in_required
from portal.browser import browser_digest
from portal.sign_in import NEXT_KEY, first_page, go_in, is_logged_in, local_path, renew_session_key, stay_in
from portal.views.invitation import refuse_link
from portal.work_account import needs_work_account, offers_work_account

PROBLEM_KEY = "work_account_problem"
STATUSES = {"often": 429, "unavailable": 503, "expired": 410, "invitation": 410, "off": 410}


@require_safe
@offers_work_account
@signed_in_required
def work_account(request: HttpRequest) -> HttpResponse:
    """Which work account a colleague has linked, with the way to link one or take it away."""
    if not request.user.is_staff_member:
        return redirect(first_page(request.user))
    account = WorkAccount.objects.filter(user=request.user).first()
    context = {"account": account, "back_url": first_page(request.user)}
    return render(request, "portal/work_account/overview.html", context)


@require_POST
def work_account_start(request: HttpRequest) -> HttpResponse:
    """Send this browser to the provider."""
    purpose = request.POST.get("purpose", "")
    try:
        if purpose in actions.NEEDS_USER:
            return _start_for_user(request, WorkAccountPurpose(purpose))
        if purpose == WorkAccountPurpose.INVITATION:
            return _start_for_invitation(request)
        if is_logged_in(request):
            return redirect(first_page(request.user))
        wanted = local_path(request.POST.get("next"))
        browser = browser_digest(request)
        return redirect(
            actions.begin(request.session, WorkAccountPurpose.LOG_IN, wanted=wanted, browser=browser)
        )
    except WorkAccountRefused as problem:
        return _refuse(request, problem, purpose)


@require_GET
def work_account_callback(request: HttpRequest) -> HttpResponse:
    """The browser is back from the provider: find out who this is, and do what the trip was for."""
    by = request.user if is_logged_in(request) else None
    purpose = ""
    try:
        proof = actions.finish(request.session, request.GET.dict(), by=by)
        purpose = proof.attempt.purpose
        return LANDINGS[WorkAccountPurpose(purpose)](request, proof)
    except WorkAccountRefused as problem:
        return _refuse(request, problem, purpose)


@require_safe
def work_account_problem(request: HttpRequest) -> HttpResponse:
    """Why the work account opened nothing, and what to do."""
    reason, purpose = request.session.get(PROBLEM_KEY, ("", ""))
    logged_in = is_logged_in(request)
    back_url = first_page(request.user) if logged_in else reverse("portal:login")
    if not reason:
        return redirect(back_url)
    context = {"reason": reason, "text": actions.explanation(reason), "purpose": purpose}
    context |= {"logged_in": logged_in, "back_url": back_url}
    return render(request, "portal/work_account/problem.html", context, status=STATUSES.get(reason, 400))


@require_POST
@signed_in_required
def work_account_unlink(request: HttpRequest) -> HttpResponse:
    """Take the work account away and log out everywhere."""
    if not sessions.is_confirmed(request.session):
        return _ask_again()
    if needs_work_account(request.user):
        messages.error(request, _("Log uit en log in met uw werkaccount. Daarna kunt u het ontkoppelen."))
        return redirect("portal:work-account")
    try:
        actions.unlink(request.user)
    except WorkAccountRefused as problem:
        messages.error(request, problem.message)
        return redirect("portal:work-account")
    auth.logout(request)
    messages.success(request, _("Uw werkaccount is ontkoppeld. Log nu in met uw wachtwoord."))
    return redirect("portal:login")


def _start_for_user(request: HttpRequest, purpose: WorkAccountPurpose) -> HttpResponse:
    if not is_logged_in(request):
        return redirect("portal:login")
    if purpose == WorkAccountPurpose.LINK and not sessions.is_confirmed(request.session):
        return _ask_again()
    wanted = local_path(request.POST.get("next"))
    return redirect(actions.begin(request.session, purpose, by=request.user, wanted=wanted))


def _start_for_invitation(request: HttpRequest) -> HttpResponse:
    found = find_invitation(request.POST.get("token", ""))
    if found is None or not found.is_usable or found.kind != InvitationKind.STAFF:
        return refuse_link(request, found)
    # As with a password: whoever was logged in here is not the person who was invited.
    auth.logout(request)
    browser = browser_digest(request)
    return redirect(
        actions.begin(request.session, WorkAccountPurpose.INVITATION, invitation=found, browser=browser)
    )


def _land_log_in(request: HttpRequest, proof: Proof) -> HttpResponse:
    return _go_in(request, actions.known_account(proof), proof)


def _land_invitation(request: HttpRequest, proof: Proof) -> HttpResponse:
    return _go_in(request, actions.accept_invitation(proof), proof)


def _go_in(request: HttpRequest, account: WorkAccount, proof: Proof) -> HttpResponse:
    request.session[NEXT_KEY] = proof.attempt.wanted
    request.session.pop(actions.BROWSER_KEY, None)
    return go_in(request, account.user, account, SignInMethod.WORK_ACCOUNT)


def _land_link(request: HttpRequest, proof: Proof) -> HttpResponse:
    rest_session_on(request, actions.link(request.user, proof, session_key=request.session.session_key or ""))
    sessions.confirm(request.session)
    # All other sessions have ended; this one goes on, under a new key.
    request.user.refresh_from_db(fields=["sessions_ended_at"])
    stay_in(request, request.user)
    messages.success(request, _("Uw werkaccount is gekoppeld. U kunt er voortaan mee inloggen."))
    return redirect(proof.attempt.wanted or "portal:work-account")


def _land_confirm(request: HttpRequest, proof: Proof) -> HttpResponse:
    rest_session_on(request, actions.check_own(request.user, proof))
    sessions.confirm(request.session)
    renew_session_key(request)
    return redirect(proof.attempt.wanted or first_page(request.user))


LANDINGS = {
    WorkAccountPurpose.LOG_IN: _land_log_in,
    WorkAccountPurpose.INVITATION: _land_invitation,
    WorkAccountPurpose.LINK: _land_link,
    WorkAccountPurpose.CONFIRM: _land_confirm,
}


def _ask_again() -> HttpResponse:
    there = urlencode({"next": reverse("portal:work-account")})
    return redirect(f"{reverse('portal:confirm')}?{there}")


def _refuse(request: HttpRequest, problem: WorkAccountRefused, purpose: str) -> HttpResponse:
    """Tell it on a page of its own: this address holds what the provider sent."""
    request.session[PROBLEM_KEY] = (problem.reason, purpose)
    return redirect("portal:work-account-problem")
