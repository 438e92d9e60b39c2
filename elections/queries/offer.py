"""What members may choose from in an event: day parts, positions, venues, and the shifts these make together.

The team narrows it down per polling day; what it does not narrow down is offered whole.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from elections.models import DayPart, ElectionEvent, PollingDay, Position, Shift, Venue
from elections.models.fields import NameKey


def offered_day_parts(event: ElectionEvent) -> QuerySet[DayPart]:
    """The day parts of `event` that members are asked about, in the order of the days. One query."""
    return (
        DayPart.objects.filter(polling_day__event=event, is_offered=True)
        .select_related("polling_day")
        .order_by("polling_day__date", "start", "end", "name")
    )


def offered_positions(event: ElectionEvent) -> QuerySet[Position]:
    """The positions that members may pick on at least one polling day, by rank. One query.

    A day without a choice of its own offers every position of the event; a day whose day parts are all closed to
    members offers none.
    """
    days = _open_days(event)
    unlimited = days.filter(offered_positions=None)
    chosen = PollingDay.offered_positions.through.objects.filter(
        position=OuterRef("pk"), pollingday__in=days.values("pk")
    )
    return event.positions.filter(Exists(unlimited) | Exists(chosen))


def offered_venues(event: ElectionEvent) -> QuerySet[Venue]:
    """The venues with a station in `event` that members may pick on at least one polling day, by name. One query."""
    days = _open_days(event)
    unlimited = days.filter(offered_venues=None)
    chosen = PollingDay.offered_venues.through.objects.filter(
        venue=OuterRef("pk"), pollingday__in=days.values("pk")
    )
    in_use = Venue.objects.filter(polling_stations__event=event).distinct()
    return in_use.filter(Exists(unlimited) | Exists(chosen)).order_by(NameKey("name"), "pk")


def offered_shifts(event: ElectionEvent) -> QuerySet[Shift]:
    """The shifts with places that members may pick themselves: day part, position and venue are all offered then.

    Whether a place is free and whether this member may have it are other questions (elections.eligibility).
    One query, however many days; the caller adds `select_related`.
    """
    day = OuterRef("day_part__polling_day")
    positions = PollingDay.offered_positions.through.objects.filter(pollingday=day)
    venues = PollingDay.offered_venues.through.objects.filter(pollingday=day)
    return Shift.objects.filter(
        ~Exists(positions) | Exists(positions.filter(position=OuterRef("position"))),
        ~Exists(venues) | Exists(venues.filter(venue=OuterRef("polling_station__venue"))),
        polling_station__event=event,
        day_part__is_offered=True,
        places__gt=0,
    )


def is_offered(shift: Shift) -> bool:
    """Whether `shift`, with its station and day part loaded, is one of `offered_shifts`.

    Two queries of one small table each: a fifth of the work of the question that finds all of them, for who holds a
    lock that others wait for.
    """
    day = shift.day_part.polling_day_id
    positions = PollingDay.offered_positions.through.objects.filter(pollingday=day)
    venues = PollingDay.offered_venues.through.objects.filter(pollingday=day)
    return (
        shift.day_part.is_offered
        and shift.places > 0
        and _is_among(shift.position_id, positions.values_list("position", flat=True))
        and _is_among(shift.polling_station.venue_id, venues.values_list("venue", flat=True))
    )


def _is_among(key: int | None, chosen: Iterable[int]) -> bool:
    """Whether this is chosen; where nothing is chosen, everything is."""
    keys = set(chosen)
    return not keys or key in keys


def _open_days(event: ElectionEvent) -> QuerySet[PollingDay]:
    return event.polling_days.filter(
        Exists(DayPart.objects.filter(polling_day=OuterRef("pk"), is_offered=True))
    )
