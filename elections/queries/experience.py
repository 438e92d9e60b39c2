"""How often members worked before."""

from collections.abc import Iterable

from django.db.models import Count, Min
from django.utils import timezone

from elections.enums import AssignmentState
from elections.models import Assignment, ElectionEvent, Member


def experience(members: Iterable[int], event: ElectionEvent) -> dict[int, int]:
    """In how many elections each member worked before `event`, by primary key. Three queries.

    What the team wrote down about earlier times, and the events in Zitting with a published place that was over before
    the first day of `event`.

    members: primary keys.
    """
    wanted = set(members)
    first = event.polling_days.aggregate(first=Min("date"))["first"] or timezone.localdate()
    worked = dict(
        Assignment.objects.filter(
            member__in=wanted,
            state=AssignmentState.PUBLISHED,
            shift__day_part__polling_day__date__lt=first,
        )
        .exclude(shift__polling_station__event=event)
        .values_list("member")
        .annotate(events=Count("shift__polling_station__event", distinct=True))
    )
    earlier = Member.objects.filter(pk__in=wanted).values_list("pk", "earlier_elections")
    return {pk: count + worked.get(pk, 0) for pk, count in earlier}
