"""Middleware around every page of a municipality."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from elections import audit

GetResponse = Callable[[HttpRequest], HttpResponse]
SCHEMA_SESSION_KEY = "schema"


def client_address(request: HttpRequest) -> str:
    """The address of the browser, as far as our own proxies vouch for it (TRUSTED_PROXY_COUNT)."""
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    count = settings.TRUSTED_PROXY_COUNT
    if count and len(hops) >= count:
        return hops[-count].strip()
    return request.META.get("REMOTE_ADDR", "")


class SessionGuardMiddleware:
    """Refuse a session that another municipality made, and remember where the request came from.

    Sessions live in the tenant's schema, so this can only bite when a schema was copied whole;
    then equal keys and password hashes would otherwise let the cookie pass.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        schema = request.tenant.schema_name
        if request.user.is_authenticated and request.session.get(SCHEMA_SESSION_KEY) != schema:
            logout(request)
        token = audit.origin.set(client_address(request))
        try:
            return self.get_response(request)
        finally:
            audit.origin.reset(token)


class ResponseHeadersMiddleware:
    """No page of a municipality may stay in a cache, on any machine but the reader's screen."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        patch_vary_headers(response, ("Cookie", "HX-Request"))
        return response
