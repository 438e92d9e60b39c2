"""The member's steps: which are on, how far this member is with each, and how long there still is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import StepKind, StepState
from elections.errors import StepNotOpen
from elections.models import ElectionEvent, Member, PortalStep
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
}

# The steps in which members answer something; in the others they read.
DOING_STEPS = (StepKind.PERSONAL_DATA, StepKind.AVAILABILITY, StepKind.RESERVATION, StepKind.TRAINING)


@dataclass(frozen=True)
class StepView:
    """One step as this member sees it. `state_label` has other words for the state where those fit better."""

    kind: StepKind
    state: StepState
    title: str
    text: str
    period: str
    is_open: bool
    state_label: str = ""

    @property
    def is_todo(self) -> bool:
        """Whether the member can do something here now."""
        return self.is_open and self.state in (StepState.NOT_BEGUN, StepState.BUSY)

    @property
    def has_page(self) -> bool:
        """Whether there is something behind the step: to do, to read, or to look back at."""
        return self.is_todo or self.state is StepState.DONE


def steps_for(member: Member, event: ElectionEvent) -> list[StepView]:
    """The steps of `event` that are switched on, in the order of StepKind. At most three queries.

    What the member finished stays "done" after the step closed; what they only read there is then gone.
    Times are in the active time zone.
    """
    steps = {step.kind: step for step in PortalStep.objects.filter(event=event, is_on=True)}
    kinds = [kind for kind in StepKind if kind in steps]
    stages = stages_of(member, [(kind, event) for kind in kinds])
    return [_view(steps[kind], stage, member) for kind, stage in zip(kinds, stages, strict=True)]


def portal_step(event: ElectionEvent | None, kind: StepKind) -> PortalStep | None:
    """The step of this kind when the team switched it on; none without an event."""
    # An event has one step of a kind at most; first() would put it in order.
    return next(iter(PortalStep.objects.filter(event=event, kind=kind, is_on=True)), None)


def is_step_open(event: ElectionEvent | None, kind: StepKind) -> bool:
    """Whether the step is on and today lies in its period; never without an event."""
    step = portal_step(event, kind) if event else None
    return step is not None and step.is_open


def require_open_step(event: ElectionEvent | None, kind: StepKind) -> None:
    """Raise StepNotOpen, with a sentence that says since or until when, unless the step is open now."""
    step = portal_step(event, kind)
    if step is None:
        raise StepNotOpen(_("Dit onderdeel staat niet open."))
    if step.is_closed and step.closes_at:
        raise StepNotOpen(
            _(
                "Dit onderdeel is gesloten sinds %(moment)s. Uw wijziging is niet opgeslagen. Neem contact met ons op."
            )
            % {"moment": moment_text(step.closes_at)}
        )
    if not step.is_open:
        raise StepNotOpen(_("Dit onderdeel is nog niet open."))


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


def _view(step: PortalStep, stage: Stage, member: Member) -> StepView:
    kind, state = StepKind(step.kind), STATES[stage]
    label, hint = _words(kind, stage, member)
    if step.is_closed and not (state is StepState.DONE and kind in DOING_STEPS):
        state, label = StepState.CLOSED, ""
    elif not step.is_open and not step.is_closed:
        state, label = StepState.NOT_OPEN, ""
    return StepView(
        kind=kind,
        state=state,
        title=str(kind.label),
        text=step.text or hint or str(DEFAULT_TEXTS[kind]),
        period=period_text(step),
        is_open=step.is_open,
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
}


def _words(kind: StepKind, stage: Stage, member: Member) -> tuple[str, str]:
    """What is written beside the state, and what the member still has to know."""
    if kind is StepKind.PERSONAL_DATA and stage is Stage.INCOMPLETE:
        missing = missing_personal_data(member, secrets_present(member))
        return "", _("Wij missen nog: %(fields)s.") % {"fields": ", ".join(missing)}
    label, hint = _WORDS.get((kind, stage), ("", ""))
    return str(label), str(hint)


def is_checked_for(member: Member, event: ElectionEvent) -> bool:
    """Whether the member said "my data are right" since this event was made."""
    return member.data_checked_at is not None and member.data_checked_at >= event.created_at
