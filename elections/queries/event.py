"""Reads about election events that more than one page needs."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Min, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from elections.enums import PollingDayKind
from elections.errors import ActionError
from elections.models import (
    Assignment,
    AvailabilityResponse,
    ElectionEvent,
    Member,
    PollingStation,
    PortalStep,
    Shift,
)
from elections.queries.member import Access, with_access


def current_event() -> ElectionEvent | None:
    """The event that members see and staff start in: the newest that is not archived."""
    return ElectionEvent.objects.filter(archived_at=None).order_by("-created_at").first()


def first_polling_day(event: ElectionEvent) -> date | None:
    """The first day on which people vote, early voting included; None while there is none."""
    voting = event.polling_days.exclude(kind=PollingDayKind.COUNTING)
    return voting.aggregate(first=Min("date"))["first"]


def require_open_event(event: ElectionEvent) -> None:
    """Raise ActionError when the event is in the archive: members see nothing of it. Reads the event anew."""
    if ElectionEvent.objects.filter(pk=event.pk, archived_at__isnull=False).exists():
        raise ActionError(
            _("Deze verkiezingsronde is gearchiveerd. Haal de ronde eerst terug uit het archief.")
        )


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
    """Count what was prepared: six small queries, however large the event."""
    without_shifts = ~Exists(Shift.objects.filter(polling_station=OuterRef("pk")))
    stations = PollingStation.objects.filter(event=event).aggregate(
        count=Count("pk"), without_shifts=Count("pk", filter=without_shifts)
    )
    shifts = Shift.objects.filter(polling_station__event=event).aggregate(
        count=Count("pk"), places=Sum("places")
    )
    members = (
        with_access(Member.objects.active())
        .order_by()
        .aggregate(count=Count("pk"), left_out=Count("pk", filter=Q(access=Access.NOT_INVITED)))
    )
    return EventProgress(
        stations=stations["count"],
        stations_without_shifts=stations["without_shifts"],
        shifts=shifts["count"],
        places=shifts["places"] or 0,
        places_filled=Assignment.objects.of_event(event).active().count(),
        members=members["count"],
        members_invited=members["count"] - members["left_out"],
        steps_open=sum(step.is_open for step in PortalStep.objects.filter(event=event)),
        answers=AvailabilityResponse.objects.filter(event=event, submitted_at__isnull=False).count(),
    )
