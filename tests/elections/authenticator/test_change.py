"""What setting up, replacing, turning off or taking away an app does."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from elections import one_time_codes
from elections.actions import authenticator as actions
from elections.actions import login
from elections.actions.invitation import has_account
from elections.enums import SignInMethod
from elections.errors import ActionError
from elections.models import (
    AuditEvent,
    Authenticator,
    Invitation,
    LoginChallenge,
    OutboxMail,
    RecoveryCode,
    WorkAccount,
    WorkAccountProvider,
)
from elections.notify.mails import compose
from tests import factories
from tests.factories import SEED, app_code, wrong_app_code

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
