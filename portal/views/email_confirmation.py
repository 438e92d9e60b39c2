"""The code that was mailed to a new e-mail address: fill it in, ask another one, or keep the old address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from elections.actions import email_confirmation as actions
from elections.actions.login import ChallengeOver, CodeRefused
from elections.errors import ActionError
from elections.queries.event import current_event
from portal.access import member_required
from portal.forms.login import CodeForm

NAME = "portal:email-confirmation"
OVERVIEW = "portal:personal-data"


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def email_confirmation(request: HttpRequest) -> HttpResponse:
    """Ask the code; the right one makes the new address count."""
    waiting = actions.waiting_confirmation(request.user)
    if waiting is None:
        return redirect(OVERVIEW)
    form = CodeForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            code = form.cleaned_data["code"]
            actions.confirm_email(request.member, current_event(), code, by=request.user)
            text = _("Uw e-mailadres is gewijzigd. U krijgt een bericht op uw oude en uw nieuwe adres.")
            messages.success(request, text)
            return redirect(OVERVIEW)
        actions.check_open(waiting)
    except CodeRefused as problem:
        form.add_error("code", problem.message)
    except ChallengeOver as problem:
        context = {"problem": problem, "email": waiting.email}
        return render(request, "portal/email_confirmation/over.html", context, status=410)
    except ActionError as problem:
        form.add_error(None, problem.message)
    context = {"form": form, "email": waiting.email, "expires_at": waiting.expires_at}
    return render(request, "portal/email_confirmation/code.html", context)


@member_required
@require_POST
def email_confirmation_resend(request: HttpRequest) -> HttpResponse:
    """Mail another code to the same new address; the older one stops working."""
    try:
        actions.resend_confirmation(request.user)
    except ActionError as problem:
        messages.warning(request, problem.message)
    else:
        text = _("We hebben een nieuwe code gemaild. Alleen de nieuwste code werkt.")
        messages.success(request, text)
    return redirect(NAME)


@member_required
@require_POST
def email_confirmation_cancel(request: HttpRequest) -> HttpResponse:
    """Keep the address of now."""
    actions.cancel_confirmation(request.user)
    messages.info(request, _("Uw e-mailadres is niet gewijzigd."))
    return redirect(OVERVIEW)
