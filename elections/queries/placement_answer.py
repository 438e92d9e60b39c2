"""What members said to their published places, for the team: who comes, who cannot, who is silent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from elections.enums import AssignmentState, PlacementAnswer
from elections.models import Assignment, ElectionEvent, Member, Shift, User, WaitlistEntry
from elections.queries.assignment import candidates
from elections.queries.count_of import CountOf, CountsBy, asked_at_once
from elections.queries.place_offer import Judge
from elections.queries.placement import RELATED
from elections.queries.shift import taken_places

REMINDER_INTERVAL: Final = timedelta(hours=48)
# What members lost or gave back after they were told of it; a place for which another came instead is a move.
_DROPPED: Final = Q(
    state__in=(AssignmentState.DECLINED, AssignmentState.CANCELLED), published_at__isnull=False
)


@dataclass(frozen=True)
class AnswerCounts:
    """How many places have which answer. `silent` includes `overdue`; `free` are shifts with room after a no."""

    accepted: int
    silent: int
    overdue: int
    declined: int
    offered: int
    free: int

    @property
    def asked(self) -> int:
        """Published places that have, or wait for, an answer."""
        return self.accepted + self.silent


@dataclass(frozen=True)
class DropCounts:
    """How many published places were given back by the member (`declined`) or taken back by the team (`cancelled`)."""

    declined: int
    cancelled: int

    @property
    def all(self) -> int:
        return self.declined + self.cancelled


@dataclass(frozen=True)
class ReminderPreview:
    """Whom a reminder would reach: how many members and places, and how many of those members get no mail."""

    members: int
    places: int
    without_mail: int


@dataclass(frozen=True)
class Successor:
    """Somebody who can have a place that came free, and why they are next."""

    member: Member
    reasons: list[str]
    waits: bool  # asked for this place by themselves


def answered_places(event: ElectionEvent) -> QuerySet[Assignment]:
    """All places of an event that members were asked about, each with its `answer` (PlacementAnswer) and `taken`, the
    number of people in its shift now."""
    return _to_show(_answered(event))


def _to_show(places: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """With what a list of them shows; a count needs none of it."""
    return places.select_related("member__user", *RELATED).annotate(taken=taken_places("shift"))


def _answered(event: ElectionEvent) -> QuerySet[Any]:
    now = timezone.now()
    asked = Q(
        state__in=(AssignmentState.PUBLISHED, AssignmentState.DECLINED), published_at__isnull=False
    ) | Q(state=AssignmentState.PROPOSED)
    silent = PlacementAnswer.SILENT if event.asks_answer else PlacementAnswer.NOT_ASKED
    overdue = PlacementAnswer.OVERDUE if event.asks_answer else PlacementAnswer.NOT_ASKED
    answer = Case(
        When(state=AssignmentState.PROPOSED, then=Value(PlacementAnswer.OFFERED)),
        When(state=AssignmentState.DECLINED, then=Value(PlacementAnswer.DECLINED)),
        When(accepted_at__isnull=False, then=Value(PlacementAnswer.ACCEPTED)),
        When(answer_due_at__lt=now, then=Value(overdue)),
        default=Value(silent),
        output_field=CharField(),
    )
    return Assignment.objects.of_event(event).filter(asked).annotate(answer=answer)


def silent_places(event: ElectionEvent, *, to_remind: bool = False) -> QuerySet[Assignment]:
    """Published places without an answer whose work did not begin yet.

    to_remind: only those published more than 48 hours ago, whose member had no reminder in that time.
    """
    if not event.asks_answer:
        return Assignment.objects.none()
    silent = Assignment.objects.of_event(event).filter(
        state=AssignmentState.PUBLISHED, accepted_at=None, period__startswith__gt=timezone.now()
    )
    if not to_remind:
        return silent
    since = timezone.now() - REMINDER_INTERVAL
    reminded = silent.filter(reminded_at__gt=since).values("member")
    return silent.filter(published_at__lt=since).exclude(member__in=reminded)


def free_after_decline(event: ElectionEvent) -> QuerySet[Assignment]:
    """Declined places whose shift has room still, the first day on top; each with `taken`."""
    return (
        Assignment.objects.of_event(event)
        .filter(_freed())
        .annotate(taken=taken_places("shift"))
        .select_related("member", *RELATED)
        .order_by("period", "pk")
    )


def _freed() -> Q:
    """Declined places whose shift has room still. One that the team had taken back already leaves nothing to fill."""
    declined = Q(state=AssignmentState.DECLINED, retracted_at=None, published_at__isnull=False)
    return declined & Q(period__startswith__gt=timezone.now()) & Q(shift__places__gt=taken_places("shift"))


def dropped_places(event: ElectionEvent) -> QuerySet[Assignment]:
    """Published places that ended without another one in their stead for the same member; each with `taken`."""
    return _to_show(_dropped(event))


def _dropped(event: ElectionEvent) -> QuerySet[Assignment]:
    instead = Assignment.objects.active().filter(replaces=OuterRef("pk"))
    return Assignment.objects.of_event(event).filter(_DROPPED, ~Exists(instead))


def drops_by_state(event: ElectionEvent) -> CountsBy:
    """What `drop_counts` is made of, to be asked together with others."""
    return CountsBy(_dropped(event), "state")


def drop_counts(found: Mapping[str, int]) -> DropCounts:
    """The figures of drop-outs on the dashboard, of what `drops_by_state` found."""
    return DropCounts(
        declined=found.get(AssignmentState.DECLINED, 0), cancelled=found.get(AssignmentState.CANCELLED, 0)
    )


def answer_figures(event: ElectionEvent) -> dict[str, Any]:
    """What `answer_counts` is made of, as expressions on the row of the event: to be asked together with others."""
    freed = Assignment.objects.of_event(event).filter(_freed())
    return {
        "by_answer": CountsBy(_answered(event), "answer"),
        "free": CountOf(Shift.objects.filter(pk__in=freed.values("shift"))),
    }


def answer_counts(event: ElectionEvent, found: Mapping[str, Any] | None = None) -> AnswerCounts:
    """The figures of the page with answers and of the dashboard. One query, but for who `found` the first already."""
    if found is None:
        found = asked_at_once(event, answer_figures(event))
    places: Mapping[str, int] = found["by_answer"]
    overdue = places.get(PlacementAnswer.OVERDUE, 0)
    return AnswerCounts(
        accepted=places.get(PlacementAnswer.ACCEPTED, 0),
        silent=places.get(PlacementAnswer.SILENT, 0) + overdue,
        overdue=overdue,
        declined=places.get(PlacementAnswer.DECLINED, 0),
        offered=places.get(PlacementAnswer.OFFERED, 0),
        free=found["free"],
    )


def reminder_preview(event: ElectionEvent) -> ReminderPreview:
    """What `actions.placement.remind_placements` would do now. One query."""
    rows = list(
        silent_places(event, to_remind=True).values_list(
            "member_id", "member__user_id", "member__user__email"
        )
    )
    return ReminderPreview(
        members=len({member for member, _user, _email in rows}),
        places=len(rows),
        without_mail=len({member for member, user, email in rows if not user or not email}),
    )


def next_in_line(shift: Shift, *, by: User, limit: int = 5) -> list[Successor]:
    """Who can be offered a free place, best first: the waiting line, then members who can, by rank.

    Whoever declined this shift before, or has a place in it, is not there. The number of queries is fixed.

    by: who looks at the line; see `candidates`.
    """
    event = shift.polling_station.event
    known = set(shift.assignments.values_list("member_id", flat=True))
    waiting = [
        entry.member for entry in WaitlistEntry.objects.line().filter(shift=shift).select_related("member")
    ]
    fit = [each for each in candidates(shift, by=by).fit if each.member.pk not in known]
    ranked = {each.member.pk: each for each in fit}
    judge = Judge(event, [*waiting, *(each.member for each in fit)])
    found = [
        Successor(
            member,
            [_("Staat op de wachtlijst"), *(ranked[member.pk].reasons if member.pk in ranked else [])],
            waits=True,
        )
        for member in waiting
        if member.pk not in known and not judge.against(member, shift)
    ]
    queued = {each.member.pk for each in found}
    for each in fit:
        if len(found) >= limit:
            break
        if each.member.pk not in queued and not judge.against(each.member, shift):
            found.append(Successor(each.member, list(each.reasons), waits=False))
    return found[:limit]
