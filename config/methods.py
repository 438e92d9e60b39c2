"""The HTTP methods that this application knows."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

METHODS: Final = ("GET", "HEAD", "POST")


class MethodsMiddleware:
    """Answer 405 to every other method before anything looks at the request (OWASP ASVS 5.0 row 4.1.4).

    Most views tell only POST from the rest, so that an OPTIONS or DELETE would get the whole page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return self.get_response(request)
