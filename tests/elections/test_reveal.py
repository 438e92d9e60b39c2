"""Who may read a number, and that it never goes without a trace."""

from datetime import datetime

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.utils import timezone

from elections import secrets, sessions
from elections.actions import reveal as actions
from elections.actions.reveal import ACT, ALARM, READ, RevealRefused, reveal
from elections.enums import AuditResult, MailKind, RevealPurpose, SecretKind, StaffRole
from elections.models import AuditEvent, MemberSecret, OutboxMail
from tests import factories

IBAN = "NL91ABNA0417164300"


@pytest.fixture
def members():
    found = [factories.make_member() for _n in range(3)]
    for member in found:
        secrets.set_secret(member, SecretKind.IBAN, IBAN, by=None)
    return found


@pytest.fixture
def finance():
    return factories.make_staff("finance")


@pytest.fixture
def second():
    return factories.make_staff("finance")


@pytest.fixture
def session():
    """Of somebody who just proved who they are."""
    store = SessionStore()
    sessions.confirm(store)
    return store


def ask(members, *, by, session, **others):
    return reveal(members, SecretKind.IBAN, RevealPurpose.PAYMENT_RUN, by=by, session=session, **others)


def test_one_number_is_read_by_one_colleague(members, finance, session):
    found = ask(members[:1], by=finance, session=session)
    assert {key: secret.uncover() for key, secret in found.items()} == {members[0].pk: IBAN}


def test_many_numbers_are_read_by_two_colleagues(members, finance, second, session):
    without = factories.make_member()
    found = ask([*members, without], by=finance, session=session, second=second)
    assert set(found) == {member.pk for member in members}


def test_log_has_a_row_for_the_act_and_for_every_member(members, finance, second, session):
    ask(members, by=finance, session=session, second=second)
    act = AuditEvent.objects.get(action=ACT)
    assert (act.actor_id, act.purpose, act.result) == (str(finance.uuid), "payment_run", AuditResult.OK)
    assert act.details == {"members": 3, "second": str(second.uuid)}
    read = AuditEvent.objects.filter(action=READ, purpose="payment_run")
    assert {event.object_id for event in read} == {str(member.uuid) for member in members}
    assert IBAN not in str(AuditEvent.objects.values())


@pytest.mark.parametrize("role", [role for role in StaffRole.values if role != "finance"])
def test_other_roles_are_refused(members, session, role):
    with pytest.raises(RevealRefused):
        ask(members[:1], by=factories.make_staff(role), session=session)
    assert AuditEvent.objects.get(action=ACT).result == AuditResult.REFUSED
    assert not AuditEvent.objects.filter(action=READ).exists()


def test_disabled_colleague_is_refused(members, finance, session):
    finance.is_active = False
    with pytest.raises(RevealRefused):
        ask(members[:1], by=finance, session=session)


def test_proof_is_good_for_ten_minutes(members, finance):
    began = timezone.now()
    store = SessionStore()
    with time_machine.travel(began, tick=False) as clock:
        with pytest.raises(RevealRefused, match="opnieuw"):
            ask(members[:1], by=finance, session=store)
        sessions.confirm(store)
        clock.shift(600)
        assert ask(members[:1], by=finance, session=store)
        clock.shift(1)
        with pytest.raises(RevealRefused, match="opnieuw"):
            ask(members[:1], by=finance, session=store)


def test_second_person_is_somebody_else_with_the_right(members, finance, second, session):
    disabled = factories.make_staff("finance", is_active=False)
    for other in (None, finance, factories.make_staff("administrator"), disabled):
        with pytest.raises(RevealRefused, match="tweede"):
            ask(members, by=finance, session=session, second=other)
    assert ask(members, by=finance, session=session, second=second)


def test_other_purpose_is_refused(members, finance, session):
    with pytest.raises(RevealRefused):
        reveal(members[:1], SecretKind.IBAN, "curiosity", by=finance, session=session)  # type: ignore[arg-type]


def test_sixth_time_a_day_raises_the_alarm_once(members, finance, session):
    noon = datetime(2027, 1, 12, 12, tzinfo=timezone.get_current_timezone())
    with time_machine.travel(noon, tick=False):
        sessions.confirm(session)
        for _time in range(5):
            ask(members[:1], by=finance, session=session)
        assert not OutboxMail.objects.filter(kind=MailKind.SECURITY_ALARM).exists()
        for _time in range(2):
            ask(members[:1], by=finance, session=session)
    assert AuditEvent.objects.filter(action=ALARM).count() == 2
    mail = OutboxMail.objects.get(kind=MailKind.SECURITY_ALARM)
    assert (mail.user, mail.to_email) == (None, "verkiezingen@juinen.example")


@pytest.mark.usefixtures("committed")
def test_log_is_committed_before_the_number_is_decrypted(members, finance, session, monkeypatch):
    """Seen over another connection, at the moment that the number is opened."""
    seen = []
    unseal = secrets.unseal

    def look(row: MemberSecret) -> secrets.Secret:
        seen.append((connection.in_atomic_block, AuditEvent.objects.filter(action__in=(ACT, READ)).count()))
        return unseal(row)

    monkeypatch.setattr(actions, "unseal", look)
    ask(members[:1], by=finance, session=session)
    assert seen == [(False, 2)]


@pytest.mark.usefixtures("committed")
def test_reading_inside_a_transaction_is_refused(members, finance, session):
    """The log of a transaction that is rolled back would be gone."""
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        ask(members[:1], by=finance, session=session)
