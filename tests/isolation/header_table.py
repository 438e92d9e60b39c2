"""What every answer must tell the browser: exact values, for each kind of answer.

`faults(response)` names what differs. The walk of test_access asks it for every address, person and method, and
test_headers for the answers that no address gives: static files, unknown hosts, errors.
"""

import html
import json
import re
from html.parser import HTMLParser
from typing import Any, Final

from django.conf import settings

Headers = dict[str, str]

PERMISSIONS: Final = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
NO_STORE: Final = "no-store, private"
PAGE_POLICY: Final = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "font-src": {"'self'"},
    "img-src": {"'self'"},
    "connect-src": {"'self'"},
    "form-action": {"'self'"},
    "base-uri": {"'none'"},
    "object-src": {"'none'"},
    "frame-ancestors": {"'none'"},
    "report-uri": {"/csp-report/"},
    "report-to": {"csp"},
}
CLOSED_POLICY: Final = {
    "default-src": {"'none'"},
    "base-uri": {"'none'"},
    "form-action": {"'none'"},
    "frame-ancestors": {"'none'"},
}
# Pages with a map load tiles of one host, where the municipality has tiles.
MAP_PAGES: Final = {"backoffice:polling-station-map", "portal:placement"}
# The preview of a letter: pictures that are kept nowhere, so that they have no address.
PREVIEW_PAGES: Final = {"backoffice:letter-edition-edit", "backoffice:letter-edition-preview"}
STYLE_FILES: Final = {"house-style-css", "house-style-logo", "house-style-background"}
UPLOADED_FILES: Final = {"document-download", "attachment-download"}
TILES: Final = "https://service.pdok.nl"
# The page for an unknown host has a style sheet.
PLAIN_POLICY: Final = CLOSED_POLICY | {"style-src": {"'self'"}}
# A browser's own PDF viewer needs inline style; the sandbox takes script, forms and our origin away.
PDF_POLICY: Final = {"default-src": {"'none'"}, "style-src": {"'unsafe-inline'"}, "sandbox": set()}

