"""Password and code: who gets in, and who is slowed down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connections
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions import login, login_limits
from elections.actions.invitation import accept_invitation
from elections.models import AuditEvent, LoginAttempt, LoginChallenge, OutboxMail, User
from tests import factories


@pytest.fixture
def user():
    return factories.make_user(username="a.vandenberg", email="anna@voorbeeld.example")


@pytest.fixture
def session(user):
    """The session of a browser that gave the right password."""
    session = {}
    login.start_login("a.vandenberg", factories.PASSWORD, session)
    return session


def code_of(session):
    return login.waiting_challenge(session).code


def wrong_code_of(session):
    return f"{(int(code_of(session)) + 1) % 1_000_000:06d}"


def test_login_mails_a_code_that_is_stored_nowhere(user, session):
    mail = OutboxMail.objects.get()
    challenge = LoginChallenge.objects.get()
    assert (mail.kind, mail.to_email, mail.reference) == ("login_code", user.email, challenge.uuid)
    stored = f"{OutboxMail.objects.values()} {LoginChallenge.objects.values()} {AuditEvent.objects.values()} {session}"
    assert challenge.code not in stored


def test_code_is_six_digits_and_differs_per_municipality(zonneiland):
    challenge = LoginChallenge()
    here = challenge.code
    with tenant_context(zonneiland):
        there = challenge.code
    assert here.isdigit()
    assert len(here) == 6
    assert here != there


def test_username_is_not_case_sensitive_and_may_have_spaces_around(user):
    assert login.start_login(" A.VandenBerg ", factories.PASSWORD, {}).user == user


@pytest.mark.parametrize("separator", ["", " ", "-", "  "])
def test_right_code_lets_in_with_spaces_or_dashes(session, separator):
    code = code_of(session)
    challenge = login.verify_code(session, f" {code[:3]}{separator}{code[3:]} ")
    assert challenge.used_at is not None


def test_wrong_code_is_refused_with_the_number_of_tries_left(session):
    with pytest.raises(login.CodeRefused, match="nog 4 keer"):
        login.verify_code(session, wrong_code_of(session))


def test_sixth_try_is_refused_even_with_the_right_code(session):
    wrong = wrong_code_of(session)
    for _number in range(4):
        with pytest.raises(login.CodeRefused):
            login.verify_code(session, wrong)
    with pytest.raises(login.ChallengeOver):
        login.verify_code(session, wrong)
    with pytest.raises(login.ChallengeOver) as over:
        login.verify_code(session, code_of(session))
    assert over.value.reason == "tries"


def test_expired_code_is_refused(session):
    code = code_of(session)
    later = timezone.now() + timedelta(minutes=10, seconds=1)
    with time_machine.travel(later), pytest.raises(login.ChallengeOver) as over:
        login.verify_code(session, code)
    assert over.value.reason == "expired"


def test_used_code_is_refused(session):
    code = code_of(session)
    login.verify_code(session, code)
    with pytest.raises(login.ChallengeOver) as over:
        login.verify_code(session, code)
    assert over.value.reason == "used"


def test_only_the_newest_code_works(user, session):
    old_code = code_of(session)
    newer = {}
    login.start_login(user.username, factories.PASSWORD, newer)
    with pytest.raises(login.ChallengeOver) as over:
        login.verify_code(session, old_code)
    assert over.value.reason == "newer"
    assert login.verify_code(newer, code_of(newer)).user == user


def test_right_code_in_another_browser_is_refused(session):
    code = code_of(session)
    other = dict(session) | {login.BROWSER_KEY: "another browser"}
    with pytest.raises(login.ChallengeOver) as over:
        login.verify_code(other, code)
    assert over.value.reason == "none"


def test_half_login_of_another_municipality_is_refused(session, zonneiland):
    code = code_of(session)
    with tenant_context(zonneiland), pytest.raises(login.ChallengeOver):
        login.verify_code(session, code)


def test_disabled_user_is_refused_at_both_steps(user, session):
    code = code_of(session)
    user.is_active = False
    user.save()
    with pytest.raises(login.ChallengeOver):
        login.verify_code(session, code)
    with pytest.raises(login.WrongPassword):
        login.start_login(user.username, factories.PASSWORD, {})


def test_twenty_simultaneous_right_codes_let_one_in(committed, juinen):
    factories.make_user(username="a.vandenberg", email="anna@voorbeeld.example")
    session = {}
    login.start_login("a.vandenberg", factories.PASSWORD, session)
    code = code_of(session)

    def attempt(_number):
        try:
            with tenant_context(juinen):
                return bool(login.verify_code(session, code))
        except login.ChallengeOver:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(attempt, range(20)))
    assert results.count(True) == 1


def test_thousand_guesses_over_fifty_connections_leave_five(committed, juinen):
    """The last hundred are the right code: by then nothing is looked at any more."""
    factories.make_user(username="a.vandenberg", email="anna@voorbeeld.example")
    session = {}
    login.start_login("a.vandenberg", factories.PASSWORD, session)
    right = int(code_of(session))
    guesses = [f"{(right + 1 + number) % 1_000_000:06d}" for number in range(900)] + [f"{right:06d}"] * 100
    together = Barrier(50)

    def guess(connection_number):
        """Twenty guesses over one connection; how many were looked at, and how many let in."""
        looked_at = let_in = 0
        try:
            with tenant_context(juinen):
                LoginChallenge.objects.count()  # connected, before anybody begins
                together.wait()
                for code in guesses[connection_number::50]:
                    try:
                        login.verify_code(session, code)
                        let_in += 1
                    except login.CodeRefused:
                        looked_at += 1
                    except login.ChallengeOver:
                        pass
        finally:
            connections.close_all()
        return looked_at, let_in

    with ThreadPoolExecutor(50) as pool:
        results = list(pool.map(guess, range(50)))
    assert sum(let_in for _looked_at, let_in in results) == 0
    # Of the five, those whose answer was read after the fifth got "too many tries".
    assert sum(looked_at for looked_at, _let_in in results) <= 5
    with tenant_context(juinen):
        assert LoginChallenge.objects.get().attempts == 5


@pytest.mark.parametrize(
    ("username", "password"), [("a.vandenberg", "verkeerd"), ("niemand", factories.PASSWORD)]
)
def test_wrong_password_and_unknown_name_get_the_same_answer(user, username, password):
    with pytest.raises(login.WrongPassword, match=r"De gebruikersnaam of het wachtwoord klopt niet\."):
        login.start_login(username, password, {})
    assert not OutboxMail.objects.exists()


def test_unknown_name_costs_one_password_hash_too(user, monkeypatch):
    """The hash is what takes time; with other counts the clock would tell who has an account."""
    counted = []
    encode = MD5PasswordHasher.encode

    def counting_encode(*args, **kwargs):
        counted.append(1)
        return encode(*args, **kwargs)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting_encode)
    for username in ("a.vandenberg", "niemand"):
        with pytest.raises(login.WrongPassword):
            login.start_login(username, "verkeerd", {})
    assert counted == [1, 1]


@pytest.mark.parametrize("username", ["a.vandenberg", "niemand"])
def test_eleventh_password_must_wait_a_quarter_of_an_hour(user, username):
    for _number in range(10):
        with pytest.raises(login.WrongPassword):
            login.start_login(username, "verkeerd", {})
    with pytest.raises(login_limits.TooManyTries):
        login.start_login(username, factories.PASSWORD, {})
    with time_machine.travel(timezone.now() + timedelta(minutes=16)), pytest.raises(login.WrongPassword):
        login.start_login(username, "verkeerd", {})


@pytest.mark.parametrize(("username", "written_as"), [("titia", "tıtıa"), ("sanders", "ſanderſ")])
def test_other_letters_for_the_same_name_count_as_the_same_name(username, written_as):
    factories.make_user(username=username)
    assert login.start_login(written_as, factories.PASSWORD, {}).user.username == username
    for number in range(login_limits.NAME_TIERS[0].limit):
        with pytest.raises(login.WrongPassword):
            login.start_login((username, written_as)[number % 2], "verkeerd", {})
    with pytest.raises(login_limits.TooManyTries):
        login.start_login(written_as, "verkeerd", {})


def test_right_passwords_do_not_count_as_tries(user):
    for _number in range(4):
        login.start_login(user.username, factories.PASSWORD, {})
    assert not LoginAttempt.objects.filter(kind="password").exists()


def test_sixth_code_in_an_hour_must_wait(user):
    for _number in range(5):
        login.start_login(user.username, factories.PASSWORD, {})
    with pytest.raises(login_limits.TooManyTries, match="over een uur"):
        login.start_login(user.username, factories.PASSWORD, {})
    assert OutboxMail.objects.count() == 5


def test_eleventh_code_in_a_day_must_wait_until_tomorrow(user):
    now = timezone.now()
    for number in range(10):
        with time_machine.travel(now + timedelta(hours=number)):
            login.start_login(user.username, factories.PASSWORD, {})
    with (
        time_machine.travel(now + timedelta(hours=11)),
        pytest.raises(login_limits.TooManyTries, match="morgen"),
    ):
        login.start_login(user.username, factories.PASSWORD, {})


def test_answered_codes_do_not_count_against_somebody(user):
    for _number in range(6):
        session = {}
        login.start_login(user.username, factories.PASSWORD, session)
        login.verify_code(session, code_of(session))


def test_resend_makes_a_new_code_without_password(session):
    first = code_of(session)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        login.resend_code(session)
        assert code_of(session) != first
        login.verify_code(session, code_of(session))


def test_double_click_on_resend_sends_one_mail(session):
    login.resend_code(session)
    assert OutboxMail.objects.count() == 1


def test_resend_after_five_wrong_codes_asks_the_password_again(session):
    LoginChallenge.objects.update(attempts=5)
    with pytest.raises(login.ChallengeOver):
        login.resend_code(session)


@pytest.mark.parametrize("change", ["log out everywhere", "password gone", "app set up"])
def test_half_login_does_not_outlive_what_it_rests_on(user, session, change):
    if change == "log out everywhere":
        login.end_sessions(user)
    elif change == "password gone":
        user.set_unusable_password()
        user.save()
    else:
        factories.make_authenticator(user)
    with (
        time_machine.travel(timezone.now() + timedelta(minutes=1)),
        pytest.raises(login.ChallengeOver) as over,
    ):
        login.resend_code(session)
    assert over.value.reason == "none"
    assert LoginChallenge.objects.count() == OutboxMail.objects.count() == 1


def test_half_login_ends_with_a_new_password(user, session):
    accept_invitation(
        factories.make_invitation(user, kind="password_reset").token, "paard batterij nietje lamp"
    )
    with time_machine.travel(timezone.now() + timedelta(minutes=1)), pytest.raises(login.ChallengeOver):
        login.resend_code(session)


@pytest.mark.parametrize("change", ["log out everywhere", "password gone", "no access"])
def test_no_code_is_asked_when_all_ends_between_the_password_and_the_code(user, change):
    """`user` was read before the change; the row is read again under its lock."""
    now = User.objects.get(pk=user.pk)
    if change == "log out everywhere":
        login.end_sessions(now)
    elif change == "password gone":
        now.set_unusable_password()
        now.save()
    else:
        now.is_active = False
        now.save()
    with pytest.raises(login.ChallengeOver):
        login.ask_code(user, {})
    assert not LoginChallenge.objects.exists()


@pytest.mark.parametrize("times", [5, 10])
def test_new_password_frees_the_owner_from_codes_that_a_stranger_asked(user, times):
    now = timezone.now()
    for number in range(times):
        with time_machine.travel(now + timedelta(minutes=5 * number + 60 * (times > 5) * number)):
            login.start_login(user.username, factories.PASSWORD, {})
    with time_machine.travel(now + timedelta(minutes=5 * times + 60 * (times > 5) * times)):
        with pytest.raises(login_limits.TooManyTries):
            login.start_login(user.username, factories.PASSWORD, {})
        user.refresh_from_db()
        login.end_sessions(user)
    with time_machine.travel(now + timedelta(minutes=5 * times + 60 * (times > 5) * times + 1)):
        login.start_login(user.username, factories.PASSWORD, {})


def test_logins_and_refusals_are_in_the_log_without_password_or_code(user, session):
    wrong = wrong_code_of(session)
    with pytest.raises(login.CodeRefused):
        login.verify_code(session, wrong)
    login.verify_code(session, code_of(session))
    with pytest.raises(login.WrongPassword):
        login.start_login("niemand", "geheim wachtwoord", {})
    assert sorted(AuditEvent.objects.values_list("action", "result")) == [
        ("login.refuse", 2),
        ("login.refuse", 2),
        ("login.send_code", 1),
    ]
    text = f"{AuditEvent.objects.values()}"
    assert not any(secret in text for secret in (wrong, code_of(session), "geheim wachtwoord", "niemand"))


def test_old_logins_are_forgotten(user, session):
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        login.forget_old_logins()
    assert not LoginChallenge.objects.exists()
