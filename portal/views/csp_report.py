"""Where browsers tell that a page asked for something that the Content-Security-Policy forbids.

Anybody can post here, so a report is only ever one line in the log: no row, no mail, and nothing of it but the
directive, where the forbidden thing lives and which of our pages it was (OWASP ASVS 5.0 row 3.4.7).
"""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import redis
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from elections import audit
from elections.actions.login_limits import digest
from elections.sessions import no_activity

logger = logging.getLogger(__name__)

MAX_BYTES: Final = 16 * 1024
REPORTS_PER_MINUTE: Final = 30
LINES_PER_REQUEST: Final = 10
DIRECTIVE: Final = re.compile(r"[a-z][a-z-]{2,39}")
KEYWORD: Final = re.compile(r"[a-z][a-z-]{2,29}")
HOST: Final = re.compile(r"[a-z0-9._-]{1,253}")
UNKNOWN: Final = "?"


class Violation(NamedTuple):
    """One forbidden thing, in words of ours and not of the sender."""

    directive: str
    blocked: str
    page: str


@csrf_exempt  # the browser itself posts, without a form
@require_POST
@no_activity
def csp_report(request: HttpRequest) -> HttpResponse:
    """Log what a browser reports; 400, 413 or 429 for what is no report, too large or too much."""
    if _asks_too_often(audit.origin.get()):
        return HttpResponse(status=429)
    if _length(request) > MAX_BYTES:
        return HttpResponse(status=413)
    try:
        found = list(violations(json.loads(request.body)))
    except (ValueError, RecursionError, OSError):  # no JSON, nested without end, or broken off
        found = []
    if not found:
        return HttpResponse(status=400)
    for violation in found[:LINES_PER_REQUEST]:
        logger.warning("CSP: %s stopped %s on /%s", violation.directive, violation.blocked, violation.page)
    return HttpResponse(status=204)


def violations(report: Any) -> Iterator[Violation]:
    """What a parsed report tells, in the format of `report-uri` or of `report-to`; nothing when it is neither."""
    if isinstance(report, dict) and isinstance(body := report.get("csp-report"), dict):
        named = body.get("effective-directive") or body.get("violated-directive")
        yield from _violation(named, body.get("blocked-uri"), body.get("document-uri"))
    for entry in report if isinstance(report, list) else ():
        if isinstance(entry, dict) and entry.get("type") == "csp-violation":
            body = entry.get("body")
            if isinstance(body, dict):
                yield from _violation(
                    body.get("effectiveDirective"), body.get("blockedURL"), body.get("documentURL")
                )


def _violation(directive: Any, blocked: Any, page: Any) -> Iterator[Violation]:
    words = directive.split(maxsplit=1) if isinstance(directive, str) else []
    if words and DIRECTIVE.fullmatch(words[0]):
        yield Violation(words[0], _origin(blocked), _route(page))


def _origin(address: Any) -> str:
    """The scheme and host of what was stopped: a path or a query could hold somebody's name."""
    if not isinstance(address, str):
        return UNKNOWN
    if KEYWORD.fullmatch(address):
        return address  # "inline", "eval", "data" and the like
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return UNKNOWN
    if not KEYWORD.fullmatch(parts.scheme) or (host and not HOST.fullmatch(host)):
        return UNKNOWN
    return f"{parts.scheme}:" + (f"//{host}" if host else "") + (f":{port}" if port else "")


def _route(address: Any) -> str:
    """The pattern of the page's address: the address itself may hold the token of an invitation."""
    try:
        return resolve(urlsplit(address).path).route
    except (Resolver404, ValueError, TypeError, AttributeError):
        return UNKNOWN


def _length(request: HttpRequest) -> int:
    """The length that was announced; a body without one is not read at all."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _asks_too_often(origin: str) -> bool:
    """Count one report of this address. Without Redis no report is taken: pages matter more than their log."""
    key = f"csp-report:{digest(origin)}"
    try:
        cache.add(key, 0, timeout=60)
        return int(cache.incr(key)) > REPORTS_PER_MINUTE
    except ValueError:  # the minute ended between the two
        return False
    except redis.RedisError:
        return True
