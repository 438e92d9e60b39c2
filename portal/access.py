"""The gate of the portal: a member who answered the e-mailed code."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

View = Callable[..., HttpResponse]


def member_required(view: View) -> View:
    """Let members in, as `request.member`; a colleague without a member file goes to the backoffice."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (request.user.is_authenticated and request.user.is_verified()):
            return redirect_to_login(request.get_full_path())
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
    """Let in whoever logged in, member or colleague: for pages about the own account."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (request.user.is_authenticated and request.user.is_verified()):
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    guarded.access = "signed in"  # type: ignore[attr-defined]
    return guarded
