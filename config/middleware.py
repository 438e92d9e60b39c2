"""Middleware around every page of a municipality."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from elections import audit
from elections.actions.login_limits import without_port
from elections.actions.sign_in import close_sign_in, take_end_note
from elections.sessions import SESSION_END_KEY, SessionEnd, View, note_activity, over_at, session_end

GetResponse = Callable[[HttpRequest], HttpResponse]


def client_address(request: HttpRequest) -> str:
    """The address of the browser, as far as our own proxies vouch for it (TRUSTED_PROXY_COUNT).

    Without the port that some proxies add; login_limits.UNKNOWN when it is no address.
    """
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    count = settings.TRUSTED_PROXY_COUNT
    if count and len(hops) >= count:
        return without_port(hops[-count])
    return without_port(request.META.get("REMOTE_ADDR", ""))


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
            reason = self._end(request) if request.user.is_authenticated else self._ended_elsewhere(request)
            if reason and request.headers.get("HX-Request"):
                # The log-in page must not appear inside a part of the page.
                return HttpResponse(headers={"HX-Refresh": "true"})
            return self.get_response(request)
        finally:
            audit.origin.reset(token)

    def process_view(self, request: HttpRequest, view: View, _args: object, _kwargs: object) -> None:
        """Restart the clock of doing nothing, unless it is the page itself that asks."""
        if request.user.is_authenticated and not getattr(view, "no_activity", False):
            note_activity(request.session)

    def _end(self, request: HttpRequest) -> SessionEnd | None:
        """End the session of a logged-in user when it is over, and say why."""
        session, user = request.session, request.user
        reason = session_end(session, user)
        if reason is None:
            return None
        late = over_at(session, user) if reason in (SessionEnd.IDLE, SessionEnd.LONGEST) else None
        close_sign_in(session.session_key or "", late)
        logout(request)
        if reason != SessionEnd.FOREIGN:
            request.session[SESSION_END_KEY] = reason.value
        return reason

    def _ended_elsewhere(self, request: HttpRequest) -> str:
        """Why the session that this browser still names is gone; empty when nobody ended it for them."""
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        reason = take_end_note(key) if key and request.session.session_key is None else ""
        if reason:
            request.session[SESSION_END_KEY] = reason
        return reason
