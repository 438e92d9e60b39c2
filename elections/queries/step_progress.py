"""How far members are with a part of the portal: the one rule, for one member and for thousands at once.

The database works out a `Stage` for each member, by what they did; `elections.queries.portal_step` shows it, and
audiences and reminders choose by it. Whether the part is open now is another question: `PortalStep.is_open`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.lookups import DataContains
from django.db.models import Case, CharField, Exists, OuterRef, Q, TextChoices, Value, When
from django.utils import timezone

from elections.enums import ACTIVE_ASSIGNMENT_STATES, AssignmentState, AudienceKind, StepKind, StepState
from elections.models import (
    AppointmentLetter,
    Assignment,
    Availability,
    AvailabilityResponse,
    DayPart,
    ElectionEvent,
    Member,
    PlacementChange,
    Survey,
    SurveyParticipation,
    SurveyResponse,
    TrainingResult,
    TrainingStart,
    WaitlistEntry,
)
from elections.models.member import MemberQuerySet
from elections.queries.audience_conditions import Conditions, members_apart_from_step
from elections.queries.own_choice import planned_by_team, refused_by_team
from elections.queries.part_audience import PartAudiences, asked_for
from elections.queries.personal_data import lacks_personal_data
from elections.queries.training_gate import (
    could_need_training,
    could_still_train,
    known_places,
    lacks_training,
    trained_work,
)

StageRule = Callable[[StepKind, ElectionEvent], Case]


class Stage(TextChoices):
    """Where a member stands in one part; a code, for the words on the screen differ per part."""

    NOT_BEGUN = "not_begun"
    INCOMPLETE = "incomplete"  # looked at, but something is still missing
    BUSY = "busy"
    NEW_DAY_PART = "new_day_part"
    OFFERED = "offered"
    WAITS_FOR_PLACE = "waits_for_place"
    REFUSED = "refused"
    FAILED = "failed"  # did a test and did not pass it
    CHANGED = "changed"
    REWRITTEN = "rewritten"  # read, and then the team changed the text
    ASKED = "asked"
    NOTHING_YET = "nothing_yet"  # there is nothing to do or to read
    TEAM_IS_BUSY = "team_is_busy"
    LAPSED = "lapsed"
    DONE = "done"


STATES: Final[Mapping[Stage, StepState]] = {
    Stage.NOT_BEGUN: StepState.NOT_BEGUN,
    Stage.INCOMPLETE: StepState.BUSY,
    Stage.BUSY: StepState.BUSY,
    Stage.NEW_DAY_PART: StepState.BUSY,
    Stage.OFFERED: StepState.BUSY,
    Stage.WAITS_FOR_PLACE: StepState.BUSY,
    Stage.REFUSED: StepState.BUSY,
    Stage.FAILED: StepState.BUSY,
    Stage.CHANGED: StepState.BUSY,
    Stage.ASKED: StepState.NOT_BEGUN,
    Stage.REWRITTEN: StepState.NOT_BEGUN,
    Stage.NOTHING_YET: StepState.NOT_OPEN,
    Stage.TEAM_IS_BUSY: StepState.NOT_OPEN,
    Stage.LAPSED: StepState.DONE,
    Stage.DONE: StepState.DONE,
}
# Something waits for the member, as in StepView.is_todo; who has nothing to do yet is not asked for it.
UNFINISHED: Final = tuple(
    stage for stage, state in STATES.items() if state in (StepState.NOT_BEGUN, StepState.BUSY)
)


def stages_of(member: Member, parts: Sequence[tuple[StepKind, ElectionEvent]]) -> list[Stage]:
    """How far one member is with each of `parts`, in their order. One query, those of `stage`, and none without
    parts."""
    if not parts:
        return []
    stages = (stage(kind, event) for kind, event in parts)
    return [Stage(code) for code in Member.objects.values_list(*stages).get(pk=member.pk)]


def stage(kind: StepKind, event: ElectionEvent) -> Case:
    """The stage of each member of a queryset of Member, as an expression of the database.

    Two parts are first asked what they are about, with a query each: which work needs a training, and which surveys
    show.
    """
    return _RULES[kind](event)


def unfinished(
    members: MemberQuerySet,
    kind: StepKind,
    event: ElectionEvent,
    rule: StageRule = stage,
    *,
    known: PartAudiences | None = None,
) -> MemberQuerySet:
    """Those of `members` whom the part is for and for whom something waits in it; see `asked_for`, also for `known`.

    rule: `stage`, or one that remembers its answers for whoever asks about many audiences at once.
    """
    members = asked_for(members, kind, event, known)
    return members.alias(step_stage=rule(kind, event)).filter(step_stage__in=UNFINISHED)


def _first(*rules: tuple[Q | Exists, Stage | Case], default: Stage | Case) -> Case:
    """The stage of the first condition that holds; a stage may be worked out further by rules of its own."""
    whens = [When(condition, then=_expression(found)) for condition, found in rules]
    return Case(*whens, default=_expression(default), output_field=CharField())


def _expression(found: Stage | Case) -> Value | Case:
    return found if isinstance(found, Case) else Value(found.value)


def _personal_data(event: ElectionEvent) -> Case:
    return _first(
        (Q(data_checked_at=None) | Q(data_checked_at__lt=event.created_at), Stage.NOT_BEGUN),
        (lacks_personal_data(), Stage.INCOMPLETE),
        default=Stage.DONE,
    )


def _availability(event: ElectionEvent) -> Case:
    responses = AvailabilityResponse.objects.filter(member=OuterRef("pk"), event=event)
    submitted = responses.filter(submitted_at__isnull=False)
    # Whole lists side by side: to look up each day part of each member costs three times as much.
    asked = DayPart.objects.filter(polling_day__event=event, is_offered=True).order_by()
    given = Availability.objects.filter(member=OuterRef("pk"))
    has_all = DataContains(ArraySubquery(given.values("day_part")), ArraySubquery(asked.values("pk")))
    return _first(
        (~Q(Exists(responses)), Stage.NOT_BEGUN),
        (~Q(Exists(submitted)), Stage.BUSY),
        (Exists(submitted.filter(unavailable_reason="")) & ~Q(has_all), Stage.NEW_DAY_PART),
        default=Stage.DONE,
    )


def _reservation(event: ElectionEvent) -> Case:
    """By what the member knows of: of a place that the team is still planning, only that the team is busy."""
    own = Assignment.objects.of_event(event).filter(member=OuterRef("pk"))
    known = own.filter(~planned_by_team())
    chosen = (state for state in ACTIVE_ASSIGNMENT_STATES if state != AssignmentState.PROPOSED)
    waits = WaitlistEntry.objects.of_event(event).filter(member=OuterRef("pk"))
    return _first(
        (Exists(known.filter(state=AssignmentState.PROPOSED)), Stage.OFFERED),
        (Exists(known.filter(state__in=tuple(chosen))), Stage.DONE),
        (Exists(waits), Stage.WAITS_FOR_PLACE),
        (Exists(own.filter(planned_by_team())), Stage.TEAM_IS_BUSY),
        (Exists(known.filter(refused_by_team())), Stage.REFUSED),
        default=Stage.NOT_BEGUN,
    )


def _training(event: ElectionEvent) -> Case:
    """By the places that the member knows of, and without a place by what they can do. A plan stays a secret."""
    work = trained_work(event)
    if not work.kinds:
        return _first(default=Stage.NOTHING_YET)
    known = known_places(event)
    lately = TrainingResult.objects.filter(
        member=OuterRef("pk"), done_on__gte=timezone.localdate(event.created_at)
    )
    starts = TrainingStart.objects.filter(member=OuterRef("pk"), started_at__gte=event.created_at)
    to_do = _first(
        (Exists(lately.filter(passed=False)), Stage.FAILED),
        (Exists(starts), Stage.BUSY),
        default=Stage.NOT_BEGUN,
    )
    return _first(
        (Exists(known.filter(lacks_training(event))), to_do),
        (Exists(known.filter(shift__position__needs_training=True)), Stage.DONE),
        (Exists(known), Stage.NOTHING_YET),
        (~could_need_training(work), Stage.NOTHING_YET),
        (~could_still_train(work), Stage.DONE),
        default=to_do,
    )


def _placement(event: ElectionEvent) -> Case:
    own = Assignment.objects.of_event(event).filter(member=OuterRef("pk"))
    published = own.filter(state=AssignmentState.PUBLISHED)
    silent = published.filter(accepted_at=None, period__startswith__gt=timezone.now())
    changes = PlacementChange.objects.filter(member=OuterRef("pk"), event=event, seen_at=None)
    asked = [(Exists(silent), Stage.ASKED)] if event.asks_answer else []
    return _first(
        (Exists(changes), Stage.CHANGED),
        *asked,
        (Exists(own.visible_to_member()), Stage.DONE),
        (Exists(own.filter(published_at__isnull=False)), Stage.LAPSED),
        default=Stage.NOTHING_YET,
    )


def _letters(event: ElectionEvent) -> Case:
    letters = AppointmentLetter.objects.visible_to_member().filter(member=OuterRef("pk"), event=event)
    return _first(
        (Exists(letters.filter(first_read_at=None)), Stage.NOT_BEGUN),
        (Exists(letters), Stage.DONE),
        default=Stage.NOTHING_YET,
    )


def _surveys(_event: ElectionEvent) -> Case:
    """Over all surveys that show now, whatever they are about; there are a handful at a time.

    A survey for whoever did not finish their surveys asks itself, and is left out.
    """
    asked, waiting, begun = Q(), Q(), Q()
    showing = Survey.objects.showing().exclude(audience__step_not_done=StepKind.SURVEYS)
    for survey in showing.select_related("audience__event"):
        held = _held(Conditions.of(survey.audience))
        own = SurveyResponse.objects.filter(survey=survey, member=OuterRef("pk"))
        took_part = SurveyParticipation.objects.filter(survey=survey, member=OuterRef("pk"))
        asked |= held
        waiting |= held & ~Q(Exists(own.filter(is_sent=True))) & ~Q(Exists(took_part))
        begun |= held & Q(Exists(own.filter(is_sent=False)))
    if not asked:
        return _first(default=Stage.NOTHING_YET)
    return _first(
        (begun, Stage.BUSY),
        (waiting, Stage.NOT_BEGUN),
        (asked, Stage.DONE),
        default=Stage.NOTHING_YET,
    )


def _held(wanted: Conditions) -> Q:
    """Condition on Member: the audience of a survey holds them."""
    if wanted.kind == AudienceKind.EVERYONE:
        return Q(is_active=True, erased_at=None)
    holders = members_apart_from_step(wanted)
    if wanted.step_not_done and wanted.event:
        holders = unfinished(holders, StepKind(wanted.step_not_done), wanted.event)
    return Q(pk__in=holders.values("pk"))


_RULES: Final[Mapping[StepKind, Callable[[ElectionEvent], Case]]] = {
    StepKind.PERSONAL_DATA: _personal_data,
    StepKind.AVAILABILITY: _availability,
    StepKind.RESERVATION: _reservation,
    StepKind.TRAINING: _training,
    StepKind.PLACEMENT: _placement,
    StepKind.LETTERS: _letters,
    StepKind.SURVEYS: _surveys,
}
# The parts in which a member stands somewhere; in the others there is nothing to do.
MEASURED: Final = frozenset(_RULES)
