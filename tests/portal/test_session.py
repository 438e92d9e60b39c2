"""How long a session lasts, as the page that is open may ask."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests import factories

STATE, EXTEND = "/session/state/", "/session/extend/"


@pytest.fixture
def member():
    return factories.make_member()


def at(start, **span):
    return time_machine.travel(start + timedelta(**span), tick=False)


def test_asking_is_no_activity_and_staying_is(client_for, juinen, member):
    start = timezone.now()
    with at(start):
        client = client_for(juinen, member.user)
        assert client.get(STATE).json()["left"] == 30 * 60
    with at(start, minutes=25):
        assert client.get(STATE).json()["left"] == 5 * 60
    with at(start, minutes=27):
        assert client.get(STATE).json()["left"] == 3 * 60
        assert client.post(EXTEND).json()["left"] == 30 * 60
    with at(start, minutes=56):
        assert client.get(STATE).json()["left"] == 60
    with at(start, minutes=58):
        assert client.get(STATE).json()["left"] == 0
        assert client.get("/").headers["Location"].startswith("/login/")


def test_progress_that_a_page_asks_by_itself_keeps_nobody_in(client_for, juinen):
    start = timezone.now()
    with at(start):
        client = client_for(juinen, factories.make_staff())
        job = factories.make_job(total=200, done=50, state="running")
    with at(start, minutes=30):
        assert (
            client.get(f"/backoffice/job/{job.uuid}/progress/", headers={"HX-Request": "true"}).status_code
            == 200
        )
        assert client.get(STATE).json()["left"] == 30 * 60


def test_colleague_has_an_hour(client_for, juinen):
    with at(timezone.now()):
        assert client_for(juinen, factories.make_staff()).get(STATE).json()["left"] == 60 * 60


def test_longest_time_cannot_be_made_longer(client_for, juinen, member):
    start = timezone.now()
    with at(start):
        client = client_for(juinen, member.user)
    for minutes in range(25, 12 * 60, 25):
        with at(start, minutes=minutes):
            state = client.post(EXTEND).json()
    assert (state["left"], state["extendable"]) == (20 * 60, False)
    with at(start, hours=12, seconds=1):
        assert client.post(EXTEND).json()["left"] == 0


def test_visitor_gets_no_seconds_but_a_token(client):
    for response in (client.get(STATE), client.post(EXTEND)):
        state = response.json()
        assert (state["left"], state["who"], bool(state["token"])) == (0, "", True)
        assert response.headers["Cache-Control"] == "no-store, private"


def test_staying_needs_the_token(client_for, juinen, member):
    client = client_for(juinen, member.user, enforce_csrf_checks=True)
    assert client.post(EXTEND).status_code == 403
    token = client.get(STATE).json()["token"]
    assert client.post(
        EXTEND, headers={"X-CSRFToken": token, "Referer": f"https://{juinen.primary_domain}/"}
    ).json()["left"]


def test_token_of_the_state_makes_an_old_form_work_after_a_new_login(client_for, juinen, member):
    """The log-in in another tab changes the token; the form that stayed open takes the new one."""
    client = client_for(juinen, member.user, enforce_csrf_checks=True)
    referer = {"Referer": f"https://{juinen.primary_domain}/"}
    old = client.get(STATE).json()["token"]
    client.cookies.clear()
    client.log_in(member.user)
    new = client.get(STATE).json()["token"]
    answers = [
        client.post("/account/end-others/", {"csrfmiddlewaretoken": token}, headers=referer).status_code
        for token in (old, new)
    ]
    assert answers == [403, 302]


@pytest.mark.parametrize(("make", "page"), [("member", "/"), ("staff", "/backoffice/")])
def test_pages_know_how_long_their_session_lasts(client_for, juinen, make, page):
    user = factories.make_member().user if make == "member" else factories.make_staff()
    factories.make_event()
    html = client_for(juinen, user).get(page).content.decode()
    assert "data-z-session" in html
    assert "js/session.js" in html


def test_login_page_has_no_session_to_watch(client):
    assert "data-z-session" not in client.get("/login/").content.decode()


def test_two_accounts_on_one_screen_are_told_apart(client_for, juinen, zonneiland, member):
    own = client_for(juinen, member.user).get(STATE).json()["who"]
    other = client_for(juinen, factories.make_member().user).get(STATE).json()["who"]
    assert own == client_for(juinen, member.user).get(STATE).json()["who"]
    assert own != other
    assert str(member.user.uuid) not in own
