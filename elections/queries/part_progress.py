"""How far the members are with each part of the portal that is on: the bars of the dashboard and the lists behind them.

Built on `elections.queries.step_progress`, which knows the stages; here they become the five words of a bar.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    TextChoices,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from elections.enums import StepKind, StepState
from elections.models import Audience, ElectionEvent, Member, PortalStep, StepReading
from elections.queries.audience import members_of
from elections.queries.member import REACHED
from elections.queries.step_progress import MEASURED, STATES, Stage, stage


class Progress(TextChoices):
    """What a bar tells of a member and a part. NOT_REACHED: has to begin, but never logged in or has no address."""

    DONE = "done", _("klaar")
    BUSY = "busy", _("bezig")
    NOT_BEGUN = "not_begun", _("niet begonnen")
    NOT_REACHED = "not_reached", _("niet bereikt")
    NOTHING_YET = "nothing_yet", _("nog niets te doen")


@dataclass(frozen=True)
class PartProgress:
    """One bar: how many of the members for whom the part is stand where."""

    step: PortalStep
    counts: Mapping[Progress, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        return self.counts[Progress.DONE]


def progress_of(found: Stage, *, reached: bool) -> Progress:
    """The word for a member who stands at this stage. reached: whether the member is one of REACHED."""
    state = STATES[found]
    if state is StepState.NOT_BEGUN:
        return Progress.NOT_BEGUN if reached else Progress.NOT_REACHED
    words = {StepState.DONE: Progress.DONE, StepState.BUSY: Progress.BUSY}
    return words.get(state, Progress.NOTHING_YET)


def parts_progress(event: ElectionEvent) -> list[PartProgress]:
    """One bar for each part that is on, in the order of the portal. Two queries and those of `stage`, for any size.

    The database works out each member's stages once and counts equal ones together: at most as many rows come back as
    there are combinations that occur.
    """
    steps = list(measured_steps(event))
    names = [f"part_{number}" for number in range(len(steps))]
    stages = {name: _stage_if_for(step) for name, step in zip(names, steps, strict=True)}
    counts: list[Counter[Progress]] = [Counter() for _step in steps]
    for row in _grouped(stages) if steps else ():
        for name, counted in zip(names, counts, strict=True):
            if row[name]:
                counted[progress_of(Stage(row[name]), reached=row["reached"])] += row["number"]
    return [
        PartProgress(step, {word: counted[word] for word in Progress})
        for step, counted in zip(steps, counts, strict=True)
    ]


def measured_steps(event: ElectionEvent) -> QuerySet[PortalStep]:
    """The parts that the team switched on, open now or not, in which there is something to do or to read."""
    steps = PortalStep.objects.filter(event=event, is_on=True, kind__in=(*MEASURED, StepKind.OWN))
    return steps.select_related("event", "audience__event")


def with_progress(
    members: QuerySet[Member], step: PortalStep, word: Progress | None = None
) -> QuerySet[Member]:
    """Those of `members` for whom the part is; of a `word`, those who stand there: what `parts_progress` counted."""
    if step.audience:
        members = members.filter(_is_for(step.audience))
    if word is None:
        return members
    wanted = Q()
    for reached in (True, False):
        stages = [one for one in Stage if progress_of(one, reached=reached) is word]
        wanted |= Q(of_part__in=stages) & (REACHED if reached else ~REACHED)
    return members.alias(of_part=_stage(step)).filter(wanted)


def _stage(step: PortalStep) -> Case:
    """The stage of each member in this part; a text of the team's own is done when it was read as it is now."""
    if step.kind != StepKind.OWN:
        return stage(StepKind(step.kind), step.event)
    read = Exists(StepReading.objects.filter(step=step.pk, edition__gte=step.edition, member=OuterRef("pk")))
    return Case(
        When(read, then=Value(Stage.DONE.value)),
        default=Value(Stage.NOT_BEGUN.value),
        output_field=CharField(),
    )


def _stage_if_for(step: PortalStep) -> Case:
    """As `_stage`, and empty for members for whom the part is not."""
    if step.audience is None:
        return _stage(step)
    return Case(When(_is_for(step.audience), then=_stage(step)), default=Value(""), output_field=CharField())


def _is_for(audience: Audience) -> Q:
    return Q(pk__in=members_of(audience).order_by().values("pk"))


def _grouped(stages: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """How many members there are of each combination of stages.

    The rows come from the ORM, their counting is written by hand: Django repeats a grouped expression, which makes this
    largest statement of the product twice as long to make and to plan.
    """
    members: QuerySet[Any] = Member.objects.active().present().order_by()
    reached = ExpressionWrapper(REACHED, output_field=BooleanField())
    rows, parameters = members.values(reached=reached, **stages).query.sql_with_params()
    names = ("reached", *stages)
    columns = ", ".join(names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns}, COUNT(*) FROM ({rows}) AS members GROUP BY {columns}",  # noqa: S608 - own names
            parameters,
        )
        return [dict(zip((*names, "number"), row, strict=True)) for row in cursor]
