"""The printed letter in a browser."""

import base64
import re

import pytest
from django.contrib.sessions.models import Session
from django_otp.oath import TOTP

from elections.actions.activation import make_activation_letters
from elections.models import Authenticator, EmailConfirmation, Invitation, LoginAttempt, LoginChallenge
from elections.models.codes import letter_code
from elections.one_time_codes import seed_of
from tests import factories
from tests.portal.test_login import is_in, without_tokens

NEW = "paard batterij nietje lamp"
BEGIN, PASSWORD, SECOND = "/activation/", "/activation/password/", "/activation/second-step/"
EMAIL, CODE, APP = "/activation/email/", "/activation/email/code/", "/activation/app/"


@pytest.fixture
def letter():
    member = factories.make_member(
        with_user=False, first_name="Anna", infix="van den", last_name="Berg", email=""
    )
    return make_activation_letters([member], by=factories.make_staff())[0]


@pytest.fixture
def chosen(client, letter):
    """A browser that showed the code and chose a password."""
    show(client, letter)
    client.post(PASSWORD, {"password": NEW, "repeated": NEW})
    return client


def show(client, letter, **values):
    return client.post(BEGIN, {"username": "a.vandenberg", "code": letter_code(letter.uuid)} | values)


def test_member_without_email_gets_in_with_an_own_address(client, letter):
    assert "brief" in client.get(BEGIN).content.decode()
    assert show(client, letter).headers["Location"] == PASSWORD
    assert "a.vandenberg" in client.get(PASSWORD).content.decode()
    assert client.post(PASSWORD, {"password": NEW, "repeated": NEW}).headers["Location"] == SECOND
    assert client.get(SECOND).status_code == 200
    assert "alleen van u" in client.get(EMAIL).content.decode()
    assert client.post(EMAIL, {"email": "anna@voorbeeld.example"}).headers["Location"] == CODE
    assert "anna@voorbeeld.example" in client.get(CODE).content.decode()
    code = EmailConfirmation.objects.get().code
    assert client.post(CODE, {"code": f"{code[:3]} {code[3:]}"}).headers["Location"] == "/login/"
    page = client.get("/login/").content.decode()
    assert "Uw account is klaar" in page
    assert 'value="a.vandenberg"' in page
    client.post("/login/", {"username": "a.vandenberg", "password": NEW})
    client.post("/login/code/", {"code": LoginChallenge.objects.get().code})
    assert is_in(client)


def test_member_without_email_gets_in_with_an_app(chosen):
    assert chosen.post("/activation/app/begin/").headers["Location"] == APP
    page = chosen.get(APP).content.decode()
    assert "<svg" in page
    app = Authenticator.objects.get()
    wrong = f"{(int(app_code(app)) + 1) % 1_000_000:06d}"
    assert "klopt niet" in chosen.post(APP, {"code": wrong}).content.decode()
    codes = chosen.post(APP, {"code": app_code(app)})
    assert codes.status_code == 200
    assert len(re.findall(r"<li><code>", codes.content.decode())) == 10
    assert chosen.get(BEGIN).status_code == 200
    assert chosen.get(SECOND).headers["Location"] == BEGIN
    response = chosen.post("/login/", {"username": "a.vandenberg", "password": NEW})
    assert response.headers["Location"] == "/login/code/"


def app_code(app):
    return f"{TOTP(base64.b32decode(seed_of(app).uncover())).token():06d}"


def test_wrong_name_and_wrong_code_get_the_same_page(client, letter):
    bodies = []
    for values in ({"code": "BCDF GHJK MNPQ RSTV"}, {"username": "niemand"}):
        response = show(client, letter, **values)
        page = re.sub(r'(name="(username|code)"[^>]*|value="[^"]*"[^>]*)', "", without_tokens(response))
        bodies.append((response.status_code, page))
    assert bodies[0] == bodies[1]
    assert "De gebruikersnaam of de code klopt niet" in bodies[0][1]


@pytest.mark.parametrize("code", ["", "kort", "1234 5678 9012 3456", "é" * 16])
def test_what_cannot_be_a_code_costs_no_try(client, letter, code):
    assert show(client, letter, code=code).status_code == 200
    assert not LoginAttempt.objects.exists()


def test_too_many_codes_get_a_page_that_tells_to_wait(client, letter):
    for _number in range(10):
        show(client, letter, code="B" * 16)
    response = show(client, letter)
    assert response.status_code == 429
    assert "over een kwartier" in response.content.decode()


def test_scanners_and_readers_use_nothing_up(client, letter):
    for path in (BEGIN, f"{BEGIN}?username=a.vandenberg&code={letter_code(letter.uuid)}"):
        for method in (client.get, client.head):
            assert method(path).status_code == 200
    assert Invitation.objects.get().is_usable
    assert not LoginAttempt.objects.exists()


@pytest.mark.parametrize("path", [PASSWORD, SECOND, EMAIL, CODE, APP, "/activation/app/begin/"])
def test_steps_without_a_letter_lead_to_the_beginning(client, letter, path):
    for method in (client.get, client.post):
        assert method(path).headers["Location"] == BEGIN


@pytest.mark.parametrize("path", [SECOND, EMAIL, CODE, APP])
def test_no_step_can_be_passed_over(client, letter, path):
    show(client, letter)
    assert client.get(path).headers["Location"] == PASSWORD


def test_letter_that_was_replaced_meanwhile_leads_to_the_beginning(chosen, letter):
    make_activation_letters([letter.user.member], by=factories.make_staff())
    assert chosen.get(SECOND).headers["Location"] == BEGIN


def test_half_an_activation_is_worth_nothing_elsewhere(chosen, client_for, zonneiland):
    there = client_for(zonneiland)
    there.cookies = chosen.cookies.copy()
    assert there.get(SECOND).headers["Location"] == BEGIN


def test_session_key_changes_when_the_code_and_the_password_are_right(client, letter):
    client.get(BEGIN)
    client.cookies["__Host-session"] = "a" * 32  # a key that an attacker planted
    keys = ["a" * 32]
    show(client, letter)
    keys.append(client.session.session_key)
    client.post(PASSWORD, {"password": NEW, "repeated": NEW})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    assert set(Session.objects.values_list("session_key", flat=True)) == {keys[-1]}


def test_somebody_who_is_in_is_logged_out_by_a_letter(client_for, juinen, letter):
    client = client_for(juinen, factories.make_member().user)
    show(client, letter)
    assert not is_in(client)


def test_address_of_somebody_else_is_not_told(chosen):
    factories.make_member(email="bezet@voorbeeld.example")
    answers = []
    for email in ("bezet@voorbeeld.example", "vrij@voorbeeld.example"):
        response = chosen.post(EMAIL, {"email": email})
        page = without_tokens(chosen.get(CODE)).replace(email, "")
        answers.append((response.status_code, response.headers["Location"], page))
    assert answers[0] == answers[1]
