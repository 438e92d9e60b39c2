"""Cookies that somebody else may have planted."""

from collections import Counter
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


class PlantedCookiesMiddleware:
    """Take no notice of a cookie that comes twice: a browser has each of ours once, so one of them is planted.

    Django would take the last one, and a sibling host that got a cookie past the browser would have this person
    work in the session of somebody else.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.META.get("HTTP_COOKIE", "").split(";")
        names = Counter(cookie.partition("=")[0].strip() for cookie in sent)
        for name, count in names.items():
            if count > 1:
                request.COOKIES.pop(name, None)
        return self.get_response(request)
