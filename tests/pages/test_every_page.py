"""Every page of the URL table in a browser: full, empty and with a form that is sent with nothing in it.

At each: axe (WCAG 2.2 AA) light at a desk and dark at 320 pixels, no scrolling in two directions at 320 pixels and at
200 %, one heading of the first level, and the keyboard reaches everything and shows where it is.

`CONTACT_SHEET=folder pytest tests/pages` keeps a picture of each.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from django.db import transaction
from django.urls import reverse
from django_tenants.utils import tenant_context

from tests import factories
from tests.conftest import MunicipalityClient
from tests.isolation.access_table import ANYONE, MEMBER, SIGNED_IN, TABLE, Row
from tests.isolation.walk import address_of
from tests.pages.conftest import Viewer

pytestmark = pytest.mark.pages
HTML: Final = "text/html"


def _nouns() -> dict[str, list[str]]:
    """URL names by area and noun, such as "backoffice member"."""
    found = defaultdict(list)
    for name in TABLE:
        area, _colon, rest = name.rpartition(":")
        found[f"{area} {rest.partition('-')[0]}".strip()].append(name)
    return found


NOUNS: Final = _nouns()


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_pages_keep_nobody_out(noun, worlds, juinen, client_for, viewer):
    world = worlds["gm0001"]
    people = _people(world, juinen, client_for)
    faults = {}
    for name, row in _rows(noun):
        client = people[row.who if row.who in people else "staff"]
        with tenant_context(juinen):
            path = address_of(name, row, world)
        faults |= _look(viewer(client), client, name, path)
    assert faults == {}


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_pages_of_a_new_municipality_keep_nobody_out(noun, zonneiland, client_for, viewer):
    with tenant_context(zonneiland):
        member = factories.make_member(user=factories.make_user())
        people = _clients(zonneiland, client_for, member.user, factories.make_staff("administrator"))
    faults = {}
    for name, row in _rows(noun):
        if not row.arguments:
            client = people[row.who if row.who in people else "staff"]
            faults |= _look(
                viewer(client), client, f"new {name}", reverse(name, urlconf="config.urls_tenant")
            )
    assert faults == {}


def _rows(noun: str) -> Iterator[tuple[str, Row]]:
    return ((name, TABLE[name]) for name in NOUNS[noun])


def _people(world: Any, municipality: Any, client_for: Callable[..., Any]) -> dict[str, MunicipalityClient]:
    return _clients(municipality, client_for, world.member.user, world.staff["administrator"])


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
    for state, ask in (("", client.get), (" with mistakes", _send_nothing(client))):
        with transaction.atomic():
            answer = ask(path)
            if _is_page(answer):
                found[name + state] = viewer.faults(answer, path, name=name + state)
            transaction.set_rollback(True)
    return {state: faults for state, faults in found.items() if faults}


def _send_nothing(client: MunicipalityClient) -> Callable[[str], Any]:
    """Press the button of an empty form. A browser then sends one thing: that it may."""
    return lambda path: client.post(path, {"csrfmiddlewaretoken": "empty"})


def _is_page(answer: Any) -> bool:
    """A whole page: no redirect, file, refusal or part of a page."""
    is_html = answer.headers.get("Content-Type", "").startswith(HTML)
    return is_html and answer.status_code in (200, 400, 422) and b"<h1" in answer.content
