"""Who passed a training: for the rules in Python (elections.eligibility.is_trained), and the same rule in the database.

The rule stands in elections.eligibility; what stands here in SQL is held to it by a test over random people.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, Subquery, Value

from elections.eligibility import EventRules, Trained
from elections.enums import ALSO_QUALIFIES_FOR, PositionKind
from elections.models import Assignment, ElectionEvent, PollingDay, Position, TrainingResult
from elections.models.assignment import AssignmentQuerySet
from elections.models.training import TrainingResultQuerySet
from elections.queries.own_choice import planned_by_team


def trainings_passed(
    rules: EventRules, members: Iterable[int] | None = None
) -> dict[int, tuple[Trained, ...]]:
    """What members passed, by their primary key, for elections.eligibility. One query.

    Nothing is read, and nothing returned, when the rules of the event do not ask for a training.
    members: primary keys; everybody when left out.
    """
    if not rules.requires_training:
        return {}
    results = TrainingResult.objects.passed()
    if members is not None:
        results = results.filter(member__in=members)
    found: dict[int, tuple[Trained, ...]] = defaultdict(tuple)
    for member, kinds, on, until in results.values_list(
        "member_id", "training__position_kinds", "done_on", "expires_on"
    ):
        found[member] += (Trained(frozenset(kinds), on, until),)
    return found


def lacks_training(event: ElectionEvent) -> Q:
    """Condition on Assignment: the position needs a training that the member has not done, by the polling day."""
    results = _counting(event, "shift__position__kind").filter(member=OuterRef("member"))
    results = results.filter(
        Q(expires_on=None) | Q(expires_on__gte=OuterRef("shift__day_part__polling_day__date"))
    )
    return Q(shift__position__needs_training=True) & ~_by_hand(event, "member__") & ~Q(Exists(results))


def places_lacking_training(event: ElectionEvent) -> AssignmentQuerySet:
    """The places of `event` whose member has still to do the training that the position needs."""
    return Assignment.objects.active().of_event(event).filter(lacks_training(event))


def not_final(event: ElectionEvent) -> AssignmentQuerySet:
    """The places that become final after the training; none when the event does not ask that.

    The one rule of "definitief na de training": letters wait for it, and the portal and the board tell it.
    """
    return places_lacking_training(event) if event.final_after_training else Assignment.objects.none()


def is_not_final(event: ElectionEvent) -> Q | Value:
    """The same of each active place of `event`, to annotate with."""
    return lacks_training(event) if event.final_after_training else Value(False)


def known_places(event: ElectionEvent) -> AssignmentQuerySet:
    """Of the members of an outer query: the places of which they know themselves."""
    return Assignment.objects.active().of_event(event).filter(~planned_by_team(), member=OuterRef("pk"))


@dataclass(frozen=True)
class TrainedWork:
    """The kinds of position of an event that need a training, and its last polling day."""

    event: ElectionEvent
    kinds: tuple[PositionKind, ...]
    last_day: date | None


def trained_work(event: ElectionEvent) -> TrainedWork:
    """What the conditions below are about. One query: read beforehand, they stay small and quick."""
    days = PollingDay.objects.filter(event=event).order_by().values("event")
    last = Subquery(days.annotate(last=Max("date")).values("last"))
    rows = Position.objects.filter(event=event, needs_training=True).order_by().values_list("kind", last)
    found = dict(rows)
    kinds = tuple(kind for kind in PositionKind if kind in found)
    return TrainedWork(event, kinds, next(iter(found.values()), None))


def could_need_training(work: TrainedWork) -> Q:
    """Condition on Member: they can do work that needs a training."""
    return _can_do(*work.kinds)


def could_still_train(work: TrainedWork) -> Q:
    """Condition on Member: of the work that they can do, some needs a training that they have not done.

    Counted on the last polling day: of somebody without a place nobody knows the day.
    """
    valid = Q(expires_on=None)
    if work.last_day:
        valid |= Q(expires_on__gte=work.last_day)
    wanted = Q(pk__in=[])
    for kind in work.kinds:
        results = _counting(work.event, kind).filter(valid, member=OuterRef("pk"))
        wanted |= _can_do(kind) & ~Q(Exists(results))
    return wanted & ~_by_hand(work.event, "")


def _counting(event: ElectionEvent, kind: str) -> TrainingResultQuerySet:
    """Results that count for a kind of position: a PositionKind, or the name of the outer field that holds it."""
    named: Any = kind if isinstance(kind, PositionKind) else OuterRef(kind)
    results = TrainingResult.objects.passed().filter(
        Q(training__position_kinds=[]) | Q(training__position_kinds__contains=[named])
    )
    return results.filter(done_on__gte=event.trained_since) if event.trained_since else results


def _by_hand(event: ElectionEvent, prefix: str) -> Q:
    """The team wrote a date down itself that counts."""
    if event.trained_since is None:
        return Q(**{f"{prefix}trained_on__isnull": False})
    return Q(**{f"{prefix}trained_on__isnull": False, f"{prefix}trained_on__gte": event.trained_since})


def _can_do(*kinds: PositionKind) -> Q:
    """Condition on Member: they can work as one of these."""
    above = [higher for higher, lower in ALSO_QUALIFIES_FOR.items() if {*kinds} & {*lower}]
    return Q(qualified_for__overlap=[*kinds, *above])
