"""What static/js/upload.js needs of the server: where to go next, without the browser following by itself."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

HEADER = "X-Upload"


class UploadMiddleware:
    """A redirect after an upload that the script sent becomes an address in X-Location.

    The script would otherwise fetch the next page itself, and with it the message that belongs on the reader's screen.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.headers.get(HEADER) and response.status_code in (301, 302, 303):
            response.status_code = 204
            response.headers["X-Location"] = response.headers["Location"]
            del response.headers["Location"]
        return response
