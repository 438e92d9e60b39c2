"""The colleagues of the election team: role, and access given and taken."""

from django.db import transaction
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.invitation import has_account, resend_invitation
from elections.actions.login import end_sessions
from elections.enums import StaffRole
from elections.errors import ActionError
from elections.models import Invitation, User
from elections.queries.staff import REVIEW_ACTION


@transaction.atomic
def update_staff(user: User, *, name: str, role: str, by: User) -> User:
    """Change the name and the role of a colleague; a new role holds from the next click on.

    Raises ActionError for an unknown role, your own role, or the last administrator.
    """
    user = _lock(user)
    if role not in StaffRole.values:
        raise ActionError(_("Deze rol bestaat niet."))
    if role != user.role:
        if user == by:
            raise ActionError(_("U kunt uw eigen rol niet wijzigen. Vraag het aan een andere beheerder."))
        _keep_an_administrator(user)
    changed = [field for field, value in (("name", name), ("role", role)) if getattr(user, field) != value]
    user.name, user.role = name, role
    user.save(update_fields=["name", "role"])
    if changed:
        audit.record("staff.edit", by=by, on=user, changed=changed, role=role)
    return user


@transaction.atomic
def disable_staff(user: User, *, by: User) -> User:
    """Take away the access of a colleague at once: sessions end and links stop working.

    Raises ActionError for yourself and for the last administrator.
    """
    user = _lock(user)
    if user == by:
        raise ActionError(_("U kunt uzelf geen toegang afnemen."))
    _keep_an_administrator(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
    audit.record("staff.disable", by=by, on=user)
    return user


@transaction.atomic
def enable_staff(user: User, *, by: User) -> User:
    """Give access back. Who cannot log in yet gets a new invitation."""
    user = _lock(user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record("staff.enable", by=by, on=user)
    if not has_account(user) and not Invitation.objects.open().filter(user=user).exists():
        resend_invitation(user, by=by)
    return user


@transaction.atomic
def review_rights(*, by: User) -> None:
    """Note that `by` looked at the role, the rights and the log-in of every colleague (BIO2 8.02.01 and 5.18.02)."""
    roles = dict.fromkeys(StaffRole.values, 0)
    for role in User.objects.staff().filter(is_active=True).values_list("role", flat=True):
        roles[role] += 1
    counts = [f"{role}: {count}" for role, count in roles.items()]
    audit.record(REVIEW_ACTION, by=by, roles=counts)


def _lock(user: User) -> User:
    """Lock all administrators with the colleague, so that two of them cannot send each other away at once."""
    administrators = User.objects.filter(role=StaffRole.ADMINISTRATOR).order_by("pk").select_for_update()
    list(administrators.values_list("pk"))
    return User.objects.select_for_update().get(pk=user.pk)


def _keep_an_administrator(leaving: User) -> None:
    others = User.objects.filter(role=StaffRole.ADMINISTRATOR, is_active=True).exclude(pk=leaving.pk)
    if leaving.role == StaffRole.ADMINISTRATOR and not any(has_account(other) for other in others):
        raise ActionError(_("Dit is de enige beheerder die kan inloggen. Maak eerst een ander beheerder."))
