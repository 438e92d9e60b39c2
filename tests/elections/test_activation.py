"""The way in by printed letter: what the code is worth, when it is used up, and who may have one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions import activation, login, login_limits
from elections.enums import InvitationKind, MailKind
from elections.errors import ActionError
from elections.models import AuditEvent, EmailConfirmation, Invitation, OutboxMail, User
from elections.models.codes import LETTER_LENGTH, LETTER_SIGNS, letter_code
from tests import factories

NEW = "paard batterij nietje lamp"


@pytest.fixture
def staff():
    return factories.make_staff()


@pytest.fixture
def member():
    """Somebody without e-mail and without an account."""
    return factories.make_member(
        with_user=False, first_name="Anna", infix="van den", last_name="Berg", email=""
    )


@pytest.fixture
def letter(member, staff):
    return activation.make_activation_letters([member], by=staff)[0]


def code_of(letter):
    return letter_code(letter.uuid)


def show(letter, *, username="a.vandenberg", code=None, **where):
    return activation.check_letter(username, code or code_of(letter), **where)


def finish_by_email(letter, email="anna@voorbeeld.example"):
    activation.choose_password(letter, NEW)
    waiting = activation.ask_email(letter, email)
    return activation.confirm_email(letter, waiting, waiting.code)


def test_code_is_long_stored_nowhere_and_differs_per_municipality(letter, zonneiland):
    code = code_of(letter)
    assert len(LETTER_SIGNS) ** LETTER_LENGTH > 2**60
    assert len(code) == LETTER_LENGTH
    assert set(code) <= set(LETTER_SIGNS)
    assert (
        code
        not in f"{Invitation.objects.values()} {AuditEvent.objects.values()} {OutboxMail.objects.values()}"
    )
    with tenant_context(zonneiland):
        assert letter_code(letter.uuid) != code


def test_letter_makes_an_account_and_no_mail(letter, member, staff):
    member.refresh_from_db()
    assert (member.user.username, member.user.email) == ("a.vandenberg", "")
    assert letter.kind == InvitationKind.MEMBER_LETTER
    assert not OutboxMail.objects.exists()
    event = AuditEvent.objects.get(action="activation.make_letter")
    assert (event.actor_id, event.object_id) == (str(staff.uuid), str(member.user.uuid))


@pytest.mark.parametrize("separator", ["", " ", "-"])
def test_code_may_be_typed_in_groups_and_small_letters(letter, separator):
    code = code_of(letter)
    typed = separator.join(code[start : start + 4] for start in range(0, 16, 4)).lower()
    assert show(letter, username=" A.VandenBerg ", code=typed) == letter


def test_right_code_uses_nothing_up(letter):
    for _number in range(3):
        assert show(letter).is_usable


@pytest.mark.parametrize(("username", "code"), [("a.vandenberg", "B" * 16), ("niemand", None)])
def test_wrong_name_and_wrong_code_get_the_same_answer(letter, username, code):
    with pytest.raises(login.CodeRefused, match=r"De gebruikersnaam of de code klopt niet"):
        show(letter, username=username, code=code)
    event = AuditEvent.objects.filter(action="login.refuse").get()
    assert (event.actor_id, event.object_id, event.details) == ("", "", {"reason": "letter code"})


def test_wrong_codes_are_limited_as_wrong_passwords_are(letter):
    for _number in range(login_limits.NAME_TIERS[0].limit // 2):
        with pytest.raises(login.CodeRefused):
            show(letter, code="B" * 16)
        with pytest.raises(login.WrongPassword):
            login.start_login("a.vandenberg", "verkeerd", {})
    with pytest.raises(login_limits.TooManyTries):
        show(letter)


def test_new_letter_makes_the_old_one_worthless(letter, member, staff):
    newer = activation.make_activation_letters([member], by=staff)[0]
    with pytest.raises(login.CodeRefused):
        show(letter)
    assert show(newer) == newer


def test_letter_expires_after_thirty_days(letter):
    with (
        time_machine.travel(timezone.now() + timedelta(days=30, seconds=1)),
        pytest.raises(login.CodeRefused),
    ):
        show(letter)


def test_letter_of_a_disabled_user_does_not_work(letter):
    User.objects.filter(pk=letter.user_id).update(is_active=False)
    with pytest.raises(login.CodeRefused):
        show(letter)


def test_letter_is_used_up_at_the_second_step_and_works_once(letter, member):
    activation.choose_password(letter, NEW)
    assert show(letter).is_usable
    user = finish_by_email(letter)
    member.refresh_from_db()
    user.refresh_from_db()
    assert (user.email, member.email) == ("anna@voorbeeld.example", "anna@voorbeeld.example")
    with pytest.raises(login.CodeRefused):
        show(letter)
    with pytest.raises(ActionError, match="al gebruikt"):
        activation.choose_password(letter, NEW)
    session = {}
    login.start_login("a.vandenberg", NEW, session)
    assert login.verify_code(session, login.waiting_challenge(session).code).user == user


def test_password_alone_opens_nothing(letter):
    activation.choose_password(letter, NEW)
    with pytest.raises(login.NoSecondStep):
        login.start_login("a.vandenberg", NEW, {})
    assert not OutboxMail.objects.exists()


def test_weak_password_is_refused(letter):
    with pytest.raises(ValidationError):
        activation.choose_password(letter, "juinen2027!!!")


def test_address_counts_only_after_the_code_that_was_mailed_to_it(letter, member):
    activation.choose_password(letter, NEW)
    waiting = activation.ask_email(letter, " Anna@Voorbeeld.example")
    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.to_email) == (MailKind.EMAIL_CONFIRMATION, "anna@voorbeeld.example")
    wrong = f"{(int(waiting.code) + 1) % 1_000_000:06d}"
    with pytest.raises(login.CodeRefused, match="nog 4 keer"):
        activation.confirm_email(letter, waiting, wrong)
    member.refresh_from_db()
    assert member.email == ""
    assert letter.is_usable
    for _number in range(3):
        with pytest.raises(login.CodeRefused):
            activation.confirm_email(letter, waiting, wrong)
    for code in (wrong, waiting.code):
        with pytest.raises(login.ChallengeOver):
            activation.confirm_email(letter, waiting, code)


def test_only_the_newest_address_can_be_confirmed(letter):
    activation.choose_password(letter, NEW)
    older = activation.ask_email(letter, "een@voorbeeld.example")
    newer = activation.ask_email(letter, "twee@voorbeeld.example")
    assert activation.waiting_email(letter, older.uuid) is None
    assert activation.waiting_email(letter, newer.uuid) == newer
    with pytest.raises(ActionError):
        activation.confirm_email(letter, older, older.code)


def test_five_addresses_an_hour(letter):
    activation.choose_password(letter, NEW)
    for number in range(5):
        activation.ask_email(letter, f"adres{number}@voorbeeld.example")
    with pytest.raises(login_limits.TooManyTries):
        activation.ask_email(letter, "adres@voorbeeld.example")
    assert EmailConfirmation.objects.count() == 5


def test_ten_addresses_a_day(letter):
    activation.choose_password(letter, NEW)
    now = timezone.now()
    for number in range(10):
        with time_machine.travel(now + timedelta(hours=number)):
            activation.ask_email(letter, f"adres{number}@voorbeeld.example")
    with time_machine.travel(now + timedelta(hours=11)), pytest.raises(login_limits.TooManyTries):
        activation.ask_email(letter, "adres@voorbeeld.example")


def test_double_click_mails_one_code(letter):
    activation.choose_password(letter, NEW)
    with time_machine.travel(timezone.now(), tick=False):
        first = activation.ask_email(letter, "anna@voorbeeld.example")
        assert activation.ask_email(letter, "anna@voorbeeld.example") == first
        assert activation.ask_email(letter, "bo@voorbeeld.example") != first
    assert OutboxMail.objects.count() == 2


@pytest.mark.parametrize("how", ["tries", "expired", "used"])
def test_code_that_is_over_is_told_from_a_wrong_one(letter, how):
    activation.choose_password(letter, NEW)
    waiting = activation.ask_email(letter, "anna@voorbeeld.example")
    now = timezone.now()
    values = {"tries": {"attempts": 5}, "expired": {"expires_at": now}, "used": {"used_at": now}}[how]
    EmailConfirmation.objects.update(**values)
    with pytest.raises(login.ChallengeOver) as over:
        activation.confirm_email(letter, waiting, waiting.code)
    assert over.value.reason == how


def test_simultaneous_right_codes_finish_once(committed, juinen):
    with tenant_context(juinen):
        staff = factories.make_staff()
        member = factories.make_member(with_user=False, email="")
        letter = activation.make_activation_letters([member], by=staff)[0]
        activation.choose_password(letter, NEW)
        waiting = activation.ask_email(letter, "anna@voorbeeld.example")
        code = waiting.code

    def confirm(_number):
        try:
            with tenant_context(juinen):
                return bool(activation.confirm_email(letter, EmailConfirmation.objects.get(), code))
        except ActionError:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(confirm, range(10))).count(True) == 1


@pytest.mark.parametrize("values", [{"is_active": False}, {"user": "staff"}, {"user": "with mailbox"}])
def test_who_needs_no_letter_gets_none(staff, values):
    people = {"staff": factories.make_staff(email=""), "with mailbox": factories.make_user()}
    values = {"with_user": False, "email": ""} | values
    if "user" in values:
        values["user"] = people[values["user"]]
    with pytest.raises(ActionError):
        activation.make_activation_letters([factories.make_member(**values)], by=staff)
    assert not Invitation.objects.exists()


def test_member_with_an_address_and_no_account_may_ask_for_a_letter(staff):
    member = factories.make_member(with_user=False, email="anna@voorbeeld.example")
    letter = activation.make_activation_letters([member], by=staff)[0]
    activation.choose_password(letter, NEW)
    # There is a mailbox already, so the password is the end of it.
    letter.refresh_from_db()
    assert letter.used_at is not None


def test_one_who_may_not_have_a_letter_stops_all(member, staff):
    with pytest.raises(ActionError):
        activation.make_activation_letters([member, factories.make_member()], by=staff)
    assert not Invitation.objects.exists()


def test_fifty_letters_at_once_and_no_more(member, staff):
    with pytest.raises(ActionError, match="hoogstens 50"):
        activation.make_activation_letters([member] * 51, by=staff)
    with pytest.raises(ActionError, match="niemand"):
        activation.make_activation_letters([], by=staff)
