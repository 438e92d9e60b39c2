"""Forgotten passwords and user names: asked without a sign of who exists, answered by a worker."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from elections.actions import account_question, invitation, login, login_limits
from elections.enums import AccountHelp, InvitationKind, MailKind
from elections.models import AccountQuestion, AuditEvent, Invitation, LoginAttempt, OutboxMail, SignIn
from elections.tasks import answer_account_questions
from tests import factories

NEW = "paard batterij nietje lamp"
ASKS = [account_question.ask_password_reset, account_question.ask_username]


@pytest.fixture
def user():
    return factories.make_user(username="anna", email="anna@voorbeeld.example")


def ask_and_answer(ask, typed, **where):
    ask(typed, **where)
    return account_question.answer_open_questions()


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize("typed", ["anna@voorbeeld.example", "niemand@voorbeeld.example"])
def test_asking_writes_the_same_for_everybody(ask, typed):
    factories.make_user(username="anna@voorbeeld.example", email="anna@voorbeeld.example")
    ask(f" {typed} ", origin="192.0.2.7")
    question = AccountQuestion.objects.get()
    assert (question.typed, question.origin) == (typed, "192.0.2.7")
    assert not OutboxMail.objects.exists()
    assert not AuditEvent.objects.exists()


def test_reset_mails_a_link_of_one_hour_and_notifies_afterwards(user):
    member = factories.make_member(user=user)
    ask_and_answer(account_question.ask_password_reset, " ANNA ")
    reset = Invitation.objects.get()
    assert reset.kind == InvitationKind.PASSWORD_RESET
    assert reset.expires_at - reset.created_at < timedelta(hours=1, seconds=5)
    invitation.accept_invitation(reset.token, NEW)
    assert sorted(OutboxMail.objects.values_list("kind", flat=True)) == ["password_changed", "password_reset"]
    user.refresh_from_db()
    member.refresh_from_db()
    assert user.sessions_ended_at is not None
    assert member.sensitive_change_at is not None


def test_code_is_still_asked_after_a_reset(user):
    ask_and_answer(account_question.ask_password_reset, "anna")
    invitation.accept_invitation(Invitation.objects.get().token, NEW)
    session = {}
    login.start_login("anna", NEW, session)
    assert login.waiting_challenge(session).used_at is None


def test_first_password_is_no_sensitive_change():
    member = factories.make_member()
    invitation.accept_invitation(factories.make_invitation(member.user).token, NEW)
    member.refresh_from_db()
    assert member.sensitive_change_at is None


def invited(user, kind, **values):
    """`user` before the first password, with an invitation that is open or as `values` say."""
    user.set_unusable_password()
    user.role = "planner" if kind == InvitationKind.STAFF else ""
    user.save()
    return factories.make_invitation(user, kind=kind, **values)


def over(how):
    now = timezone.now()
    return {"withdrawn": {"withdrawn_at": now}, "expired": {"expires_at": now - timedelta(hours=1)}}[how]


@pytest.mark.parametrize("kind", [InvitationKind.MEMBER, InvitationKind.STAFF])
def test_reset_before_the_first_password_sends_the_invitation_again(user, kind):
    invited(user, kind)
    ask_and_answer(account_question.ask_password_reset, "anna")
    assert [row.kind for row in Invitation.objects.open()] == [kind]
    assert OutboxMail.objects.count() == 1


def test_reset_before_the_first_password_does_not_lengthen_the_invitation_of_a_colleague(user):
    ends = timezone.now() + timedelta(hours=2)
    invited(user, InvitationKind.STAFF, expires_at=ends)
    ask_and_answer(account_question.ask_password_reset, "anna")
    assert Invitation.objects.open().get().expires_at == ends


@pytest.mark.parametrize("how", ["withdrawn", "expired"])
def test_reset_does_not_revive_the_invitation_of_a_colleague(user, how):
    invited(user, InvitationKind.STAFF, **over(how))
    ask_and_answer(account_question.ask_password_reset, "anna")
    assert not Invitation.objects.open().exists()
    assert not OutboxMail.objects.exists()
    assert AuditEvent.objects.values_list("action", "result").get() == ("password.ask_reset", 2)


def test_invitation_as_a_member_opens_no_account_of_a_colleague(user):
    invited(user, InvitationKind.MEMBER)
    user.role = "planner"
    user.save()
    ask_and_answer(account_question.ask_password_reset, "anna")
    assert not OutboxMail.objects.exists()


def test_reset_sends_an_expired_invitation_of_a_member_again(user):
    invited(user, InvitationKind.MEMBER, **over("expired"))
    ask_and_answer(account_question.ask_password_reset, "anna")
    assert Invitation.objects.open().get().kind == InvitationKind.MEMBER


@pytest.mark.parametrize("how", ["withdrawn", "never sent"])
def test_reset_makes_no_invitation_for_a_member_who_has_none(user, how):
    if how == "withdrawn":
        invited(user, InvitationKind.MEMBER, **over("withdrawn"))
    else:
        user.set_unusable_password()
        user.save()
    ask_and_answer(account_question.ask_password_reset, "anna")
    assert not Invitation.objects.open().exists()
    assert not OutboxMail.objects.exists()


def test_stranger_who_asks_a_reset_does_not_make_a_letter_worthless(user):
    user.set_unusable_password()
    user.save()
    letter = factories.make_invitation(user, kind="member_letter")
    ask_and_answer(account_question.ask_password_reset, "anna")
    assert Invitation.objects.open().filter(pk=letter.pk).exists()


def test_reset_and_reminder_do_not_fill_a_mailbox(user):
    for _number in range(8):
        ask_and_answer(account_question.ask_password_reset, user.username)
        ask_and_answer(account_question.ask_username, user.email)
    assert OutboxMail.objects.filter(kind=MailKind.PASSWORD_RESET).count() == 5
    assert OutboxMail.objects.filter(kind=MailKind.USERNAME_REMINDER).count() == 5
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        ask_and_answer(account_question.ask_username, user.email)
    assert OutboxMail.objects.filter(kind=MailKind.USERNAME_REMINDER).count() == 6


@pytest.mark.parametrize("values", [{"is_active": False}, {"username": "iemand anders"}, {"email": ""}])
def test_reset_for_nobody_sends_nothing_and_is_logged(values):
    factories.make_user(**{"username": "anna"} | values)
    assert ask_and_answer(account_question.ask_password_reset, "anna", origin="192.0.2.7") == 1
    assert not OutboxMail.objects.exists()
    assert not AccountQuestion.objects.exists()
    assert AuditEvent.objects.values_list("action", "origin").get() == ("password.ask_reset", "192.0.2.7")


def test_one_question_that_fails_does_not_stop_the_others(user):
    """The database refuses the log line of the first one."""
    factories.make_user(username="bo", name="Bo")
    broken = AccountQuestion.objects.create(kind=AccountHelp.PASSWORD, typed="bo", origin="x")
    AccountQuestion.objects.create(kind=AccountHelp.USERNAME, typed=user.email)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elections_auditevent ADD CHECK (origin <> 'x')")
    assert account_question.answer_open_questions() == 1
    assert AccountQuestion.objects.get() == broken
    assert OutboxMail.objects.get().kind == MailKind.USERNAME_REMINDER


def test_task_answers_and_unanswered_questions_are_forgotten_after_a_day(user):
    account_question.ask_username(user.email)
    answer_account_questions()
    assert OutboxMail.objects.count() == 1
    account_question.ask_username(user.email)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        answer_account_questions()
    assert OutboxMail.objects.count() == 1
    assert not AccountQuestion.objects.exists()


@pytest.mark.parametrize("ask", ASKS)
def test_one_address_asks_thirty_mails_an_hour_and_others_are_not_stopped(ask):
    for _number in range(login_limits.MAIL_TIERS[0].limit):
        ask("niemand@voorbeeld.example", origin="192.0.2.7")
    for typed in ("niemand@voorbeeld.example", "anna@voorbeeld.example"):
        with pytest.raises(login_limits.TooManyTries, match="over een uur"):
            ask(typed, origin="192.0.2.7")
    ask("anna@voorbeeld.example", origin="192.0.2.8")
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        ask("anna@voorbeeld.example", origin="192.0.2.7")


def test_codes_and_help_count_together(user):
    for _number in range(login_limits.MAIL_TIERS[0].limit):
        account_question.ask_username("niemand@voorbeeld.example", origin="192.0.2.7")
    with pytest.raises(login_limits.TooManyTries):
        login.start_login("anna", factories.PASSWORD, {}, origin="192.0.2.7")
    assert not LoginAttempt.objects.filter(kind="password").exists()


def test_known_browser_gets_its_mail_when_others_at_the_address_asked_too_much(user):
    SignIn.objects.create(user=user, method="email_code", browser_digest="b" * 64)
    for _number in range(login_limits.MAIL_TIERS[0].limit + 1):
        LoginAttempt.objects.create(kind="mail", origin="192.0.2.7")
    login.start_login("anna", factories.PASSWORD, {}, origin="192.0.2.7", browser="b" * 64)
    account_question.ask_username(user.email, origin="192.0.2.7", browser="b" * 64)
