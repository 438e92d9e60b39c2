"""What the choice for a shift looks at in all members: wishes, company, how far they live, and their other work."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import Any, Final

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from elections import distance
from elections.eligibility import Work
from elections.enums import PreferenceKind
from elections.models import Assignment, CompanionWish, Member, Preference, Shift, Venue

# What a sentence about an assignment reads.
SHIFT_WORDS: Final = (
    "shift__polling_station",
    "shift__day_part__polling_day",
    "shift__position",
    "assigned_by",
)
_NEARBY: Final = timedelta(days=2)  # more than a day and the longest rest: what lies further asks nothing
_READ_TOGETHER: Final = 30


def wishes(shift: Shift) -> dict[int, list[tuple[int, str]]]:
    """Rank and name of the wishes that this shift fulfils, dearest first, by primary key of the member."""
    venue = shift.polling_station.venue
    names = {
        PreferenceKind.POSITION: shift.position.name,
        PreferenceKind.DAY_PART: shift.day_part.name,
        PreferenceKind.VENUE: venue.name,
    }
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    wanted = Preference.objects.filter(event=shift.polling_station.event_id).filter(
        Q(kind=PreferenceKind.POSITION, position=shift.position_id)
        | Q(kind=PreferenceKind.DAY_PART, day_part=shift.day_part_id)
        | Q(kind=PreferenceKind.VENUE, venue=venue)
    )
    for wish in wanted.order_by("rank"):
        found[wish.member_id].append((wish.rank, names[PreferenceKind(wish.kind)]))
    return found


def companions(shift: Shift) -> dict[int, list[str]]:
    """Who of the team that is there already wants to work with a member, or is wanted: names by primary key."""
    found: dict[int, list[str]] = defaultdict(list)
    team = set(
        Assignment.objects.active()
        .filter(shift__polling_station=shift.polling_station_id, shift__day_part=shift.day_part_id)
        .values_list("member_id", flat=True)
    )
    ties = CompanionWish.objects.filter(event=shift.polling_station.event_id, companion__isnull=False)
    for wish in ties.filter(Q(companion__in=team) | Q(member__in=team)).select_related("member", "companion"):
        for one, other in ((wish.member, wish.companion), (wish.companion, wish.member)):
            if other and one and other.pk in team and other.full_name not in found[one.pk]:
                found[one.pk].append(other.full_name)
    return found


def metres(members: Iterable[Member], shift: Shift) -> dict[int, float]:
    """About how far each member lives from the venue of `shift`, by primary key, as far as it is known."""
    venues = list(Venue.objects.filter(polling_stations__event=shift.polling_station.event_id).distinct())
    there = distance.points(venues).get(shift.polling_station.venue_id)
    if there is None:
        return {}
    homes = distance.homes({member.pk: member.postcode for member in members}, venues)
    return {pk: distance.metres(home, there) for pk, home in homes.items()}


class AtThatTime:
    """What members do at the time of a shift, read when somebody asks for words: a page shows thirty of thousands.

    order: primary keys of members as they will be asked for; they are read together, thirty at a time.
    """

    def __init__(self, shift: Shift) -> None:
        self.shift = shift
        self.order: list[int] = []
        self.known: dict[int, list[Assignment]] = {}

    def of(self, member: int) -> list[Assignment]:
        if member not in self.known:
            start = self.order.index(member)
            asked = self.order[start : start + _READ_TOGETHER]
            self.known |= {pk: [] for pk in asked}
            rows = Assignment.objects.active().filter(member__in=asked, period__overlap=self.shift.period)
            for assignment in rows.select_related(*SHIFT_WORDS):
                self.known[assignment.member_id].append(assignment)
        return self.known[member]


def busy_around(shift: Shift) -> dict[int, list[tuple[Work, bool]]]:
    """What members do near a shift in time or in its event, and whether it is in that event; by primary key."""
    event = shift.polling_station.event_id
    found: dict[int, list[tuple[Work, bool]]] = defaultdict(list)
    rows: Any = Assignment.objects.active().values_list(
        "member", "period", "shift__day_part__polling_day__date", "shift__polling_station__event"
    )
    nearby = DateTimeTZRange(shift.period.lower - _NEARBY, shift.period.upper + _NEARBY)
    for member, period, day, where in rows.filter(
        Q(shift__polling_station__event=event) | Q(period__overlap=nearby)
    ):
        work = Work("", 0, False, day, period.lower.astimezone(UTC), period.upper.astimezone(UTC))
        found[member].append((work, where == event))
    return found
