"""Where and when a member works, as far as it was published; what changed, and what they said to it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.clock import period_words
from elections.enums import (
    AssignmentState,
    PlacementAnswer,
    PlacementChangeKind,
    PositionKind,
    StepKind,
)
from elections.models import (
    Assignment,
    ElectionEvent,
    Member,
    PlacementChange,
    PollingDay,
    PollingStation,
    Shift,
    Venue,
)
from elections.queries.assignment import active_assignments, why_not_strict
from elections.queries.portal_step import is_step_open
from elections.queries.shift import taken_places
from elections.queries.training import waiting_places

ROUTE_SITE = "https://www.google.com/maps/dir/"
# From here on an answer alone is not enough: the member also calls.
SOON: Final = timedelta(hours=48)
RELATED: Final = (
    "shift__polling_station__venue",
    "shift__polling_station__event",
    "shift__day_part__polling_day",
    "shift__position",
)
_SEEN: Final = re.compile(r"\b([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([0-9]{1,9})\b")
Words = dict[str, str]
WORD_LABELS: Final = {
    "station": gettext_lazy("Stembureau"),
    "address": gettext_lazy("Adres"),
    "position": gettext_lazy("Functie"),
    "day": gettext_lazy("Dag"),
    "time": gettext_lazy("Tijd"),
    "arrival": gettext_lazy("Aanwezig"),
}
CHANGE_TITLES: Final = {
    PlacementChangeKind.MOVED: gettext_lazy("U werkt op een andere plaats of tijd"),
    PlacementChangeKind.ADDED: gettext_lazy("U hebt er een plaats bij"),
    PlacementChangeKind.CANCELLED: gettext_lazy("Deze plaats is vervallen"),
    PlacementChangeKind.VENUE: gettext_lazy("Het adres of het stembureau is veranderd"),
}


@dataclass
class Placement:
    """One polling station on one day: all published shifts of the member there, in the order of time."""

    assignments: list[Assignment]
    asks_answer: bool
    chairs: dict[str, str] = field(
        default_factory=dict
    )  # name of the chair: day part in which they are there
    mates: list[str] = field(default_factory=list)
    awaits_training: bool = False  # final, with an appointment, after the member did a training
    elections: list[str] = field(default_factory=list)

    @property
    def first(self) -> Assignment:
        return self.assignments[0]

    @property
    def station(self) -> PollingStation:
        return self.first.shift.polling_station

    @property
    def venue(self) -> Venue:
        return self.station.venue

    @property
    def date(self) -> date:
        return self.first.shift.day_part.polling_day.date

    @property
    def positions(self) -> list[str]:
        """The names of the positions, each once."""
        return list(dict.fromkeys(each.shift.position.name for each in self.assignments))

    @property
    def is_chair(self) -> bool:
        return any(each.shift.position.kind == PositionKind.CHAIR for each in self.assignments)

    @property
    def unanswered(self) -> list[Assignment]:
        return [each for each in self.assignments if each.accepted_at is None] if self.asks_answer else []

    @property
    def is_accepted(self) -> bool:
        return all(each.accepted_at for each in self.assignments)

    @property
    def due_at(self) -> datetime | None:
        """Before when the answer is asked; the earliest of what is still open."""
        return min((each.answer_due_at for each in self.unanswered if each.answer_due_at), default=None)

    @property
    def is_overdue(self) -> bool:
        return self.due_at is not None and self.due_at < timezone.now()

    @property
    def may_decline(self) -> bool:
        return self.asks_answer and any(may_decline(each) for each in self.assignments)

    @property
    def seen(self) -> str:
        """What the page shows of each place, for the form that answers: uuid and version."""
        return seen_text(self.assignments)

    @property
    def is_on_map(self) -> bool:
        return self.venue.latitude is not None and self.venue.longitude is not None

    @property
    def route_url(self) -> str:
        """A map site's page with the way to the venue; telephones open their own map with it."""
        venue = self.venue
        place = f"{venue.name}, {venue.address_line}, {venue.postcode} {venue.city}"
        if self.is_on_map:
            place = f"{venue.latitude:.6f},{venue.longitude:.6f}"
        return f"{ROUTE_SITE}?{urlencode({'api': 1, 'destination': place})}"


@dataclass(frozen=True)
class ChangeInWords:
    """What became different for the member: only the fields that differ, as (label, before, after)."""

    title: str
    rows: list[tuple[str, str, str]]
    created_at: datetime


