"""Privacy: which data we keep and why, and what a member may ask about them (AVG art. 13-17)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_safe

from elections.actions.privacy import export_own_data
from elections.actions.privacy_request import ask_privacy_request
from elections.data_register import shown_register
from elections.enums import PrivacyRequestKind, PrivacyRequestState
from elections.errors import ActionError
from elections.look import look_of
from elections.queries.retention import chosen_terms
from portal.access import member_required
from portal.browser import browser_digest
from portal.forms.privacy import DownloadForm, PrivacyRequestForm
from tenants.responses import zip_response

TEMPLATES = "portal/privacy"


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Which data there are, why and how long; after log-in also the member's questions. Open to everybody."""
    terms = chosen_terms()
    words = request.tenant.words
    register = [
        {
            "label": words.person_number_short if datum.key == "person_number" else datum.label,
            "why": datum.why,
            "ground": datum.ground.label,
            "kept": datum.kept_words(terms[datum.kept]),
        }
        for datum in shown_register(is_public_body=request.tenant.is_public_body)
    ]
    member = _member_here(request)
    questions = list(member.privacy_requests.all()) if member else []
    waiting = {question.kind for question in questions if question.state == PrivacyRequestState.OPEN}
    context = {"register": register, "member": member, "questions": questions, "waiting": waiting}
    return render(request, f"{TEMPLATES}/privacy.html", context)


@member_required
@sensitive_post_parameters("password")
@sensitive_variables("form")
def privacy_download(request: HttpRequest) -> HttpResponse:
    """Everything we know of the member in one file, after the password."""
    form = DownloadForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            content = export_own_data(
                request.member,
                form.cleaned_data["password"],
                by=request.user,
                browser=browser_digest(request),
            )
        except ActionError as problem:
            form.add_error("password", problem.message)
        else:
            return zip_response(content, "mijn-gegevens.zip")
    return render(request, f"{TEMPLATES}/download.html", {"form": form})


@member_required
def privacy_erase(request: HttpRequest) -> HttpResponse:
    """Ask the team to erase everything."""
    return _ask(request, PrivacyRequestKind.ERASE)


@member_required
def privacy_correct(request: HttpRequest) -> HttpResponse:
    """Ask the team to correct what the member cannot change."""
    return _ask(request, PrivacyRequestKind.CORRECT)


def _ask(request: HttpRequest, kind: PrivacyRequestKind) -> HttpResponse:
    form = PrivacyRequestForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            ask_privacy_request(request.member, kind, form.cleaned_data["text"], by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("Uw vraag is verstuurd. U krijgt binnen een maand antwoord."))
            return redirect("portal:privacy")
    return render(request, f"{TEMPLATES}/ask.html", {"form": form, "kind": kind})


def _member_here(request: HttpRequest):  # type: ignore[no-untyped-def]
    """The member whose page this is; None before log-in, for a colleague, and for who looks as a member."""
    user = request.user
    if not (user.is_authenticated and user.is_verified()) or look_of(request.session, user):
        return None
    member = user.member_or_none
    return member if member is not None and member.is_active else None
