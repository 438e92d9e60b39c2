"""Whom a part of the portal is for: who was never asked for something is not "not done" with it."""

from collections.abc import Collection, Mapping

from elections.enums import StepKind
from elections.models import Audience, ElectionEvent, PortalStep
from elections.models.member import MemberQuerySet
from elections.queries.audience_conditions import Conditions, members_apart_from_step

Part = tuple[int, str]  # the primary key of an event, and a StepKind
PartAudiences = Mapping[Part, Audience]


def part_audiences(parts: Collection[Part]) -> PartAudiences:
    """The audiences of those of these parts that have one; without it, or as long as nobody made the part, it is for
    everybody. One query, and none without parts."""
    if not parts:
        return {}
    steps = PortalStep.objects.filter(
        event__in={event for event, _kind in parts},
        kind__in={kind for _event, kind in parts},
        audience__isnull=False,
    ).select_related("audience__event")
    found = {(step.event_id, step.kind): step.audience for step in steps.order_by() if step.audience}
    return {part: found[part] for part in parts if part in found}


def asked_for(
    members: MemberQuerySet, kind: StepKind, event: ElectionEvent, known: PartAudiences | None = None
) -> MemberQuerySet:
    """Those of `members` for whom the part is, on or off. One query now, unless its audience is `known`.

    The audience of a part never asks who is not done with a part (actions.portal_step), so this goes round nowhere.
    """
    part = (event.pk, kind.value)
    audience = (part_audiences([part]) if known is None else known).get(part)
    if audience is None:
        return members
    own = members_apart_from_step(Conditions.of(audience)).order_by().values("pk")
    return members.filter(pk__in=own)
