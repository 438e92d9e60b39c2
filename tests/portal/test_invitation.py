"""The link in a mail, from opening it to the first log-in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from elections.models import Invitation
from tests import factories

NEW = "paard batterij nietje lamp"
CHOOSE = "/password/choose/"


@pytest.fixture
def user():
    return factories.make_member(
        user=factories.make_user(username="a.vandenberg", name="Anna van den Berg")
    ).user


@pytest.fixture
def link(user):
    return f"/invitation/{factories.make_invitation(user).token}/"


def test_member_chooses_a_password_and_logs_in(client, user, link):
    page = client.get(link).content.decode()
    assert "Anna van den Berg" in page
    assert "a.vandenberg" in page
    assert client.post(link).headers["Location"] == CHOOSE
    assert client.get(CHOOSE).status_code == 200
    response = client.post(CHOOSE, {"password": NEW, "repeated": NEW})
    assert response.headers["Location"] == "/login/"
    login = client.get("/login/").content.decode()
    assert "Uw wachtwoord is ingesteld" in login
    assert 'value="a.vandenberg"' in login
    assert (
        client.post("/login/", {"username": "a.vandenberg", "password": NEW}).headers["Location"]
        == "/login/code/"
    )


def test_mail_scanner_does_not_use_the_link_up(client, link):
    for method in (client.get, client.head, client.get):
        assert method(link).status_code == 200
    assert Invitation.objects.get().is_usable


def test_button_alone_does_not_use_the_link_up(client, link):
    client.post(link)
    assert Invitation.objects.get().is_usable


def test_second_submit_finds_a_page_that_leads_to_login(client, client_for, juinen, link):
    client.post(link)
    second = client_for(juinen)
    second.cookies = client.cookies.copy()
    client.post(CHOOSE, {"password": NEW, "repeated": NEW})
    assert second.post(CHOOSE, {"password": NEW, "repeated": NEW}).status_code == 410
    response = client.get(link)
    assert response.status_code == 410
    assert "al gebruikt" in response.content.decode()


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "Deze link is verlopen"),
        ({"withdrawn_at": timezone.now()}, "Alleen de link in de nieuwste e-mail werkt"),
        ({"used_at": timezone.now()}, "Uw wachtwoord is al ingesteld"),
    ],
)
def test_link_that_is_over_says_why_and_what_to_do(client, user, values, text):
    token = factories.make_invitation(user, **values).token
    for response in (client.get(f"/invitation/{token}/"), client.post(f"/invitation/{token}/")):
        assert response.status_code == 410
        assert text in response.content.decode()


def test_disabled_user_is_told_to_ask_the_team(client, user, link):
    user.is_active = False
    user.save()
    assert "Neem contact op" in client.get(link).content.decode()


def test_foreign_or_broken_link_tells_nothing_about_anybody(client_for, zonneiland, user, link):
    there = client_for(zonneiland)
    for path in (link, "/invitation/onzin/", "/password/reset/onzin/"):
        response = there.get(path)
        assert response.status_code == 410
        assert "a.vandenberg" not in response.content.decode()
        assert "Anna" not in response.content.decode()


def test_password_page_without_link_is_explained(client):
    assert client.get(CHOOSE).status_code == 410


@pytest.mark.parametrize(
    ("password", "repeated", "text"),
    [
        ("kort", "kort", "minstens 12 tekens"),
        (NEW, NEW + "x", "niet gelijk"),
        ("juinen stembureau", "juinen stembureau", "te makkelijk te raden"),
        ("x" * 129, "x" * 129, "hoogstens 128 tekens"),
        ("", "", "Vul een wachtwoord in"),
    ],
)
def test_wrong_password_is_explained_and_not_shown(client, link, password, repeated, text):
    client.post(link)
    response = client.post(CHOOSE, {"password": password, "repeated": repeated})
    assert response.status_code == 200
    assert text in response.content.decode()
    assert not password or f'value="{password}"' not in response.content.decode()
    assert Invitation.objects.get().is_usable


def test_link_of_somebody_else_logs_out_who_is_in(client_for, juinen, user, link):
    client = client_for(juinen, factories.make_staff())
    client.post(link)
    assert client.get("/backoffice/staff/").headers["Location"].startswith("/login/")


def test_new_password_ends_the_sessions_of_the_old_one(client_for, client, juinen, user):
    elsewhere = client_for(juinen, user)
    link = f"/password/reset/{factories.make_invitation(user, kind='password_reset').token}/"
    client.get(link)
    client.post(link)
    client.post(CHOOSE, {"password": NEW, "repeated": NEW})
    assert elsewhere.get("/").headers["Location"].startswith("/login/")
