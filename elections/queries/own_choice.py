"""What a member chose themselves, what the team refused, and what the team is planning for them."""

from typing import Final

from django.db.models import Q, QuerySet

from elections.enums import AssignmentSource, AssignmentState
from elections.models import Assignment, ElectionEvent, Member

OWN_SOURCES: Final = (AssignmentSource.RESERVATION, AssignmentSource.WAITLIST)


def refused_by_team() -> Q:
    """Places that members picked and the team did not give them; not the offers that nobody answered in time."""
    unanswered = Q(answer_due_at__isnull=False, accepted_at=None, end_reason="")
    own = Q(state=AssignmentState.CANCELLED, source__in=OWN_SOURCES, published_at=None)
    return own & ~unanswered


def planned_by_team() -> Q:
    """Places that the team has in mind for a member, who does not know of them yet."""
    unknown = Q(state=AssignmentState.CONFIRMED, accepted_at=None, answer_due_at=None)
    return unknown & ~Q(source__in=OWN_SOURCES)


def own_choices(member: Member, event: ElectionEvent) -> QuerySet[Assignment]:
    """What the member chose and is not published yet, in the order of time, with the station."""
    waiting = (AssignmentState.RESERVED, AssignmentState.CONFIRMED)
    chosen = Assignment.objects.of_event(event).filter(
        member=member, state__in=waiting, source__in=OWN_SOURCES
    )
    return chosen.select_related("shift__polling_station").order_by("period", "pk")
