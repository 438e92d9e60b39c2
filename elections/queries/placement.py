"""Where and when a member works, as far as it was published."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from elections.enums import PositionKind, StepKind
from elections.models import Assignment, ElectionEvent, Member
from elections.queries.portal_step import is_step_open

ROUTE_SITE = "https://www.google.com/maps/dir/"


@dataclass(frozen=True)
class Placement:
    """One published assignment, and who chairs there. `chair` is empty when nobody was published as chair."""

    assignment: Assignment
    chair: str

    @property
    def is_chair(self) -> bool:
        return self.assignment.shift.position.kind == PositionKind.CHAIR

    @property
    def route_url(self) -> str:
        """A map site's page with the way to the venue; telephones open their own map with it."""
        venue = self.assignment.shift.polling_station.venue
        place = f"{venue.name}, {venue.address_line}, {venue.postcode} {venue.city}"
        if venue.latitude is not None and venue.longitude is not None:
            place = f"{venue.latitude:.6f},{venue.longitude:.6f}"
        return f"{ROUTE_SITE}?{urlencode({'api': 1, 'destination': place})}"

    @property
    def date(self) -> date:
        return self.assignment.shift.day_part.polling_day.date


def placements_of(member: Member, event: ElectionEvent) -> list[Placement]:
    """The member's published assignments in the order of time. Three queries, or one when the step is not open.

    Of the other people there only the chair is named: that is whom a member asks for on arrival.
    """
    if not is_step_open(event, StepKind.PLACEMENT):
        return []
    assignments = _published(member, event)
    chairs = _chairs(assignments)
    return [
        Placement(
            assignment, chairs.get((assignment.shift.polling_station_id, assignment.shift.day_part_id), "")
        )
        for assignment in assignments
    ]


def placements_at_a_glance(member: Member, event: ElectionEvent) -> list[Placement]:
    """As `placements_of` without the chairs, for a page that already knows that the step is open. One query."""
    return [Placement(assignment, chair="") for assignment in _published(member, event)]


def _published(member: Member, event: ElectionEvent) -> list[Assignment]:
    return list(
        Assignment.objects.visible_to_member()
        .of_event(event)
        .filter(member=member)
        .select_related("shift__polling_station__venue", "shift__day_part__polling_day", "shift__position")
        .order_by("period")
    )


def _chairs(assignments: list[Assignment]) -> dict[tuple[int, int], str]:
    """Name of the published chair by polling station and day part."""
    if not assignments:
        return {}
    chairs = Assignment.objects.visible_to_member().filter(
        shift__position__kind=PositionKind.CHAIR,
        shift__polling_station__in={assignment.shift.polling_station_id for assignment in assignments},
        shift__day_part__in={assignment.shift.day_part_id for assignment in assignments},
    )
    return {
        (chair.shift.polling_station_id, chair.shift.day_part_id): chair.member.informal_name
        for chair in chairs.select_related("member", "shift").order_by("-pk")
    }
