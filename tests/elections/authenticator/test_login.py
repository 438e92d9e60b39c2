"""Logging in with the app or a recovery code, and proving once more who sits here."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections import one_time_codes
from elections.actions import authenticator as actions
from elections.actions import login, login_limits
from elections.enums import SignInMethod
from elections.errors import ActionError
from elections.models import (
    AuditEvent,
    Authenticator,
    LoginChallenge,
    OutboxMail,
    RecoveryCode,
)
from elections.notify.mails import compose
from tests import factories
from tests.factories import SEED, app_code, wrong_app_code

# --- Logging in ---


def test_who_has_an_app_is_asked_its_code_and_gets_no_mail(session):
    assert not OutboxMail.objects.exists()
    assert LoginChallenge.objects.get().method == SignInMethod.AUTHENTICATOR


def test_who_did_not_finish_the_set_up_gets_a_mail(user):
    actions.begin_authenticator(user)
    session = {}
    assert login.start_login(user.username, factories.PASSWORD, session).method == SignInMethod.EMAIL_CODE
    assert OutboxMail.objects.get().kind == "login_code"


def test_right_code_of_the_app_lets_in_and_the_session_rests_on_the_app(session, app):
    answered = login.verify_code(session, app_code())
    assert answered.used_at
    assert answered.method == SignInMethod.AUTHENTICATOR
    assert login.proven_device(answered) == app


def test_derived_code_of_the_challenge_does_not_open_what_asks_the_app(session, monkeypatch):
    """There is such a code for every challenge; for this one it was never mailed."""
    challenge = login.waiting_challenge(session)
    assert not challenge.verify_token(challenge.code)
    if challenge.code != app_code():
        with pytest.raises(login.CodeRefused):
            login.verify_code(session, challenge.code)


def test_code_of_the_app_does_not_answer_a_challenge_by_mail(user):
    session = {}
    login.start_login(user.username, factories.PASSWORD, session)
    factories.make_authenticator(user, seed=SEED)
    if login.waiting_challenge(session).code != app_code():
        with pytest.raises(login.CodeRefused):
            login.verify_code(session, app_code())
    with pytest.raises(login.CodeRefused):
        login.verify_recovery_code(session, one_time_codes.new_recovery_codes(user)[0])


def test_code_of_somebody_else_is_refused(session):
    factories.make_authenticator(factories.make_user(), seed="B" * 32)
    with pytest.raises(login.CodeRefused, match="nog 4 keer"):
        login.verify_code(session, app_code("B" * 32))


def test_right_code_in_another_browser_is_refused(session):
    with pytest.raises(login.ChallengeOver) as over:
        login.verify_code(session | {login.BROWSER_KEY: "another browser"}, app_code())
    assert over.value.reason == "none"


def test_same_code_does_not_work_at_the_next_login(session, user):
    login.verify_code(session, app_code())
    again = {}
    login.start_login(user.username, factories.PASSWORD, again)
    with pytest.raises(login.CodeRefused):
        login.verify_code(again, app_code())


def test_sixth_try_is_refused_even_with_the_right_code(session):
    for _number in range(5):
        with pytest.raises(ActionError):
            login.verify_code(session, wrong_app_code())
    with pytest.raises(login.ChallengeOver) as over:
        login.verify_code(session, app_code())
    assert over.value.reason == "tries"
    assert Authenticator.objects.get().last_step == -1


def test_app_that_is_taken_away_halfway_asks_the_password_again(session, app):
    app.delete()
    with pytest.raises(login.ChallengeOver) as over:
        login.verify_code(session, app_code())
    assert over.value.reason == "none"


def test_challenges_of_the_app_count_for_the_daily_limit_too(user, app, clock):
    """Ten a day with five tries each: fifty guesses with a stolen password."""
    for hours in range(10):
        with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False):
            login.start_login(user.username, factories.PASSWORD, {})
    later = timezone.now() + timedelta(hours=11)
    with time_machine.travel(later, tick=False), pytest.raises(login_limits.TooManyTries, match="morgen"):
        login.start_login(user.username, factories.PASSWORD, {})


# --- Recovery codes ---


def test_recovery_codes_have_sixty_bits_and_are_stored_as_a_keyed_digest(user, zonneiland, settings):
    codes = one_time_codes.new_recovery_codes(user)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){2}[2-9A-HJ-NP-Z]{4}", code) for code in codes)
    assert len(one_time_codes.RECOVERY_SIGNS) ** one_time_codes.RECOVERY_LENGTH == 2**60
    plain = codes[0].replace("-", "")
    digests = {one_time_codes._digest(user, plain)}
    with tenant_context(zonneiland):
        digests.add(one_time_codes._digest(user, plain))
    settings.SECRET_KEY = "another key"
    digests.add(one_time_codes._digest(user, plain))
    assert len(digests) == 3
    assert plain not in f"{RecoveryCode.objects.values()}"


def test_recovery_code_lets_in_once_and_its_owner_is_told(session, user, app):
    codes = one_time_codes.new_recovery_codes(user)
    answered = login.verify_recovery_code(session, codes[3].lower().replace("-", " "))
    assert answered.method == SignInMethod.RECOVERY_CODE
    assert login.proven_device(answered) == app
    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.to_email) == ("factor_changed", user.email)
    assert "ingelogd met een van uw herstelcodes" in compose(mail).body
    assert AuditEvent.objects.get(action="login.use_recovery_code").details == {"left": 9}
    again = {}
    login.start_login(user.username, factories.PASSWORD, again)
    with pytest.raises(login.CodeRefused):
        login.verify_recovery_code(again, codes[3])
    login.verify_recovery_code(again, codes[4])


def test_recovery_code_of_somebody_else_is_refused(session):
    other = factories.make_user()
    factories.make_authenticator(other)
    with pytest.raises(login.CodeRefused):
        login.verify_recovery_code(session, one_time_codes.new_recovery_codes(other)[0])


def test_recovery_codes_and_codes_of_the_app_share_five_tries(session, user):
    right = one_time_codes.new_recovery_codes(user)[0]
    for number in range(5):
        verify, code = (
            (login.verify_code, wrong_app_code())
            if number % 2
            else (login.verify_recovery_code, "2222-2222-2222")
        )
        with pytest.raises(ActionError):
            verify(session, code)
    for verify, code in ((login.verify_code, app_code()), (login.verify_recovery_code, right)):
        with pytest.raises(login.ChallengeOver):
            verify(session, code)
    assert RecoveryCode.objects.unused().count() == 10


def test_new_recovery_codes_make_the_old_ones_worthless(session, user):
    old = one_time_codes.new_recovery_codes(user)
    new = actions.renew_recovery_codes(user, session_key="here")
    session = {}
    login.start_login(user.username, factories.PASSWORD, session)
    with pytest.raises(login.CodeRefused):
        login.verify_recovery_code(session, old[0])
    login.verify_recovery_code(session, new[0])


def test_recovery_codes_need_an_app(user):
    with pytest.raises(ActionError):
        actions.renew_recovery_codes(user, session_key="here")


# --- Proving once more ---


def test_present_user_shows_the_code_once_more(user, app):
    session = {}
    actions.verify_present_user(user, session, app_code())
    assert AuditEvent.objects.filter(action="login.confirm").exists()
    with pytest.raises(login.CodeRefused):
        actions.verify_present_user(user, session, app_code())


def test_present_user_has_five_tries_that_strangers_do_not_use_up(user, app):
    session = {}
    for _number in range(5):
        with pytest.raises(ActionError):
            actions.verify_present_user(user, session, wrong_app_code())
    with pytest.raises(login.ChallengeOver):
        actions.verify_present_user(user, session, app_code())
    assert LoginChallenge.objects.get().attempts == 5
    for _number in range(5):
        login.start_login(user.username, factories.PASSWORD, {})
    with pytest.raises(login_limits.TooManyTries):
        login.start_login(user.username, factories.PASSWORD, {})
    actions.verify_present_user(user, {}, app_code())


def test_proving_once_more_has_a_limit_of_its_own(user, app):
    for _number in range(5):
        with pytest.raises(login.CodeRefused):
            actions.verify_present_user(user, {}, wrong_app_code())
    with pytest.raises(login_limits.TooManyTries):
        actions.verify_present_user(user, {}, app_code())
    login.start_login(user.username, factories.PASSWORD, {})


def test_half_login_of_somebody_else_proves_nothing(user, app):
    other = factories.make_user()
    factories.make_authenticator(other, seed="B" * 32)
    session = {}
    login.start_login(other.username, factories.PASSWORD, session)
    with pytest.raises(login.CodeRefused):
        actions.verify_present_user(user, session, app_code("B" * 32))
