"""The colleagues of the election team and how far each of them is in."""

from django.db.models import OuterRef, QuerySet, Subquery

from elections.enums import StaffState
from elections.models import Invitation, User


def colleagues() -> QuerySet[User]:
    """All colleagues by name, with `invited_until`: until when their invitation works, if there is one."""
    invitation = Invitation.objects.open().filter(user=OuterRef("pk")).order_by("-created_at")
    return (
        User.objects.staff()
        .annotate(invited_until=Subquery(invitation.values("expires_at")[:1]))
        .order_by("name", "username")
    )


def staff_state(user: User) -> StaffState:
    """How far a colleague from `colleagues()` is in."""
    if not user.is_active:
        return StaffState.DISABLED
    if user.has_usable_password():
        return StaffState.ACTIVE
    return StaffState.INVITED if user.invited_until else StaffState.EXPIRED  # type: ignore[attr-defined]