def placements_of(member: Member, event: ElectionEvent) -> list[Placement]:
    """The member's published places in the order of time, one for each station and day. At most four queries.

    Of the other people there the chair is named, whom a member asks for on arrival; the others only where the
    municipality shows members with whom they work.
    """
    if not is_step_open(event, StepKind.PLACEMENT, member):
        return []
    placements = placements_at_a_glance(member, event)
    _add_people(placements, member, shows_mates=event.shows_team_mates)
    _add_elections(placements)
    return placements


def placements_at_a_glance(member: Member, event: ElectionEvent) -> list[Placement]:
    """As `placements_of` without other people, for a page that already knows that the step is open. One query.

    One more where places become final after a training.
    """
    cards: dict[tuple[int, int], list[Assignment]] = {}
    for assignment in visible_places(member, event):
        shift = assignment.shift
        cards.setdefault((shift.polling_station_id, shift.day_part.polling_day_id), []).append(assignment)
    awaiting = waiting_places(member, event) if event.final_after_training else set()
    return [
        Placement(
            assignments,
            event.asks_answer,
            awaits_training=any(assignment.pk in awaiting for assignment in assignments),
        )
        for assignments in cards.values()
    ]


def visible_places(member: Member, event: ElectionEvent) -> QuerySet[Assignment]:
    """What the member sees of the plan, in the order of time."""
    return (
        Assignment.objects.visible_to_member()
        .of_event(event)
        .filter(member=member)
        .select_related(*RELATED)
        .order_by("period", "pk")
    )


def own_places(member: Member, event: ElectionEvent) -> QuerySet[Assignment]:
    """What the member sees of the plan, and what they declined and may still come back to."""
    told = (AssignmentState.PUBLISHED, AssignmentState.CANCELLED, AssignmentState.DECLINED)
    return (
        Assignment.objects.of_event(event)
        .filter(member=member, state__in=told, published_at__isnull=False, retracted_at=None)
        .select_related("member", *RELATED)
    )


def same_card(assignment: Assignment) -> QuerySet[Assignment]:
    """The visible places of this member at the same station on the same day: what they see as one place."""
    shift = assignment.shift
    return visible_places(assignment.member, shift.polling_station.event).filter(
        shift__polling_station=shift.polling_station_id,
        shift__day_part__polling_day=shift.day_part.polling_day_id,
    )


def earlier_places(member: Member, event: ElectionEvent) -> list[Assignment]:
    """Places that the member once saw and that are over: taken back, or declined. One query, and a few more for who
    declined a place that is free.

    Each has `has_room`: whether somebody who declined it can still change their mind.
    """
    over = Q(state=AssignmentState.CANCELLED, retracted_at__isnull=False) | Q(state=AssignmentState.DECLINED)
    present = visible_places(member, event).values("shift")
    found = (
        Assignment.objects.of_event(event)
        .filter(over, member=member, published_at__isnull=False)
        .exclude(shift__in=present)
        .select_related(*RELATED)
        .annotate(taken=taken_places("shift"))
        .order_by("period", "-pk")
    )
    places = list({assignment.shift_id: assignment for assignment in reversed(found)}.values())
    now = timezone.now()
    for place in places:
        place.has_room = (  # type: ignore[attr-defined]
            place.state == AssignmentState.DECLINED
            and place.retracted_at is None
            and place.taken < place.shift.places
            and place.shift.period.lower > now
            and not why_not_strict(member, place.shift, active_assignments(member))
        )
    return sorted(places, key=lambda place: place.period.lower)


def unseen_changes(member: Member, event: ElectionEvent) -> list[ChangeInWords]:
    """What changed after publishing and the member did not say "seen" to yet, the oldest first."""
    changes = PlacementChange.objects.filter(member=member, event=event, seen_at=None)
    return [in_words(change) for change in changes.order_by("created_at", "pk")]


def in_words(change: PlacementChange) -> ChangeInWords:
    """A change as rows of a table. A place that went or came is told whole; of others only what differs."""
    rows = [
        (str(label), change.before.get(name, ""), change.after.get(name, ""))
        for name, label in WORD_LABELS.items()
        if change.before.get(name, "") != change.after.get(name, "")
    ]
    return ChangeInWords(str(CHANGE_TITLES[PlacementChangeKind(change.kind)]), rows, change.created_at)


def place_words(assignment: Assignment) -> Words:
    """A place as its member reads it, in Dutch and in the active time zone; keys as in PlacementChange."""
    with translation.override("nl"):
        return shift_words(assignment.shift) | {"time": hours_text(assignment)}


