"""What every page tells the browser: cookies for one host, nothing in a cache, nothing inline."""

import re
from typing import Any

import pytest
from django.db import transaction

from tests import factories
from tests.isolation.access_table import TABLE
from tests.isolation.walk import address_of

CACHEABLE = ("house-style-css", "house-style-logo")
COOKIES = {"__Host-session", "__Host-csrf", "__Host-language", "__Host-browser"}
CSP_PARTS = ("default-src 'none'", "frame-ancestors 'none'")
INLINE = re.compile(r"""<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:""", re.IGNORECASE)


@pytest.fixture
def pages(worlds, juinen, client_for) -> list[tuple[str, Any]]:
    """Every address, opened by somebody who may open all of them, and by nobody in particular."""
    world = worlds["gm0001"]
    user = world.staff["administrator"]
    factories.make_member(user=user)
    answers = []
    for client in (client_for(juinen), client_for(juinen, user)):
        for name, row in TABLE.items():
            with transaction.atomic():
                answers.append((name, client.get(address_of(name, row, world))))
                transaction.set_rollback(True)
    return answers


def test_every_page_keeps_to_the_rules(pages):
    assert [(name, wrong) for name, response in pages for wrong in _faults(name, response)] == []


def _faults(name: str, response: Any) -> list[str]:
    faults = []
    headers = response.headers
    if ("no-store" in headers.get("Cache-Control", "")) == (
        name in CACHEABLE and response.status_code == 200
    ):
        faults.append(f"Cache-Control {headers.get('Cache-Control')}")
    csp = headers.get("Content-Security-Policy", "")
    if not all(part in csp or "sandbox" in csp for part in CSP_PARTS):
        faults.append(f"CSP {csp}")
    if "unsafe-eval" in csp or ("unsafe-inline" in csp and "sandbox" not in csp):
        faults.append(f"CSP {csp}")
    if headers.get("X-Content-Type-Options") != "nosniff":
        faults.append("nosniff")
    for cookie in response.cookies.values():
        bound = cookie["path"] == "/" and cookie["secure"] and cookie["httponly"] and not cookie["domain"]
        if cookie.key not in COOKIES or not bound or cookie["samesite"] != "Lax":
            faults.append(f"cookie {cookie.key}")
    if headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
        faults += [f"inline {found!r}" for found in INLINE.findall(response.content.decode())]
    return faults
