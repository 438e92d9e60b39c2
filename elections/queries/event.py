"""Reads about election events that more than one page needs."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Min, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
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
from elections.queries.count_of import CountOf, asked_at_once
from elections.queries.member import Access, with_access

# Of an event: the first day on which people vote, early voting included; NULL while there is none.
FIRST_POLLING_DAY: Final = Min("polling_days__date", filter=~Q(polling_days__kind=PollingDayKind.COUNTING))


def current_event() -> ElectionEvent | None:
    """The event that members see and staff start in: the newest that is not archived."""
    return ElectionEvent.objects.filter(archived_at=None).order_by("-created_at").first()


def first_polling_day(event: ElectionEvent) -> date | None:
    """The first day on which people vote, early voting included; None while there is none."""
    return ElectionEvent.objects.filter(pk=event.pk).aggregate(first=FIRST_POLLING_DAY)["first"]


def require_open_event(event: ElectionEvent) -> None:
    """Raise ActionError when the event is in the archive: members see nothing of it. Reads the event anew."""
    if ElectionEvent.objects.filter(pk=event.pk, archived_at__isnull=False).exists():
        raise ActionError(
            _("Deze verkiezingsronde is gearchiveerd. Haal de ronde eerst terug uit het archief.")
        )


@dataclass(frozen=True)
class EventProgress:
    """How far the preparation of an event is, in numbers. `answered` are the `answers` of active members."""

    first_day: date | None
    stations: int
    stations_without_shifts: int
    shifts: int
    places: int
    places_filled: int
    members: int
    members_invited: int
    steps_open: int
    answers: int
    answered: int


def event_progress(event: ElectionEvent) -> EventProgress:
    """Count what was prepared: one query, however large the event."""
    return EventProgress(**asked_at_once(event, progress_figures(event)))


def progress_figures(event: ElectionEvent) -> dict[str, Any]:
    """What EventProgress is made of, as expressions on the row of the event: to be asked together with others."""
    stations = PollingStation.objects.filter(event=event)
    shifts = Shift.objects.filter(polling_station__event=event).order_by()
    places = shifts.values("polling_station__event").annotate(total=Sum("places")).values("total")
    members = Member.objects.active()
    with_state: QuerySet[Any] = with_access(members)
    answers = AvailabilityResponse.objects.filter(event=event, submitted_at__isnull=False)
    return {
        "first_day": FIRST_POLLING_DAY,
        "stations": CountOf(stations),
        "stations_without_shifts": CountOf(stations.exclude(pk__in=shifts.values("polling_station"))),
        "shifts": CountOf(shifts),
        "places": Coalesce(Subquery(places), 0),
        "places_filled": CountOf(Assignment.objects.of_event(event).active()),
        "members": CountOf(members),
        "members_invited": CountOf(with_state.exclude(access=Access.NOT_INVITED)),
        "steps_open": CountOf(PortalStep.objects.filter(event=event).open_at(timezone.now())),
        "answers": CountOf(answers),
        "answered": CountOf(answers.filter(member__is_active=True)),
    }
