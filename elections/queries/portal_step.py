"""The member's steps: which are theirs, how far this member is with each, and how long there still is.

A part is a member's own when it is on and its audience holds them (`is_for`, `parts_for`). Everything asks here: the
task list, the menu, the page of each part, and the actions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import MENU_STEPS, StepKind, StepState
from elections.errors import StepNotOpen
from elections.formatting import plain
from elections.models import Assignment, Audience, ElectionEvent, Member, PortalStep, StepReading
from elections.models.member import MemberQuerySet
from elections.queries.audience import audiences_of, holds, members_of
from elections.queries.own_choice import planned_by_team
from elections.queries.personal_data import missing_personal_data
from elections.queries.step_progress import STATES, Stage, stages_of
from elections.secrets import secrets_present

Text = str | Promise

# What a step says when the team wrote no text of its own (PortalStep.text).
DEFAULT_TEXTS: Mapping[str, Text] = {
    StepKind.PERSONAL_DATA: gettext_lazy("Kijk of uw gegevens kloppen. Vul aan wat er nog mist."),
    StepKind.AVAILABILITY: gettext_lazy("Geef door wanneer u kunt werken en wat u het liefst doet."),
    StepKind.RESERVATION: gettext_lazy("Kies zelf een vrije plaats bij een stembureau."),
    StepKind.TRAINING: gettext_lazy("Doe de training voor uw werk op het stembureau."),
    StepKind.PLACEMENT: gettext_lazy("Kijk waar en wanneer u werkt."),
    StepKind.LETTERS: gettext_lazy("Lees en bewaar uw benoemingsbrief."),
    StepKind.SURVEYS: gettext_lazy("Vertel ons wat u vindt. Vul de vragen in die voor u klaarstaan."),
    StepKind.DOCUMENTS: gettext_lazy("Lees de documenten die voor u klaarstaan."),
    StepKind.INBOX: gettext_lazy("Stel een vraag aan het team verkiezingen."),
    StepKind.OWN: gettext_lazy("Lees wat het team verkiezingen u wil vertellen."),
}
EXCERPT: Final = 160  # characters of the text of an own part, in the task list

# The steps in which members answer something; in the others they read.
DOING_STEPS = (StepKind.PERSONAL_DATA, StepKind.AVAILABILITY, StepKind.RESERVATION, StepKind.TRAINING)


_STATUS: Mapping[StepState, str] = {
    StepState.NOT_BEGUN: "todo",
    StepState.BUSY: "busy",
    StepState.DONE: "done",
    StepState.NOT_OPEN: "later",
    StepState.CLOSED: "closed",
}


@dataclass(frozen=True)
class StepView:
    """One step as this member sees it. `state_label` has other words for the state where those fit better."""

    kind: StepKind
    state: StepState
    title: str
    text: str
    period: str
    is_open: bool
    uuid: UUID
    state_label: str = ""

    @property
    def status(self) -> str:
        """The state in the words of templates/components/task_list.html."""
        return _STATUS[self.state]

    @property
    def is_todo(self) -> bool:
        """Whether the member can do something here now."""
        return self.is_open and self.state in (StepState.NOT_BEGUN, StepState.BUSY)

    @property
    def has_page(self) -> bool:
        """Whether there is something behind the step: to do, to read, or to look back at."""
        return self.is_todo or self.state is StepState.DONE


@dataclass(frozen=True)
class PartsOf:
    """The parts of one event, in the order of the team: all of them, and those that a member has."""

    every: list[PortalStep]
    # On, and for an audience that holds the member; whether it is open now is another question.
    own: list[PortalStep]


def steps_for(
    member: Member, event: ElectionEvent, parts: PartsOf | None = None, *, tells_missing: bool = True
) -> list[StepView]:
    """The parts of `event` in this member's task list, in the order of the team. At most five queries, and four more
    when a part is for an audience; none of them for each part.

    What the member finished stays "done" after the step closed; what they only read there is then gone.
    Times are in the active time zone. parts: for who asked `parts_for` already, which saves its queries. tells_missing:
    name the personal data that are missing; for the member alone.
    """
    parts = parts or parts_for(member, event)
    steps = [step for step in parts.own if StepKind(step.kind) not in MENU_STEPS]
    kinds = [StepKind(step.kind) for step in steps if step.kind != StepKind.OWN]
    stages = dict(zip(kinds, stages_of(member, [(kind, event) for kind in kinds]), strict=True))
    read = _read_parts(member, steps)
    found = [(step, stages.get(StepKind(step.kind)) or _stage_of_own(step, read)) for step in steps]
    return [_view(step, stage, member, tells_missing=tells_missing) for step, stage in found]


def parts_for(member: Member, event: ElectionEvent) -> PartsOf:
    """The parts of `event`, and which are this member's. One query, and at most five more when a part is for an
    audience."""
    every = list(PortalStep.objects.filter(event=event))
    return PartsOf(every, steps_holding(member, (step for step in every if step.is_on)))


def steps_holding(member: Member, steps: Iterable[PortalStep]) -> list[PortalStep]:
    """Those of `steps` whose audience holds the member, in their order."""
    found = list(steps)
    asked = {step.audience_id for step in found if step.audience_id}
    if not asked:
        return found
    held = set(audiences_of(member, Audience.objects.filter(pk__in=asked)).values_list("pk", flat=True))
    return [step for step in found if step.audience_id is None or step.audience_id in held]


def is_for(step: PortalStep, member: Member) -> bool:
    """Whether the part is on and its audience holds this member; no query for a part that is for everybody."""
    if not step.is_on or step.audience_id is None:
        return step.is_on
    return step.audience is not None and holds(step.audience, member)


def portal_step(event: ElectionEvent | None, kind: StepKind, member: Member) -> PortalStep | None:
    """The step of this kind when the member has it; none without an event. For the kinds of which there is one."""
    step = _step(event, kind)
    return step if step and is_for(step, member) else None


def is_step_open(event: ElectionEvent | None, kind: StepKind, member: Member) -> bool:
    """Whether the member has the step and today lies in its period; never without an event."""
    step = portal_step(event, kind, member) if event else None
    return step is not None and step.is_open


def open_to_some(event: ElectionEvent | None, kind: StepKind) -> PortalStep | None:
    """The step when it is on and today lies in its period, for whomever it is."""
    step = _step(event, kind) if event else None
    return step if step and step.is_open else None


def members_of_step(step: PortalStep | None) -> MemberQuerySet:
    """The active members who can open this part now; nobody without a part."""
    if step is None or not step.is_open:
        return Member.objects.none()
    return members_of(step.audience) if step.audience else Member.objects.active().present()


def _step(event: ElectionEvent | None, kind: StepKind) -> PortalStep | None:
    # An event has one step of a kind at most; first() would put it in order.
    return next(iter(PortalStep.objects.filter(event=event, kind=kind, is_on=True).order_by()), None)


def require_open_step(event: ElectionEvent | None, kind: StepKind, member: Member) -> None:
    """Raise StepNotOpen, with a sentence that says since or until when, unless the step is open to the member now."""
    require_open(portal_step(event, kind, member))


def require_open(step: PortalStep | None) -> None:
    """Raise StepNotOpen unless this part, which the member has, is open now. None: the member does not have it."""
    if step is None:
        raise StepNotOpen(
            _(
                "Dit onderdeel staat niet meer open voor u. Uw wijziging is niet bewaard. Neem contact met ons op."
            )
        )
    if step.is_closed and step.closes_at:
        raise StepNotOpen(
            _(
                "Dit onderdeel is gesloten sinds %(moment)s. Uw wijziging is niet bewaard. Neem contact met ons op."
            )
            % {"moment": moment_text(step.closes_at)}
        )
    if not step.is_open:
        raise StepNotOpen(_("Dit onderdeel is nog niet open."))


def choosing_step(member: Member, event: ElectionEvent | None) -> tuple[PortalStep | None, bool]:
    """The step "Uw plaats kiezen" when the member has it, and whether the team is placing this member. One query, and
    one more for an audience.

    Who is being placed cannot choose: what is left for them would tell of a plan that is not published, and a second
    place is not what anybody wants.
    """
    if event is None:
        return None, False
    planned = Assignment.objects.of_event(event).filter(planned_by_team(), member=member)
    steps = PortalStep.objects.filter(event=event, kind=StepKind.RESERVATION, is_on=True)
    step = steps.annotate(is_placing=Exists(planned)).first()
    if step is None or not is_for(step, member):
        return None, False
    return step, step.is_placing


def period_text(step: PortalStep) -> str:
    """How long the step is open, in words; empty when it has no end."""
    if not step.is_open and not step.is_closed and step.opens_at:
        return _("Open vanaf %(moment)s") % {"moment": moment_text(step.opens_at)}
    if step.is_closed and step.closes_at:
        return _("Gesloten sinds %(moment)s") % {"moment": moment_text(step.closes_at)}
    if step.closes_at:
        return _("Open tot %(moment)s") % {"moment": moment_text(step.closes_at)}
    return ""


def moment_text(moment: datetime) -> str:
    """As on the screen, in the active time zone: "woensdag 3 februari 2027, 17.00 uur"."""
    local = timezone.localtime(moment)
    return _("%(day)s, %(time)s uur") % {"day": date_format(local, "l j F Y"), "time": f"{local:%H.%M}"}


def _read_parts(member: Member, steps: list[PortalStep]) -> dict[int, int]:
    """Which edition the member read of the team's own parts among these; no query without any."""
    own = [step.pk for step in steps if step.kind == StepKind.OWN]
    readings = StepReading.objects.filter(member=member, step__in=own)
    return dict(readings.values_list("step", "edition")) if own else {}


