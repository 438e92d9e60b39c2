"""Which browser this is: a random id in a signed cookie of its own that outlives the session.

It is no key to anything. It tells a browser that this person used before from a new one: a log-in on a new one is
told by mail, and a known one is not shut out when strangers guess (OWASP ASVS 5.0 rows 6.3.5 and 6.3.1).
"""

import secrets
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from elections.actions.login_limits import digest
from tenants import signing

PURPOSE: Final = "browser"
LIFETIME: Final = timedelta(days=365)


def browser_digest(request: HttpRequest) -> str:
    """The digest of this browser's id, as in SignIn.browser_digest.

    Empty without the cookie, and for one that was forged, is over a year old or comes from another municipality.
    """
    return digest_of(browser_id(request))


def browser_id(request: HttpRequest) -> str:
    """The random id in the cookie of this browser; empty when there is none that we gave it here."""
    text = request.COOKIES.get(settings.BROWSER_COOKIE_NAME, "")
    if not text:
        return ""
    try:
        value = signing.loads(text, purpose=PURPOSE, max_age=LIFETIME)
    except signing.BadSignature:
        return ""
    return value if isinstance(value, str) else ""


def new_browser_id() -> str:
    """An id for a browser that has none yet."""
    return secrets.token_urlsafe(32)


def digest_of(browser: str) -> str:
    """What the database keeps of an id; empty for an empty one."""
    return digest(browser) if browser else ""


def set_browser_cookie(response: HttpResponse, browser: str) -> None:
    """Have the browser remember its id for another year. Only for who finished a log-in."""
    response.set_cookie(
        settings.BROWSER_COOKIE_NAME,
        signing.dumps(browser, purpose=PURPOSE),
        max_age=LIFETIME,
        secure=settings.BROWSER_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
