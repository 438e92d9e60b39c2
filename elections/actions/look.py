"""Beginning and ending a look at the portal as a member, and the log of every page in between."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.errors import ActionError
from elections.look import LONGEST_REASON, LOOK_FOR, LOOK_KEY, SHORTEST_REASON, Look, SessionData
from elections.models import Member, User
from elections.queries.confidentiality import may_see_contact


def begin_look(session: SessionData, member: Member, reason: str, *, by: User) -> None:
    """Let a colleague read along with `member` for LOOK_FOR, counted from now and not prolonged by anything.

    Raises:
        ActionError: without a reason, when the member cannot use the portal, or when the portal would show contact
            data that are hidden from `by`.
    """
    reason = " ".join(reason.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise ActionError(_("Schrijf op waarom u meekijkt, in een paar woorden."))
    if not member.is_active:
        raise ActionError(_("Dit lid is niet actief en heeft geen portaal."))
    if not may_see_contact(member, by):
        raise ActionError(
            _("De gegevens van dit lid zijn vertrouwelijk. Alleen een beheerder mag met dit lid meekijken.")
        )
    session[LOOK_KEY] = {
        "member": str(member.uuid),
        "reason": reason,
        "until": (timezone.now() + LOOK_FOR).timestamp(),
    }
    audit.record("member.look_begin", by=by, on=member, purpose=reason)


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