def _stage_of_own(step: PortalStep, read: Mapping[int, int]) -> Stage:
    """To read: never read, or changed since."""
    if step.pk not in read:
        return Stage.NOT_BEGUN
    return Stage.DONE if read[step.pk] >= step.edition else Stage.REWRITTEN


def own_excerpt(step: PortalStep) -> str:
    """What stands under the title of an own part: its explanation, or the beginning of its text."""
    if step.text or not step.body:
        return step.text or str(DEFAULT_TEXTS[StepKind.OWN])
    return Truncator(plain(step.body)).chars(EXCERPT)


def _view(step: PortalStep, stage: Stage, member: Member, *, tells_missing: bool) -> StepView:
    kind, state = StepKind(step.kind), STATES[stage]
    label, hint = _words(kind, stage, member, tells_missing=tells_missing)
    if step.is_closed and not (state is StepState.DONE and kind in DOING_STEPS):
        state, label = StepState.CLOSED, ""
    elif not step.is_open and not step.is_closed:
        state, label = StepState.NOT_OPEN, ""
    return StepView(
        kind=kind,
        state=state,
        title=step.name,
        text=own_excerpt(step) if kind is StepKind.OWN else step.text or hint or str(DEFAULT_TEXTS[kind]),
        period=period_text(step),
        is_open=step.is_open,
        uuid=step.uuid,
        state_label=label,
    )


