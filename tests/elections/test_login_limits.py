"""What slows down who guesses, and whom it may not stop: known browsers, other names, other addresses."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import redis
import time_machine
from django.core.cache import cache
from django.db import connections
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions import login, login_limits
from elections.models import AuditEvent, LoginAttempt, LoginChallenge, SignIn
from tests import factories

HERE, ELSEWHERE, TOWN_HALL = "192.0.2.7", "198.51.100.9", "203.0.113.1"
KNOWN, OTHER = "a" * 64, "b" * 64
NAME_LIMIT = login_limits.NAME_TIERS[0].limit
ADDRESS_LIMIT = login_limits.ADDRESS_TIERS[0].limit


@pytest.fixture
def user():
    """Somebody who logged in before, in the browser KNOWN."""
    made = factories.make_user(username="anna", email="anna@voorbeeld.example")
    SignIn.objects.create(user=made, method="email_code", browser_digest=KNOWN)
    return made


def guess(username="anna", **where):
    with pytest.raises(login.WrongPassword):
        login.start_login(username, "verkeerd", {}, **where)


def is_stopped(username="anna", **where):
    try:
        login.start_login(username, factories.PASSWORD, {}, **where)
    except login_limits.TooManyTries:
        return True
    except login.WrongPassword:
        return False
    return False


def fail_at(origin, count, *, at=None):
    """Wrong tries of many different names from one address."""
    LoginAttempt.objects.bulk_create(
        LoginAttempt(username_digest=f"{number}", origin=origin, at=at or timezone.now())
        for number in range(count)
    )


def test_known_browser_is_not_stopped_by_strangers_who_guess_the_name(user):
    for number in range(NAME_LIMIT):
        guess(origin=f"198.51.100.{number}", browser=OTHER)
    assert is_stopped(origin=HERE)
    assert is_stopped(origin=HERE, browser=OTHER)
    assert not is_stopped(origin=HERE, browser=KNOWN)


def test_known_browser_is_not_stopped_by_its_neighbours(user):
    """A town hall, where everybody comes from one address."""
    fail_at(TOWN_HALL, ADDRESS_LIMIT)
    assert is_stopped(origin=TOWN_HALL)
    assert not is_stopped(origin=TOWN_HALL, browser=KNOWN)
    assert not is_stopped(origin=ELSEWHERE)


def test_known_browser_has_a_limit_of_its_own(user):
    for _number in range(NAME_LIMIT):
        guess(origin=HERE, browser=KNOWN)
    assert is_stopped(origin=HERE, browser=KNOWN)
    assert not is_stopped(origin=HERE)


def test_browser_is_known_for_its_own_user_only(user):
    factories.make_user(username="bo")
    for _number in range(NAME_LIMIT):
        guess("bo", origin=ELSEWHERE)
    assert is_stopped("bo", origin=HERE, browser=KNOWN)


def test_one_name_does_not_stop_another(user):
    factories.make_user(username="bo")
    for _number in range(NAME_LIMIT):
        guess(origin=HERE)
    assert not is_stopped("bo", origin=HERE)


def test_right_password_does_not_clear_the_address(user):
    fail_at(TOWN_HALL, ADDRESS_LIMIT - 1)
    assert not is_stopped(origin=TOWN_HALL)
    guess("niemand", origin=TOWN_HALL)
    assert is_stopped(origin=TOWN_HALL)


def test_refused_try_does_not_lengthen_the_wait(user):
    now = timezone.now()
    for _number in range(NAME_LIMIT):
        guess(origin=HERE)
    with time_machine.travel(now + timedelta(minutes=14)):
        assert is_stopped(origin=HERE)
    with time_machine.travel(now + timedelta(minutes=16)):
        assert not is_stopped(origin=HERE)


@pytest.mark.parametrize("tier", login_limits.ADDRESS_TIERS)
def test_address_waits_until_its_window_has_rolled_on(user, tier):
    now = timezone.now()
    for part in range(4):  # spread over the window, so that no shorter tier is what stops it
        fail_at(TOWN_HALL, tier.limit // 4, at=now + part * tier.window / 4)
    last = now + 3 * tier.window / 4
    with (
        time_machine.travel(last + timedelta(seconds=10)),
        pytest.raises(login_limits.TooManyTries) as stopped,
    ):
        login.start_login("anna", factories.PASSWORD, {}, origin=TOWN_HALL)
    assert ("over een uur" in stopped.value.message) == (tier.window > login_limits.QUARTER)
    with time_machine.travel(now + tier.window + timedelta(seconds=10)):
        assert not is_stopped(origin=TOWN_HALL)


def test_longer_tier_of_a_name_says_an_hour(user):
    now = timezone.now()
    for minutes in (0, 20):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            for _number in range(NAME_LIMIT):
                guess(origin=HERE)
    with (
        time_machine.travel(now + timedelta(minutes=40)),
        pytest.raises(login_limits.TooManyTries, match="over een uur"),
    ):
        login.start_login("anna", factories.PASSWORD, {}, origin=HERE)


@pytest.mark.parametrize(
    ("origin", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("192.0.2.7:5678", "192.0.2.7"),
        ("[2001:db8:1:2::9]:80", "2001:db8:1:2::/64"),
        ("[::1]", "::/64"),
        ("geen adres", "unknown"),
        ("nog iets anders", "unknown"),
        ("192.0.2.7:poort", "unknown"),
        ("", "unknown"),
    ],
)
def test_ipv6_is_counted_by_its_network(origin, counted):
    assert login_limits.network(origin) == counted


def test_forged_header_does_not_change_what_is_counted(client, user):
    for number in range(3):
        client.post(
            "/login/",
            {"username": "anna", "password": "verkeerd"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
    assert set(LoginAttempt.objects.values_list("origin", flat=True)) == {"127.0.0.1"}


@pytest.mark.parametrize("origin", ["", "geen adres"])
def test_without_an_address_all_share_one_count(user, origin):
    fail_at("unknown", ADDRESS_LIMIT)
    assert is_stopped(origin=origin)


@pytest.mark.parametrize(
    ("hops", "noted"),
    [
        ("198.51.100.1, 192.0.2.7:5678", "192.0.2.7"),
        ("198.51.100.1, [2001:db8::7]:80", "2001:db8::7"),
        ("198.51.100.1, wat dan ook", "unknown"),
        ("198.51.100.1,", "unknown"),
    ],
)
def test_proxy_may_write_a_port_behind_the_address(client, settings, hops, noted):
    settings.TRUSTED_PROXY_COUNT = 1
    data = {"username": "anna", "password": "verkeerd"}
    client.post("/login/", data, headers={"X-Forwarded-For": hops})
    assert LoginAttempt.objects.get().origin == login_limits.network(noted)
    assert AuditEvent.objects.get(action="login.refuse").origin == noted


def test_simultaneous_guesses_do_not_outrun_the_limit_of_a_name(committed, juinen):
    with tenant_context(juinen):
        factories.make_user(username="anna")

    def try_one(_number):
        try:
            with tenant_context(juinen):
                login.start_login("anna", "verkeerd", {}, origin=HERE)
        except login.WrongPassword:
            return True
        except login_limits.TooManyTries:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(try_one, range(100))).count(True) <= NAME_LIMIT


def test_limits_outlive_a_redis_that_loses_everything(user, settings):
    """As after a restart without a file on disk. The cache of this test is in Redis, in a database of its own."""
    address = urlsplit(settings.REDIS_URL)._replace(path="/9").geturl()
    redis_cache = {"BACKEND": "tenants.cache_seal.SealedCache", "LOCATION": address}
    settings.CACHES = {"default": settings.CACHES["default"] | redis_cache}
    server = redis.Redis.from_url(address)
    cache.set("here", 1)
    assert server.dbsize() > 0
    for _number in range(NAME_LIMIT):
        guess(origin=HERE)
    for _number in range(5):
        assert not is_stopped(origin=ELSEWHERE, browser=KNOWN)
    server.flushdb()
    assert cache.get("here") is None
    assert is_stopped(origin=HERE)
    assert is_stopped(origin=ELSEWHERE, browser=KNOWN)


@pytest.mark.parametrize("browser", ["", OTHER, KNOWN])
def test_fifty_guesses_of_codes_a_day_however_many_are_asked(user, browser):
    """With a stolen password: 50 guesses at a million codes, in all strange browsers together."""
    now, looked_at = timezone.now(), 0
    for minutes in range(0, 24 * 60, 20):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            session = {}
            if is_stopped_with(session, browser):
                continue
            right = int(login.waiting_challenge(session).code)
            for number in range(7):
                with suppress(login.CodeRefused, login.ChallengeOver):
                    login.verify_code(session, f"{(right + 1 + number) % 1_000_000:06d}")
    looked_at = sum(LoginChallenge.objects.values_list("attempts", flat=True))
    assert looked_at == 50


def test_stolen_password_does_not_keep_the_owner_out_of_a_known_browser(user):
    for number in range(5):
        login.start_login("anna", factories.PASSWORD, {}, origin=ELSEWHERE, browser=("", OTHER)[number % 2])
    assert is_stopped(origin=ELSEWHERE)
    assert is_stopped(origin=ELSEWHERE, browser=OTHER)
    session = {}
    assert not is_stopped_with(session, KNOWN)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        login.resend_code(session, origin=HERE, browser=KNOWN)


def test_codes_of_a_known_browser_do_not_count_against_others(user):
    for _number in range(5):
        assert not is_stopped(origin=HERE, browser=KNOWN)
    assert is_stopped(origin=HERE, browser=KNOWN)
    assert not is_stopped(origin=HERE)


def is_stopped_with(session, browser):
    try:
        login.start_login("anna", factories.PASSWORD, session, origin=HERE, browser=browser)
    except login_limits.TooManyTries:
        return True
    return False


def test_refusals_are_in_the_log(user):
    for _number in range(NAME_LIMIT):
        guess(origin=HERE)
    assert is_stopped(origin=HERE)
    assert AuditEvent.objects.filter(action="login.refuse", details__reason="too many tries").count() == 1
