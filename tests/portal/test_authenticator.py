"""Pages about the own authenticator app, and logging in with it, in a own."""

import re

import pytest
import time_machine
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.models import Authenticator, OutboxMail, RecoveryCode, SignIn
from elections.one_time_codes import new_recovery_codes, seed_of
from elections.sessions import CONFIRMED_KEY
from tests import factories
from tests.factories import SEED, app_code, wrong_app_code

PAGE, BEGIN, SETUP = "/authenticator/", "/authenticator/begin/", "/authenticator/setup/"
RENEW, DISABLE = "/authenticator/renew/", "/authenticator/disable/"
LOGIN, CODE, RECOVERY = "/login/", "/login/code/", "/login/recovery/"


@pytest.fixture(autouse=True)
def clock():
    """Standing still: a half minute that passes during a test would change the codes."""
    with time_machine.travel("2027-03-01T12:00:10Z", tick=False) as stopped:
        yield stopped


@pytest.fixture
def member():
    return factories.make_member(user=factories.make_user(username="a.vandenberg"))


@pytest.fixture
def colleague():
    return factories.make_staff("planner", username="pim@juinen.example", email="pim@juinen.example")


@pytest.fixture
def own(client_for, juinen, member):
    """Of a member who logged in with a code by mail."""
    return client_for(juinen, member.user)


@pytest.fixture
def first_day(client, colleague):
    """A colleague who logged in with a code by mail, and has no app yet."""
    give_password(client, colleague.username)
    client.post(CODE, {"code": newest_code(colleague)})
    return client


def give_password(client, username):
    return client.post(LOGIN, {"username": username, "password": factories.PASSWORD})


def newest_code(user):
    return user.loginchallenge_set.latest("pk").code


def begin(client):
    """Begin a set-up; returns the seed that the page shows."""
    client.post(BEGIN)
    found = re.search(r'id="seed">([A-Z2-7 ]+)<', client.get(SETUP).content.decode())
    return found[1].replace(" ", "")


def set_up(client):
    seed = begin(client)
    return seed, client.post(SETUP, {"code": app_code(seed)})


def codes_in(response):
    return re.findall(r"<code>([2-9A-Z-]{14})</code>", response.content.decode())


# --- Setting it up ---


def test_member_sets_the_app_up_and_sees_ten_codes_once(own, member):
    assert "Stel de app in" in own.get(PAGE).content.decode()
    seed, response = set_up(own)
    codes = codes_in(response)
    assert len(codes) == 10
    assert "maar één keer" in response.content.decode()
    body = own.get(PAGE).content.decode()
    assert "nog 10 codes" in body
    assert not any(code in body for code in (*codes, seed))
    assert own.get(SETUP).headers["Location"] == PAGE


def test_setup_page_shows_image_and_seed_in_groups_and_no_inline_style(own):
    own.post(BEGIN)
    response = own.get(SETUP)
    body = response.content.decode()
    assert "<svg viewBox" in body
    assert re.search(r'id="seed">([A-Z2-7]{4} ){7}[A-Z2-7]{4}<', body)
    assert not re.search(r"\sstyle=", body)
    assert response.headers["Cache-Control"] == "no-store, private"


def test_wrong_code_leaves_the_setup_open(own):
    seed = begin(own)
    response = own.post(SETUP, {"code": wrong_app_code(seed)})
    assert "Deze code klopt niet" in response.content.decode()
    assert not Authenticator.objects.filter(confirmed=True).exists()
    assert codes_in(own.post(SETUP, {"code": app_code(seed)}))


def test_setup_of_another_browser_is_not_shown(own, client_for, juinen, member):
    seed = begin(own)
    other = client_for(juinen, member.user)
    response = other.get(SETUP)
    assert response.headers["Location"] == PAGE
    assert seed not in response.content.decode()


def test_session_rests_on_the_app_after_the_setup_and_gets_another_key(own):
    before = own.session.session_key
    set_up(own)
    assert own.session.session_key != before
    assert own.get(PAGE).wsgi_request.user.otp_device == Authenticator.objects.get()
    Authenticator.objects.all().delete()
    assert own.get(PAGE).headers["Location"].startswith(LOGIN)


