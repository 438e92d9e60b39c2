"""Looking at the portal as a member sees it: a colleague reads along for a quarter of an hour, and changes nothing.

The session keeps who is looked at, until when, and why. It never becomes the member's session: the colleague stays who
they are, and the portal serves the member's pages read-only (portal.access).
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.errors import ActionError
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


def begin_look(session: SessionData, member: Member, reason: str, *, by: User) -> None:
    """Let a colleague read along with `member` for LOOK_FOR, counted from now and not prolonged by anything.

    Raises:
        ActionError: without a reason, or when the member cannot use the portal.
    """
    reason = " ".join(reason.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise ActionError(_("Schrijf op waarom u meekijkt, in een paar woorden."))
    if not member.is_active:
        raise ActionError(_("Dit lid is niet actief en heeft geen portaal."))
    session[LOOK_KEY] = {
        "member": str(member.uuid),
        "reason": reason,
        "until": (timezone.now() + LOOK_FOR).timestamp(),
    }
    audit.record("member.look_begin", by=by, on=member, purpose=reason)


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
    if member is None:
        return None
    return Look(
        member, kept["reason"], datetime.fromtimestamp(kept["until"], tz=timezone.get_current_timezone())
    )


def end_look(session: SessionData, *, by: User) -> str:
    """End the look, however it came to its end. Returns the uuid of the member, empty when there was no look."""
    kept = session.pop(LOOK_KEY, None)
    if kept is None:
        return ""
    member = Member.objects.filter(uuid=UUID(kept["member"])).first()
    audit.record("member.look_end", by=by, on=member)
    return str(kept["member"])


def record_page(look: Look, path: str, *, by: User) -> None:
    """Log one page that was looked at."""
    audit.record("member.look", by=by, on=look.member, purpose=look.reason, path=path[:200])
