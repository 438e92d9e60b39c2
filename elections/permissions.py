"""Which staff role may do what: the whole rights matrix of the backoffice, in one table."""

from typing import Final

from elections.enums import StaffRole
from elections.models import User

_READ: Final = frozenset(
    {
        "dashboard.view",
        "member.view",
        "station.view",
        "event.view",
        "planning.view",
        "letter.view",
        "job.view",
    }
)
_MEMBER: Final = frozenset({"member.edit", "member.import", "member.invite"})
_PLAN: Final = frozenset({"event.edit", "station.edit", "planning.edit", "planning.publish"})
_LETTER: Final = frozenset({"letter.edit", "letter.publish"})
_SHARED: Final = frozenset({"job.edit", "portal.edit", "mail.view"})

_LOOK: Final = frozenset({"member.look"})
# Who may open the door to others, read the log and the numbers of a person's file, or make data disappear.
_CONTROL: Final = frozenset(
    {"staff.manage", "audit.view", "audit.export", "retention.edit", "privacy.handle"}
)

RIGHTS: Final[dict[str, frozenset[str]]] = {
    StaffRole.ADMINISTRATOR: _READ | _MEMBER | _PLAN | _LETTER | _SHARED | _LOOK | _CONTROL,
    StaffRole.PLANNER: _READ | _MEMBER | _PLAN | _LETTER | _SHARED | _LOOK,
    StaffRole.COMMUNICATION: _READ | _SHARED | _LOOK | {"member.invite", "letter.edit"},
    StaffRole.FINANCE: _READ | {"payment.reveal"},
    StaffRole.READER: _READ,
}
ALL_RIGHTS: Final = frozenset().union(*RIGHTS.values())


def can(user: User, right: str) -> bool:
    """Whether `user` has `right`. An unknown right is a programming error, not a "no"."""
    if right not in ALL_RIGHTS:
        raise ValueError(f"unknown right: {right}")
    return user.is_active and right in RIGHTS.get(user.role, frozenset())
