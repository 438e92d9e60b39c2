"""Invitations and forgotten passwords: once, for a time, at one municipality."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions import invitation
from elections.enums import MailKind, StaffRole
from elections.errors import ActionError
from elections.models import AuditEvent, Invitation, OutboxMail, User
from tests import factories

NEW = "paard batterij nietje lamp"


@pytest.fixture
def staff():
    return factories.make_staff()


@pytest.fixture
def member():
    """Somebody without an account."""
    values = {
        "first_name": "Anna",
        "infix": "van den",
        "last_name": "Berg",
        "email": "anna@voorbeeld.example",
    }
    return factories.make_member(with_user=False, **values)


def test_invite_member_makes_an_account_and_a_mail(member, staff):
    invited = invitation.invite_member(member, by=staff)
    member.refresh_from_db()
    assert (member.user.username, member.user.email) == ("a.vandenberg", "anna@voorbeeld.example")
    assert not member.user.has_usable_password()
    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.user, mail.reference) == (MailKind.MEMBER_INVITATION, member.user, invited.uuid)
    assert AuditEvent.objects.filter(action="invitation.send", actor_id=str(staff.uuid)).count() == 1


@pytest.mark.parametrize(
    ("values", "username"),
    [
        ({"first_name": "Özlem", "last_name": "Yıldız-Çelik"}, "o.yildizcelik"),
        ({"first_name": "", "initials": "J.P.", "infix": "'t", "last_name": "Hoen"}, "j.thoen"),
        ({"first_name": "", "initials": "", "last_name": "李"}, "lid"),
        ({"first_name": "Bjørn", "last_name": "Łuczak"}, "b.luczak"),
    ],
)
def test_username_is_easy(values, username):
    assert invitation.username_for(factories.make_member(with_user=False, **values)) == username


def test_username_gets_a_number_when_taken(member, staff):
    factories.make_user(username="A.vandenberg")
    factories.make_user(username="a.vandenberg3")
    assert invitation.username_for(member) == "a.vandenberg2"


def test_second_invitation_replaces_the_first_and_keeps_the_account(member, staff):
    first = invitation.invite_member(member, by=staff)
    second = invitation.invite_member(member, by=staff)
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    assert second.user == first.user


@pytest.mark.parametrize("values", [{"email": ""}, {"is_active": False}])
def test_member_without_address_or_not_active_is_not_invited(staff, values):
    with pytest.raises(ActionError):
        invitation.invite_member(factories.make_member(with_user=False, **values), by=staff)
    assert not OutboxMail.objects.exists()


def test_member_with_a_password_is_not_invited_again(staff):
    with pytest.raises(ActionError, match="heeft al een account"):
        invitation.invite_member(factories.make_member(), by=staff)


def test_invite_staff_uses_the_address_as_username(staff):
    invited = invitation.invite_staff(email="Bo@Juinen.example ", name="Bo", role=StaffRole.PLANNER, by=staff)
    assert (invited.user.username, invited.user.role) == ("bo@juinen.example", "planner")
    assert OutboxMail.objects.get().kind == MailKind.STAFF_INVITATION


@pytest.mark.parametrize(
    ("email", "role"),
    [("geen adres", "planner"), ("bo@juinen.example", "koning"), ("BEZET@juinen.example", "planner")],
)
def test_invite_staff_refuses_what_is_wrong_or_taken(staff, email, role):
    factories.make_staff(username="bezet@juinen.example")
    with pytest.raises(ActionError):
        invitation.invite_staff(email=email, name="Bo", role=role, by=staff)


def test_accept_sets_the_password_and_works_once(member, staff):
    token = invitation.invite_member(member, by=staff).token
    user = invitation.accept_invitation(token, NEW)
    assert User.objects.get(pk=user.pk).check_password(NEW)
    with pytest.raises(ActionError, match="al gebruikt"):
        invitation.accept_invitation(token, NEW)


def test_simultaneous_accepts_set_one_password(committed, juinen):
    user = factories.make_user()
    token = factories.make_invitation(user).token

    def accept(number):
        try:
            with tenant_context(juinen):
                return bool(invitation.accept_invitation(token, f"{NEW} {number}"))
        except ActionError:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(accept, range(5))).count(True) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"used_at": timezone.now()},
        {"withdrawn_at": timezone.now()},
    ],
)
def test_link_that_is_over_is_refused(values):
    token = factories.make_invitation(factories.make_user(), **values).token
    with pytest.raises(ActionError):
        invitation.accept_invitation(token, NEW)


def test_link_of_a_disabled_user_is_refused():
    token = factories.make_invitation(factories.make_user(is_active=False)).token
    with pytest.raises(ActionError):
        invitation.accept_invitation(token, NEW)


def test_link_of_another_municipality_is_refused(worlds, juinen, zonneiland):
    """The same primary keys there, and even the same uuid: the signature tells them apart."""
    token = worlds["gm0001"].invitation.token
    with tenant_context(zonneiland):
        twin = worlds["gm9009"].invitation
        Invitation.objects.filter(pk=twin.pk).update(uuid=worlds["gm0001"].invitation.uuid)
        with pytest.raises(ActionError):
            invitation.accept_invitation(token, NEW)


@pytest.mark.parametrize("token", ["", "x", "InV9:1:2", "a" * 5000])
def test_nonsense_link_is_refused(token):
    with pytest.raises(ActionError):
        invitation.accept_invitation(token, NEW)


def test_weak_password_is_refused_and_leaves_the_link_alone(member, staff):
    token = invitation.invite_member(member, by=staff).token
    with pytest.raises(ValidationError):
        invitation.accept_invitation(token, "juinen2027!!!")
    assert invitation.find_invitation(token).is_usable


def test_resend_makes_a_new_link(staff):
    first = invitation.invite_staff(email="bo@juinen.example", name="Bo", role="planner", by=staff)
    invitation.resend_invitation(first.user, by=staff)
    assert not invitation.find_invitation(first.token).is_usable
    assert OutboxMail.objects.count() == 2


def test_withdraw_ends_the_link(member, staff):
    invited = invitation.invite_member(member, by=staff)
    invitation.withdraw_invitation(invited.user, by=staff)
    assert not invitation.find_invitation(invited.token).is_usable
    with pytest.raises(ActionError):
        invitation.withdraw_invitation(invited.user, by=staff)
