"""The own account: where it is in use, ending that elsewhere, and another password."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from elections.models import AuditEvent, LoginChallenge, OutboxMail, SignIn
from tests import factories

NEW_PASSWORD = "nog een zin die niemand raadt"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36"
)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def member():
    return factories.make_member()


@pytest.fixture
def log_in(juinen, client_for, member):
    """`log_in(user_agent)`: a browser that goes through both steps of the log-in."""

    def start(user_agent=CHROME, client=None):
        client = client or client_for(juinen)
        client.defaults["HTTP_USER_AGENT"] = user_agent
        client.post("/login/", {"username": member.user.username, "password": factories.PASSWORD})
        newest = LoginChallenge.objects.filter(user=member.user).order_by("-pk").first()
        assert client.post("/login/code/", {"code": newest.code}).headers["Location"] == "/"
        return client

    return start


def is_out(client):
    return client.get("/").headers.get("Location", "").startswith("/login/")


def change(client, **values):
    data = {"current": factories.PASSWORD, "password": NEW_PASSWORD, "repeated": NEW_PASSWORD} | values
    return client.post("/password/change/", data)


def test_page_shows_sessions_and_history(log_in):
    log_in(PHONE)
    page = log_in().get("/account/").content.decode()
    assert page.index("Chrome op Windows") < page.index("Safari op iPhone")
    assert page.count("Dit apparaat") == 1
    assert page.count("code per e-mail") == 4
    assert page.count("Eerste keer op dit apparaat") == 1


def test_page_of_a_colleague_keeps_the_side_navigation(juinen, client_for):
    page = client_for(juinen, factories.make_staff()).get("/account/").content.decode()
    assert "z-backoffice" in page
    assert "/backoffice/member/" in page


def test_page_costs_as_many_queries_with_more_log_ins(log_in, member):
    client = log_in()
    client.get("/account/")
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/account/")
        counts.append(len(queries))
        for number in range(3):
            factories.make_sign_in(member.user, browser_digest=str(number))
            log_in(PHONE)
    assert counts[0] == counts[1]


def test_other_session_ends_at_once_and_is_told_why(log_in):
    phone, computer = log_in(PHONE), log_in()
    sign_in = SignIn.objects.order_by("at").first()
    response = computer.post(f"/account/session/{sign_in.uuid}/end/", follow=True)
    assert "Safari op iPhone is uitgelogd." in response.content.decode()
    assert is_out(phone)
    assert "vanaf een ander apparaat" in phone.get("/login/").content.decode()
    assert not is_out(computer)
    sign_in.refresh_from_db()
    assert (sign_in.session_key, bool(sign_in.ended_at)) == ("", True)
    assert AuditEvent.objects.filter(action="login.end").count() == 1


def test_part_of_a_page_of_an_ended_session_loads_the_login_page(log_in):
    phone, computer = log_in(PHONE), log_in()
    computer.post("/account/end-others/")
    assert phone.get("/", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_click_under_way_does_not_bring_an_ended_session_back(log_in):
    phone, computer = log_in(PHONE), log_in()
    under_way = phone.session
    under_way["form"] = "what that click has in hand"
    computer.post(f"/account/session/{SignIn.objects.order_by('at').first().uuid}/end/")
    with pytest.raises(UpdateError):
        under_way.save()
    assert is_out(phone)


def test_session_of_somebody_else_is_not_found(log_in, client_for, juinen):
    victim = log_in()
    other = client_for(juinen, factories.make_member().user)
    assert other.post(f"/account/session/{SignIn.objects.get().uuid}/end/").status_code == 404
    assert not is_out(victim)


def test_own_session_ends_with_the_logout_button(log_in):
    client = log_in()
    client.post(f"/account/session/{SignIn.objects.get().uuid}/end/")
    assert not is_out(client)
    client.post("/logout/")
    assert SignIn.objects.get().ended_at


def test_everywhere_but_here_ends_sessions_without_history_and_half_logins_too(
    log_in, client_for, juinen, member
):
    phone, unknown, half = log_in(PHONE), client_for(juinen, member.user), client_for(juinen)
    here = log_in()
    half.post("/login/", {"username": member.user.username, "password": factories.PASSWORD})
    code = LoginChallenge.objects.order_by("-pk").first().code
    here.post("/account/end-others/")
    assert [is_out(client) for client in (phone, unknown, here)] == [True, True, False]
    assert half.post("/login/code/", {"code": code}).status_code == 410
    assert SignIn.objects.going_on().count() == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        assert not is_out(here)


def test_password_changes_after_the_old_one_and_ends_other_sessions(log_in, member):
    phone, here = log_in(PHONE), log_in()
    invitation = factories.make_invitation(member.user, kind="password_reset")
    key = here.session.session_key
    assert change(here).headers["Location"] == "/account/"
    member.user.refresh_from_db()
    assert member.user.check_password(NEW_PASSWORD)
    assert here.session.session_key != key
    assert not is_out(here)
    assert is_out(phone)
    assert "iets aan uw account" in phone.get("/login/").content.decode()
    invitation.refresh_from_db()
    assert invitation.withdrawn_at
    assert SignIn.objects.get(session_key=here.session.session_key).ended_at is None
    assert OutboxMail.objects.filter(kind="password_changed").count() == 1
    assert AuditEvent.objects.filter(action="password.change").count() == 1


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"current": "verkeerd"}, "Dit wachtwoord klopt niet."),
        ({"current": ""}, "Vul uw wachtwoord van nu in."),
        ({"repeated": "iets anders"}, "De wachtwoorden zijn niet gelijk. Vul ze nog een keer in."),
        ({"password": "kort", "repeated": "kort"}, "Het wachtwoord is te kort."),
        ({"password": factories.PASSWORD, "repeated": factories.PASSWORD}, "Kies een ander wachtwoord"),
    ],
)
def test_password_stays_when_something_is_wrong(client_for, juinen, member, values, error):
    response = change(client_for(juinen, member.user), **values)
    assert error in response.content.decode()
    member.user.refresh_from_db()
    assert member.user.check_password(factories.PASSWORD)
    assert not OutboxMail.objects.exists()


def test_guesses_of_the_old_password_are_counted(client_for, juinen, member):
    client = client_for(juinen, member.user)
    for _guess in range(10):
        change(client, current="verkeerd")
    assert "te vaak" in change(client).content.decode()


def test_colleague_without_password_has_nothing_to_change(client_for, juinen):
    user = factories.make_staff()
    user.set_unusable_password()
    user.save()
    client = client_for(juinen, user)
    assert "/password/change/" not in client.get("/account/").content.decode()
    assert client.get("/password/change/").headers["Location"] == "/account/"


def test_member_chooses_one_mail_a_day(juinen, client_for, member):
    browser = client_for(juinen, member.user)
    page = browser.get("/account/").content.decode()
    assert "Meldingen per e-mail" in page
    assert 'value="at_once" checked' in page
    answer = browser.post("/account/mail-rhythm/", {"rhythm": "daily"}, follow=True)
    assert "Uw keuze is bewaard." in answer.content.decode()
    assert 'value="daily" checked' in answer.content.decode()
    refused = browser.post("/account/mail-rhythm/", {"rhythm": "nooit"}, follow=True)
    assert "Kies hoe u van nieuws" in refused.content.decode()
    member.user.refresh_from_db()
    assert member.user.mail_rhythm == "daily"
    assert AuditEvent.objects.filter(action="mail_rhythm.choose").count() == 1


def test_colleague_who_is_no_member_has_no_such_choice(juinen, client_for):
    browser = client_for(juinen, factories.make_staff())
    assert "Meldingen per e-mail" not in browser.get("/account/").content.decode()
    assert browser.post("/account/mail-rhythm/", {"rhythm": "daily"}).status_code == 403
