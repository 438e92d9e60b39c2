"""What taking over a proposal would do to the plan of now: who comes, who goes, and what no longer can.

A proposal is of a moment; meanwhile colleagues place people and members change their answers. So everybody is looked at
again, with the rules for choices that nobody checks by hand: rest, hours and the own answer count too. The changes of
one person are one whole: nobody loses a place without getting the new one.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from elections.eligibility import (
    EventRules,
    Objection,
    Person,
    Work,
    objections_to_person,
    objections_to_time,
    person_of,
    rules_of,
    work_from,
)
from elections.enums import AssignmentState, AvailabilityAnswer
from elections.models import Assignment, Availability, Member, Proposal, ProposedPlacement, Shift
from elections.queries.candidate import candidate_members
from elections.queries.proposal_instance import stays
from elections.queries.training_gate import trainings_passed

FULL = _("de plaats is intussen bezet")
MOVED = _("is intussen anders ingedeeld")
SAID_NO = _("zegt nu nee, of antwoordde niet")
TOLD = _("stond hier gepubliceerd en weet nog niet dat dit verviel: zet het lid zelf terug")

WORK = (
    "shift__position__kind",
    "shift__position__minimum_age",
    "shift__position__needs_training",
    "shift__day_part__polling_day__date",
    "period",
)


@dataclass(frozen=True)
class Skipped:
    """A person who stays as they are now, and why."""

    member_id: int
    shift_id: int
    reason: str | Promise


@dataclass
class Unit:
    """All changes of one person: assignments to end and shifts to get, by primary key."""

    member_id: int
    leaves: set[int] = field(default_factory=set)  # shifts
    comes: set[int] = field(default_factory=set)  # shifts
    ends: list[int] = field(default_factory=list)  # assignments


@dataclass(frozen=True)
class TakeOver:
    """What would happen; `skipped` is what no longer can. `opens`: places that become free and stay free."""

    units: tuple[Unit, ...]
    skipped: tuple[Skipped, ...]
    opens: int

    @property
    def added(self) -> list[tuple[int, int]]:
        """Places to fill: (member, shift)."""
        return sorted((unit.member_id, shift) for unit in self.units for shift in unit.comes)

    @property
    def ended(self) -> list[int]:
        """Primary keys of the assignments that end."""
        return sorted(pk for unit in self.units for pk in unit.ends)

    @property
    def moved(self) -> int:
        """How many people go from one place to another."""
        return sum(bool(unit.ends and unit.comes) for unit in self.units)

    @property
    def new(self) -> int:
        """How many people get a place who had none to give up."""
        return sum(bool(unit.comes and not unit.ends) for unit in self.units)

    @property
    def out(self) -> int:
        """How many people lose a place and get no other."""
        return sum(bool(unit.ends and not unit.comes) for unit in self.units)


NOTHING: Final = TakeOver((), (), 0)


def plan_take_over(
    proposal: Proposal,
    *,
    stations: Collection[int] | None = None,
    members: Collection[int] | None = None,
) -> TakeOver:
    """Look at the rows of now; changes nothing. The number of queries does not depend on the size.

    stations: primary keys; only people who come to one of these, or who leave one for good. Everything when left out.
    members: primary keys; only these people.
    """
    return _Planner(proposal, stations, members).plan()


def touched(proposal: Proposal, *, members: Collection[int] | None = None) -> tuple[set[int], set[int]]:
    """Primary keys of all shifts and members that a proposal changes: what must be locked before taking it over.

    members: primary keys; only what changes for these people.
    """
    changes = proposal.placements.filter(Q(is_present=False) | Q(leaves=True))
    if members is not None:
        changes = changes.filter(member__in=members)
    pairs = list(changes.values_list("shift_id", "member_id"))
    return {shift for shift, _member in pairs}, {member for _shift, member in pairs}


class _Planner:
    def __init__(
        self, proposal: Proposal, stations: Collection[int] | None, members: Collection[int] | None
    ) -> None:
        self.proposal, self.event = proposal, proposal.event
        self.rules: EventRules = rules_of(self.event)
        self.units = self._units(stations, members)
        self.skipped: list[Skipped] = []
        self._load()

    def plan(self) -> TakeOver:
        for unit in list(self.units.values()):
            problem = self._problem(unit)
            if problem:
                self._skip(unit, *problem)
        self._make_room()
        kept = [unit for unit in self.units.values() if unit.ends or unit.comes]
        return TakeOver(tuple(kept), tuple(self.skipped), self._opens(kept))

    def _units(self, stations: Collection[int] | None, members: Collection[int] | None) -> dict[int, Unit]:
        """The changes of the proposal per person, of whoever is asked for."""
        rows = ProposedPlacement.objects.filter(proposal=self.proposal).filter(
            Q(is_present=False) | Q(leaves=True)
        )
        if members is not None:
            rows = rows.filter(member__in=members)
        units: dict[int, Unit] = {}
        here: dict[int, set[bool]] = defaultdict(set)
        for member, shift, station, leaves in rows.order_by("pk").values_list(
            "member_id", "shift_id", "shift__polling_station_id", "leaves"
        ):
            unit = units.setdefault(member, Unit(member))
            (unit.leaves if leaves else unit.comes).add(shift)
            if stations is None or station in stations:
                here[member].add(leaves)
        return {member: unit for member, unit in units.items() if (not unit.comes) in here[member]}

    def _load(self) -> None:
        self.shifts = {
            pk: (places, part, work_from(kind, age, training, day, period))
            for pk, places, part, kind, age, training, day, period in Shift.objects.filter(
                polling_station__event=self.event
            ).values_list(
                "pk",
                "places",
                "day_part_id",
                "position__kind",
                "position__minimum_age",
                "position__needs_training",
                "day_part__polling_day__date",
                "period",
            )
        }
        candidates, trainings = candidate_members(self.event), trainings_passed(self.rules, self.units)
        self.people: dict[int, Person] = {
            member.pk: person_of(
                member, is_candidate=member.pk in candidates, trainings=trainings.get(member.pk, ())
            )
            for member in Member.objects.filter(pk__in=self.units)
        }
        yes = (AvailabilityAnswer.YES, AvailabilityAnswer.IF_NEEDED)
        self.available = set(
            Availability.objects.filter(
                member__in=self.units, day_part__polling_day__event=self.event, answer__in=yes
            ).values_list("member_id", "day_part_id")
        )
        active = Assignment.objects.active()
        self.taken: dict[int, int] = defaultdict(int)
        for shift in active.of_event(self.event).values_list("shift_id", flat=True):
            self.taken[shift] += 1
        self.work: dict[int, dict[int, tuple[int, Work]]] = defaultdict(dict)
        for pk, member, shift, kind, age, training, day, period in active.filter(
            member__in=self.units
        ).values_list("pk", "member_id", "shift_id", *WORK):
            self.work[member][shift] = (pk, work_from(kind, age, training, day, period))
        # The member still sees these: going back there is another act than getting a new place.
        self.told = set(
            Assignment.objects.visible_to_member()
            .filter(member__in=self.units, state=AssignmentState.CANCELLED)
            .values_list("member_id", "shift_id")
        )
        self.free = set(
            active.of_event(self.event)
            .filter(
                member__in=self.units, assigned_at__lte=self.proposal.loaded_at or self.proposal.created_at
            )
            .exclude(stays(keeps_present=False))
            .values_list("pk", flat=True)
        )

    def _problem(self, unit: Unit) -> tuple[int, str | Promise] | None:
        """The shift and the reason why this person stays as they are; fills `ends`, and drops what is done already."""
        work = self.work[unit.member_id]
        unit.comes -= work.keys()
        for shift in unit.leaves & work.keys():
            pk, _work = work[shift]
            if pk not in self.free:
                return shift, MOVED
            unit.ends.append(pk)
        if unit.leaves and not unit.ends and unit.comes:
            # The place from which the person would go is gone: a colleague decided something else.
            return min(unit.comes), MOVED
        others = [each for shift, (_pk, each) in work.items() if shift not in unit.leaves]
        for shift in sorted(unit.comes):
            reason = self._objection(unit.member_id, shift, others)
            if reason:
                return shift, reason
            others.append(self.shifts[shift][2])
        return None

    def _objection(self, member: int, shift: int, others: list[Work]) -> str | Promise:
        _places, part, work = self.shifts[shift]
        found: list[Objection] = [
            *objections_to_person(self.people[member], work, self.rules),
            *objections_to_time(work, others, self.rules),
        ]
        if found:
            return str(found[0].label)
        if (member, shift) in self.told:
            return TOLD
        return "" if (member, part) in self.available else SAID_NO

    def _make_room(self) -> None:
        """Skip people until no shift has more of them than places; whoever is skipped keeps the place they have."""
        after: dict[int, int] = defaultdict(int, self.taken)
        comers: dict[int, list[Unit]] = defaultdict(list)
        for unit in self.units.values():
            for shift in unit.comes:
                after[shift] += 1
                comers[shift].append(unit)
            for shift in self._left(unit):
                after[shift] -= 1
        crowded = sorted(
            shift for shift in after if shift in self.shifts and after[shift] > self.shifts[shift][0]
        )
        while crowded:
            shift = crowded[-1]
            waiting = [unit for unit in comers[shift] if unit.member_id in self.units]
            if after[shift] <= self.shifts[shift][0] or not waiting:
                crowded.pop()
                continue
            unit = waiting[-1]
            for other in unit.comes:
                after[other] -= 1
            back = self._left(unit)
            for other in back:
                after[other] += 1
            self._skip(unit, shift, FULL)
            crowded.extend(sorted(back))

    def _left(self, unit: Unit) -> set[int]:
        """The shifts in which this person's place really ends."""
        return {shift for shift in unit.leaves if shift in self.work[unit.member_id]}

    def _skip(self, unit: Unit, shift: int, reason: str | Promise) -> None:
        del self.units[unit.member_id]
        self.skipped.append(Skipped(unit.member_id, shift, reason))

    def _opens(self, units: list[Unit]) -> int:
        """Places that somebody leaves and nobody takes."""
        left: dict[int, int] = defaultdict(int)
        for unit in units:
            for shift in self._left(unit):
                left[shift] += 1
            for shift in unit.comes:
                left[shift] -= 1
        return sum(each for each in left.values() if each > 0)
