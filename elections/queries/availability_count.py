"""How many people can come against how many are needed: per day part and position, so that a shortage shows early."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q, Sum

from elections.enums import ALSO_QUALIFIES_FOR, AvailabilityAnswer, PositionKind
from elections.models import Assignment, Availability, DayPart, ElectionEvent, Position, Shift

HEADS: Final = (PositionKind.CHAIR, PositionKind.DEPUTY_CHAIR)


@dataclass(frozen=True)
class PositionCount:
    """One position in one day part. yes, if_needed: active members who can do it and said so."""

    position: Position
    needed: int
    placed: int
    yes: int
    if_needed: int

    @property
    def missing(self) -> int:
        """How many places stay empty even when everybody comes who could."""
        return max(0, self.needed - self.yes - self.if_needed)

    @property
    def tone(self) -> str:
        """For a badge: error when people are missing, warning when only "if needed" fills it."""
        if self.missing:
            return "error"
        return "warning" if self.yes < self.needed else "ok"


@dataclass(frozen=True)
class PartCount:
    """One day part: what active members said, and what is needed. Somebody with two trades counts in both positions."""

    part: DayPart
    yes: int
    if_needed: int
    no: int
    positions: list[PositionCount]
    # Who can chair or replace the chair, and said yes or if needed: one person fills one of both.
    heads: int = 0

    @property
    def missing_heads(self) -> int:
        """How many chairs and deputies are missing together; 0 where only one of the two is needed."""
        wanted = [count.needed for count in self.positions if count.position.kind in HEADS]
        return max(0, sum(wanted) - self.heads) if len(wanted) > 1 else 0

    @property
    def needed(self) -> int:
        return sum(count.needed for count in self.positions)

    @property
    def placed(self) -> int:
        return sum(count.placed for count in self.positions)

    @property
    def missing(self) -> int:
        """How many people are missing over all positions together."""
        return max(0, self.needed - self.yes - self.if_needed)


def part_counts(event: ElectionEvent) -> list[PartCount]:
    """Every day part that is asked or has shifts, in the order of time. Five queries, whatever the number of rows."""
    answers = _answers(event)
    needed = _by_part_and_position(
        Shift.objects.filter(polling_station__event=event).values_list("day_part", "position"), Sum("places")
    )
    placed = _by_part_and_position(
        Assignment.objects.active().of_event(event).values_list("shift__day_part", "shift__position"),
        Count("pk"),
    )
    positions = list(event.positions.all())
    parts = DayPart.objects.filter(polling_day__event=event).select_related("polling_day")
    found = []
    for part in parts.order_by("polling_day__date", "start", "end", "name"):
        said = answers[part.pk]
        counts = [
            PositionCount(
                position,
                needed=needed[part.pk, position.pk],
                placed=placed[part.pk, position.pk],
                yes=said[AvailabilityAnswer.YES].get(f"as_{position.kind}", 0),
                if_needed=said[AvailabilityAnswer.IF_NEEDED].get(f"as_{position.kind}", 0),
            )
            for position in positions
            if needed[part.pk, position.pk]
        ]
        if part.is_offered or counts:
            yes, if_needed, no = (said[answer].get("everybody", 0) for answer in AvailabilityAnswer)
            come = (AvailabilityAnswer.YES, AvailabilityAnswer.IF_NEEDED)
            heads = sum(said[answer].get("heads", 0) for answer in come)
            found.append(PartCount(part, yes, if_needed, no, counts, heads))
    return found


def _answers(event: ElectionEvent) -> dict[int, dict[str, dict[str, int]]]:
    """By day part and answer: how many active members, in all ("everybody") and per kind of position ("as_chair")."""
    by_kind: dict[str, Any] = {
        f"as_{kind.value}": Count("pk", filter=Q(member__qualified_for__overlap=who_can(kind)))
        for kind in PositionKind
    }
    either = sorted({kind for head in HEADS for kind in who_can(head)})
    by_kind["heads"] = Count("pk", filter=Q(member__qualified_for__overlap=either))
    given = Availability.objects.filter(day_part__polling_day__event=event, member__is_active=True)
    rows: Any = given.order_by().values("day_part", "answer").annotate(everybody=Count("pk"), **by_kind)
    found: dict[int, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        found[row["day_part"]][row["answer"]] = row
    return found


def who_can(kind: PositionKind) -> list[str]:
    """The kinds in `Member.qualified_for` that let somebody work as `kind`."""
    return [kind.value, *(own.value for own, others in ALSO_QUALIFIES_FOR.items() if kind in others)]


def _by_part_and_position(rows: Any, total: Any) -> defaultdict[tuple[int, int], int]:
    counts = rows.order_by().annotate(total=total)
    return defaultdict(int, {(part, position): count or 0 for part, position, count in counts})
