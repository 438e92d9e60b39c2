"""The authenticator app and its recovery codes: who gets in with them, and what a change of them does."""

import base64
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connections
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections import one_time_codes
from elections.actions import authenticator as actions
from elections.actions import login, login_limits
from elections.actions.invitation import has_account
from elections.enums import SignInMethod
from elections.errors import ActionError
from elections.models import (
    AuditEvent,
    Authenticator,
    AuthenticatorSeed,
    Invitation,
    LoginChallenge,
    OutboxMail,
    RecoveryCode,
    WorkAccount,
    WorkAccountProvider,
)
from elections.notify.mails import compose
from elections.secrets import SecretDamaged
from tests import factories
from tests.factories import SEED, app_code, wrong_app_code

NOW = "2027-03-01T12:00:10Z"


@pytest.fixture(autouse=True)
def clock():
    """Standing still: a half minute that passes during a test would change the codes."""
    with time_machine.travel(NOW, tick=False) as stopped:
        yield stopped


@pytest.fixture
def user():
    return factories.make_user(username="a.vandenberg", email="anna@voorbeeld.example")


@pytest.fixture
def app(user):
    return factories.make_authenticator(user, seed=SEED)


@pytest.fixture
def session(user, app):
    """A browser that gave the right password and must show the code of the app."""
    session = {}
    login.start_login("a.vandenberg", factories.PASSWORD, session)
    return session


# --- The code of the app ---


def test_known_code_of_the_standard_is_right(user):
    """RFC 6238 appendix B, the last six of the eight digits."""
    app = factories.make_authenticator(user, seed=base64.b32encode(b"12345678901234567890").decode())
    with time_machine.travel("2005-03-18T01:58:29Z", tick=False):
        assert one_time_codes.use_app_code(app, "081804")


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_code_of_half_a_minute_ago_or_ahead_is_right(app, steps):
    assert one_time_codes.use_app_code(app, app_code(steps=steps))


@pytest.mark.parametrize("steps", [-2, 2])
def test_code_of_a_minute_ago_or_ahead_is_wrong(app, steps):
    assert not one_time_codes.use_app_code(app, app_code(steps=steps))


@pytest.mark.parametrize("typed", ["", "abcdef", "12345", "1234567", "١٢٣٤٥٦", "-12345"])
def test_what_cannot_be_a_code_is_wrong(app, typed):
    assert not one_time_codes.use_app_code(app, typed)


def test_used_code_and_older_codes_are_refused(app):
    assert one_time_codes.use_app_code(app, app_code())
    app.refresh_from_db()
    assert not one_time_codes.use_app_code(app, app_code())
    assert not one_time_codes.use_app_code(app, app_code(steps=-1))
    assert one_time_codes.use_app_code(app, app_code(steps=1))


def test_used_code_is_refused_to_who_looked_before_it_was_used(app):
    """The row was read before the other try; only the UPDATE can tell."""
    stale = Authenticator.objects.get(pk=app.pk)
    assert one_time_codes.use_app_code(app, app_code())
    assert not one_time_codes.use_app_code(stale, app_code())


def test_seed_has_160_bits_and_is_stored_encrypted(user):
    app = actions.begin_authenticator(user)
    seed = one_time_codes.seed_of(app).uncover()
    assert len(base64.b32decode(seed)) == 20
    stored = bytes(AuthenticatorSeed.objects.get().ciphertext)
    assert seed.encode() not in stored
    assert base64.b32decode(seed) not in stored


def test_seed_that_moves_to_another_app_cannot_be_opened(app):
    other = factories.make_authenticator(factories.make_user(), seed="B" * 32)
    mine = AuthenticatorSeed.objects.get(authenticator=app)
    AuthenticatorSeed.objects.filter(authenticator=other).update(ciphertext=mine.ciphertext)
    other.refresh_from_db()
    with pytest.raises(SecretDamaged):
        one_time_codes.use_app_code(other, app_code())


def test_address_of_the_qr_image_names_municipality_and_user(app):
    address = urlsplit(one_time_codes.otpauth_uri(app).uncover())
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert address.path == "/Gemeente%20Juinen%3Aa.vandenberg"
    assert parse_qs(address.query) == {"secret": [SEED], "issuer": ["Gemeente Juinen"]}


