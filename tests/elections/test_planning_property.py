"""Whatever is done in whatever order: nobody is in two places, no shift is overfull, and what members see holds.

Hypothesis makes the sequences up and shrinks the one that breaks a rule; it keeps that one in its database folder. The
checks read the rows themselves, once after each act, and share nothing with the rules of the product.
PLANNING_SEQUENCES and PLANNING_STEPS say how many sequences of how many steps; the long run is 2,000 of 50.
"""

import logging
import os
from collections import Counter, defaultdict
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from elections.actions.assignment import (
    assign_member,
    move_assignment,
    set_locked,
    swap_assignments,
    unassign,
)
from elections.actions.place_offer import accept_offer, decline_offer, offer_place
from elections.actions.placement import accept_placement, decline_placement
from elections.actions.plan_change import undo_change
from elections.actions.publication import publish_assignments
from elections.actions.reservation import confirm_reservations, give_back, reserve_place
from elections.enums import AssignmentSource
from elections.errors import ActionError
from elections.models import Assignment, Availability, Shift
from elections.queries.coverage import coverage
from elections.queries.event import event_progress
from elections.queries.plan_change import undoable
from elections.queries.shift import places_per_day_part
from tests import factories

SEQUENCES = int(os.environ.get("PLANNING_SEQUENCES", "5"))
STEPS = int(os.environ.get("PLANNING_STEPS", "20"))
TAKES_A_PLACE = ("proposed", "reserved", "confirmed", "published")
# Who may do what, written out once more.
FITS = {
    "chair": {"chair"},
    "member": {"chair", "member"},
    "counter": {"counter"},
}
some = st.integers(min_value=0, max_value=59)


class Row(NamedTuple):
    """An assignment as it stands in the database; `member` and `shift` are primary keys."""

    pk: int
    uuid: UUID
    member: int
    shift: int
    state: str
    period: Any
    version: int
    is_locked: bool
    published_at: Any
    retracted_at: Any
    accepted_at: Any
    declined_at: Any

    @property
    def takes_a_place(self):
        return self.state in TAKES_A_PLACE


class World:
    """Two stations, two days, day parts that overlap, and people who may do different things.

    Small, with most shifts of one place: two people in the way of each other must be a common thing.
    """

    def __init__(self):
        self.event = factories.make_event()
        self.planner = factories.make_staff("planner", name="Pim Planning")
        day = timezone.localdate() + timedelta(days=100)
        voting = factories.make_polling_day(self.event, date=day)
        counting = factories.make_polling_day(self.event, date=day + timedelta(days=1), kind="counting")
        self.parts = [
            factories.make_day_part(voting, start=time(7), end=time(14)),
            factories.make_day_part(voting, start=time(12), end=time(18)),
            factories.make_day_part(voting, start=time(14), end=time(23)),
            factories.make_day_part(counting, start=time(8), end=time(12)),
        ]
        morning, midday, evening, count = self.parts
        positions = {
            kind: factories.make_position(self.event, kind=kind, rank=rank)
            for rank, kind in enumerate(("chair", "member", "counter"))
        }
        stations = [factories.make_polling_station(self.event) for _number in range(2)]
        self.shifts = [
            factories.make_shift(stations[station], part, positions[kind], places=places)
            for station, part, kind, places in (
                (0, morning, "chair", 1),
                (0, morning, "member", 2),
                (0, midday, "member", 1),
                (0, count, "counter", 1),
                (1, morning, "member", 1),
                (1, evening, "chair", 1),
            )
        ]
        adult, young = date(day.year - 40, 1, 1), date(day.year - 17, 1, 1)
        self.members = [
            factories.make_member(qualified_for=kinds, birth_date=born)
            for kinds, born in (
                (["chair"], adult),
                (["chair", "counter"], adult),
                (["member", "counter"], adult),
                (["member"], None),
                (["counter", "member", "chair"], young),
            )
        ]
        self.young = self.members[-1].pk
        for kind in ("reservation", "placement"):
            factories.make_portal_step(self.event, kind)
        # No act changes these.
        self.periods = dict(Shift.objects.values_list("pk", "period"))
        self.places = dict(Shift.objects.values_list("pk", "places"))
        self.kinds = dict(Shift.objects.values_list("pk", "position__kind"))
        self.qualified = {member.pk: set(member.qualified_for) for member in self.members}
        self.counted = set()  # plans of which the counters were looked at