def shift_words(shift: Shift) -> Words:
    """A shift as members read it, in the active language and time zone; keys as in PlacementChange."""
    return {
        "station": str(shift.polling_station),
        "address": ", ".join(address_lines(shift)),
        "position": shift.position.name,
        "day": date_format(shift.day_part.polling_day.date, "l j F Y"),
        "time": shift.hours_in_full,
        "arrival": _("%(time)s uur") % {"time": f"{timezone.localtime(shift.arrives_at):%H.%M}"},
    }


def address_lines(shift: Shift) -> list[str]:
    """Where a shift is, line by line; the name of the venue only when the station has another."""
    station, venue = shift.polling_station, shift.polling_station.venue
    name = venue.name if venue.name != station.name else ""
    lines = (name, venue.address_line, venue.city_line.replace("  ", " "), venue.address_note)
    return [line for line in lines if line]


def hours_text(assignment: Assignment) -> str:
    """As on the screen, in the active time zone: "07.00 tot 14.00 uur", past midnight with "de volgende dag"."""
    return period_words(assignment.period.lower, assignment.period.upper)


def seen_text(assignments: Iterable[Assignment]) -> str:
    """Which places a page shows, each with its version; `seen_versions` reads it again."""
    return " ".join(f"{each.uuid}:{each.version}" for each in assignments)


def seen_versions(text: str) -> dict[UUID, int]:
    """The places of `seen_text` as a form sent it back, by uuid. What cannot be read was not on the page."""
    return {UUID(uuid): int(version) for uuid, version in _SEEN.findall(text)}


def may_decline(assignment: Assignment) -> bool:
    """Members say by themselves that they cannot come until the day before; on the day they call."""
    return timezone.localdate() < assignment.shift.day_part.polling_day.date


def is_soon(assignment: Assignment) -> bool:
    """Whether the work begins within two days: then an answer on a page may be read too late."""
    return assignment.period.lower - timezone.now() < SOON


def answer_of(assignment: Assignment, event: ElectionEvent) -> PlacementAnswer:
    """What the member said to a place so far."""
    if assignment.state == AssignmentState.PROPOSED:
        return PlacementAnswer.OFFERED
    if assignment.declined_at:
        return PlacementAnswer.DECLINED
    if assignment.accepted_at:
        return PlacementAnswer.ACCEPTED
    if not event.asks_answer:
        return PlacementAnswer.NOT_ASKED
    due = assignment.answer_due_at
    return PlacementAnswer.OVERDUE if due and due < timezone.now() else PlacementAnswer.SILENT


def _add_people(placements: list[Placement], member: Member, *, shows_mates: bool) -> None:
    """Name the published chair of each place, and the others where members may know with whom they work."""
    own = [assignment for placement in placements for assignment in placement.assignments]
    if not own:
        return
    people = Assignment.objects.visible_to_member().filter(
        shift__polling_station__in={each.shift.polling_station_id for each in own},
        shift__day_part__in={each.shift.day_part_id for each in own},
    )
    if not shows_mates:
        people = people.filter(shift__position__kind=PositionKind.CHAIR)
    # Of two chairs, one on the way out, the newly published one is named.
    found = list(
        people.exclude(member=member)
        .select_related("member", "shift__position", "shift__day_part")
        .order_by("-state", "member__sort_name", "pk")
    )
    # Who hides from somebody is not told to be at a place and a time.
    found = [each for each in found if not each.member.is_confidential]
    for placement in placements:
        parts = {each.shift.day_part_id for each in placement.assignments}
        here = [
            each
            for each in found
            if each.shift.polling_station_id == placement.first.shift.polling_station_id
            and each.shift.day_part_id in parts
        ]
        chaired: set[int] = set()
        for each in here:
            name = each.member.informal_name
            if each.shift.position.kind != PositionKind.CHAIR:
                placement.mates += [name] if each.state == AssignmentState.PUBLISHED else []
            elif each.shift.day_part_id not in chaired:
                chaired.add(each.shift.day_part_id)
                placement.chairs.setdefault(name, each.shift.day_part.name)
        placement.mates = list(dict.fromkeys(placement.mates))


def _add_elections(placements: Iterable[Placement]) -> None:
    """Name the elections of each day."""
    days = {placement.first.shift.day_part.polling_day_id for placement in placements}
    if not days:
        return
    named: dict[int, list[str]] = {}
    rows = PollingDay.objects.filter(pk__in=days, elections__isnull=False)
    for day, name in rows.order_by("elections__category", "elections__name").values_list(
        "pk", "elections__name"
    ):
        named.setdefault(day, []).append(name)
    for placement in placements:
        placement.elections = named.get(placement.first.shift.day_part.polling_day_id, [])
