"""The election before: who worked then is experienced now, and teams that were there can stay together."""

import random
from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from elections.actions.event import create_event
from elections.actions.shift import make_shifts
from elections.enums import AssignmentSource, AssignmentState, ElectionCategory, PollingDayKind, PositionKind
from elections.event_plan import POSITIONS, VOTING_DAY_PARTS, ElectionPlan, EventPlan, PollingDayPlan
from elections.models import Assignment, ElectionEvent, Member, PollingStation, Shift

COUNCIL_DAY: Final = date(2026, 3, 18)
ISLAND_COUNCIL_DAY: Final = date(2023, 3, 15)
WORKED: Final = 0.7  # part of the people of then who are still here


def earlier_event(
    event: ElectionEvent, members: list[Member], chance: random.Random, *, is_public_body: bool
) -> None:
    """Make the event before `event`, in the same venues, with published places for most members; in the archive."""
    day = ISLAND_COUNCIL_DAY if is_public_body else COUNCIL_DAY
    category, title = (
        (ElectionCategory.ER, "Eilandsraad") if is_public_body else (ElectionCategory.GR, "Gemeenteraad")
    )
    days = (PollingDayPlan(day, PollingDayKind.VOTING, VOTING_DAY_PARTS),)
    earlier = create_event(
        EventPlan(f"{title} {day.year}", (ElectionPlan(category, title),), days, POSITIONS), by=None
    )
    PollingStation.objects.bulk_create(
        PollingStation(
            event=earlier, venue_id=station.venue_id, number=station.number, name=station.name, kind=station.kind
        )
        for station in event.polling_stations.all()
    )  # fmt: skip
    make_shifts(earlier, by=None)
    worked = _place(earlier, [member for member in members if chance.random() < WORKED])
    Member.objects.filter(pk__in=worked).update(last_worked_on=day)
    # Newest first is how events are shown, and the newest one that is not archived is the one that members see.
    ElectionEvent.objects.filter(pk=earlier.pk).update(
        created_at=event.created_at - timedelta(days=365), archived_at=event.created_at
    )
    event.previous = earlier
    event.save(update_fields=["previous"])


def _place(earlier: ElectionEvent, members: list[Member]) -> set[int]:
    """Give each member one published place, as far as there are. Returns who worked."""
    waiting = {
        kind: iter([member for member in members if kind in member.can_work_as]) for kind in PositionKind
    }
    used: set[int] = set()
    told = timezone.now() - timedelta(days=300)
    places = []
    shifts = Shift.objects.filter(polling_station__event=earlier).select_related("position")
    for shift in shifts.order_by("position__rank", "polling_station__number", "period"):
        free = (member for member in waiting[PositionKind(shift.position.kind)] if member.pk not in used)
        for _place, member in zip(range(shift.places), free, strict=False):
            used.add(member.pk)
            places.append(
                Assignment(
                    member=member, shift=shift, period=shift.period, state=AssignmentState.PUBLISHED,
                    source=AssignmentSource.STAFF, assigned_at=told, published_at=told, accepted_at=told,
                )
            )  # fmt: skip
    Assignment.objects.bulk_create(places, batch_size=2000)
    return used
