"""One number for everything that one request wrote: the log of the municipality, that of the platform, the answer."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tenants.request_ids import request_id


class RequestIdMiddleware:
    """Give each request a number of our own making; what a client sends as one is not believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = uuid.uuid4().hex
        token = request_id.set(number)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response.headers["X-Request-ID"] = number
        return response
