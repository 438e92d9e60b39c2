"""Middleware around every page of a municipality."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from elections import audit
from elections.sessions import SESSION_END_KEY, SessionEnd, note_activity, session_end

GetResponse = Callable[[HttpRequest], HttpResponse]


def client_address(request: HttpRequest) -> str:
    """The address of the browser, as far as our own proxies vouch for it (TRUSTED_PROXY_COUNT)."""
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    count = settings.TRUSTED_PROXY_COUNT
    if count and len(hops) >= count:
        return hops[-count].strip()
    return request.META.get("REMOTE_ADDR", "")


class SessionGuardMiddleware:
    """End a session that is over or that another municipality made, and note where the request came from.

    Sessions live in the tenant's schema, so a foreign one can only turn up when a schema was copied whole;
    then equal keys and password hashes would otherwise let the cookie pass.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = audit.origin.set(client_address(request))
        try:
            if request.user.is_authenticated and (over := self._end(request)):
                return over
            return self.get_response(request)
        finally:
            audit.origin.reset(token)

    def _end(self, request: HttpRequest) -> HttpResponse | None:
        reason = session_end(request.session, request.user)
        if reason is None:
            note_activity(request.session)
            return None
        logout(request)
        if reason != SessionEnd.FOREIGN:
            request.session[SESSION_END_KEY] = reason.value
        if request.headers.get("HX-Request"):
            # The log-in page must not appear inside a part of the page.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return None
