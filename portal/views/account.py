"""The own account: who is logged in, where and since when; and ending it elsewhere."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from elections.actions.login import end_other_sessions
from elections.actions.mail_rhythm import choose_mail_rhythm
from elections.actions.sign_in import end_sign_in
from elections.devices import device_name
from elections.enums import MailRhythm
from elections.models import SignIn
from elections.queries.sign_in import open_sessions, recent_sign_ins
from elections.sessions import keep_session
from portal.access import member_required, signed_in_required
from portal.forms.account import MailRhythmForm
from portal.navigation import account_base

NAME = "portal:account"


@signed_in_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Where this account is in use now, the last log-ins, and the way to password and app."""
    here = request.session.session_key
    sessions = [
        {"sign_in": each, "device": device_name(each.user_agent), "is_here": each.session_key == here}
        for each in open_sessions(request.user)
    ]
    context = {
        "account_base": account_base(request.user),
        "sessions": sorted(sessions, key=lambda session: not session["is_here"]),
        "has_others": any(not session["is_here"] for session in sessions),
        "history": [_line(sign_in) for sign_in in recent_sign_ins(request.user)],
        "has_password": request.user.has_usable_password(),
        "form": MailRhythmForm(user=request.user) if request.user.member_or_none else None,
    }
    return render(request, "portal/account/account.html", context)


@signed_in_required
@require_POST
def account_session_end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End one of the own sessions. The one of here ends with the log-out button."""
    sign_in = get_object_or_404(SignIn.objects.select_related("user"), uuid=uuid, user=request.user)
    if sign_in.session_key and sign_in.session_key == request.session.session_key:
        messages.info(request, _("Dit is het apparaat waarop u nu werkt. Gebruik de knop “Uitloggen”."))
        return redirect(NAME)
    end_sign_in(sign_in, by=request.user)
    messages.success(
        request, _("%(device)s is uitgelogd.") % {"device": _first_capital(device_name(sign_in.user_agent))}
    )
    return redirect(NAME)


@signed_in_required
@require_POST
def account_end_others(request: HttpRequest) -> HttpResponse:
    """Log out everywhere but here."""
    end_other_sessions(request.user, session_key=request.session.session_key or "")
    keep_session(request.session, request.user)
    messages.success(request, _("U bent nu alleen nog op dit apparaat ingelogd."))
    return redirect(NAME)


@member_required
@require_POST
def account_mail_rhythm(request: HttpRequest) -> HttpResponse:
    """Choose between a mail each time, and one a day with everything that is new."""
    form = MailRhythmForm(request.POST, user=request.user)
    if form.is_valid():
        choose_mail_rhythm(request.user, MailRhythm(form.cleaned_data["rhythm"]), by=request.user)
        messages.success(request, _("Uw keuze is bewaard."))
    else:
        messages.error(request, _("Kies hoe u van nieuws en documenten wilt horen."))
    return redirect(NAME)


def _line(sign_in: SignIn) -> dict[str, object]:
    """One log-in for components/timeline.html."""
    is_new = sign_in.is_new_browser  # type: ignore[attr-defined]
    return {
        "when": sign_in.at,
        "title": _first_capital(device_name(sign_in.user_agent)),
        "actor": sign_in.get_method_display(),
        "text": _("Eerste keer op dit apparaat") if is_new else "",
        "tone": "warning" if is_new else "neutral",
    }


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]
