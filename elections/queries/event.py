"""Reads about election events that more than one page needs."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from elections.models import (
    Assignment,
    AvailabilityResponse,
    ElectionEvent,
    Invitation,
    Member,
    PollingStation,
    PortalStep,
    Shift,
)


def current_event() -> ElectionEvent | None:
    """The event that members see and staff start in: the newest that is not archived."""
    return ElectionEvent.objects.filter(archived_at=None).order_by("-created_at").first()


@dataclass(frozen=True)
class EventProgress:
    """How far the preparation of an event is, in numbers."""

    stations: int
    stations_without_shifts: int
    shifts: int
    places: int
    places_filled: int
    members: int
    members_invited: int
    steps_open: int
    answers: int


def event_progress(event: ElectionEvent) -> EventProgress:
    """Count what was prepared: eight small queries, however large the event."""
    stations = PollingStation.objects.filter(event=event)
    shifts = Shift.objects.filter(polling_station__event=event).aggregate(
        count=Count("pk"), places=Sum("places")
    )
    invited = Invitation.objects.filter(user__member__is_active=True)
    return EventProgress(
        stations=stations.count(),
        stations_without_shifts=stations.filter(shifts=None).count(),
        shifts=shifts["count"],
        places=shifts["places"] or 0,
        places_filled=Assignment.objects.of_event(event).active().count(),
        members=Member.objects.active().count(),
        members_invited=invited.aggregate(count=Count("user", distinct=True))["count"],
        steps_open=sum(step.is_open for step in PortalStep.objects.filter(event=event)),
        answers=AvailabilityResponse.objects.filter(event=event, submitted_at__isnull=False).count(),
    )
