"""What waits to be published."""

from django.db.models import QuerySet

from elections.enums import AssignmentState
from elections.models import Assignment, ElectionEvent, PollingStation


def unpublished(event: ElectionEvent, station: PollingStation | None = None) -> QuerySet[Assignment]:
    """Assignments that members cannot see yet and that publishing would show."""
    waiting = Assignment.objects.of_event(event).filter(state=AssignmentState.CONFIRMED)
    return waiting if station is None else waiting.filter(shift__polling_station=station)
