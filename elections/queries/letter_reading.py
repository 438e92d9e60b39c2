"""The letters that a member may read, and what became of those they could read before."""

from django.db.models import F, Q
from django.utils import timezone

from elections.enums import LetterState, StepKind
from elections.models import AppointmentLetter, Member, PortalStep
from elections.models.letter import AppointmentLetterQuerySet
from elections.queries.portal_step import steps_holding


def readable_letters(member: Member) -> AppointmentLetterQuerySet:
    """The member's published letters of events whose step for letters is open to them, newest first."""
    return known_letters(member).visible_to_member()


def known_letters(member: Member) -> AppointmentLetterQuerySet:
    """As `readable_letters`, with those that the member could read once and that were taken away since."""
    steps = PortalStep.objects.filter(kind=StepKind.LETTERS).open_at(timezone.now())
    own = steps_holding(member, steps)
    return (
        AppointmentLetter.objects.filter(Q(state=LetterState.PUBLISHED) | Q(publications__gt=0))
        .filter(member=member, event__in=[step.event_id for step in own])
        .select_related("event")
        .defer("facts", "published_facts")
        .order_by(F("published_at").desc(nulls_last=True), "-pk")
    )