def while_some(*states):
    """A rule that needs a place in one of these states; nothing to choose would be a step that tries nothing."""
    return precondition(lambda self: any(row.state in states for row in self.plan))


class Planning(RuleBasedStateMachine):
    """Colleagues and members act; an action may refuse, and then nothing has changed."""

    world: World

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.plan = frozenset()  # the rows as they were after the last act
        self.refused = False
        self.seen = set()
        self.known = set()

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def act(self, action):
        """Do it as a request would: whole, and with the checks that the database keeps for the end."""
        try:
            with transaction.atomic():
                action()
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        except ActionError as refused:
            assert refused.message  # noqa: PT017 - every refusal says why
            self.refused = True

    def rows(self):
        return frozenset(map(Row._make, Assignment.objects.values_list(*Row._fields)))

    def one(self, number, *states):
        keys = sorted(row.pk for row in self.plan if row.state in states)
        rows = Assignment.objects.select_related("member__user")
        return rows.get(pk=keys[number % len(keys)])

    def each(self, number, states, action):
        row = self.one(number, *states)
        self.act(lambda: action(row))

    def visible(self):
        rows = Assignment.objects.visible_to_member()
        return set(rows.values_list("member", "shift"))

    @initialize(pairs=st.lists(st.tuples(some, some), max_size=4))
    def begin(self, pairs):
        """Some places are taken already."""
        for member, shift in pairs:
            self.assign(member, shift)
        self.refused = False

    # What members do

    @rule(member=some, part=some, answer=st.sampled_from(("yes", "if_needed", "no")))
    def answer(self, member, part, answer):
        world = self.world
        Availability.objects.update_or_create(
            member=world.members[member % len(world.members)],
            day_part=world.parts[part % len(world.parts)],
            defaults={"answer": answer},
        )

    @rule(member=some, shift=some)
    def reserve(self, member, shift):
        member, shift = self.pick(member, shift)
        self.act(lambda: reserve_place(member, shift, by=member.user))

    @while_some("reserved")
    @rule(number=some)
    def give_back(self, number):
        self.each(number, ("reserved",), lambda row: give_back(row, by=row.member.user))

    @while_some("proposed")
    @rule(number=some, comes=st.booleans())
    def answer_offer(self, number, comes):
        act = accept_offer if comes else decline_offer
        self.each(number, ("proposed",), lambda row: act(row, by=row.member.user))

    @while_some("published")
    @rule(number=some)
    def accept(self, number):
        self.each(number, ("published",), lambda row: accept_placement(row, by=row.member.user))

    @while_some("published")
    @rule(number=some)
    def decline(self, number):
        self.each(
            number, ("published",), lambda row: decline_placement(row, "Ik ben er niet", by=row.member.user)
        )
        self.seen = self.visible()

    # What colleagues do

    @rule(member=some, shift=some)
    def assign(self, member, shift):
        member, shift = self.pick(member, shift)
        self.act(lambda: assign_member(member, shift, by=self.world.planner))

    @rule(member=some, shift=some)
    def offer(self, member, shift):
        member, shift = self.pick(member, shift)
        self.act(lambda: offer_place(shift, member, by=self.world.planner, source=AssignmentSource.WAITLIST))

    @while_some("reserved")
    @rule(number=some)
    def confirm(self, number):
        self.each(number, ("reserved",), lambda row: confirm_reservations([row], by=self.world.planner))

    @while_some(*TAKES_A_PLACE)
    @rule(number=some, shift=some, stale=st.booleans())
    def move(self, number, shift, stale):
        target = self.world.shifts[shift % len(self.world.shifts)]

        def action(row):
            move_assignment(row, target, by=self.world.planner, version=row.version + stale)

        self.each(number, TAKES_A_PLACE, action)

    @while_some(*TAKES_A_PLACE)
    @rule(number=some, other=some)
    def swap(self, number, other):
        one, two = self.one(number, *TAKES_A_PLACE), self.one(other, *TAKES_A_PLACE)
        self.act(lambda: swap_assignments(one, two, by=self.world.planner))

    @while_some(*TAKES_A_PLACE)
    @rule(number=some, locked=st.booleans())
    def lock(self, number, locked):
        self.each(number, TAKES_A_PLACE, lambda row: set_locked(row, locked, by=self.world.planner))

    @while_some(*TAKES_A_PLACE)
    @rule(number=some)
    def cancel(self, number):
        self.each(number, TAKES_A_PLACE, lambda row: unassign(row, by=self.world.planner))

    @rule()
    def publish(self):
        self.act(lambda: publish_assignments(self.world.event, by=self.world.planner))
        self.seen = self.visible()
        published = Assignment.objects.filter(state="published")
        self.known |= set(published.values_list("uuid", flat=True))
        assert self.seen == set(published.values_list("member", "shift"))

    @while_some("published")
    @rule(number=some)
    def no_show(self, number):
        row = self.one(number, "published")
        Assignment.objects.filter(pk=row.pk).update(state="absent", version=F("version") + 1)
        self.seen = self.visible()

    @rule()
    def undo(self):
        change = undoable(self.world.event, self.world.planner)
        if change:
            self.act(lambda: undo_change(change, by=self.world.planner))

    def pick(self, member, shift):
        world = self.world
        return world.members[member % len(world.members)], world.shifts[shift % len(world.shifts)]

    # What must hold after every step

    @invariant()
    def the_plan_holds(self):
        before, self.plan = self.plan, self.rows()
        if self.refused:
            assert self.plan == before
        self.refused = False
        if self.plan != before:
            self.nobody_is_in_two_places()
            self.no_shift_has_more_people_than_places()
            self.everybody_may_do_what_they_do()
            self.counters_are_the_rows()
            self.members_see_what_was_published_until_it_is_published_again()

    def nobody_is_in_two_places(self):
        work = defaultdict(list)
        for row in self.taken():
            assert row.period == self.world.periods[row.shift]
            work[row.member].append((row.period.lower, row.period.upper))
        for periods in work.values():
            for (_start, end), (start, _end) in pairwise(sorted(periods)):
                assert end <= start

    def no_shift_has_more_people_than_places(self):
        for shift, taken in Counter(row.shift for row in self.taken()).items():
            assert taken <= self.world.places[shift]

    def everybody_may_do_what_they_do(self):
        for row in self.taken():
            assert FITS[self.world.kinds[row.shift]] & self.world.qualified[row.member]
            assert row.member != self.world.young

    def counters_are_the_rows(self):
        """The counters read nothing else that an act changes: a plan that was counted before is not counted again."""
        plan = tuple(sorted((row.member, row.shift, row.state) for row in self.plan))
        if plan in self.world.counted:
            return
        self.world.counted.add(plan)
        rows = len(self.taken())
        found = coverage(self.world.event)
        assert event_progress(self.world.event).places_filled == rows == found.filled
        cells = places_per_day_part([station.station for station in found.stations])
        assert sum(cell.taken for cell in cells.values()) == rows

    def members_see_what_was_published_until_it_is_published_again(self):
        assert self.visible() == self.seen
        assert self.known <= {row.uuid for row in self.plan}

    def taken(self):
        return [row for row in self.plan if row.takes_a_place]


@pytest.fixture
def quiet(caplog):
    caplog.set_level(logging.WARNING, logger="zitting.audit")
    caplog.set_level(logging.WARNING)


def test_no_sequence_of_acts_breaks_the_plan(quiet):
    Planning.world = World()
    run_state_machine_as_test(
        Planning,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
