"""Members in and out of use, and what a new address does to their account."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from elections.actions.invitation import invite_member
from elections.actions.member import activate_member, deactivate_member, update_member
from elections.errors import ActionError
from elections.models import Invitation, LoginChallenge, Member, OutboxMail
from elections.queries.member import is_invited_anew
from elections.queries.personal_data import recently_changed
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


def test_number_is_locked_before_the_member_as_whoever_joins_or_reads_in_members_does(staff):
    member = factories.make_member()
    with CaptureQueriesContext(connection) as asked:
        update_member(member, {"number": member.number + 1000}, [], version=member.version, by=staff)
    texts = [query["sql"] for query in asked]
    numbers, row = (
        next(place for place, text in enumerate(texts) if word in text)
        for word in ("pg_advisory_xact_lock", "FOR UPDATE")
    )
    assert numbers < row


def test_invitation_follows_a_new_address_when_no_password_was_chosen(staff):
    member = factories.make_member(with_user=False, email="oud@voorbeeld.nl")
    old = invite_member(member, by=staff)
    member.refresh_from_db()
    update_member(member, {"email": "nieuw@voorbeeld.nl"}, [], version=member.version, by=staff)
    old.refresh_from_db()
    newest = Invitation.objects.open().get()
    assert old.withdrawn_at
    mail = OutboxMail.objects.get(reference=newest.uuid)
    assert (mail.to_email, is_invited_anew(member)) == ("nieuw@voorbeeld.nl", True)
    assert not OutboxMail.objects.filter(kind="email_changed").exists()


def test_nobody_is_invited_by_a_new_address_alone(staff):
    never = factories.make_member(email="oud@voorbeeld.nl")
    never.user.set_unusable_password()
    never.user.save()
    update_member(never, {"email": "nieuw@voorbeeld.nl"}, [], version=1, by=staff)
    invited = factories.make_member(email="ander@voorbeeld.nl")
    factories.make_invitation(invited.user)
    update_member(invited, {"email": ""}, [], version=1, by=staff)
    assert not Invitation.objects.open().exists()


def test_new_address_from_the_team_marks_a_member_who_logs_in(staff):
    member = factories.make_member()
    update_member(member, {"email": "nieuw@voorbeeld.nl"}, [], version=1, by=staff)
    member.refresh_from_db()
    assert recently_changed(member)
