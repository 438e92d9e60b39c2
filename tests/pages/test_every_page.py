"""Every page of the URL table in a browser: full, empty and with a form that is sent with nothing in it, and the pages
of tests/pages/states, which show themselves only after something happened.

Each is looked at on a desk, at 200 %, at 320 pixels, dark, and with more and with high contrast (the colours of the
system): axe (WCAG 2.2 AA); nothing wider than the window, cut off or over another thing; one first heading;
and the keyboard reaches everything, shows where it is, and has it in sight.

`CONTACT_SHEET=folder pytest tests/pages` keeps pictures of each.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from tests import factories
from tests.conftest import MunicipalityClient
from tests.isolation.access_table import ANYONE, MEMBER, SIGNED_IN, TABLE, Row
from tests.isolation.walk import address_of
from tests.pages.conftest import Viewer
from tests.pages.states import STATES, Scene

pytestmark = pytest.mark.pages
HTML: Final = "text/html"
FORM: Final = re.compile(
    r'<form\b(?=[^>]*method="post")(?:[^>]*\baction="([^"]*)")?[^>]*>(.*?)</form>', re.DOTALL
)
HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')
TOKEN: Final = re.compile(rb'csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"|data-z-left="\d+"')


def _nouns() -> dict[str, list[str]]:
    """URL names by area and noun, such as "backoffice member"."""
    found = defaultdict(list)
    for name in TABLE:
        area, _colon, rest = name.rpartition(":")
        found[f"{area} {rest.partition('-')[0]}".strip()].append(name)
    return found


NOUNS: Final = _nouns()


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_pages_keep_nobody_out(noun, juinen, client_for, viewer):
    world = factories.make_world()
    people = _clients(juinen, client_for, world.member.user, world.staff["administrator"])
    faults = {}
    for name, row in _rows(noun):
        client = people[row.who if row.who in people else "staff"]
        faults |= _look(viewer(client), client, name, address_of(name, row, world))
    assert faults == {}


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_pages_of_a_new_municipality_keep_nobody_out(noun, juinen, client_for, viewer):
    member = factories.make_member(user=factories.make_user())
    people = _clients(juinen, client_for, member.user, factories.make_staff("administrator"))
    faults = {}
    for name, row in _rows(noun):
        # What anyone may see is the same before there is anything.
        if not row.arguments and row.who != ANYONE:
            client = people[row.who if row.who in people else "staff"]
            path = reverse(name, urlconf="config.urls_tenant")
            faults |= _look(viewer(client), client, f"new {name}", path)
    assert faults == {}


@pytest.mark.parametrize("room", STATES)
def test_states_of_pages_keep_nobody_out(room, juinen, client_for, viewer):
    scene = Scene(factories.make_world(), juinen, client_for)
    faults = {}
    for state in STATES[room]:
        with transaction.atomic():
            cache.clear()
            answer = state(scene)
            name = f"state {state.__name__}"
            assert b"<h1" in answer.content, f"{name} shows no page"
            if found := viewer(answer.client).faults(answer, answer.request["PATH_INFO"], name=name):
                faults[name] = found
            transaction.set_rollback(True)
    assert faults == {}


def _rows(noun: str) -> Iterator[tuple[str, Row]]:
    return ((name, TABLE[name]) for name in NOUNS[noun])


def _clients(municipality: Any, client_for: Callable[..., Any], member: Any, staff: Any) -> dict[str, Any]:
    portal = client_for(municipality, member)
    return {
        ANYONE: client_for(municipality),
        SIGNED_IN: portal,
        MEMBER: portal,
        "staff": client_for(municipality, staff),
    }


def _look(viewer: Viewer, client: MunicipalityClient, name: str, path: str) -> dict[str, list[str]]:
    found = {}
    before = b""
    for state in ("", " with mistakes"):
        with transaction.atomic():
            answer = client.post(path, _nothing(before, path)) if state else client.get(path)
            # Some pages take no forms, and show themselves again.
            if _is_page(answer) and TOKEN.sub(b"", answer.content) != TOKEN.sub(b"", before):
                before = answer.content
                found[name + state] = viewer.faults(answer, path, name=name + state)
            transaction.set_rollback(True)
    return {state: faults for state, faults in found.items() if faults}


def _nothing(page: bytes, path: str) -> dict[str, str]:
    """What a browser sends when somebody presses the button of an empty form: only what is hidden in it."""
    own = (form for action, form in FORM.findall(page.decode()) if action in ("", path))
    return {"csrfmiddlewaretoken": "empty"} | dict(HIDDEN.findall(next(own, "")))


def _is_page(answer: Any) -> bool:
    """A whole page: no redirect, file, refusal or part of a page."""
    is_html = answer.headers.get("Content-Type", "").startswith(HTML)
    return is_html and answer.status_code in (200, 400, 422) and b"<h1" in answer.content
