"""How long the session of this page lasts, and going on; asked by static/js/session.js.

Both answer a visitor without session as well: a page may ask long after its session ended. The fresh token makes a form
that stayed open usable again after a new log-in, which changes the token.
"""

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_GET, require_POST

from elections.sessions import extend, no_activity, watch


@require_GET
@no_activity
def session_state(request: HttpRequest) -> JsonResponse:
    """The seconds that are left, without making them more."""
    return _state(request)


@require_POST
def session_extend(request: HttpRequest) -> JsonResponse:
    """ "Stay logged in": the time without doing anything begins anew."""
    if request.user.is_authenticated:
        extend(request.session)
    return _state(request)


def _state(request: HttpRequest) -> JsonResponse:
    return JsonResponse(watch(request.session, request.user) | {"token": get_token(request)})
