"""What waits to be published: the difference between the plan of the team and what members see of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from elections.enums import (
    UNDECIDED_ASSIGNMENT_STATES,
    AssignmentState,
    PlacementChangeKind,
    StepKind,
)
from elections.models import Assignment, ElectionEvent, Member, PollingStation
from elections.queries.audience import members_of
from elections.queries.count_of import CountOf, asked_at_once
from elections.queries.placement import RELATED, Words, place_words
from elections.queries.portal_step import open_to_some

NEW = Q(state=AssignmentState.CONFIRMED)
TAKEN_BACK = Q(state=AssignmentState.CANCELLED, published_at__isnull=False, retracted_at=None)


@dataclass(frozen=True)
class Difference:
    """One place of a member. `before` is what they see now, None when it is new; `after` None: taken back."""

    member: Member
    before: Assignment | None
    after: Assignment | None

    @property
    def kind(self) -> PlacementChangeKind:
        if self.before is None:
            return PlacementChangeKind.ADDED
        return PlacementChangeKind.MOVED if self.after else PlacementChangeKind.CANCELLED

    @property
    def is_same(self) -> bool:
        """Moved away and back again: for the member nothing changes."""
        return bool(self.before and self.after and self.before.shift_id == self.after.shift_id)

    @property
    def before_words(self) -> Words:
        return place_words(self.before) if self.before else {}

    @property
    def after_words(self) -> Words:
        return place_words(self.after) if self.after else {}

    def touches(self, station: PollingStation) -> bool:
        """Whether the place is, or was, at this station. A move from one station to another belongs to both."""
        places = [place for place in (self.before, self.after) if place]
        return any(place.shift.polling_station_id == station.pk for place in places)

    def is_at(self, stations: Collection[int]) -> bool:
        """Whether the place that comes, or that only goes, is at one of these stations (primary keys)."""
        place = self.after or self.before
        return place is not None and place.shift.polling_station_id in stations


@dataclass(frozen=True)
class PublicationPreview:
    """What publishing would do, before anybody presses the button. `differences` has one row for each place."""

    differences: list[Difference]
    told: list[Member]  # who hears of a place for the first time
    changed: list[Member]  # who had a place and hears that something changed
    without_login: list[Member]  # of both: who gets no mail, for want of an account
    without_address: list[Member]  # of both: who has an account and no e-mail address
    waiting_reservations: int
    open_offers: int

    @property
    def new(self) -> list[Difference]:
        return [each for each in self.differences if each.before is None]

    @property
    def moved(self) -> list[Difference]:
        return [each for each in self.differences if each.before and each.after and not each.is_same]

    @property
    def removed(self) -> list[Difference]:
        return [each for each in self.differences if each.after is None]

    @property
    def told_as_change(self) -> list[Difference]:
        """What members read as a change: moved, taken back, or one place more than they knew."""
        knowing = {person.pk for person in self.changed}
        return [each for each in self.differences if not each.is_same and each.member.pk in knowing]

    @property
    def members(self) -> int:
        return len(self.told) + len(self.changed)


def unpublished(
    event: ElectionEvent, station: PollingStation | None = None, found: Mapping[str, Any] | None = None
) -> int:
    """How many places publishing would show, change or take back: as many as the page before it has rows. One query,
    but for who `found` the first already (`unpublished_figures`), and one more when members lose a place.
    """
    if found is None:
        found = asked_at_once(event, unpublished_figures(event, station))
    if not found["lost"]:
        return int(found["new"])
    losing = Assignment.objects.of_event(event).filter(TAKEN_BACK)
    rows = waiting_rows(event).filter(member__in=losing.values("member"))
    pairs = rows.select_related(None).select_related("member", "shift__day_part")
    return int(found["new"]) + len(differences_in(pairs, station))


def unpublished_figures(event: ElectionEvent, station: PollingStation | None = None) -> dict[str, Any]:
    """What `unpublished` is made of, as expressions on the row of the event: to be asked together with others.

    Only who loses a place may get another in its stead, so that those rows are read to be paired; the new places of
    everybody else, which are thousands before the first time, are counted by the database.
    """
    lost = Assignment.objects.of_event(event).filter(TAKEN_BACK)
    new = Assignment.objects.of_event(event).filter(NEW).exclude(member__in=lost.values("member"))
    if station is not None:
        new = new.filter(shift__polling_station=station)
    return {"new": CountOf(new), "lost": CountOf(lost)}


def waiting_rows(event: ElectionEvent, member: Member | None = None) -> QuerySet[Assignment]:
    """Every row that publishing changes: placed and not shown, or shown and taken away."""
    rows = Assignment.objects.of_event(event).filter(NEW | TAKEN_BACK)
    if member is not None:
        rows = rows.filter(member=member)
    return rows.select_related("member__user", *RELATED)


def differences(
    event: ElectionEvent, *, station: PollingStation | None = None, member: Member | None = None
) -> list[Difference]:
    """What waits to be published, by name of the member. One query."""
    return differences_in(waiting_rows(event, member), station)


def differences_in(rows: Iterable[Assignment], station: PollingStation | None = None) -> list[Difference]:
    """Pair what members lose with what they get: by the reference between the rows, otherwise by polling day.

    station: only what touches it.
    """
    by_member: dict[int, list[Assignment]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.member.sort_name, row.member_id, row.period.lower, row.pk)):
        by_member[row.member_id].append(row)
    found = [each for own in by_member.values() for each in _pairs(own)]
    return found if station is None else [each for each in found if each.touches(station)]


def _pairs(rows: list[Assignment]) -> list[Difference]:
    lost = {row.pk: row for row in rows if row.state == AssignmentState.CANCELLED}
    found = []
    unpaired = []
    for row in rows:
        if row.state == AssignmentState.CANCELLED:
            continue
        before = lost.pop(row.replaces_id, None) if row.replaces_id else None
        if before is None:
            unpaired.append(row)
        else:
            found.append(Difference(row.member, before, row))
    for row in unpaired:
        day = row.shift.day_part.polling_day_id
        same_day = [each for each in lost.values() if each.shift.day_part.polling_day_id == day]
        # The same shift first: then nothing changed for the member.
        same_day.sort(key=lambda each: each.shift_id != row.shift_id)
        before = lost.pop(same_day[0].pk) if same_day else None
        found.append(Difference(row.member, before, row))
    return found + [Difference(row.member, row, None) for row in lost.values()]


def knows_a_place(event: ElectionEvent, members: Iterable[int]) -> set[int]:
    """Primary keys of those of `members` who see a place in `event` now."""
    seen = Assignment.objects.visible_to_member().of_event(event).filter(member__in=members)
    return set(seen.values_list("member_id", flat=True))


def publication_preview(
    event: ElectionEvent,
    *,
    station: PollingStation | None = None,
    member: Member | None = None,
    stations: Collection[int] | None = None,
) -> PublicationPreview:
    """Everything that the page asks about before publishing. Four queries, whatever the size of the event.

    stations: only what comes, or only goes, at these (primary keys).
    """
    found = differences(event, station=station, member=member)
    if stations is not None:
        found = [each for each in found if each.is_at(stations)]
    people = {each.member.pk: each.member for each in found if not each.is_same}
    knowing = knows_a_place(event, people)
    undecided = Assignment.objects.of_event(event).filter(state__in=UNDECIDED_ASSIGNMENT_STATES)
    if station is not None:
        undecided = undecided.filter(shift__polling_station=station)
    if member is not None:
        undecided = undecided.filter(member=member)
    states = list(undecided.values_list("state", flat=True))
    return PublicationPreview(
        differences=found,
        told=[person for pk, person in people.items() if pk not in knowing],
        changed=[person for pk, person in people.items() if pk in knowing],
        without_login=[person for person in people.values() if person.user is None],
        without_address=[person for person in people.values() if person.user and not person.user.email],
        waiting_reservations=states.count(AssignmentState.RESERVED),
        open_offers=states.count(AssignmentState.PROPOSED),
    )


def published_words(assignments: QuerySet[Assignment]) -> dict[int, Words]:
    """How members read these places now, by primary key; only those that they can see, from now on in the future.

    Take this before a change and give it to `actions.publication.note_changes` after it.
    """
    rows = assignments.visible_to_member().filter(  # type: ignore[attr-defined]
        shift__polling_station__event__archived_at=None, period__endswith__gt=timezone.now()
    )
    return {row.pk: place_words(row) for row in rows.select_related(*RELATED)}


def who_can_look(event: ElectionEvent, members: Collection[int]) -> set[int]:
    """Those of `members` (keys) who can open the page with their place now: only for them a mail makes sense."""
    step = open_to_some(event, StepKind.PLACEMENT)
    if step is None:
        return set()
    if step.audience is None:
        return set(members)
    return set(members_of(step.audience).filter(pk__in=members).values_list("pk", flat=True))
