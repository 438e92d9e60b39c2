"""The portal's short menu: the same places on every page."""

from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from elections.enums import StepKind
from elections.look import look_of
from elections.models import User
from portal.parts import closed_for

ENTRIES = (
    ("home", _("Start"), "home"),
    ("personal-data", _("Mijn gegevens"), "person"),
    ("placement", _("Mijn plaats"), "pin"),
    ("letter-list", _("Brieven"), "letter"),
    ("news-item-list", _("Nieuws"), "file"),
    ("conversation-list", _("Berichten"), "inbox"),
)

# Pages that are reached from another place: documents stand beside the news.
ALSO = {"news-item-list": ("document-",)}

# Places that the team can close.
PARTS = {"conversation-list": StepKind.INBOX}

# Where the number beside a place comes from; static/js/live.js asks for it.
LIVE = {"conversation-list": reverse_lazy("portal:conversation-unread")}


def account_base(user: User) -> str:
    """The frame for a page about the own account: a colleague who is no member keeps the side navigation."""
    return "portal/base.html" if user.member_or_none else "backoffice/base.html"


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor; empty outside the portal, before log-in, and for who is no member."""
    match = request.resolver_match
    user = getattr(request, "user", None)
    if match is None or match.namespace != "portal" or user is None or not user.is_authenticated:
        return {}
    look = look_of(request.session, user)
    member = look.member if look else user.member_or_none
    if member is None:
        return {}  # a colleague at a page about the own account: these places are for members
    closed = closed_for(request, member)
    return {
        "look": look,
        "closed_parts": closed,
        "portal_nav": [
            {
                "label": text,
                "url": reverse(f"portal:{name}"),
                "icon": icon,
                "current": (match.url_name or "").startswith(
                    (name.removesuffix("-list"), *ALSO.get(name, ()))
                ),
                # A colleague who looks along asks for nothing by itself: every page is logged.
                "live_url": "" if look else LIVE.get(name, ""),
            }
            for name, text, icon in ENTRIES
            if PARTS.get(name) not in closed
        ],
    }
