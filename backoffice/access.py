"""The gate of the backoffice: a colleague with a second factor whose role has the right."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from elections.models import ElectionEvent
from elections.permissions import can
from elections.queries.event import current_event
from elections.sessions import has_strong_factor, is_confirmed

View = Callable[..., HttpResponse]
EVENT_SESSION_KEY = "event"


def staff_required(right: str, *, confirmed: bool = False) -> Callable[[View], View]:
    """Let in who has `right` (elections.permissions); others get the log-in page or a 403.

    A colleague without an authenticator app or work account is sent to set one up first.
    confirmed: a dangerous act; who did not prove who they are in the last ten minutes is asked to do so again.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not (request.user.is_authenticated and request.user.is_verified()):
                return redirect_to_login(request.get_full_path())
            if not can(request.user, right):
                raise PermissionDenied
            if not has_strong_factor(request.user):
                return redirect("portal:authenticator")
            if confirmed and not is_confirmed(request.session):
                return ask_again(request)
            return view(request, *args, **kwargs)

        guarded.access = right  # type: ignore[attr-defined]
        guarded.confirmed = confirmed  # type: ignore[attr-defined]
        return guarded

    return decorate


def ask_again(request: HttpRequest) -> HttpResponse:
    """Send a colleague to prove who they are, and then back to this page; after a POST, to where it came from."""
    here = request.get_full_path()
    if request.method == "POST":
        messages.warning(
            request, _("Er is nog niets verstuurd of gewijzigd. Vul het zo nodig nog een keer in.")
        )
        came_from = urlsplit(request.headers.get("Referer", ""))
        here = came_from.path if came_from.netloc == request.get_host() else reverse("backoffice:home")
    return redirect(f"{reverse('portal:confirm')}?{urlencode({'next': here})}")


def chosen_event(request: HttpRequest) -> ElectionEvent | None:
    """The event this colleague works in: the one chosen in the menu, otherwise the newest."""
    chosen = request.session.get(EVENT_SESSION_KEY)
    if chosen:
        event = ElectionEvent.objects.filter(uuid=chosen).first()
        if event:
            return event
    return current_event()


def event_required(view: View) -> View:
    """Give the view `request.event`; without any event, send the colleague to make the first one."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        event = chosen_event(request)
        if event is None:
            messages.info(request, _("Maak eerst een verkiezingsronde aan."))
            return redirect("backoffice:event-list")
        request.event = event
        return view(request, *args, **kwargs)

    return guarded


def sent_uuid(text: str | None) -> UUID | None:
    """What was sent as an id; None, which nothing has, when it is no id at all."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
