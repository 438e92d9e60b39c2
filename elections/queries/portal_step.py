"""The member's steps: which are on, how far this member is with each, and how long there still is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import ACTIVE_ASSIGNMENT_STATES, AssignmentState, StepKind, StepState
from elections.errors import StepNotOpen
from elections.models import (
    AppointmentLetter,
    Assignment,
    AvailabilityResponse,
    DayPart,
    ElectionEvent,
    Member,
    PlacementChange,
    PortalStep,
    WaitlistEntry,
)
from elections.queries.own_choice import planned_by_team, refused_by_team
from elections.queries.personal_data import missing_personal_data
from elections.secrets import secrets_present

Text = str | Promise

# What a step says when the team wrote no text of its own (PortalStep.text).
DEFAULT_TEXTS: Mapping[str, Text] = {
    StepKind.PERSONAL_DATA: gettext_lazy("Kijk of uw gegevens kloppen. Vul aan wat er nog mist."),
    StepKind.AVAILABILITY: gettext_lazy("Geef door wanneer u kunt werken en wat u het liefst doet."),
    StepKind.RESERVATION: gettext_lazy("Kies zelf een vrije plaats bij een stembureau."),
    StepKind.PLACEMENT: gettext_lazy("Kijk waar en wanneer u werkt."),
    StepKind.LETTERS: gettext_lazy("Lees en bewaar uw benoemingsbrief."),
}

# The steps in which members answer something; in the others they read.
DOING_STEPS = (StepKind.PERSONAL_DATA, StepKind.AVAILABILITY, StepKind.RESERVATION)


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
    """The steps of `event` that are switched on, in the order of StepKind. At most seven small queries.

    What the member finished stays "done" after the step closed; what they only read there is then gone.
    Times are in the active time zone.
    """
    steps = {step.kind: step for step in PortalStep.objects.filter(event=event, is_on=True)}
    return [_view(steps[kind], member, event) for kind in StepKind if kind in steps]


def portal_step(event: ElectionEvent | None, kind: StepKind) -> PortalStep | None:
    """The step of this kind when the team switched it on; none without an event."""
    return PortalStep.objects.filter(event=event, kind=kind, is_on=True).first()


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


def _view(step: PortalStep, member: Member, event: ElectionEvent) -> StepView:
    kind = StepKind(step.kind)
    state, label, hint = _PROGRESS[kind](member, event)
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


# Each tells, for one kind of step: the state by what the member did, other words for it, and what is missing.


def _personal_data_progress(member: Member, event: ElectionEvent) -> tuple[StepState, str, str]:
    if not is_checked_for(member, event):
        return StepState.NOT_BEGUN, "", ""
    if missing := missing_personal_data(member, secrets_present(member)):
        return StepState.BUSY, "", _("Wij missen nog: %(fields)s.") % {"fields": ", ".join(missing)}
    return StepState.DONE, _("Gecontroleerd"), ""


def _availability_progress(member: Member, event: ElectionEvent) -> tuple[StepState, str, str]:
    response = AvailabilityResponse.objects.filter(member=member, event=event).first()
    if response is None or response.submitted_at is None:
        return (StepState.BUSY if response else StepState.NOT_BEGUN), "", ""
    unanswered = DayPart.objects.filter(polling_day__event=event, is_offered=True)
    unanswered = unanswered.exclude(availabilities__member=member)
    if not response.unavailable_reason and unanswered.exists():
        return StepState.BUSY, "", _("Er is een dagdeel bij gekomen. Geef door of u dan kunt.")
    return StepState.DONE, _("Verstuurd"), ""


def _reservation_progress(member: Member, event: ElectionEvent) -> tuple[StepState, str, str]:
    """By what the member knows of: of a place that the team is still planning, only that the team is busy."""
    places = Assignment.objects.of_event(event).filter(member=member)
    found = places.filter(Q(state__in=ACTIVE_ASSIGNMENT_STATES) | refused_by_team()).annotate(
        is_planned=Q(planned_by_team())
    )
    rows = set(found.values_list("state", "is_planned"))
    known = {state for state, is_planned in rows if not is_planned}
    if AssignmentState.PROPOSED in known:
        return StepState.BUSY, _("Wacht op uw antwoord"), ""
    if known - {AssignmentState.CANCELLED}:
        return StepState.DONE, _("Gekozen"), ""
    if WaitlistEntry.objects.of_event(event).filter(member=member).exists():
        return StepState.BUSY, _("U wacht op een plaats"), ""
    if len(rows) > len(known):
        return StepState.NOT_OPEN, _("Het team is bezig"), _("U krijgt een e-mail als uw plaats bekend is.")
    if known:
        hint = _("Uw keuze ging niet door. U kunt een andere plaats kiezen.")
        return StepState.BUSY, _("Niet akkoord: lees waarom"), hint
    return StepState.NOT_BEGUN, "", ""


def _placement_progress(member: Member, event: ElectionEvent) -> tuple[StepState, str, str]:
    own = Assignment.objects.of_event(event).filter(member=member)
    silent = own.filter(
        state=AssignmentState.PUBLISHED, accepted_at=None, period__startswith__gt=timezone.now()
    )
    changes = PlacementChange.objects.filter(member=member, event=event, seen_at=None)
    questions = (changes, silent, own.visible_to_member(), own.filter(published_at__isnull=False))
    changed, is_silent, visible, over = Member.objects.values_list(*map(Exists, questions)).get(pk=member.pk)
    if changed:
        return StepState.BUSY, _("Veranderd"), _("Er is iets veranderd. Lees wat er anders is.")
    if is_silent and event.asks_answer:
        return StepState.NOT_BEGUN, _("Antwoord gevraagd"), _("Kijk waar u werkt en laat weten of u komt.")
    if visible:
        return StepState.DONE, _("Bekend"), ""
    if over:
        return StepState.DONE, _("Vervallen"), _("U hebt nu geen plaats. Bekijk wat er vervallen is.")
    return StepState.NOT_OPEN, _("Nog niet bekend"), ""


def _letters_progress(member: Member, event: ElectionEvent) -> tuple[StepState, str, str]:
    letters = AppointmentLetter.objects.visible_to_member().filter(member=member, event=event)
    read = list(letters.values_list("first_read_at", flat=True))
    if not read:
        return StepState.NOT_OPEN, _("Nog geen brief"), ""
    return (StepState.DONE, _("Gelezen"), "") if all(read) else (StepState.NOT_BEGUN, _("Nieuw"), "")


_PROGRESS: Mapping[StepKind, Callable[[Member, ElectionEvent], tuple[StepState, str, str]]] = {
    StepKind.PERSONAL_DATA: _personal_data_progress,
    StepKind.AVAILABILITY: _availability_progress,
    StepKind.RESERVATION: _reservation_progress,
    StepKind.PLACEMENT: _placement_progress,
    StepKind.LETTERS: _letters_progress,
}


def is_checked_for(member: Member, event: ElectionEvent) -> bool:
    """Whether the member said "my data are right" since this event was made."""
    return member.data_checked_at is not None and member.data_checked_at >= event.created_at
