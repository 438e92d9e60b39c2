"""What the pages of the front door share: going in, and going on to the right page."""

from datetime import timedelta

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_otp.models import Device

from elections import audit
from elections.actions.language import choose_language
from elections.actions.login import forget_challenge
from elections.actions.sign_in import begin_sign_in, move_sign_in
from elections.enums import SignInMethod
from elections.models import User
from elections.sessions import keep_session
from portal.browser import browser_digest, browser_id, digest_of, new_browser_id, set_browser_cookie

NEXT_KEY = "login_next"
# What somebody chose before the log-in counts from then on for the account.
LANGUAGE_KEY = "login_language"
DONE_KEY = "login_done"
DONE_FOR = timedelta(minutes=2)
BACKEND = "django.contrib.auth.backends.ModelBackend"


def login_steps(current: int, *, by_app: bool = False) -> list[dict[str, object]]:
    """The log-in in three steps, for components/process_steps.html; `current` counts from 1."""
    by_mail = (_("Code uit uw e-mail"), _("U krijgt elke keer een nieuwe code."))
    code = (_("Code uit uw authenticator-app"), _("De app toont elke halve minuut een nieuwe code."))
    texts = ((_("Gebruikersnaam en wachtwoord"), ""), code if by_app else by_mail, (_("Uw eigen pagina"), ""))
    return [
        {"title": title, "meta": meta, "status": _status(number, current)}
        for number, (title, meta) in enumerate(texts, start=1)
    ]


def invitation_steps(user: User) -> list[dict[str, object]]:
    """What an invited person does, for components/process_steps.html; colleagues set up an app as well."""
    titles = [_("Kies een wachtwoord"), _("Log in"), _("Vul de code in uit uw e-mail")]
    if user.is_staff_member:
        titles.append(_("Stel de app in"))
    return [{"title": title, "status": _status(number, 1)} for number, title in enumerate(titles, start=1)]


def activation_steps(current: int) -> list[dict[str, object]]:
    """What somebody with a letter does, for components/process_steps.html; `current` counts from 1."""
    titles = (_("Vul de code uit de brief in"), _("Kies een wachtwoord"), _("Kies hoe u inlogt"), _("Log in"))
    return [
        {"title": title, "status": _status(number, current)} for number, title in enumerate(titles, start=1)
    ]


def is_logged_in(request: HttpRequest) -> bool:
    """Whether both steps of the log-in are behind this browser."""
    return request.user.is_authenticated and request.user.is_verified()


def local_path(path: str | None) -> str:
    """`path` when it is a page of this municipality, otherwise an empty text."""
    if not path or not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return ""
    return path


def first_page(user: User) -> str:
    """Where somebody begins: a member in the portal, a colleague without member file in the backoffice."""
    if user.member_or_none is None and user.is_staff_member:
        return resolve_url("backoffice:home")
    return resolve_url("portal:home")


def go_in(request: HttpRequest, user: User, device: Device, method: SignInMethod) -> HttpResponse:
    """Log `user` in with the device that they proved to have, under a new session key, and send them on."""
    old_key = request.session.session_key
    user.otp_device = device
    wanted = request.session.pop(NEXT_KEY, "")
    if (chosen := request.session.pop(LANGUAGE_KEY, "")) and chosen != user.language:
        choose_language(user, chosen)
    forget_challenge(request.session)
    browser = browser_id(request) or new_browser_id()
    with transaction.atomic():
        auth.login(request, user, backend=BACKEND)
        _leave_note(old_key)
        begin_sign_in(
            user,
            method,
            session_key=request.session.session_key or "",
            origin=audit.origin.get(),
            user_agent=request.headers.get("User-Agent", ""),
            browser_digest=digest_of(browser),
        )
    response = redirect(wanted or first_page(user))
    set_language_cookie(response, user.language)
    set_browser_cookie(response, browser)
    return response


def renew_session_key(request: HttpRequest) -> None:
    """Give the session another key, as after every new proof of who sits here (ASVS 7.2.4)."""
    old_key = request.session.session_key or ""
    request.session.cycle_key()
    move_sign_in(old_key, request.session.session_key or "")


def stay_in(request: HttpRequest, user: User) -> None:
    """Keep this session, under a new key, after a change of `user` that ended all others."""
    old_key = request.session.session_key or ""
    auth.update_session_auth_hash(request, user)
    keep_session(request.session, user)
    move_sign_in(old_key, request.session.session_key or "")


def set_language_cookie(response: HttpResponse, language: str) -> None:
    """Remember the language of this browser for a year."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=timedelta(days=365),
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )


def asked_from(request: HttpRequest) -> dict[str, str]:
    """Where a request comes from, for the limits of elections.actions.login_limits."""
    return {"origin": audit.origin.get(), "browser": browser_digest(request)}


def _status(number: int, current: int) -> str:
    if number == current:
        return "current"
    return "done" if number < current else "todo"


def _leave_note(old_key: str | None) -> None:
    """Keep, under the old session key, only that the log-in is done.

    The second request of a double click still has the old cookie. Without this row Django would answer it by
    deleting the cookie that the first answer has just set, and the person would be out again.
    """
    if old_key:
        Session.objects.update_or_create(
            session_key=old_key,
            defaults={
                "session_data": SessionStore().encode({DONE_KEY: True}),
                "expire_date": timezone.now() + DONE_FOR,
            },
        )