EVERYWHERE: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}
# Health answers before anything else, over plain HTTP too.
BEHIND_HEALTH: Final = EVERYWHERE | {
    "Strict-Transport-Security": f"max-age={2 * 365 * 24 * 3600}; includeSubDomains; preload",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PAGE: Final = BEHIND_HEALTH | {"Cache-Control": NO_STORE, "Reporting-Endpoints": 'csp="/csp-report/"'}
PDF: Final = BEHIND_HEALTH | {"Cache-Control": NO_STORE}
STYLE: Final = PAGE | {"Cache-Control": "private, max-age=300"}
CLOSED: Final = BEHIND_HEALTH | {"Cache-Control": NO_STORE}
HEALTH: Final = EVERYWHERE | {"Cache-Control": "no-store"}

# Beside those of the table. Another name is a fault: Server, X-Powered-By and Access-Control-* among them.
OTHER_NAMES: Final = {
    "Allow",
    "Clear-Site-Data",
    "Content-Disposition",
    "Content-Language",
    "Content-Length",
    "Content-Security-Policy",
    "Content-Type",
    "ETag",
    "HX-Redirect",
    "HX-Refresh",
    "HX-Trigger",
    "Location",
    "Retry-After",
    "Vary",
    "X-Request-ID",
}
VARY: Final = {"Cookie", "HX-Request"}
VARY_TOO: Final = VARY | {"Accept-Language"}

BOUND: Final = {"path": "/", "domain": "", "secure": True, "httponly": True, "samesite": "Lax"}
COOKIES: Final = {
    # Without an age: it goes when the browser closes.
    "__Host-session": BOUND | {"max-age": ""},
    "__Host-csrf": BOUND | {"max-age": settings.CSRF_COOKIE_AGE},
    "__Host-language": BOUND | {"max-age": 365 * 24 * 3600},
    "__Host-browser": BOUND | {"max-age": 365 * 24 * 3600},
}
HTMX: Final = {
    "allowEval": False,
    "includeIndicatorStyles": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "attributesToSettle": ["class"],  # by itself htmx copies style attributes, which the policy stops
}

HTMX_META: Final = re.compile(r"""<meta name="htmx-config" content='([^']*)'>""")


def kind_of(name: str, response: Any) -> tuple[Headers, dict[str, set[str]]]:
    """Headers and policy that belong to the answer of an address."""
    if response.status_code in (200, 304) and name in STYLE_FILES:
        return STYLE, PAGE_POLICY
    if response.headers.get("Content-Type") == "application/pdf" or _is_uploaded_file(name, response):
        return PDF, PDF_POLICY
    if response.status_code == 405 and "GET, HEAD, POST" in response.headers.get("Allow", ""):
        return CLOSED, CLOSED_POLICY
    if name in MAP_PAGES and _shows_map(response):
        return PAGE, PAGE_POLICY | {"img-src": {"'self'", TILES}}
    if name in PREVIEW_PAGES and response.status_code in (200, 405):
        return PAGE, PAGE_POLICY | {"img-src": {"'self'", "data:"}}
    return PAGE, PAGE_POLICY


def _is_uploaded_file(name: str, response: Any) -> bool:
    """What came from outside, as it was uploaded: it may never act as a page of ours."""
    return name.partition(":")[2] in UPLOADED_FILES and "Content-Disposition" in response.headers


def _shows_map(response: Any) -> bool:
    """Whether the page itself was given, by a municipality with tiles; a refusal or the log-in page is another page."""
    return response.status_code == 200 and not response.wsgi_request.tenant.is_public_body


def faults(name: str, response: Any, body: str) -> list[str]:
    """What an answer of an address does otherwise than the table says."""
    expected, policy = kind_of(name, response)
    return [
        *header_faults(response, expected, policy),
        *vary_faults(response),
        *cookie_faults(response),
        *body_faults(response, body),
    ]


def header_faults(response: Any, expected: Headers, policy: dict[str, set[str]]) -> list[str]:
    """Headers with another value, headers too many, and another Content-Security-Policy."""
    found = dict(response.headers)
    wrong = [f"{name}: {found.get(name)}" for name, value in expected.items() if found.get(name) != value]
    wrong += [f"{name}: {found[name]}" for name in found.keys() - expected.keys() - OTHER_NAMES]
    if parsed(found.get("Content-Security-Policy", "")) != policy:
        wrong.append(f"Content-Security-Policy: {found.get('Content-Security-Policy')}")
    return wrong


def parsed(policy: str) -> dict[str, set[str]]:
    """A Content-Security-Policy as directives and their sources."""
    directives = [part.split() for part in policy.split(";") if part.strip()]
    return {name: set(sources) for name, *sources in directives}


def vary_faults(response: Any) -> list[str]:
    """A shared cache must tell people and parts of pages apart."""
    vary = {part.strip() for part in response.headers.get("Vary", "").split(",")}
    return [] if VARY <= vary <= VARY_TOO else [f"Vary: {response.headers.get('Vary')}"]


def cookie_faults(response: Any) -> list[str]:
    """Every Set-Cookie against the list: no other name, no other attribute."""
    wrong = []
    for cookie in response.cookies.values():
        expected = COOKIES.get(cookie.key, {})
        if cookie.value == "" and cookie["max-age"] == 0:  # the browser must forget it
            expected = expected and {"path": "/", "domain": "", "secure": True}
        if not expected or {name: cookie[name] for name in expected} != expected:
            wrong.append(f"Set-Cookie: {cookie.OutputString()}")
    return wrong


def body_faults(response: Any, body: str) -> list[str]:
    """Nothing inline in a page, htmx tied down in each, and a file says that it is one."""
    content_type = response.headers.get("Content-Type", "")
    disposition = response.headers.get("Content-Disposition", "")
    if not content_type.startswith("text/html"):
        is_ours = content_type.split(";")[0] in (
            "text/css",
            "image/png",
            "text/plain",
            "application/json",
            "",
        )
        if is_ours or disposition.startswith(("attachment; ", "inline; ")):
            return []
        return [f"{content_type} with Content-Disposition: {disposition}"]
    page = _Inline()
    page.feed(body)
    wrong = page.found
    if "<html" in body and "htmx" in body:
        config = HTMX_META.search(body)
        if not config or json.loads(html.unescape(config[1])) != HTMX:
            wrong.append("htmx-config")
    return wrong


class _Inline(HTMLParser):
    """Gathers style, script and handlers that stand in the page itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "style" or (tag == "script" and not values.get("src")):
            self.found.append(f"inline: <{tag}>")
        self.found += [
            f"inline: {tag} {name}={value}"
            for name, value in attrs
            if name == "style"
            or name.startswith("on")
            or (value or "").strip().lower().startswith("javascript:")
        ]
