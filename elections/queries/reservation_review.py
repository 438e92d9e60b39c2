"""What the team sees of places that members pick: what waits for a yes, the lines, and the open offers."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from elections.enums import AssignmentState, WaitKind
from elections.models import Assignment, ElectionEvent, Shift, WaitlistEntry
from elections.queries.experience import experience
from elections.queries.own_choice import OWN_SOURCES
from elections.queries.place_offer import Judge
from elections.queries.shift import taken_places

ASSIGNMENT_WORDS = (
    "member",
    "shift__polling_station",
    "shift__day_part__polling_day",
    "shift__position",
)


def picked_places(event: ElectionEvent) -> QuerySet[Assignment]:
    """Places that members of `event` picked, or took from the line, whatever became of them; not the open offers."""
    own = Q(source__in=OWN_SOURCES) & ~Q(state=AssignmentState.PROPOSED)
    unanswered = Q(state=AssignmentState.CANCELLED, answer_due_at__isnull=False, accepted_at=None)
    return (
        Assignment.objects.of_event(event)
        .filter(own)
        .exclude(unanswered)
        .select_related(*ASSIGNMENT_WORDS)
        .order_by("assigned_at", "pk")
    )


def newcomers_among(members: Iterable[int], event: ElectionEvent) -> set[int]:
    """Primary keys of those members who never worked in an election before `event`. Three queries."""
    wanted = set(members)
    known = experience(wanted, event)
    return {key for key in wanted if not known.get(key)}


def waited_for(event: ElectionEvent) -> QuerySet[Shift]:
    """The shifts of `event`, each with `taken` places, `free` ones, and how many are in `line` or want an `alert`."""
    return (
        Shift.objects.filter(polling_station__event=event)
        .select_related("polling_station", "day_part__polling_day", "position")
        .annotate(
            taken=taken_places(),
            free=F("places") - taken_places(),
            line=_waiting(WaitKind.LINE),
            alerts=_waiting(WaitKind.ALERT),
        )
    )


def _waiting(kind: WaitKind) -> Coalesce:
    counts = (
        WaitlistEntry.objects.filter(shift=OuterRef("pk"), kind=kind)
        .order_by()
        .values("shift")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def standing_offers(event: ElectionEvent) -> QuerySet[Assignment]:
    """Offers that wait for an answer, the first deadline first."""
    return (
        Assignment.objects.of_event(event)
        .filter(state=AssignmentState.PROPOSED, answer_due_at__gt=timezone.now())
        .select_related(*ASSIGNMENT_WORDS, "assigned_by")
        .order_by("answer_due_at", "pk")
    )


@dataclass(frozen=True)
class InLine:
    """Somebody who waits. `number`: the place in the line, 0 for who only wants a message; reasons: why not now."""

    entry: WaitlistEntry
    number: int
    reasons: list[str]


def line_of(shift: Shift) -> list[InLine]:
    """Who waits for `shift`: the line in its order, then who wants a message. A constant number of queries."""
    entries = list(
        WaitlistEntry.objects.filter(shift=shift).select_related("member").order_by("joined_at", "pk")
    )
    judge = Judge(shift.polling_station.event, [entry.member for entry in entries])
    line = [entry for entry in entries if entry.kind == WaitKind.LINE]
    alerts = [entry for entry in entries if entry.kind == WaitKind.ALERT]
    numbered = [
        *((number, entry) for number, entry in enumerate(line, start=1)),
        *((0, entry) for entry in alerts),
    ]
    return [InLine(entry, number, judge.against(entry.member, shift)) for number, entry in numbered]
