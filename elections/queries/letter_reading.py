"""The letters that a member may read."""

from django.db.models import QuerySet
from django.utils import timezone

from elections.enums import StepKind
from elections.models import AppointmentLetter, Member, PortalStep


def readable_letters(member: Member) -> QuerySet[AppointmentLetter]:
    """The member's published letters of events whose step for letters is open, newest first."""
    now = timezone.now()
    steps = PortalStep.objects.filter(kind=StepKind.LETTERS, is_on=True).exclude(opens_at__gt=now)
    return (
        AppointmentLetter.objects.visible_to_member()
        .filter(member=member, event__in=steps.exclude(closes_at__lte=now).values("event"))
        .select_related("event")
        .order_by("-published_at", "-pk")
    )
