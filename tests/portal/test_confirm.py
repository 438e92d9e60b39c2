"""Proving once more who sits here, before a dangerous act."""

import pytest
import time_machine
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from elections.models import LoginChallenge, WorkAccount
from elections.sessions import CONFIRMED_KEY
from tests import factories
from tests.factories import SEED, app_code, wrong_app_code

CONFIRM = "/confirm/"
INVITE = "/backoffice/staff/invite/"


@pytest.fixture(autouse=True)
def clock():
    """Standing still: a half minute that passes during a test would change the codes."""
    with time_machine.travel("2027-03-01T12:00:10Z", tick=False) as stopped:
        yield stopped


@pytest.fixture
def boss():
    user = factories.make_staff()
    factories.make_authenticator(user, seed=SEED)
    return user


@pytest.fixture
def desk(client_for, juinen, boss):
    """A colleague whose proof is over ten minutes old."""
    client = client_for(juinen, boss)
    make_old(client)
    return client


@pytest.fixture
def member_browser(client_for, juinen):
    client = client_for(juinen, factories.make_member().user)
    make_old(client)
    return client


def make_old(client):
    session = client.session
    session[CONFIRMED_KEY] = timezone.now().timestamp() - 601
    session.save()


def test_dangerous_act_asks_the_code_of_the_app_and_goes_on(desk):
    asked = desk.get(INVITE)
    assert asked.headers["Location"] == f"/confirm/?next={INVITE.replace('/', '%2F')}"
    page = desk.get(asked.headers["Location"]).content.decode()
    assert f'name="next" value="{INVITE}"' in page
    assert "authenticator-app" in page
    before = desk.session.session_key
    response = desk.post(CONFIRM, {"code": app_code(), "next": INVITE})
    assert response.headers["Location"] == INVITE
    assert desk.session.session_key != before
    assert desk.get(INVITE).status_code == 200


def test_proof_is_good_for_ten_minutes(desk, clock):
    desk.post(CONFIRM, {"code": app_code(), "next": INVITE})
    clock.shift(600)
    assert desk.get(INVITE).status_code == 200
    clock.shift(1)
    assert desk.get(INVITE).status_code == 302


def test_dangerous_act_that_was_sent_is_not_done(desk):
    colleague = factories.make_staff("planner")
    response = desk.post(
        f"/backoffice/staff/{colleague.uuid}/disable/",
        headers={"referer": "https://juinen.localhost/backoffice/staff/"},
    )
    assert response.headers["Location"].startswith("/confirm/")
    colleague.refresh_from_db()
    assert colleague.is_active


def test_wrong_code_does_not_confirm(desk):
    page = desk.post(CONFIRM, {"code": wrong_app_code(), "next": INVITE})
    assert "nog 4 keer" in page.content.decode()
    assert desk.get(INVITE).status_code == 302


def test_five_wrong_codes_and_even_the_right_one_does_not_confirm(desk):
    for _number in range(5):
        desk.post(CONFIRM, {"code": wrong_app_code(), "next": INVITE})
    page = desk.post(CONFIRM, {"code": app_code(), "next": INVITE})
    assert "5 keer een verkeerde code" in page.content.decode()
    assert desk.get(INVITE).status_code == 302
    assert LoginChallenge.objects.get().attempts == 5


def test_code_that_let_in_does_not_confirm_as_well(client, boss):
    client.post("/login/", {"username": boss.username, "password": factories.PASSWORD})
    client.post("/login/code/", {"code": app_code()})
    make_old(client)
    assert "klopt niet" in client.post(CONFIRM, {"code": app_code(), "next": INVITE}).content.decode()
    assert client.get(INVITE).status_code == 302


def test_recovery_code_or_password_is_no_code_of_the_app(desk):
    page = desk.post(CONFIRM, {"code": "2222-2222-2222", "password": factories.PASSWORD, "next": INVITE})
    assert page.status_code == 200
    assert desk.get(INVITE).status_code == 302


def test_member_without_app_gives_the_password(member_browser):
    page = member_browser.get("/authenticator/renew/", follow=True).content.decode()
    assert "Uw wachtwoord" in page
    wrong = member_browser.post(CONFIRM, {"password": "verkeerd", "next": "/authenticator/renew/"})
    assert "Dit wachtwoord klopt niet" in wrong.content.decode()
    right = member_browser.post(CONFIRM, {"password": factories.PASSWORD, "next": "/authenticator/renew/"})
    assert right.headers["Location"] == "/authenticator/renew/"
    assert member_browser.get("/authenticator/renew/").status_code == 200


def test_passwords_of_the_page_count_with_those_of_the_login(member_browser):
    for _number in range(10):
        member_browser.post(CONFIRM, {"password": "verkeerd"})
    page = member_browser.post(CONFIRM, {"password": factories.PASSWORD})
    assert page.status_code == 200
    assert "over een kwartier" in page.content.decode()


def test_password_is_not_in_the_page_again(member_browser):
    page = member_browser.post(CONFIRM, {"password": "verkeerd wachtwoord"})
    assert "verkeerd wachtwoord" not in page.content.decode()


@pytest.mark.parametrize(
    "wanted",
    [
        "https://boef.example/",
        "//boef.example/",
        "/\\boef.example",
        "javascript:alert(1)",
        "\t//boef.example",
    ],
)
def test_page_never_leads_to_another_site(member_browser, wanted):
    response = member_browser.post(CONFIRM, {"password": factories.PASSWORD, "next": wanted})
    assert response.headers["Location"] == "/"


def test_who_came_with_a_work_account_proves_it_there(client_for, juinen, boss):
    desk = client_for(juinen, boss)
    account = WorkAccount.objects.create(user=boss, name="werk", issuer="https://i.example", subject="s")
    session = desk.session
    session[DEVICE_ID_SESSION_KEY] = account.persistent_id
    session.save()
    make_old(desk)
    page = desk.get(f"{CONFIRM}?next={INVITE}").content.decode()
    assert "werkaccount" in page
    assert "Code uit uw authenticator-app" not in page
    desk.post(CONFIRM, {"code": app_code(), "password": factories.PASSWORD, "next": INVITE})
    assert desk.get(INVITE).status_code == 302