def test_setup_ends_the_other_sessions_and_keeps_this_one(own, client_for, juinen, member):
    other = client_for(juinen, member.user)
    assert other.get(PAGE).status_code == 200
    set_up(own)
    assert own.get(PAGE).status_code == 200
    assert other.get(PAGE).headers["Location"].startswith(LOGIN)


@pytest.mark.parametrize("page", [BEGIN, RENEW, DISABLE])
def test_change_needs_a_fresh_proof(own, member, page):
    factories.make_authenticator(member.user, seed=SEED)
    session = own.session
    session[CONFIRMED_KEY] = timezone.now().timestamp() - 601
    session.save()
    for ask in (own.get, own.post):
        assert ask(page).headers["Location"] == f"/confirm/?next={page.replace('/', '%2F')}"
    assert Authenticator.objects.count() == 1
    assert not RecoveryCode.objects.exists()


def test_setup_that_was_begun_needs_the_fresh_proof_too(own):
    seed = begin(own)
    session = own.session
    session[CONFIRMED_KEY] = timezone.now().timestamp() - 601
    session.save()
    assert own.post(SETUP, {"code": app_code(seed)}).headers["Location"].startswith("/confirm/")
    assert not Authenticator.objects.filter(confirmed=True).exists()


# --- Colleagues must ---


@pytest.mark.parametrize("also_member", [False, True])
def test_colleague_without_app_is_sent_to_set_one_up(client, colleague, also_member):
    if also_member:
        factories.make_member(user=colleague)
    give_password(client, colleague.username)
    client.post(CODE, {"code": newest_code(colleague)})
    assert client.get("/").status_code == (200 if also_member else 302)
    assert client.get("/backoffice/").headers["Location"] == PAGE
    assert client.get("/backoffice/member/").headers["Location"] == PAGE
    assert "Stel eerst de app in" in client.get(PAGE).content.decode()
    set_up(client)
    assert client.get("/backoffice/member/").status_code == 200


def test_colleague_has_no_button_to_turn_the_app_off(first_day):
    set_up(first_day)
    body = first_day.get(PAGE).content.decode()
    assert DISABLE not in body
    assert "Stel een andere app in" in body
    assert "wel vervangen" in first_day.post(DISABLE, follow=True).content.decode()
    assert Authenticator.objects.exists()


def test_colleague_whose_app_was_taken_away_must_set_one_up_again(client_for, juinen, colleague, clock):
    desk = client_for(juinen, colleague)
    boss = client_for(juinen, factories.make_staff())
    assert desk.get("/backoffice/member/").status_code == 200
    boss.post(f"/backoffice/staff/{colleague.uuid}/reset/", {"lost": "app"})
    assert desk.get("/backoffice/member/").headers["Location"].startswith(LOGIN)
    clock.shift(1)
    give_password(desk, colleague.username)
    desk.post(CODE, {"code": newest_code(colleague)})
    assert desk.get("/backoffice/member/").headers["Location"] == PAGE


# --- Logging in with it ---


@pytest.fixture
def half(client, member):
    """A browser that gave the right password of a member with an app."""
    factories.make_authenticator(member.user, seed=SEED)
    give_password(client, "a.vandenberg")
    return client


def test_login_asks_the_code_of_the_app_and_mails_nothing(half):
    body = half.get(CODE).content.decode()
    assert "Open de authenticator-app" in body
    assert 'autocomplete="one-time-code"' in body
    assert RECOVERY in body
    assert not OutboxMail.objects.exists()
    code = app_code()
    assert half.post(CODE, {"code": f"{code[:3]} {code[3:]}"}).headers["Location"] == "/"
    assert half.get("/").status_code == 200
    assert SignIn.objects.get().method == "authenticator"


def test_login_session_ends_when_the_app_is_taken_away(half):
    half.post(CODE, {"code": app_code()})
    Authenticator.objects.all().delete()
    assert half.get("/").headers["Location"].startswith(LOGIN)


