"""Looking at the portal as a member sees it: a colleague reads along for a quarter of an hour, and changes nothing.

The session keeps who is looked at, until when, and why. It never becomes the member's session: the colleague stays who
they are, and the portal serves the member's pages read-only (portal.access).
It begins and ends in elections.actions.look.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from elections.models import Member, User
from elections.permissions import can
from elections.sessions import has_strong_factor

LOOK_KEY: Final = "look"
LOOK_RIGHT: Final = "member.look"
LOOK_FOR: Final = timedelta(minutes=15)
SHORTEST_REASON: Final = 5
LONGEST_REASON: Final = 150

SessionData = MutableMapping[str, Any]


@dataclass(frozen=True)
class Look:
    """Who is looked at, why, and until when."""

    member: Member
    reason: str
    until: datetime


def is_looking(session: SessionData) -> bool:
    """Whether a look was begun in this session, over or not."""
    return LOOK_KEY in session


def look_of(session: SessionData, user: User) -> Look | None:
    """The look that goes on in this session; None when there is none, or when it may not go on any more."""
    kept = session.get(LOOK_KEY)
    if not kept or kept["until"] <= timezone.now().timestamp():
        return None
    if not can(user, LOOK_RIGHT) or not has_strong_factor(user):
        return None
    member = Member.objects.active().select_related("user").filter(uuid=UUID(kept["member"])).first()
    if member is None or (member.is_confidential and not can(user, "member.confidential")):
        return None
    return Look(
        member, kept["reason"], datetime.fromtimestamp(kept["until"], tz=timezone.get_current_timezone())
    )
