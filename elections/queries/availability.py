"""What a member answered for an event, put together for the pages that ask and show it."""

from dataclasses import dataclass

from django.db.models import F, TextField, Value
from django.db.models.functions import Concat, Replace

from elections.enums import AvailabilityAnswer, PositionKind, PreferenceKind
from elections.models import (
    Availability,
    AvailabilityResponse,
    DayPart,
    ElectionEvent,
    Member,
    PollingDay,
    Position,
    Preference,
    Venue,
)
from elections.models.fields import SortKey

NEARBY_DIGITS = 4  # the digits of a postcode are a neighbourhood
MAX_FOUND = 15


@dataclass(frozen=True)
class DayAnswers:
    """One polling day with its day parts and the answers given so far."""

    day: PollingDay
    parts: list[tuple[DayPart, AvailabilityAnswer | None]]

    @property
    def is_complete(self) -> bool:
        return all(answer is not None for _part, answer in self.parts)


@dataclass(frozen=True)
class Answers:
    """Everything a member answered for one event. `response` is None before the first page was saved."""

    response: AvailabilityResponse | None
    days: list[DayAnswers]
    positions: list[Position]
    venues: list[Venue]

    @property
    def cannot_come(self) -> bool:
        return bool(self.response and self.response.unavailable_reason)

    @property
    def is_complete(self) -> bool:
        """Whether it can be sent: every day part has an answer, or the member cannot come at all."""
        return self.cannot_come or all(day.is_complete for day in self.days)

    @property
    def is_sent(self) -> bool:
        return bool(self.response and self.response.submitted_at)


def answers_of(member: Member, event: ElectionEvent) -> Answers:
    """Read the whole answer in four queries."""
    parts = DayPart.objects.filter(polling_day__event=event).select_related("polling_day")
    given = dict(
        Availability.objects.filter(member=member, day_part__polling_day__event=event).values_list(
            "day_part_id", "answer"
        )
    )
    days: dict[int, DayAnswers] = {}
    for part in parts.order_by("polling_day__date", "polling_day__kind", "start", "end"):
        day = days.setdefault(part.polling_day_id, DayAnswers(part.polling_day, []))
        answer = given.get(part.pk)
        day.parts.append((part, AvailabilityAnswer(answer) if answer else None))
    preferences = Preference.objects.filter(member=member, event=event).select_related("position", "venue")
    wishes = list(preferences.order_by("rank"))
    return Answers(
        response=AvailabilityResponse.objects.filter(member=member, event=event).first(),
        days=list(days.values()),
        positions=[
            wish.position for wish in wishes if wish.kind == PreferenceKind.POSITION and wish.position
        ],
        venues=[wish.venue for wish in wishes if wish.kind == PreferenceKind.VENUE and wish.venue],
    )


def positions_for(member: Member, event: ElectionEvent) -> tuple[list[Position], list[Position]]:
    """The positions of the event: first those the member is qualified for, then the others, each by rank."""
    positions = list(event.positions.all())
    qualified = [position for position in positions if PositionKind(position.kind) in member.can_work_as]
    return qualified, [position for position in positions if position not in qualified]


def venues_to_choose(member: Member, event: ElectionEvent, *, search: str = "") -> list[Venue]:
    """Venues with a polling station in the event, at most MAX_FOUND, by name.

    search: every word must occur in the name, street, postcode or city. Without it: the venues in the member's
    own neighbourhood, or all of them when they are few.
    """
    in_event = event.polling_stations.values("venue")
    venues = Venue.objects.filter(pk__in=in_event).order_by(SortKey("name"), "pk")
    words = search.replace("\x00", "").split()
    if words:
        venues = venues.annotate(search_text=_search_text())
        for word in words:
            venues = venues.filter(search_text__contains=SortKey(Value(word)))
        return list(venues[:MAX_FOUND])
    few = list(venues[: MAX_FOUND + 1])
    if len(few) <= MAX_FOUND or not member.postcode:
        return few[:MAX_FOUND]
    return list(venues.filter(postcode__startswith=member.postcode[:NEARBY_DIGITS])[:MAX_FOUND])


def _search_text() -> SortKey:
    """What a search looks in; the postcode with and without its space."""
    space = Value(" ")
    parts = [
        "name",
        space,
        "street",
        space,
        "postcode",
        space,
        Replace("postcode", space, Value("")),
        space,
        "city",
    ]
    return SortKey(
        Concat(*[F(part) if isinstance(part, str) else part for part in parts], output_field=TextField())
    )
