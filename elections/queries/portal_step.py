"""The member's steps: which are on, how far this member is with each, and how long there still is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import SecretKind, StepKind, StepState
from elections.errors import StepNotOpen
from elections.models import (
    AppointmentLetter,
    Assignment,
    Availability,
    AvailabilityResponse,
    DayPart,
    ElectionEvent,
    Member,
    MemberSecret,
    PortalStep,
)
from elections.queries.personal_data import missing_personal_data

Text = str | Promise

# What a step says when the team wrote no text of its own (PortalStep.text).
DEFAULT_TEXTS: Mapping[str, Text] = {
    StepKind.PERSONAL_DATA: gettext_lazy("Kijk of uw gegevens kloppen. Vul aan wat er nog mist."),
    StepKind.AVAILABILITY: gettext_lazy("Geef door wanneer u kunt werken en wat u het liefst doet."),
    StepKind.PLACEMENT: gettext_lazy("Kijk waar en wanneer u werkt."),
    StepKind.LETTERS: gettext_lazy("Lees en bewaar uw benoemingsbrief."),
}

# The steps in which members answer something; in the others they read.
DOING_STEPS = (StepKind.PERSONAL_DATA, StepKind.AVAILABILITY)


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
    """The steps of `event` that are switched on, in the order of StepKind. Two queries.

    What the member finished stays "done" after the step closed; what they only read there is then gone.
    Times are in the active time zone.
    """
    steps = {step.kind: step for step in PortalStep.objects.filter(event=event, is_on=True)}
    if not steps:
        return []
    facts = _facts(member, event)
    return [_view(steps[kind], member, event, facts) for kind in StepKind if kind in steps]


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


def _facts(member: Member, event: ElectionEvent) -> dict[str, Any]:
    """All that the states depend on, read at once."""
    response = AvailabilityResponse.objects.filter(member=OuterRef("pk"), event=event)
    answered = Availability.objects.filter(member=OuterRef(OuterRef("pk")), day_part=OuterRef("pk"))
    letters = AppointmentLetter.objects.visible_to_member().filter(member=OuterRef("pk"), event=event)
    secrets = MemberSecret.objects.filter(member=OuterRef("pk"))
    facts = (
        Member.objects.filter(pk=member.pk)
        .values(
            begun=Exists(response),
            submitted=Exists(response.filter(submitted_at__isnull=False)),
            cannot_come=Exists(response.exclude(unavailable_reason="")),
            unanswered=Exists(DayPart.objects.filter(~Exists(answered), polling_day__event=event)),
            placed=Exists(
                Assignment.objects.visible_to_member().of_event(event).filter(member=OuterRef("pk"))
            ),
            has_letter=Exists(letters),
            has_new_letter=Exists(letters.filter(first_read_at=None)),
            bsn=Exists(secrets.filter(kind=SecretKind.BSN)),
            iban=Exists(secrets.filter(kind=SecretKind.IBAN)),
        )
        .get()
    )
    return dict(facts)


def _view(step: PortalStep, member: Member, event: ElectionEvent, facts: dict[str, Any]) -> StepView:
    kind = StepKind(step.kind)
    state, label, hint = _progress(kind, member, event, facts)
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


def _progress(
    kind: StepKind, member: Member, event: ElectionEvent, facts: dict[str, Any]
) -> tuple[StepState, str, str]:
    """State by what the member did, other words for it, and a hint when something is missing."""
    if kind is StepKind.PERSONAL_DATA:
        return _personal_data_progress(member, event, facts)
    if kind is StepKind.AVAILABILITY:
        if facts["submitted"] and (facts["cannot_come"] or not facts["unanswered"]):
            return StepState.DONE, _("Verstuurd"), ""
        if facts["submitted"]:
            return StepState.BUSY, "", _("Er is een dagdeel bij gekomen. Geef door of u dan kunt.")
        return (StepState.BUSY if facts["begun"] else StepState.NOT_BEGUN), "", ""
    if kind is StepKind.PLACEMENT:
        return (
            (StepState.DONE, _("Bekend"), "")
            if facts["placed"]
            else (StepState.NOT_OPEN, _("Nog niet bekend"), "")
        )
    if not facts["has_letter"]:
        return StepState.NOT_OPEN, _("Nog geen brief"), ""
    return (
        (StepState.NOT_BEGUN, _("Nieuw"), "")
        if facts["has_new_letter"]
        else (StepState.DONE, _("Gelezen"), "")
    )


def _personal_data_progress(
    member: Member, event: ElectionEvent, facts: dict[str, Any]
) -> tuple[StepState, str, str]:
    present = {kind for kind in SecretKind if facts[kind.value]}
    missing = missing_personal_data(member, present)
    if not is_checked_for(member, event):
        return StepState.NOT_BEGUN, "", ""
    if missing:
        return StepState.BUSY, "", _("Wij missen nog: %(fields)s.") % {"fields": ", ".join(missing)}
    return StepState.DONE, _("Gecontroleerd"), ""


def is_checked_for(member: Member, event: ElectionEvent) -> bool:
    """Whether the member said "my data are right" since this event was made."""
    return member.data_checked_at is not None and member.data_checked_at >= event.created_at
