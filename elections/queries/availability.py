"""What a member answered for an event, put together for the pages that ask and show it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Exists, F, OuterRef, TextField, Value
from django.db.models.functions import Concat, Replace

from elections.enums import AssignmentState, AvailabilityAnswer, PositionKind
from elections.models import (
    Assignment,
    Availability,
    AvailabilityResponse,
    CompanionWish,
    DayPart,
    ElectionEvent,
    Member,
    PollingDay,
    Position,
    Preference,
    Venue,
)
from elections.models.fields import NameKey, SortKey
from elections.queries.offer import offered_positions, offered_venues

W = TypeVar("W", DayPart, Position, Venue)

NEARBY_DIGITS = 4  # the digits of a postcode are a neighbourhood
MAX_FOUND = 15


@dataclass(frozen=True)
class DayAnswers:
    """One polling day with the day parts that members are asked about, and the answers given so far.

    withdrawn: answered before the team took the day part out of the question; kept and shown as such.
    """

    day: PollingDay
    parts: list[tuple[DayPart, AvailabilityAnswer | None]]
    withdrawn: list[tuple[DayPart, AvailabilityAnswer]] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        return all(answer is not None for _part, answer in self.parts)


@dataclass(frozen=True)
class Answers:
    """Everything a member answered for one event. `response` is None before the first page was saved.

    day_parts, positions, venues: the wishes, dearest first. gone: those of them that are no longer offered.
    """

    response: AvailabilityResponse | None
    days: list[DayAnswers]
    day_parts: list[DayPart]
    positions: list[Position]
    venues: list[Venue]
    gone: frozenset[DayPart | Position | Venue]
    companion: CompanionWish | None

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

    @property
    def is_changed(self) -> bool:
        """Whether the answers changed after they were sent."""
        sent, changed = (
            (self.response.submitted_at, self.response.changed_at) if self.response else (None, None)
        )
        return bool(sent and changed and changed > sent)

    @property
    def possible_parts(self) -> list[DayPart]:
        """The day parts that the member did not say no to: those can be put in an order."""
        return [part for day in self.days for part, answer in day.parts if answer != AvailabilityAnswer.NO]

    def offered(self, wishes: Sequence[W]) -> list[W]:
        """The wishes that can still be chosen."""
        return [wish for wish in wishes if wish not in self.gone]


def answers_of(member: Member, event: ElectionEvent) -> Answers:
    """Read the whole answer, in seven queries."""
    parts = DayPart.objects.filter(polling_day__event=event).select_related("polling_day")
    given = dict(
        Availability.objects.filter(member=member, day_part__polling_day__event=event).values_list(
            "day_part_id", "answer"
        )
    )
    days: dict[int, DayAnswers] = {}
    for part in parts.order_by("polling_day__date", "polling_day__kind", "start", "end"):
        answer = AvailabilityAnswer(given[part.pk]) if part.pk in given else None
        if not (part.is_offered or answer):
            continue
        day = days.setdefault(part.polling_day_id, DayAnswers(part.polling_day, []))
        if part.is_offered:
            day.parts.append((part, answer))
        elif answer:
            day.withdrawn.append((part, answer))
    related = ("day_part__polling_day", "position", "venue")
    wishes = Preference.objects.filter(member=member, event=event).select_related(*related).order_by("rank")
    day_parts = [wish.day_part for wish in wishes if wish.day_part]
    positions = [wish.position for wish in wishes if wish.position]
    venues = [wish.venue for wish in wishes if wish.venue]
    chosen: set[DayPart | Position | Venue] = {*day_parts, *positions, *venues}
    still: set[DayPart | Position | Venue] = {part for part in day_parts if part.is_offered}
    still |= {*offered_positions(event), *offered_venues(event)}
    return Answers(
        response=AvailabilityResponse.objects.filter(member=member, event=event).first(),
        days=list(days.values()),
        day_parts=day_parts,
        positions=positions,
        venues=venues,
        gone=frozenset(chosen - still),
        companion=CompanionWish.objects.filter(member=member, event=event)
        .select_related("companion")
        .first(),
    )


def refused_places(member: Member, event: ElectionEvent) -> list[Assignment]:
    """Places that the member has in day parts to which they say no, in the order of time. One query.

    Not the offers: those are answered on their own page.
    """
    refusals = Availability.objects.filter(
        member=member, day_part=OuterRef("shift__day_part"), answer=AvailabilityAnswer.NO
    )
    places = Assignment.objects.active().of_event(event).exclude(state=AssignmentState.PROPOSED)
    return list(
        places.filter(Exists(refusals), member=member)
        .select_related("shift__day_part__polling_day")
        .order_by("period")
    )


def positions_for(member: Member, event: ElectionEvent) -> tuple[list[Position], list[Position]]:
    """The positions that are offered: first those the member is qualified for, then the others, each by rank."""
    positions = list(offered_positions(event))
    qualified = [position for position in positions if PositionKind(position.kind) in member.can_work_as]
    return qualified, [position for position in positions if position not in qualified]


def venues_to_choose(member: Member, event: ElectionEvent, *, search: str = "") -> list[Venue]:
    """Venues that are offered in the event, at most MAX_FOUND, by name.

    search: every word must occur in the name, street, postcode or city. Without it: the venues in the member's
    own neighbourhood, or all of them when they are few.
    """
    venues = Venue.objects.filter(pk__in=offered_venues(event).order_by().values("pk"))
    venues = venues.order_by(NameKey("name"), "pk")
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
