"""The cookie that tells a known browser from a new one."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing as django_signing
from django.test import RequestFactory
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.models import LoginChallenge, SignIn
from portal.browser import PURPOSE, browser_digest
from tenants import signing
from tests import factories

COOKIE = "__Host-browser"


@pytest.fixture
def user():
    return factories.make_member().user


def log_in(client, user):
    client.post("/login/", {"username": user.username, "password": factories.PASSWORD})
    newest = LoginChallenge.objects.filter(user=user).order_by("-pk").first()
    return client.post("/login/code/", {"code": newest.code})


def digest_for(text):
    request = RequestFactory().get("/")
    request.COOKIES[COOKIE] = text
    return browser_digest(request)


def test_cookie_is_given_at_a_finished_login_only(client, user):
    client.get("/login/")
    client.post("/login/", {"username": user.username, "password": "verkeerd wachtwoord"})
    client.post("/login/", {"username": user.username, "password": factories.PASSWORD})
    assert COOKIE not in client.cookies
    client.post("/login/code/", {"code": LoginChallenge.objects.get().code})
    assert client.cookies[COOKIE]["max-age"] == 365 * 24 * 3600
    assert digest_for(client.cookies[COOKIE].value) == SignIn.objects.get().browser_digest != ""


def test_browser_keeps_its_id_and_the_cookie_is_renewed(client, user):
    log_in(client, user)
    first = client.cookies[COOKIE].value
    client.post("/logout/")
    with time_machine.travel(timezone.now() + timedelta(days=364), tick=False):
        log_in(client, user)
        assert client.cookies[COOKIE].value != first
        assert len(set(SignIn.objects.values_list("browser_digest", flat=True))) == 1
    with time_machine.travel(timezone.now() + timedelta(days=700), tick=False):
        assert digest_for(client.cookies[COOKIE].value)
        assert not digest_for(first)


def test_forged_cookie_is_no_browser(zonneiland):
    with tenant_context(zonneiland):
        foreign = signing.dumps("id", purpose=PURPOSE)
    own = signing.dumps("id", purpose=PURPOSE)
    assert digest_for(own)
    others = (foreign, own[:-1] + ("A" if own[-1] != "A" else "B"), django_signing.dumps("id"), "id", "")
    wrong_kind = (signing.dumps("id", purpose="invitation"), signing.dumps(["id"], purpose=PURPOSE))
    assert [digest_for(text) for text in (*others, *wrong_kind)] == [""] * 7


def test_two_browsers_have_two_ids(juinen, client_for, user):
    for _browser in range(2):
        log_in(client_for(juinen), user)
    assert SignIn.objects.values("browser_digest").distinct().count() == 2
