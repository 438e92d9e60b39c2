"""Error pages that need more than a template of their own."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults

from elections.documents.files import is_disk_full


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or posted from elsewhere: explain and offer the way back."""
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """An error of ours. A full disk has a page of its own: the sender can then tell what must be done.

    Nothing is read from the database for either page, which may be what is broken.
    """
    if is_disk_full(sys.exception()):
        return HttpResponse(render_to_string("507.html"), status=507)
    return defaults.server_error(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A mistake of the browser, unless the database went away while the session was saved.

    Django takes that for a session that somebody ended meanwhile, and would blame whoever sent the request.
    """
    error: BaseException | None = exception
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            return defaults.server_error(request)
        error = error.__cause__ or error.__context__
    return defaults.bad_request(request, exception)
