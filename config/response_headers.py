"""What every answer tells the browser, whatever made it."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseFileResponse

# For answers that no page made: a redirect, a static file, an error of the server itself.
CLOSED_POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
EVERYWHERE: Final = {
    "Content-Security-Policy": CLOSED_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class ResponseHeadersMiddleware:
    """The outermost layer: answers that were given before a page or a municipality was known pass it too.

    No page may stay in a cache, on any machine but the reader's screen; static files, which are the same for
    everybody, say themselves how long they may.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.DEBUG and response.status_code in (404, 500):
            return response  # Django's own page for developers has its style inline
        for name, value in EVERYWHERE.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store, private")
        if "report-to csp" in response.headers["Content-Security-Policy"]:
            response.headers["Reporting-Endpoints"] = 'csp="/csp-report/"'
        if not isinstance(response, WhiteNoiseFileResponse):
            patch_vary_headers(response, ("Cookie", "HX-Request"))
        return response
