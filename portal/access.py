"""The gate of the portal: a member who answered the e-mailed code, or a colleague who reads along with one."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from elections.actions.look import end_look, record_page
from elections.look import Look, is_looking, look_of
from elections.sessions import is_confirmed

View = Callable[..., HttpResponse]

# A colleague who reads along may still prove who they are, and stop.
OPEN_WHILE_LOOKING: Final = frozenset({"confirm", "look-stop"})
# Pages that show or take what is the member's alone.
CLOSED_WHILE_LOOKING: Final = frozenset(
    {
        "calendar",
        "email-confirmation",
        "personal-data-email",
        "personal-data-iban",
        "personal-data-own-field",
        "personal-data-person-number",
        "privacy-download",
        "survey-check",
        "survey-question",
        "training-go",
    }
)
READS: Final = frozenset({"GET", "HEAD"})


def member_required(view: View) -> View:
    """Let members in, as `request.member`; a colleague without a member file goes to the backoffice.

    A colleague who looks as a member gets that member, to read only (`request.look`); every page is logged.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (request.user.is_authenticated and request.user.is_verified()):
            return redirect_to_login(request.get_full_path())
        if is_looking(request.session):
            look = look_of(request.session, request.user)
            if look is None:
                return _look_is_over(request)
            if not _may_look_at(request):
                return _refuse_look(request, look)
            record_page(look, request.path, by=request.user)
            request.look, request.member = look, look.member
            return view(request, *args, **kwargs)
        member = request.user.member_or_none
        if member is None or not member.is_active:
            if request.user.is_staff_member and request.resolver_match.url_name == "home":
                return redirect("backoffice:home")
            raise PermissionDenied
        request.member = member
        return view(request, *args, **kwargs)

    guarded.access = "member"  # type: ignore[attr-defined]
    return guarded


def signed_in_required(view: View) -> View:
    """Let in whoever logged in, member or colleague: for pages about the own account.

    They are closed while a colleague looks as a member: nobody may take the own account for the member's.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (request.user.is_authenticated and request.user.is_verified()):
            return redirect_to_login(request.get_full_path())
        if is_looking(request.session) and request.resolver_match.url_name not in OPEN_WHILE_LOOKING:
            look = look_of(request.session, request.user)
            return _refuse_look(request, look) if look else _look_is_over(request)
        return view(request, *args, **kwargs)

    guarded.access = "signed in"  # type: ignore[attr-defined]
    return guarded


def confirmed_required(view: View) -> View:
    """Ask who sits here to prove it again, unless that was less than ten minutes ago; then this page opens.

    For pages that change how somebody logs in. Stands under one of the gates above.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_confirmed(request.session):
            return redirect(f"{reverse('portal:confirm')}?{urlencode({'next': request.path})}")
        return view(request, *args, **kwargs)

    guarded.confirmed = True  # type: ignore[attr-defined]
    return guarded


def look_going_on(request: HttpRequest) -> Look | None:
    """The look of a colleague as a member, for views and templates; None for everybody else."""
    look: Look | None = getattr(request, "look", None)
    return look


def _may_look_at(request: HttpRequest) -> bool:
    return request.method in READS and request.resolver_match.url_name not in CLOSED_WHILE_LOOKING


def _look_is_over(request: HttpRequest) -> HttpResponse:
    """The quarter of an hour passed, or the right or the member is gone: back to the colleague's own work."""
    end_look(request.session, by=request.user)
    messages.info(request, _("Het meekijken is afgelopen."))
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": "/"})
    return redirect("portal:home")


def _refuse_look(request: HttpRequest, look: Look) -> HttpResponse:
    """Say that a colleague can only read; inside a part of a page, load the whole page again with that message."""
    request.look = look
    if request.headers.get("HX-Request"):
        messages.error(request, _("U kijkt mee en kunt niets wijzigen."))
        return HttpResponse(status=403, headers={"HX-Refresh": "true"})
    return render(request, "portal/look/refused.html", status=403)