def test_wrong_code_of_the_app_says_how_many_tries_are_left(half):
    for left in (4, 3, 2, 1):
        assert f"nog {left} keer" in half.post(CODE, {"code": wrong_app_code()}).content.decode()
    response = half.post(CODE, {"code": wrong_app_code()})
    assert response.status_code == 410
    body = response.content.decode()
    assert "5 keer een verkeerde code" in body
    assert "U krijgt dan een nieuwe code" not in body


def test_login_that_took_too_long_goes_on_without_password(half, clock):
    clock.shift(601)
    response = half.get(CODE)
    assert response.status_code == 410
    assert "Probeer het opnieuw" in response.content.decode()
    assert half.post("/login/code/resend/").headers["Location"] == CODE
    assert half.post(CODE, {"code": app_code()}).headers["Location"] == "/"
    assert not OutboxMail.objects.filter(kind="login_code").exists()


def test_recovery_code_lets_in_and_tells_how_many_are_left(half, member):
    codes = new_recovery_codes(member.user)
    assert "Herstelcode" in half.get(RECOVERY).content.decode()
    response = half.post(RECOVERY, {"code": codes[0].lower()}, follow=True)
    assert "U hebt er nog 9." in response.content.decode()
    assert SignIn.objects.get().method == "recovery_code"
    assert OutboxMail.objects.filter(kind="factor_changed").count() == 1


@pytest.mark.parametrize("typed", ["", "123456", "2222-2222-222", "2222-2222-2222-2", "é" * 12])
def test_what_cannot_be_a_recovery_code_costs_no_try(half, member, typed):
    assert half.post(RECOVERY, {"code": typed}).status_code == 200
    assert member.user.loginchallenge_set.get().attempts == 0


def test_recovery_page_is_only_for_who_must_show_the_app(client, member):
    assert client.get(RECOVERY).headers["Location"] == CODE
    give_password(client, "a.vandenberg")
    assert client.get(RECOVERY).headers["Location"] == CODE
    assert client.post(RECOVERY, {"code": "2222-2222-2222"}).headers["Location"] == CODE


def test_half_login_with_an_app_is_worth_nothing_elsewhere(half, client_for, zonneiland):
    with tenant_context(zonneiland):
        user = factories.make_user(username="a.vandenberg")
        factories.make_authenticator(user, seed=SEED)
    there = client_for(zonneiland)
    there.cookies = half.cookies
    assert there.post(CODE, {"code": app_code()}).headers["Location"] == LOGIN


# --- Renewing and turning off ---


def test_renewed_codes_are_shown_once(own, member):
    factories.make_authenticator(member.user, seed=SEED)
    old = new_recovery_codes(member.user)
    assert "tien nieuwe codes" in own.get(RENEW).content.decode()
    new = codes_in(own.post(RENEW))
    assert len(new) == 10
    assert not set(new) & set(old)
    assert own.get(PAGE).status_code == 200


def test_page_warns_when_the_codes_run_out(own, member):
    factories.make_authenticator(member.user, seed=SEED)
    new_recovery_codes(member.user)
    assert "weinig herstelcodes" not in own.get(PAGE).content.decode()
    RecoveryCode.objects.filter(pk__in=RecoveryCode.objects.values("pk")[:8]).update(used_at=timezone.now())
    body = own.get(PAGE).content.decode()
    assert "weinig herstelcodes" in body
    assert "nog 2 codes" in body


def test_member_turns_the_app_off_and_logs_in_by_mail_again(half, member):
    half.post(CODE, {"code": app_code()})
    assert "code per e-mail" in half.get(DISABLE).content.decode()
    response = half.post(DISABLE, follow=True)
    assert "Log in met een code uit uw e-mail" in response.content.decode()
    assert half.get("/").headers["Location"].startswith(LOGIN)
    give_password(half, "a.vandenberg")
    assert half.post(CODE, {"code": newest_code(member.user)}).headers["Location"] == "/"


def test_replaced_app_shows_no_codes_of_the_old_one(half, member):
    half.post(CODE, {"code": app_code()})
    seed, response = set_up(half)
    assert seed != SEED
    assert len(codes_in(response)) == 10
    assert seed_of(Authenticator.objects.get()).uncover() == seed
