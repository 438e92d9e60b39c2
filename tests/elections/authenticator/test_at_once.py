"""Many tries at one moment: still one gets in, and the limit holds."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django_tenants.utils import tenant_context

from elections import one_time_codes
from elections.actions import login
from elections.errors import ActionError
from elections.models import (
    Authenticator,
    LoginChallenge,
    RecoveryCode,
)
from tests import factories
from tests.factories import SEED, app_code, wrong_app_code

# --- All at once ---


def _at_once(juinen, work: Callable[[int], bool], times: int = 20) -> list[bool]:
    def attempt(number):
        try:
            with tenant_context(juinen):
                return work(number)
        except ActionError:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(attempt, range(times)))


def _half_login() -> tuple[dict, list[str]]:
    user = factories.make_user(username="a.vandenberg")
    factories.make_authenticator(user, seed=SEED)
    codes = one_time_codes.new_recovery_codes(user)
    session = {}
    login.start_login(user.username, factories.PASSWORD, session)
    return session, codes


def test_twenty_simultaneous_right_codes_let_one_in(committed, juinen):
    session, _codes = _half_login()
    results = _at_once(juinen, lambda _number: bool(login.verify_code(session, app_code())))
    assert results.count(True) == 1


def test_one_code_in_two_logins_at_once_lets_one_in(committed, juinen):
    """Somebody looked over a shoulder: two browsers, each with its own challenge, and the same code."""
    user = factories.make_user(username="a.vandenberg")
    factories.make_authenticator(user, seed=SEED)
    apps = [Authenticator.objects.get() for _browser in range(20)]
    results = _at_once(juinen, lambda number: one_time_codes.use_app_code(apps[number], app_code()))
    assert results.count(True) == 1


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_simultaneous_wrong_codes_do_not_outrun_the_limit(committed, juinen, kind, monkeypatch):
    session, _codes = _half_login()
    looked_at = []
    name = "use_app_code" if kind == "app" else "use_recovery_code"
    really = getattr(login, name)
    monkeypatch.setattr(login, name, lambda *given: looked_at.append(1) or really(*given))
    verify = login.verify_code if kind == "app" else login.verify_recovery_code
    wrong = wrong_app_code() if kind == "app" else "2222-2222-2222"
    _at_once(juinen, lambda _number: bool(verify(session, wrong)))
    assert len(looked_at) == 5
    with tenant_context(juinen):
        assert LoginChallenge.objects.get().attempts == 5


def test_twenty_times_the_same_recovery_code_at_once_lets_one_in(committed, juinen):
    session, codes = _half_login()
    results = _at_once(juinen, lambda _number: bool(login.verify_recovery_code(session, codes[0])))
    assert results.count(True) == 1
    with tenant_context(juinen):
        assert RecoveryCode.objects.unused().count() == 9


def test_five_different_recovery_codes_at_once_let_one_in(committed, juinen):
    """Each of them is right; the log-in that they answer is one."""
    session, codes = _half_login()
    results = _at_once(
        juinen, lambda number: bool(login.verify_recovery_code(session, codes[number])), times=5
    )
    assert results.count(True) == 1
    with tenant_context(juinen):
        assert RecoveryCode.objects.unused().count() == 9