def test_qr_image_has_nothing_that_the_content_policy_stops(app):
    image = one_time_codes.qr_svg(app)
    assert image.startswith("<svg")
    assert not re.search(r"style|<script|\bon\w+=|href|url\(", image)
    assert SEED not in image


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


# --- Set up, replaced, off, taken away ---


def _set_up(user, session_key="here"):
    begun = actions.begin_authenticator(user)
    seed = one_time_codes.seed_of(begun).uncover()
    return seed, actions.confirm_authenticator(begun, app_code(seed), session_key=session_key)


def test_set_up_gives_ten_codes_tells_the_owner_and_is_in_the_log(user):
    seed, codes = _set_up(user)
    assert len(codes) == 10
    assert Authenticator.objects.in_use_by(user)
    body = compose(OutboxMail.objects.get(kind="factor_changed")).body
    assert "code uit uw authenticator-app" in body
    assert "/authenticator/" in body
    event = AuditEvent.objects.get(action="authenticator.set_up")
    assert event.object_id == str(user.uuid)
    everything = f"{AuditEvent.objects.values()} {OutboxMail.objects.values()} {body}"
    assert not any(secret in everything for secret in (seed, *codes))


def test_set_up_needs_a_right_code(user):
    begun = actions.begin_authenticator(user)
    seed = one_time_codes.seed_of(begun).uncover()
    with pytest.raises(ActionError, match="klopt niet"):
        actions.confirm_authenticator(begun, wrong_app_code(seed), session_key="here")
    assert Authenticator.objects.in_use_by(user) is None
    assert not RecoveryCode.objects.exists()


def test_code_of_the_set_up_does_not_work_at_the_login(user):
    seed, _codes = _set_up(user)
    session = {}
    login.start_login(user.username, factories.PASSWORD, session)
    with pytest.raises(login.CodeRefused):
        login.verify_code(session, app_code(seed))


def test_set_up_that_lies_too_long_must_begin_again(user):
    begun = actions.begin_authenticator(user)
    assert actions.unfinished_authenticator(user, begun.uuid) == begun
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        assert actions.unfinished_authenticator(user, begun.uuid) is None
    assert actions.unfinished_authenticator(factories.make_user(), begun.uuid) is None
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        login.forget_old_logins()
    assert not Authenticator.objects.exists()


def test_other_app_takes_the_place_of_the_old_one(user, app):
    old_codes = one_time_codes.new_recovery_codes(user)
    seed, _codes = _set_up(user)
    assert Authenticator.objects.get().confirmed
    assert AuditEvent.objects.filter(action="authenticator.replaced").exists()
    session = {}
    login.start_login(user.username, factories.PASSWORD, session)
    for verify, code in ((login.verify_code, app_code(steps=1)), (login.verify_recovery_code, old_codes[0])):
        with pytest.raises(login.CodeRefused):
            verify(session, code)
    login.verify_code(session, app_code(seed, steps=1))


def test_half_login_by_mail_is_worthless_once_there_is_an_app(user):
    session = {}
    login.start_login(user.username, factories.PASSWORD, session)
    code = login.waiting_challenge(session).code
    _set_up(user)
    with pytest.raises(login.ChallengeOver):
        login.verify_code(session, code)


def test_member_turns_the_app_off_and_gets_mails_again(user, app):
    one_time_codes.new_recovery_codes(user)
    actions.disable_authenticator(user)
    assert not Authenticator.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert "weer een code per e-mail" in compose(OutboxMail.objects.get(kind="factor_changed")).body
    assert login.start_login(user.username, factories.PASSWORD, {}).method == SignInMethod.EMAIL_CODE
    with pytest.raises(ActionError):
        actions.disable_authenticator(user)


@pytest.mark.parametrize("also_member", [False, True])
def test_colleague_cannot_turn_the_app_off(also_member):
    colleague = factories.make_staff("reader")
    if also_member:
        factories.make_member(user=colleague)
    factories.make_authenticator(colleague)
    with pytest.raises(ActionError, match="wel vervangen"):
        actions.disable_authenticator(colleague)
    assert Authenticator.objects.exists()


