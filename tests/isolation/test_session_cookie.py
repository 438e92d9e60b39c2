"""The session cookie: renewed at every proof of who sits there, and never somebody else's."""

import itertools

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from elections.models import LoginChallenge
from tests import factories

NAME = "__Host-session"


def cookie_of(client) -> str:
    return client.cookies[NAME].value


def who_is_in(client, cookies: str) -> str:
    """The user name on whose page this Cookie header comes out; empty for the log-in page."""
    client.cookies.clear()
    response = client.get(reverse("portal:personal-data"), headers={"cookie": cookies})
    return response.wsgi_request.user.username if response.status_code == 200 else ""


def test_session_has_a_new_key_after_the_password_and_after_the_code(client):
    """Whoever planted or read the cookie before holds a dead one (session fixation; ASVS 7.2.4)."""
    member = factories.make_member()
    session = client.session
    session["geplant"] = True
    session.save()
    client.cookies[NAME] = session.session_key
    seen = [cookie_of(client)]
    client.post(reverse("portal:login"), {"username": member.user.username, "password": factories.PASSWORD})
    seen.append(cookie_of(client))
    client.post(reverse("portal:login-code"), {"code": LoginChallenge.objects.latest("pk").code})
    seen.append(cookie_of(client))
    assert len(set(seen)) == 3
    assert who_is_in(client, f"{NAME}={seen[2]}") == member.user.username
    for old in seen[:2]:
        assert who_is_in(client, f"{NAME}={old}") == ""


def test_key_that_nobody_gave_out_is_not_taken_over(client):
    client.cookies[NAME] = "a" * 32
    client.post(reverse("portal:login"), {"username": "iemand", "password": "fout"})
    client.get(reverse("portal:login"))
    assert not Session.objects.filter(session_key="a" * 32).exists()


@pytest.mark.parametrize("order", [0, 1], ids=["planted last", "planted first"])
@pytest.mark.parametrize("separator", ["; ", ";", ","])
def test_two_session_cookies_never_open_the_planted_session(client_for, juinen, order, separator):
    """A sibling host plants the cookie of a session that is real, and its own (cookie tossing)."""
    own, planted = (factories.make_member().user for _count in range(2))
    keys = [cookie_of(client_for(juinen, user)) for user in (own, planted)]
    cookies = separator.join(f"{NAME}={key}" for key in (keys if order == 0 else reversed(keys)))
    assert who_is_in(client_for(juinen), cookies) in ("", own.username)


def test_cookie_that_comes_twice_is_no_cookie(client_for, juinen):
    user = factories.make_member().user
    key = cookie_of(client_for(juinen, user))
    client = client_for(juinen)
    assert who_is_in(client, f"{NAME}={key}") == user.username
    for cookies in itertools.permutations([f"{NAME}={key}", f" {NAME} ={key}", "__Host-language=en"]):
        assert who_is_in(client, "; ".join(cookies)) == ""


def test_session_has_a_new_key_after_a_fresh_proof(client_for, juinen):
    """Who copied the cookie before somebody proved again who they are, has not the rights of after (ASVS 7.2.4)."""
    user = factories.make_member().user
    client = client_for(juinen, user)
    before = cookie_of(client)
    answer = client.post(reverse("portal:confirm"), {"password": factories.PASSWORD})
    after = cookie_of(client)
    assert (answer.status_code, after != before) == (302, True)
    assert who_is_in(client, f"{NAME}={before}") == ""
    assert who_is_in(client, f"{NAME}={after}") == user.username
