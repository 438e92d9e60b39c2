"""Trainings as pages show them: what one member still has to do, and how far everybody is."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from elections.enums import ALSO_QUALIFIES_FOR, AssignmentState, PositionKind, StepKind, TrainingState
from elections.models import (
    Assignment,
    ElectionEvent,
    Member,
    PollingDay,
    Position,
    Training,
    TrainingResult,
    TrainingStart,
)
from elections.models.assignment import AssignmentQuerySet
from elections.models.member import MemberQuerySet
from elections.queries.own_choice import planned_by_team
from elections.queries.portal_step import is_step_open
from elections.queries.training_gate import not_final, places_lacking_training

PLACED = (AssignmentState.RESERVED, AssignmentState.CONFIRMED, AssignmentState.PUBLISHED)


@dataclass(frozen=True)
class OwnTraining:
    """One training as its member sees it. `result` is the one that `state` tells of."""

    training: Training
    state: TrainingState
    result: TrainingResult | None
    started_at: datetime | None

    @property
    def is_done(self) -> bool:
        return self.state is TrainingState.DONE

    def counts_for(self, kind: str) -> bool:
        """Whether it counts for a kind of position (PositionKind)."""
        return not self.training.position_kinds or kind in self.training.position_kinds


@dataclass(frozen=True)
class TrainingNeed:
    """A kind of position for which the member needs a training, and those that count for it: one of them is enough."""

    kind: PositionKind
    trainings: list[OwnTraining]

    @property
    def is_done(self) -> bool:
        return any(own.is_done for own in self.trainings)


def needed_kinds(member: Member, event: ElectionEvent) -> set[str]:
    """The kinds of position for which this member needs a training: of the places they know of, or all they can do."""
    places = Assignment.objects.active().of_event(event).filter(~planned_by_team(), member=member)
    known = set(places.values_list("shift__position__kind", "shift__position__needs_training"))
    if known:
        return {kind for kind, needs in known if needs}
    wanted = Position.objects.filter(event=event, needs_training=True).values_list("kind", flat=True)
    return set(wanted) & {str(kind) for kind in member.can_work_as}


def needs_of(kinds: set[str], trainings: list[OwnTraining]) -> list[TrainingNeed]:
    """What one training is not enough for: each kind of `kinds`, the highest first, with the trainings that count for
    it. Empty when any of `trainings` is enough for all."""
    if all(own.counts_for(kind) for own in trainings for kind in kinds):
        return []
    return [
        TrainingNeed(kind, [own for own in trainings if own.counts_for(kind)])
        for kind in PositionKind
        if kind in kinds
    ]


def own_trainings(member: Member, event: ElectionEvent, kinds: set[str] | None = None) -> list[OwnTraining]:
    """The trainings that count for the work of this member, and how far they are with each. At most six queries.

    kinds: as `needed_kinds`, when they were read before.
    """
    kinds = needed_kinds(member, event) if kinds is None else kinds
    trainings = list(Training.objects.switched_on().for_kinds(kinds)) if kinds else []
    results: dict[int, list[TrainingResult]] = defaultdict(list)
    for result in TrainingResult.objects.filter(member=member, training__in=trainings):
        results[result.training_id].append(result)
    starts = dict(
        TrainingStart.objects.filter(member=member, training__in=trainings).values_list(
            "training_id", "started_at"
        )
    )
    day = PollingDay.objects.filter(event=event).aggregate(last=Max("date"))["last"] or timezone.localdate()
    return [
        _own(training, results[training.pk], starts.get(training.pk), day, event.trained_since)
        for training in trainings
    ]


def start_for_link(member: Member, event: ElectionEvent | None, training: UUID) -> TrainingStart | None:
    """The start that a link may be signed for now: begun by this member, while they may still do the training."""
    if event is None or not is_step_open(event, StepKind.TRAINING, member):
        return None
    open_now = [own.training.pk for own in own_trainings(member, event)]
    starts = TrainingStart.objects.select_related("training").filter(member=member, training__in=open_now)
    return starts.filter(training__uuid=training).first()


def trainings_with_counts() -> QuerySet[Training]:
    """All trainings, with how many members passed (`done`) and did not pass (`failed`) it, and how many began."""
    # Each count by itself: joined, every start would meet every result, 25 million rows at 5,000 members.
    results = TrainingResult.objects.all()
    return Training.objects.annotate(
        done=_members_in(results.filter(passed=True)),
        failed=_members_in(results.filter(passed=False)),
        begun=_members_in(TrainingStart.objects.all()),
    )


def _members_in(rows: QuerySet[TrainingResult] | QuerySet[TrainingStart]) -> Coalesce:
    """How many members have such a row with the training at hand."""
    own = rows.filter(training=OuterRef("pk")).order_by().values("training")
    return Coalesce(Subquery(own.annotate(members=Count("member", distinct=True)).values("members")), 0)


def members_of_training(training: Training) -> MemberQuerySet:
    """Active members for whom this training counts, and who did or began it, by name.

    Each has `training_state` (TrainingState, on today's date) and of their best or newest result `done_on`,
    `expires_on`, `score` and `result_uuid`; `started_at` when they began.
    """
    results = TrainingResult.objects.filter(training=training, member=OuterRef("pk"))
    starts = TrainingStart.objects.filter(training=training, member=OuterRef("pk"))
    shown = results.order_by("-passed", "-done_on", "-pk")
    wanted = Q(is_active=True)
    if training.position_kinds:
        wanted &= Q(qualified_for__overlap=_qualifying(training.position_kinds))
    return (
        Member.objects.present()
        .filter(wanted | Exists(results) | Exists(starts))
        .annotate(
            training_state=Case(
                When(Exists(results.valid_on(timezone.localdate())), then=Value(TrainingState.DONE.value)),
                When(Exists(results.passed()), then=Value(TrainingState.EXPIRED.value)),
                When(Exists(results), then=Value(TrainingState.FAILED.value)),
                When(Exists(starts), then=Value(TrainingState.BEGUN.value)),
                default=Value(TrainingState.NOT_DONE.value),
                output_field=CharField(),
            ),
            done_on=Subquery(shown.values("done_on")[:1]),
            expires_on=Subquery(shown.values("expires_on")[:1]),
            score=Subquery(shown.values("score")[:1]),
            result_uuid=Subquery(shown.values("uuid")[:1]),
            started_at=Subquery(starts.values("started_at")[:1]),
        )
        .by_name()
    )


def still_to_train(event: ElectionEvent) -> AssignmentQuerySet:
    """Places of members who have still to do the training that their position needs, by name: the list to nudge."""
    places = places_lacking_training(event).filter(state__in=PLACED)
    return places.select_related(
        "member", "shift__polling_station", "shift__position", "shift__day_part__polling_day"
    ).order_by("member__sort_name", "member__number", "period")


def results_of(member: Member) -> QuerySet[TrainingResult]:
    """Every result of one member, newest first, with its training."""
    return TrainingResult.objects.filter(member=member).select_related("training")


def waiting_places(member: Member, event: ElectionEvent) -> set[int]:
    """Primary keys of the member's places that become final after the training."""
    return set(not_final(event).filter(member=member).values_list("pk", flat=True))


def _own(
    training: Training,
    results: list[TrainingResult],
    started_at: datetime | None,
    day: date,
    since: date | None,
) -> OwnTraining:
    """By the last polling day: what expires before it does not help this member."""
    passed = [result for result in results if result.passed]
    counting = [
        result
        for result in passed
        if (result.expires_on is None or result.expires_on >= day)
        and (since is None or result.done_on >= since)
    ]
    failed = [result for result in results if not result.passed]
    for state, found in (
        (TrainingState.DONE, counting),
        (TrainingState.EXPIRED, passed),
        (TrainingState.FAILED, failed),
    ):
        if found:
            return OwnTraining(training, state, found[0], started_at)
    state = TrainingState.BEGUN if started_at else TrainingState.NOT_DONE
    return OwnTraining(training, state, None, started_at)


def _qualifying(kinds: list[str]) -> list[str]:
    above = [higher for higher, lower in ALSO_QUALIFIES_FOR.items() if set(lower) & set(kinds)]
    return sorted({*kinds, *(str(PositionKind(kind).value) for kind in above)})
