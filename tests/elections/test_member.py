"""Members in and out of use, and what a new address does to their account."""

import pytest

from elections.actions.member import activate_member, deactivate_member, update_member
from elections.errors import ActionError
from elections.models import Invitation, LoginChallenge, Member
from tests import factories


@pytest.fixture
def staff():
    return factories.make_staff()


def test_deactivated_member_loses_access_and_comes_back(staff):
    member = factories.make_member()
    factories.make_invitation(member.user)
    deactivate_member(member, by=staff)
    deactivate_member(member, by=staff)
    member = Member.objects.get()
    assert not member.user.is_active
    assert not Invitation.objects.open().exists()
    activate_member(member, by=staff)
    assert Member.objects.get().user.is_active


def test_deactivating_a_member_who_is_a_colleague_leaves_the_colleague_in(staff):
    colleague = factories.make_staff()
    deactivate_member(factories.make_member(user=colleague), by=staff)
    colleague.refresh_from_db()
    assert colleague.is_active


def test_activating_a_member_leaves_a_disabled_colleague_out(staff):
    colleague = factories.make_staff(is_active=False)
    activate_member(factories.make_member(user=colleague, is_active=False), by=staff)
    colleague.refresh_from_db()
    assert not colleague.is_active


def test_new_address_ends_links_codes_and_sessions(staff):
    member = factories.make_member()
    factories.make_invitation(member.user, kind="password_reset")
    challenge = factories.make_challenge(member.user)
    update_member(member, {"email": "nieuw@voorbeeld.nl"}, [], version=1, by=staff)
    member.user.refresh_from_db()
    assert member.user.sessions_ended_at
    assert not Invitation.objects.open().exists()
    assert not LoginChallenge.objects.answerable().filter(pk=challenge.pk).exists()


def test_member_in_a_shift_cannot_be_deactivated(staff):
    world = factories.make_world()
    with pytest.raises(ActionError, match="nog ingedeeld"):
        deactivate_member(world.member, by=staff)
