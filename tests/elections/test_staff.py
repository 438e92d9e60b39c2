"""Colleagues: access given, changed and taken."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django_tenants.utils import tenant_context

from elections.actions import staff as actions
from elections.actions.invitation import invite_staff
from elections.enums import StaffRole, StaffState
from elections.errors import ActionError
from elections.models import AuditEvent, Invitation, User
from elections.queries.staff import colleagues, staff_state
from tests import factories


@pytest.fixture
def boss():
    return factories.make_staff("administrator")


def test_disable_and_enable(boss):
    colleague = factories.make_staff("planner")
    assert actions.disable_staff(colleague, by=boss).is_active is False
    assert actions.enable_staff(colleague, by=boss).is_active is True
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "staff.disable",
        "staff.enable",
    ]


def test_disabled_colleague_with_an_open_invitation_cannot_use_it(boss):
    invited = invite_staff(email="bo@juinen.example", name="Bo", role="reader", by=boss)
    actions.disable_staff(invited.user, by=boss)
    assert not Invitation.objects.open().exists()


def test_enable_invites_again_who_never_had_a_password(boss):
    invited = invite_staff(email="bo@juinen.example", name="Bo", role="reader", by=boss)
    Invitation.objects.update(withdrawn_at=invited.created_at)
    actions.disable_staff(invited.user, by=boss)
    actions.enable_staff(invited.user, by=boss)
    assert Invitation.objects.open().count() == 1


def test_you_cannot_disable_yourself_or_change_your_own_role(boss):
    factories.make_staff("administrator")
    with pytest.raises(ActionError):
        actions.disable_staff(boss, by=boss)
    with pytest.raises(ActionError):
        actions.update_staff(boss, name=boss.name, role=StaffRole.READER, by=boss)


def test_last_administrator_who_can_log_in_stays(boss):
    planner = factories.make_staff("planner")
    invite_staff(email="bo@juinen.example", name="Bo", role="administrator", by=boss)
    with pytest.raises(ActionError, match="enige beheerder"):
        actions.disable_staff(boss, by=planner)
    with pytest.raises(ActionError, match="enige beheerder"):
        actions.update_staff(boss, name="x", role="reader", by=planner)


def test_two_administrators_cannot_send_each_other_away_at_once(committed, juinen):
    first, second = (factories.make_staff("administrator") for _number in range(2))

    def disable(pair):
        try:
            with tenant_context(juinen):
                return bool(actions.disable_staff(pair[0], by=pair[1]))
        except ActionError:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(disable, [(first, second), (second, first)]))
    assert sorted(results) == [False, True]
    with tenant_context(juinen):
        assert User.objects.filter(is_active=True).count() == 1


def test_states_cost_no_query_per_colleague(boss, django_assert_num_queries):
    invite_staff(email="b@juinen.example", name="B", role="reader", by=boss)
    invite_staff(email="c@juinen.example", name="C", role="reader", by=boss)
    Invitation.objects.filter(user__username="c@juinen.example").update(expires_at="2020-01-01T00:00Z")
    factories.make_staff("reader", name="D", is_active=False)
    User.objects.filter(pk=boss.pk).update(name="A")
    with django_assert_num_queries(1):
        states = [staff_state(user) for user in colleagues()]
    assert states == [StaffState.ACTIVE, StaffState.INVITED, StaffState.EXPIRED, StaffState.DISABLED]