@pytest.mark.parametrize("change", ["set_up", "renew", "disable", "reset"])
def test_every_change_ends_the_other_sessions(user, change):
    if change != "set_up":
        factories.make_authenticator(user, seed=SEED)
    if change == "set_up":
        _set_up(user)
    elif change == "renew":
        actions.renew_recovery_codes(user, session_key="here")
    elif change == "disable":
        actions.disable_authenticator(user)
    else:
        actions.reset_authenticator(user, by=factories.make_staff())
    user.refresh_from_db()
    assert user.sessions_ended_at == timezone.now()
    assert OutboxMail.objects.filter(kind="factor_changed").count() == 1


def test_administrator_takes_the_app_of_a_colleague_away(user):
    boss, colleague = factories.make_staff(), factories.make_staff("planner", email="pim@juinen.example")
    factories.make_authenticator(colleague, seed=SEED)
    one_time_codes.new_recovery_codes(colleague)
    actions.reset_authenticator(colleague, by=boss)
    assert not Authenticator.objects.exists()
    assert not RecoveryCode.objects.exists()
    event = AuditEvent.objects.get(action="authenticator.reset")
    assert (event.actor_id, event.object_id) == (str(boss.uuid), str(colleague.uuid))
    mail = OutboxMail.objects.get(kind="factor_changed")
    assert mail.to_email == "pim@juinen.example"
    assert "Een beheerder heeft" in compose(mail).body
    colleague.refresh_from_db()
    assert colleague.has_usable_password()
    with pytest.raises(ActionError, match="geen authenticator-app"):
        actions.reset_authenticator(colleague, by=boss)


def test_who_lost_the_password_too_gets_a_new_invitation():
    boss, colleague = factories.make_staff(), factories.make_staff("planner")
    factories.make_authenticator(colleague)
    actions.reset_authenticator(colleague, by=boss, with_password=True)
    colleague.refresh_from_db()
    assert not colleague.has_usable_password()
    assert Invitation.objects.open().get().user == colleague


def test_half_login_does_not_outlive_a_reset_with_the_password(clock):
    colleague, session = factories.make_staff("planner"), {}
    factories.make_authenticator(colleague, seed=SEED)
    login.start_login(colleague.username, factories.PASSWORD, session)
    clock.shift(60)
    actions.reset_authenticator(colleague, by=factories.make_staff(), with_password=True)
    clock.shift(60)
    with pytest.raises(login.ChallengeOver) as over:
        login.resend_code(session)
    assert over.value.reason == "none"
    assert LoginChallenge.objects.count() == 1
    assert not OutboxMail.objects.filter(kind="login_code").exists()


def test_reset_with_the_password_takes_the_work_account_away():
    """Otherwise whoever linked theirs to the account of a colleague would stay in."""
    boss, colleague = factories.make_staff(), factories.make_staff("planner")
    issuer = "https://login.juinen.example"
    WorkAccountProvider.objects.create(name="Juinen", issuer=issuer, client_id="zitting", is_active=True)
    WorkAccount.objects.create(user=colleague, name="work account", issuer=issuer, subject="1")
    assert has_account(colleague)
    actions.reset_authenticator(colleague, by=boss, with_password=True)
    assert not WorkAccount.objects.exists()
    colleague.refresh_from_db()
    assert colleague.sessions_ended_at == timezone.now()
    assert Invitation.objects.open().get().user == colleague
    assert OutboxMail.objects.filter(kind="factor_changed").count() == 1


def test_reset_of_the_app_alone_leaves_the_work_account():
    colleague = factories.make_staff("planner")
    factories.make_authenticator(colleague)
    WorkAccount.objects.create(user=colleague, name="work account", issuer="https://x.example", subject="1")
    actions.reset_authenticator(colleague, by=factories.make_staff())
    assert WorkAccount.objects.exists()


def test_who_has_no_mailbox_keeps_the_app_or_begins_with_a_new_letter():
    member = factories.make_user(email="")
    factories.make_authenticator(member)
    with pytest.raises(ActionError, match="geen e-mailadres"):
        actions.disable_authenticator(member)
    actions.reset_authenticator(member, by=factories.make_staff())
    member.refresh_from_db()
    assert not member.has_usable_password()
    assert not Invitation.objects.exists()


def test_own_app_is_not_taken_away_by_oneself():
    boss = factories.make_staff()
    factories.make_authenticator(boss)
    with pytest.raises(ActionError, match="andere beheerder"):
        actions.reset_authenticator(boss, by=boss)
    assert Authenticator.objects.exists()


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
