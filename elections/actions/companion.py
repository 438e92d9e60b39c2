"""The wish to work with a named person: the member types a name, the team says who that is.

A member is never told whether a name is in the member file: that would be a way to search it.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.availability import changed_elsewhere, mark_changed, open_response
from elections.errors import ActionError, ChangedElsewhere
from elections.models import CompanionWish, ElectionEvent, Member, User
from elections.queries.companion import is_own_name, same_name
from elections.queries.event import require_open_event


@transaction.atomic
def wish_companion(
    member: Member, event: ElectionEvent, name: str, *, seen: str | None = None, by: User | None
) -> None:
    """Save with whom a member likes to work; an empty name takes the wish back.

    When exactly one active member has that full name, the wish is linked to them at once. The member sees no
    difference.

    Raises:
        StepNotOpen: when the step is not open.
        ChangedElsewhere: when another name than `seen` is stored by now.
        ActionError: for the member's own name.
    """
    response = open_response(member, event)
    wish = CompanionWish.objects.filter(member=member, event=event).first()
    stored = wish.name if wish else ""
    if stored == name:
        return
    if seen is not None and stored != seen:
        raise ChangedElsewhere(changed_elsewhere())
    if is_own_name(name, member):
        raise ActionError(_("Dit is uw eigen naam. Vul de naam van iemand anders in, of laat het leeg."))
    if name:
        found = same_name(name, but=member)
        known = found[0] if len(found) == 1 else None
        CompanionWish.objects.update_or_create(
            member=member,
            event=event,
            defaults={"name": name, "companion": known, "settled_at": timezone.now() if known else None},
        )
    elif wish:
        wish.delete()
    mark_changed(response)
    audit.record("availability.companion", by=by, on=member)


@transaction.atomic
def link_companion(wish: CompanionWish, companion: Member | None, *, by: User) -> None:
    """Say whom a member meant; None is nobody in the member file. Twice changes nothing, another choice replaces it.

    Raises:
        ActionError: in an archived event, when it is the member, or somebody who is not active.
    """
    wish = CompanionWish.objects.select_for_update(of=("self",)).select_related("event").get(pk=wish.pk)
    require_open_event(wish.event)
    if wish.settled_at is not None and wish.companion_id == (companion.pk if companion else None):
        return
    if companion is not None and (companion.pk == wish.member_id or not companion.is_active):
        raise ActionError(_("Kies een ander lid, dat actief is."))
    wish.companion, wish.settled_at = companion, timezone.now()
    wish.save(update_fields=["companion", "settled_at"])
    audit.record(
        "companion.link", by=by, on=wish.member, companion=str(companion.number) if companion else ""
    )
