"""The member's places in their own calendar: by an address that it reads again and again, or as one file."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from elections.actions.calendar_feed import ReadTooOften, make_feed, read_feed, renew_feed, revoke_feed
from elections.errors import ActionError
from elections.exports.calendar_feed import calendar_text
from elections.queries.calendar_feed import calendar_places, feed_of, is_on
from elections.sessions import no_activity
from portal.access import member_required
from tenants.context import current_municipality
from tenants.links import absolute_url
from tenants.responses import calendar_response

NAME: Final = "portal:calendar"
FILE: Final = "verkiezingen.ics"


@member_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The address with how to use it, or why one would want it."""
    feed = feed_of(request.member)
    context = {"feed": feed, "has_places": any(is_on(each) for each in calendar_places(request.member))}
    if feed:
        address = absolute_url(current_municipality(), reverse("portal:calendar-feed", args=[feed.token]))
        context |= {"address": address, "subscribe_url": f"webcal:{address.partition(':')[2]}"}
    return render(request, "portal/calendar/calendar.html", context)


@member_required
@require_POST
def calendar_make(request: HttpRequest) -> HttpResponse:
    """Switch the address on."""
    make_feed(request.member, by=request.user)
    messages.success(request, _("Uw agenda-adres is klaar. Zet het nu in uw agenda."))
    return redirect(NAME)


@member_required
@require_POST
def calendar_renew(request: HttpRequest) -> HttpResponse:
    """Another address; the old one stops."""
    return _change(request, renew_feed, _("U hebt een nieuw adres. Het oude adres werkt niet meer."))


@member_required
@require_POST
def calendar_revoke(request: HttpRequest) -> HttpResponse:
    """Switch the address off."""
    return _change(request, revoke_feed, _("Uw agenda-adres staat uit. Niemand kan het nog lezen."))


@member_required
@require_safe
def calendar_download(request: HttpRequest) -> HttpResponse:
    """All places of now as one file, for who does not want an address."""
    places = [each for each in calendar_places(request.member) if is_on(each)]
    if not places:
        messages.info(request, _("U hebt nu geen plaats. Er is nog niets om in uw agenda te zetten."))
        return redirect(NAME)
    return calendar_response(calendar_text(places, url=_page(), language=get_language() or "nl"), FILE)


@require_safe
@no_activity
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program reads, without log-in: whoever has the address may. Otherwise 404, or 429."""
    try:
        feed = read_feed(token)
    except ReadTooOften as problem:
        return HttpResponse(
            problem.message, status=429, content_type="text/plain", headers={"Retry-After": "3600"}
        )
    if feed is None:
        raise Http404
    user = feed.member.user
    text = calendar_text(calendar_places(feed.member), url=_page(), language=user.language if user else "nl")
    return calendar_response(text, FILE)


def _change(request: HttpRequest, action: Callable[..., object], done: str) -> HttpResponse:
    try:
        action(request.member, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, done)
    return redirect(NAME)


def _page() -> str:
    return absolute_url(current_municipality(), reverse("portal:placement"))
