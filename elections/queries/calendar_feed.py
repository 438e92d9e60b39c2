"""What stands in a member's own calendar, and the address at which a calendar program reads it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Max, OuterRef, Q, Subquery
from django.utils import timezone

from elections.enums import AssignmentState, StepKind
from elections.models import Assignment, CalendarFeed, Member, PlacementChange
from elections.models.assignment import AssignmentQuerySet
from elections.queries.event import current_event
from elections.queries.placement import RELATED, visible_places
from elections.queries.portal_step import is_step_open

# How long a place that is over is told as cancelled; a calendar program that slept longer lost it from sight.
CANCELLED_FOR: Final = timedelta(days=60)


def feed_of(member: Member) -> CalendarFeed | None:
    """The feed that the member switched on."""
    return CalendarFeed.objects.filter(member=member).first()


def find_feed(number: UUID) -> CalendarFeed | None:
    """The feed with this number, of a member who may log in; with the member and their user."""
    feeds = CalendarFeed.objects.select_related("member__user")
    return feeds.filter(
        uuid=number, member__is_active=True, member__erased_at=None, member__user__is_active=True
    ).first()


def calendar_places(member: Member) -> list[Assignment]:
    """What the member sees in the portal, in the order of time, and what was taken from that lately. Three queries.

    Of a place that went and came back only the present one is here.
    """
    event = current_event()
    if event is None or not is_step_open(event, StepKind.PLACEMENT, member):
        return []
    since = timezone.now() - CANCELLED_FOR
    shown = visible_places(member, event)
    over = Q(state=AssignmentState.CANCELLED, retracted_at__gte=since) | Q(
        state=AssignmentState.DECLINED, declined_at__gte=since
    )
    gone = Q(over, member=member, published_at__isnull=False) & ~Q(shift__in=shown.order_by().values("shift"))
    places = Assignment.objects.of_event(event).filter(gone | Q(pk__in=shown.order_by().values("pk")))
    return list(with_changes(places).select_related(*RELATED).order_by("period", "pk"))


def with_changes(places: AssignmentQuerySet) -> AssignmentQuerySet:
    """Each with `told_at`: when the member was last told of a change of the address or the name, for `changed_at`."""
    told = PlacementChange.objects.filter(assignment=OuterRef("pk")).order_by().values("assignment")
    return places.annotate(told_at=Subquery(told.values_list(Max("created_at"))))


def changed_at(place: Assignment) -> datetime:
    """When the entry of this place became as it is."""
    moments = (
        place.published_at,
        place.retracted_at,
        place.accepted_at,
        place.declined_at,
        getattr(place, "told_at", None),
    )
    return max((moment for moment in moments if moment), default=place.assigned_at)


def is_on(place: Assignment) -> bool:
    """Whether the member works there as far as they know."""
    known = (AssignmentState.PUBLISHED, AssignmentState.CANCELLED)
    return place.state in known and place.retracted_at is None
