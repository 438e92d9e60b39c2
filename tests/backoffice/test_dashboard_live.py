"""The dashboard keeps itself up to date, for who sits before it and on the wall, and never keeps a session alive."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from elections.sessions import STAFF_IDLE
from tests import factories
from tests.elections.dashboard_city import City

HTMX = {"HX-Request": "true"}


def _url(name):
    return reverse(f"backoffice:{name}", urlconf="config.urls_tenant")


@pytest.fixture
def city(juinen):
    return City(3, members=4)


@pytest.fixture
def staff(juinen, client_for):
    return client_for(juinen, factories.make_staff())


@pytest.mark.parametrize("name", ["home", "home-wall"])
def test_figures_come_anew_only_when_they_changed(staff, city, name):
    with time_machine.travel(timezone.now(), tick=False):
        token = staff.get(_url(name)).context["token"]
        live = _url(f"{name}-live")
        assert staff.get(live, {"token": token}, headers=HTMX).status_code == 204
        factories.make_conversation(city.members[0])
        changed = staff.get(live, {"token": token}, headers=HTMX)
    assert changed.status_code == 200
    assert changed.context["token"] != token
    assert "<html" not in changed.content.decode()


@pytest.mark.parametrize("name", ["home", "home-wall"])
def test_live_part_opened_as_a_page_leads_to_the_page(staff, city, name):
    assert staff.get(_url(f"{name}-live")).headers["Location"] == _url(name)


@pytest.mark.parametrize("name", ["home-live", "home-wall-live"])
def test_asking_for_figures_does_not_keep_a_session_alive(staff, city, name):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        staff.get(_url("home-wall"))
    with time_machine.travel(start + STAFF_IDLE - timedelta(minutes=1), tick=False):
        assert b"Open plaatsen" in staff.get(_url(name), headers=HTMX).content
    with time_machine.travel(start + STAFF_IDLE + timedelta(minutes=1), tick=False):
        assert b"Open plaatsen" not in staff.get(_url(name), headers=HTMX).content


def test_wall_shows_nobody(staff, city):
    """No name, number or address of anybody, and no word of what somebody wrote."""
    member = factories.make_member(first_name="Xanthippe", last_name="Quichottema", email="xq@example.nl")
    factories.make_conversation(member, subject="Ik ben ziekgemeld", body="Griepaanval")
    shown = staff.get(_url("home-wall")).content.decode()
    for secret in ("Xanthippe", "Quichottema", "xq@example.nl", "ziekgemeld", "Griepaanval"):
        assert secret not in shown
    assert staff.get(_url("home-wall")).context["board"].questions


@pytest.mark.parametrize(
    ("look", "mark"), [("dark", "z-wall--dark"), ("light", "z-wall--light"), ("<b>", "")]
)
def test_wall_is_light_or_dark_as_asked(staff, city, look, mark):
    page = staff.get(_url("home-wall"), {"look": look}).content.decode()
    assert (mark or "z-wall") in page
    assert "<b>" not in page
    assert ("z-wall--" in page) is bool(mark)


def test_dashboard_and_wall_need_an_event(staff):
    for page in ("home-live", "home-wall", "home-wall-live"):
        assert staff.get(_url(page), headers=HTMX).headers["Location"] == _url("event-list")


def test_part_that_refreshes_itself_is_not_read_aloud(staff, city):
    """A live region would read all figures aloud again and again (WCAG 4.1.3 asks it for results of an action only)."""
    shown = staff.get(_url("home-live"), headers=HTMX).content.decode()
    assert "aria-live" not in shown
    assert 'role="status"' not in shown
