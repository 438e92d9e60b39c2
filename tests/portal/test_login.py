"""The front door in a browser."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connections
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.models import AuditEvent, LoginChallenge, OutboxMail, SignIn
from tests import factories

LOGIN, CODE, RESEND = "/login/", "/login/code/", "/login/code/resend/"


@pytest.fixture
def member():
    user = factories.make_user(username="a.vandenberg", email="anna@voorbeeld.example")
    return factories.make_member(user=user)


@pytest.fixture
def half(client, member):
    """A browser that gave the right password and waits for its code."""
    give_password(client)
    return client


def give_password(client, username="a.vandenberg", password=factories.PASSWORD, **more):
    return client.post(LOGIN, {"username": username, "password": password, **more})


def without_tokens(response):
    """The page, without what differs at every request."""
    return re.sub(r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"', "", response.content.decode())


def newest_code():
    return LoginChallenge.objects.order_by("-pk").first().code


def is_in(client):
    return client.get("/").status_code == 200


def test_member_logs_in_with_password_and_code(half):
    assert not is_in(half)
    code = newest_code()
    response = half.post(CODE, {"code": f"{code[:3]} {code[3:]}"})
    assert response.headers["Location"] == "/"
    assert is_in(half)


def test_colleague_goes_to_the_backoffice(client):
    factories.make_staff(username="bo@juinen.example", email="bo@juinen.example")
    give_password(client, "BO@juinen.example")
    response = client.post(CODE, {"code": newest_code()})
    assert response.headers["Location"] == "/backoffice/"


def test_colleague_who_is_a_member_goes_to_the_portal(client):
    factories.make_member(user=factories.make_staff(username="bo@juinen.example", email="bo@juinen.example"))
    give_password(client, "bo@juinen.example")
    assert client.post(CODE, {"code": newest_code()}).headers["Location"] == "/"


def test_login_goes_on_to_the_page_that_was_asked_for(client, member):
    response = client.get("/placement/")
    assert response.headers["Location"] == "/login/?next=/placement/"
    assert 'name="next" value="/placement/"' in client.get(response.headers["Location"]).content.decode()
    give_password(client, next="/placement/")
    assert client.post(CODE, {"code": newest_code()}).headers["Location"] == "/placement/"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://boef.example/",
        "//boef.example/",
        "/\\boef.example",
        "javascript:alert(1)",
        "\t//boef.example",
        "https:boef.example",
    ],
)
def test_login_never_leads_to_another_site(client, member, wanted):
    give_password(client, next=wanted)
    assert client.post(CODE, {"code": newest_code()}).headers["Location"] == "/"


def test_session_key_changes_at_both_steps(client, member):
    client.get(LOGIN)
    client.cookies["__Host-session"] = "a" * 32  # a key that an attacker planted
    give_password(client)
    first = client.session.session_key
    client.post(CODE, {"code": newest_code()})
    assert len({"a" * 32, first, client.session.session_key}) == 3


def test_wrong_name_and_wrong_password_get_the_same_page(client, member):
    bodies = []
    for username, password in (("a.vandenberg", "verkeerd"), ("x.vandenberg", factories.PASSWORD)):
        response = give_password(client, username, password)
        bodies.append((response.status_code, without_tokens(response).replace(username, "")))
    assert bodies[0] == bodies[1]
    assert "De gebruikersnaam of het wachtwoord klopt niet." in bodies[0][1]


def test_password_is_not_in_the_page_again(client, member):
    assert "verkeerd wachtwoord" not in give_password(client, password="verkeerd wachtwoord").content.decode()


def test_too_many_passwords_get_a_page_that_tells_to_wait(client, member):
    for _number in range(10):
        give_password(client, password="verkeerd")
    response = give_password(client)
    assert response.status_code == 429
    assert "over een kwartier" in response.content.decode()


def test_code_page_without_password_goes_to_login(client):
    assert client.get(CODE).headers["Location"] == LOGIN
    assert client.post(CODE, {"code": "123456"}).headers["Location"] == LOGIN
    assert client.post(RESEND).headers["Location"] == LOGIN


def test_code_page_helps_the_browser_and_hides_the_address(half):
    body = half.get(CODE).content.decode()
    assert 'autocomplete="one-time-code"' in body
    assert 'inputmode="numeric"' in body
    assert "a•••@voorbeeld.example" in body
    assert "anna@voorbeeld.example" not in body


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_cannot_be_a_code_costs_no_try(half, typed):
    response = half.post(CODE, {"code": typed})
    assert response.status_code == 200
    assert LoginChallenge.objects.get().attempts == 0


def test_wrong_code_says_how_many_tries_are_left(half):
    wrong = f"{(int(newest_code()) + 1) % 1_000_000:06d}"
    assert "nog 4 keer" in half.post(CODE, {"code": wrong}).content.decode()
    for _number in range(4):
        response = half.post(CODE, {"code": wrong})
    assert response.status_code == 410
    assert "5 keer een verkeerde code" in response.content.decode()
    assert half.post(CODE, {"code": newest_code()}).status_code == 410
    assert not is_in(half)


def test_expired_code_gets_a_page_with_a_new_code(half):
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        response = half.post(CODE, {"code": newest_code()})
        assert response.status_code == 410
        assert RESEND in response.content.decode()
        assert half.post(RESEND).headers["Location"] == CODE
        assert half.post(CODE, {"code": newest_code()}).headers["Location"] == "/"


def test_older_code_is_refused_with_the_reason(half, client_for, juinen):
    old = newest_code()
    other = client_for(juinen)
    give_password(other)
    response = half.post(CODE, {"code": old})
    assert "nieuwe code verstuurd" in response.content.decode()


def test_right_code_in_another_browser_does_not_let_in(half, client_for, juinen):
    other = client_for(juinen)
    assert other.post(CODE, {"code": newest_code()}).headers["Location"] == LOGIN
    assert not is_in(other)


def test_too_many_codes_get_a_page_that_tells_to_wait(half):
    now = timezone.now()
    for minutes in (1, 2, 3, 4):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            half.post(RESEND)
    with time_machine.travel(now + timedelta(minutes=5)):
        response = half.post(RESEND)
    assert response.status_code == 429
    assert OutboxMail.objects.count() == 5


def test_double_click_on_the_code_leaves_the_browser_logged_in(half, client_for, juinen):
    """The second request has the old cookie, and its answer comes last."""
    second = client_for(juinen)
    second.cookies = half.cookies.copy()
    code = newest_code()
    half.post(CODE, {"code": code})
    response = second.post(CODE, {"code": code})
    assert response.headers["Location"] == "/"
    assert "__Host-session" not in response.cookies
    assert is_in(half)


def test_twenty_simultaneous_right_codes_make_one_session(committed, juinen, client_for):
    factories.make_member(user=factories.make_user(username="a.vandenberg", email="anna@voorbeeld.example"))
    half = client_for(juinen)
    give_password(half)
    code = newest_code()
    together = Barrier(20)

    def send(_number):
        try:
            with tenant_context(juinen):
                browser = client_for(juinen)
                browser.cookies = half.cookies.copy()
                together.wait()
                return browser.post(CODE, {"code": code}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(send, range(20))) == {302}
    with tenant_context(juinen):
        assert sum("_auth_user_id" in session.get_decoded() for session in Session.objects.all()) == 1
        assert SignIn.objects.count() == 1
        assert AuditEvent.objects.filter(action="login.finish").count() == 1
        assert LoginChallenge.objects.get().used_at is not None


def test_login_page_sends_on_who_is_in_already(half):
    half.post(CODE, {"code": newest_code()})
    assert half.get(LOGIN).headers["Location"] == "/"
    assert half.get(CODE).status_code == 302


def test_user_gets_pages_in_their_own_language(client, member):
    member.user.language = "en"
    member.user.save()
    give_password(client)
    client.post(CODE, {"code": newest_code()})
    assert client.cookies["__Host-language"].value == "en"


def test_email_address_of_half_a_login_is_not_in_another_municipality(half, zonneiland, client_for):
    there = client_for(zonneiland)
    there.cookies = half.cookies.copy()
    assert there.get(CODE).headers["Location"] == LOGIN
