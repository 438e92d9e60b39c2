"""What a bulk action on a selection of members would come down to: the numbers on the page that asks."""

from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from elections.models import Assignment, Member
from elections.models.member import confidential_today
from elections.queries.personal_data import asked_fields


@dataclass(frozen=True)
class Deactivation:
    """`count` members would be taken out of use; `placed` of the others have a place, and `inactive` are already."""

    count: int
    placed: int
    inactive: int


def deactivation_among(members: QuerySet[Member]) -> Deactivation:
    """Count a selection before it is taken out of use, in one statement."""
    places = Assignment.objects.active().filter(
        member=OuterRef("pk"), shift__polling_station__event__archived_at=None
    )
    counted = members.order_by().annotate(has_place=Exists(places))
    counts = counted.aggregate(
        count=Count("pk", filter=Q(is_active=True, has_place=False)),
        placed=Count("pk", filter=Q(is_active=True, has_place=True)),
        inactive=Count("pk", filter=Q(is_active=False)),
    )
    return Deactivation(**counts)


@dataclass(frozen=True)
class Labels:
    """`count` members would get an address label; the others have no whole address, or one that is confidential."""

    count: int
    without_address: int
    confidential: int


def has_address() -> Q:
    """Condition on Member: an address that post can be sent to: all that the municipality asks of it."""
    parts = (name for name in ("street", "house_number", "postcode", "city") if name in asked_fields())
    return reduce(and_, (~Q(**{name: ""}) for name in parts))


def labels_among(members: QuerySet[Member]) -> Labels:
    """Count a selection before address labels are made, in one statement."""
    counts = members.order_by().aggregate(
        count=Count("pk", filter=has_address() & ~confidential_today()),
        without_address=Count("pk", filter=~has_address() & ~confidential_today()),
        confidential=Count("pk", filter=confidential_today()),
    )
    return Labels(**counts)