# Other words for a state, and what to say with it, where those fit better than the standard ones.
_WORDS: Mapping[tuple[StepKind, Stage], tuple[Text, Text]] = {
    (StepKind.PERSONAL_DATA, Stage.DONE): (gettext_lazy("Gecontroleerd"), ""),
    (StepKind.AVAILABILITY, Stage.NEW_DAY_PART): (
        "",
        gettext_lazy("Er is een dagdeel bij gekomen. Geef door of u dan kunt."),
    ),
    (StepKind.AVAILABILITY, Stage.DONE): (gettext_lazy("Verstuurd"), ""),
    (StepKind.RESERVATION, Stage.OFFERED): (gettext_lazy("Wacht op uw antwoord"), ""),
    (StepKind.RESERVATION, Stage.DONE): (gettext_lazy("Gekozen"), ""),
    (StepKind.RESERVATION, Stage.WAITS_FOR_PLACE): (gettext_lazy("U wacht op een plaats"), ""),
    (StepKind.RESERVATION, Stage.TEAM_IS_BUSY): (
        gettext_lazy("Het team is bezig"),
        gettext_lazy("U krijgt een e-mail als uw plaats bekend is."),
    ),
    (StepKind.RESERVATION, Stage.REFUSED): (
        gettext_lazy("Niet akkoord: lees waarom"),
        gettext_lazy("Uw keuze ging niet door. U kunt een andere plaats kiezen."),
    ),
    (StepKind.TRAINING, Stage.NOTHING_YET): (gettext_lazy("Niet nodig"), ""),
    (StepKind.TRAINING, Stage.FAILED): (
        gettext_lazy("Nog niet gehaald"),
        gettext_lazy("U haalde de training nog niet. U kunt het opnieuw proberen."),
    ),
    (StepKind.TRAINING, Stage.DONE): (gettext_lazy("Gedaan"), ""),
    (StepKind.PLACEMENT, Stage.CHANGED): (
        gettext_lazy("Veranderd"),
        gettext_lazy("Er is iets veranderd. Lees wat er anders is."),
    ),
    (StepKind.PLACEMENT, Stage.ASKED): (
        gettext_lazy("Antwoord gevraagd"),
        gettext_lazy("Kijk waar u werkt en laat weten of u komt."),
    ),
    (StepKind.PLACEMENT, Stage.DONE): (gettext_lazy("Bekend"), ""),
    (StepKind.PLACEMENT, Stage.LAPSED): (
        gettext_lazy("Vervallen"),
        gettext_lazy("U hebt nu geen plaats. Bekijk wat er vervallen is."),
    ),
    (StepKind.PLACEMENT, Stage.NOTHING_YET): (gettext_lazy("Nog niet bekend"), ""),
    (StepKind.LETTERS, Stage.NOTHING_YET): (gettext_lazy("Nog geen brief"), ""),
    (StepKind.LETTERS, Stage.NOT_BEGUN): (gettext_lazy("Nieuw"), ""),
    (StepKind.LETTERS, Stage.DONE): (gettext_lazy("Gelezen"), ""),
    (StepKind.SURVEYS, Stage.NOTHING_YET): (gettext_lazy("Geen enquête"), ""),
    (StepKind.SURVEYS, Stage.DONE): (gettext_lazy("Ingevuld"), ""),
    (StepKind.OWN, Stage.NOT_BEGUN): (gettext_lazy("Nieuw"), ""),
    (StepKind.OWN, Stage.REWRITTEN): (gettext_lazy("Veranderd"), ""),
    (StepKind.OWN, Stage.DONE): (gettext_lazy("Gelezen"), ""),
}


def _words(kind: StepKind, stage: Stage, member: Member, *, tells_missing: bool) -> tuple[str, str]:
    """What is written beside the state, and what the member still has to know."""
    if kind is StepKind.PERSONAL_DATA and stage is Stage.INCOMPLETE and tells_missing:
        missing = missing_personal_data(member, secrets_present(member))
        return "", _("Wij missen nog: %(fields)s.") % {"fields": ", ".join(missing)}
    label, hint = _WORDS.get((kind, stage), ("", ""))
    return str(label), str(hint)


def is_checked_for(member: Member, event: ElectionEvent) -> bool:
    """Whether the member said "my data are right" since this event was made."""
    return member.data_checked_at is not None and member.data_checked_at >= event.created_at
