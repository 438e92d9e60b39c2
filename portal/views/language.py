"""Dutch or English."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from elections.actions.language import choose_language
from portal.sign_in import LANGUAGE_KEY, local_path, set_language_cookie


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of this browser, and of the mails of whoever is logged in."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        choose_language(request.user, chosen)
    else:
        request.session[LANGUAGE_KEY] = chosen
    response = redirect(local_path(request.POST.get("next")) or "portal:login")
    set_language_cookie(response, chosen)
    return response
