"""The question to the optimiser: the rows of an event as an Instance, in a constant number of queries.

Rows come as tuples and not as models: a large city has thousands of people and shifts. Who may do what is asked of
elections.eligibility, for each person and each kind of work once.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from elections.distance import Point, homes, points
from elections.eligibility import (
    EventRules,
    Objection,
    Person,
    Work,
    objections_to_person,
    objections_to_time,
    rules_of,
    work_from,
)
from elections.enums import AssignmentSource, AssignmentState, AvailabilityAnswer, PreferenceKind
from elections.models import (
    Assignment,
    Availability,
    AvailabilityResponse,
    CompanionWish,
    ElectionEvent,
    Member,
    PollingStation,
    Preference,
    Shift,
    Venue,
)
from elections.planning import instance as planning
from elections.queries.candidate import candidate_members
from elections.queries.experience import experience
from elections.queries.training_gate import trainings_passed

# What can be mended: who misses only this may be asked, when nobody else is left.
MENDABLE: Final = frozenset({Objection.TRAINING, Objection.CANDIDATE})
ANSWERS: Final = {AvailabilityAnswer.YES: planning.YES, AvailabilityAnswer.IF_NEEDED: planning.IF_NEEDED}

# To another polling station within a town and to be there in time, which is ARRIVAL_MARGIN before a shift begins.
TRAVEL: Final = timedelta(minutes=45)

Pair = tuple[int, int]


@dataclass(frozen=True)
class Loaded:
    """An instance with what the plan was at that moment. Pairs are (primary key of the member, of the shift).

    `fixed`: places that stay; `free`: places of now that the proposal may give to others.
    """

    instance: planning.Instance
    fixed: frozenset[Pair]
    free: frozenset[Pair]
    loaded_at: datetime

    @property
    def present(self) -> frozenset[Pair]:
        """The plan of now."""
        return self.fixed | self.free


def stays(*, keeps_present: bool) -> Q:
    """Which active assignments a proposal never touches.

    What is locked, published, offered or chosen always stays, and so does a place that replaces a published one: the
    member or a colleague counts on it. What the team placed and nobody saw yet stays when that is asked.
    """
    behind_the_scenes = Q(
        state=AssignmentState.CONFIRMED,
        source__in=(AssignmentSource.STAFF, AssignmentSource.PROPOSAL),
        is_locked=False,
        published_at=None,
        replaces=None,
    )
    return Q(pk__isnull=False) if keeps_present else ~behind_the_scenes


def load_instance(
    event: ElectionEvent, *, weights: planning.Weights | None = None, keeps_present: bool = True
) -> Loaded:
    """Read the people, shifts, answers and places of `event` as they are now.

    weights: how much each wish counts; all normal when left out.
    keeps_present: whether everybody who has a place keeps it.
    """
    now = timezone.now()
    rules = rules_of(event)
    shifts = _Shifts(event)
    fixed, free = _present(event, keeps_present=keeps_present)
    loader = _People(event, rules, shifts, {member for member, _shift in fixed | free})
    taken: dict[int, int] = defaultdict(int)
    for _member, shift in fixed:
        taken[shift] += 1
    maximum = rules.maximum_per_day
    instance = planning.Instance(
        people=loader.people(),
        stations=shifts.stations(),
        seats=shifts.seats(taken),
        fixed=sorted(fixed),
        rules=planning.Rules(
            minimum_rest=int(rules.minimum_rest.total_seconds()),
            maximum_hours=None if maximum is None else maximum / timedelta(hours=1),
            travel=int(TRAVEL.total_seconds()),
        ),
        weights=weights or planning.Weights(),
    )
    return Loaded(instance, frozenset(fixed), frozenset(free), now)


def _present(event: ElectionEvent, *, keeps_present: bool) -> tuple[set[Pair], set[Pair]]:
    active = Assignment.objects.of_event(event).active()
    everything = set(active.values_list("member_id", "shift_id"))
    fixed = set(active.filter(stays(keeps_present=keeps_present)).values_list("member_id", "shift_id"))
    return fixed, everything - fixed


class _Shifts:
    """The shifts of an event and their polling stations."""

    def __init__(self, event: ElectionEvent) -> None:
        self.event = event
        # Of the address and the map only: a venue holds long texts too.
        self.venues = list(
            Venue.objects.filter(polling_stations__event=event)
            .distinct()
            .only("postcode", "rd_x", "rd_y", "latitude", "longitude")
        )
        self.points: dict[int, Point] = points(self.venues)
        self.rows = list(
            Shift.objects.filter(polling_station__event=event)
            .order_by("pk")
            .values_list(
                "pk",
                "polling_station_id",
                "day_part_id",
                "position_id",
                "places",
                "period",
                "position__kind",
                "position__minimum_age",
                "position__needs_training",
                "day_part__polling_day__date",
            )
        )

    @property
    def works(self) -> dict[Pair, Work]:
        """One example of the work for each (position, day part): what a person may do is the same in all of them."""
        return {
            (position, part): work_from(kind, age, training, day, period)
            for _pk, _station, part, position, _places, period, kind, age, training, day in self.rows
        }

    @property
    def slots(self) -> dict[tuple[datetime, datetime], Work]:
        """One example of the work for each time at which people work."""
        return {
            (period.lower, period.upper): work_from(kind, age, training, day, period)
            for _pk, _station, _part, _position, _places, period, kind, age, training, day in self.rows
        }

    def stations(self) -> list[planning.Station]:
        """The stations where somebody works."""
        rows = PollingStation.objects.filter(event=self.event)
        wanted: dict[int, set[int]] = defaultdict(set)
        for station, label in rows.filter(wanted_labels__isnull=False).values_list("pk", "wanted_labels"):
            wanted[station].add(label)
        used = {row[1] for row in self.rows}
        made = []
        for pk, venue in rows.filter(pk__in=used).order_by("pk").values_list("pk", "venue_id"):
            x, y = self.points.get(venue, (None, None))
            made.append(planning.Station(pk, venue, x, y, frozenset(wanted.get(pk, ()))))
        return made

    def seats(self, taken: dict[int, int]) -> list[planning.Seat]:
        """The shifts with the places that are still to be filled; `taken` ones are off."""
        return [
            planning.Seat(
                id=pk,
                station_id=station,
                day_part_id=part,
                position_id=position,
                day=day.toordinal(),
                kind=kind,
                start=int(period.lower.timestamp()),
                end=int(period.upper.timestamp()),
                places=max(0, places - taken.get(pk, 0)),
            )
            for pk, station, part, position, places, period, kind, _age, _training, day in self.rows
        ]


class _People:
    """The active members, and whoever has a place, with all that they answered."""

    def __init__(self, event: ElectionEvent, rules: EventRules, shifts: _Shifts, present: set[int]) -> None:
        self.event, self.rules = event, rules
        self.works, self.slots, self.venues = shifts.works, shifts.slots, shifts.venues
        self.rows = list(
            Member.objects.filter(Q(is_active=True) | Q(pk__in=present))
            .order_by("pk")
            .values_list("pk", "is_active", "qualified_for", "birth_date", "trained_on", "postcode")
        )
        self.pks = {row[0] for row in self.rows}
        self._sets: dict[frozenset[Pair], frozenset[Pair]] = {}

    def people(self) -> list[planning.Person]:
        answers, answered = self._answers()
        wishes = self._wishes()
        near = homes({row[0]: row[5] for row in self.rows}, self.venues)
        experienced = experience(self.pks, self.event)
        labels = self._labels()
        busy = self._busy()
        venues, colleagues = self._earlier()
        companions = self._companions()
        candidates, trainings = candidate_members(self.event), trainings_passed(self.rules)
        made = []
        for pk, is_active, qualified_for, birth_date, trained_on, _postcode in self.rows:
            allowed, obstacles = self._may(
                Person(
                    is_active,
                    _kinds(tuple(qualified_for)),
                    birth_date,
                    trained_on,
                    pk in candidates,
                    trainings.get(pk, ()),
                )
            )
            x, y = near.get(pk, (None, None))
            made.append(
                planning.Person(
                    id=pk,
                    answers=answers.get(pk, {}),
                    allowed=allowed,
                    obstacles=obstacles,
                    answered=pk in answered,
                    position_wishes=wishes[PreferenceKind.POSITION].get(pk, {}),
                    day_part_wishes=wishes[PreferenceKind.DAY_PART].get(pk, {}),
                    venue_wishes=wishes[PreferenceKind.VENUE].get(pk, {}),
                    x=x,
                    y=y,
                    experienced=experienced.get(pk, 0) > 0,
                    labels=frozenset(labels.get(pk, ())),
                    busy=busy.get(pk, ()),
                    earlier_venues=frozenset(venues.get(pk, ())),
                    earlier_colleagues=frozenset(colleagues.get(pk, ())),
                    companions=frozenset(companions.get(pk, ())),
                )
            )
        return made

    def _may(self, person: Person) -> tuple[frozenset[Pair], dict[Pair, frozenset[str]]]:
        """What the rules let a person do, and what a training or a decision of the team could add."""
        found = {pair: objections_to_person(person, work, self.rules) for pair, work in self.works.items()}
        allowed = frozenset(pair for pair, objections in found.items() if not objections)
        obstacles = {
            pair: frozenset(str(objection.value) for objection in objections)
            for pair, objections in found.items()
            if objections and MENDABLE.issuperset(objections)
        }
        # One object for equal sets: thousands of people may do the same.
        return self._sets.setdefault(allowed, allowed), obstacles

    def _answers(self) -> tuple[dict[int, dict[int, int]], set[int]]:
        given = Availability.objects.filter(day_part__polling_day__event=self.event)
        answers: dict[int, dict[int, int]] = defaultdict(dict)
        answered = set(
            AvailabilityResponse.objects.filter(event=self.event, submitted_at__isnull=False).values_list(
                "member_id", flat=True
            )
        )
        for member, part, answer in given.values_list("member_id", "day_part_id", "answer"):
            answered.add(member)
            if answer in ANSWERS:
                answers[member][part] = ANSWERS[AvailabilityAnswer(answer)]
        return answers, answered

    def _wishes(self) -> dict[str, dict[int, dict[int, int]]]:
        found: dict[str, dict[int, dict[int, int]]] = {
            kind: defaultdict(dict) for kind in PreferenceKind.values
        }
        rows = Preference.objects.filter(event=self.event).order_by("-rank")
        for member, kind, position, part, venue, rank in rows.values_list(
            "member_id", "kind", "position_id", "day_part_id", "venue_id", "rank"
        ):
            found[kind][member][position or part or venue] = max(rank, 1)
        return found

    def _labels(self) -> dict[int, set[int]]:
        """Only labels that some station wants."""
        rows = Member.labels.through.objects.filter(label__polling_stations__event=self.event)
        return _gather(rows.values_list("member_id", "label_id").distinct())

    def _companions(self) -> dict[int, set[int]]:
        rows = CompanionWish.objects.filter(event=self.event, companion__isnull=False)
        pairs = rows.values_list("member_id", "companion_id")
        return _gather(pair for pair in pairs if self.pks.issuperset(pair))

    def _busy(self) -> dict[int, tuple[planning.Period, ...]]:
        """Times of this event at which work in another event stands in the way, by the rules for time."""
        if not self.slots:
            return {}
        margin = self.rules.minimum_rest + timedelta(days=1)
        around = (min(start for start, _ in self.slots) - margin, max(end for _, end in self.slots) + margin)
        elsewhere: dict[int, list[Work]] = defaultdict(list)
        rows = Assignment.objects.active().filter(member__in=self.pks, period__overlap=around)
        for member, period, kind, day in rows.exclude(shift__polling_station__event=self.event).values_list(
            "member_id", "period", "shift__position__kind", "shift__day_part__polling_day__date"
        ):
            elsewhere[member].append(work_from(kind, 0, False, day, period))
        return {
            member: tuple(
                (int(start.timestamp()), int(end.timestamp()))
                for (start, end), work in self.slots.items()
                if objections_to_time(work, others, self.rules)
            )
            for member, others in elsewhere.items()
        }

    def _earlier(self) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
        """Where and with whom people sat in the event before: published places, per station and day part."""
        venues: dict[int, set[int]] = defaultdict(set)
        teams: dict[Pair, set[int]] = defaultdict(set)
        if self.event.previous_id is not None:
            for member, venue, station, part in earlier_places(self.event).values_list(
                "member_id",
                "shift__polling_station__venue_id",
                "shift__polling_station_id",
                "shift__day_part_id",
            ):
                venues[member].add(venue)
                teams[station, part].add(member)
        colleagues: dict[int, set[int]] = defaultdict(set)
        for team in teams.values():
            for member in team & self.pks:
                colleagues[member] |= (team & self.pks) - {member}
        return venues, colleagues


def earlier_places(event: ElectionEvent) -> QuerySet[Assignment]:
    """The published places of the event before `event`; none when there was no such event."""
    return Assignment.objects.filter(
        shift__polling_station__event=event.previous_id, state=AssignmentState.PUBLISHED
    )


@cache
def _kinds(qualified_for: tuple[str, ...]) -> frozenset[str]:
    return frozenset(Member(qualified_for=list(qualified_for)).can_work_as)


def _gather(pairs: Iterable[Pair]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
    return found
