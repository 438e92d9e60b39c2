"""Whatever is done in whatever order: nobody is in two places, no shift is overfull, and what members see holds.

Hypothesis makes the sequences up and shrinks the one that breaks a rule; it keeps that one in its database folder. The
checks read the rows themselves and share nothing with the rules of the product. PLANNING_SEQUENCES and PLANNING_STEPS
say how many sequences of how many steps; the long run is 2,000 of 50.
"""

import logging
import os
from collections import Counter, defaultdict
from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

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


class World:
    """Two stations, two days, day parts that overlap, and people who may do different things."""

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
        positions = {
            kind: factories.make_position(self.event, kind=kind, rank=rank)
            for rank, kind in enumerate(("chair", "member", "counter"))
        }
        stations = [factories.make_polling_station(self.event) for _number in range(2)]
        self.shifts = [
            factories.make_shift(station, part, positions[kind], places=places)
            for station in stations
            for part, kind, places in (
                (self.parts[0], "chair", 1),
                (self.parts[0], "member", 2),
                (self.parts[1], "member", 1),
                (self.parts[2], "chair", 1),
                (self.parts[2], "member", 1),
                (self.parts[3], "counter", 1),
            )
        ]
        adult, young = date(day.year - 40, 1, 1), date(day.year - 17, 1, 1)
        self.members = [
            factories.make_member(qualified_for=kinds, birth_date=born)
            for kinds, born in (
                (["chair"], adult),
                (["chair", "counter"], adult),
                (["member"], adult),
                (["member", "counter"], adult),
                (["member", "counter"], None),
                (["counter", "member", "chair"], young),
            )
        ]
        self.young = self.members[-1].pk
        for kind in ("reservation", "placement"):
            factories.make_portal_step(self.event, kind)


class Planning(RuleBasedStateMachine):
    """Colleagues and members act; an action may refuse, and then nothing has changed."""

    world: World

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.seen = set()
        self.known = set()

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def act(self, action):
        """Do it as a request would: whole, and with the checks that the database keeps for the end."""
        before = self.rows()
        try:
            with transaction.atomic():
                action()
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except ActionError as refused:
            assert refused.message  # noqa: PT017 - every refusal says why
            assert self.rows() == before
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    def rows(self):
        return set(Assignment.objects.values_list("uuid", "member", "shift", "state", "version", "is_locked"))

    def one(self, number, *states):
        rows = list(Assignment.objects.filter(state__in=states or TAKES_A_PLACE).order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def each(self, number, states, action):
        row = self.one(number, *states)
        if row:
            self.act(lambda: action(row))

    def visible(self):
        rows = Assignment.objects.visible_to_member()
        return set(rows.values_list("member", "shift"))

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

    @rule(number=some)
    def give_back(self, number):
        self.each(number, ("reserved",), lambda row: give_back(row, by=row.member.user))

    @rule(number=some, comes=st.booleans())
    def answer_offer(self, number, comes):
        act = accept_offer if comes else decline_offer
        self.each(number, ("proposed",), lambda row: act(row, by=row.member.user))

    @rule(number=some)
    def accept(self, number):
        self.each(number, ("published",), lambda row: accept_placement(row, by=row.member.user))

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

    @rule(number=some)
    def confirm(self, number):
        self.each(number, ("reserved",), lambda row: confirm_reservations([row], by=self.world.planner))

    @rule(number=some, shift=some, stale=st.booleans())
    def move(self, number, shift, stale):
        target = self.world.shifts[shift % len(self.world.shifts)]

        def action(row):
            move_assignment(row, target, by=self.world.planner, version=row.version + stale)

        self.each(number, (), action)

    @rule(number=some, other=some)
    def swap(self, number, other):
        one, two = self.one(number), self.one(other)
        if one and two:
            self.act(lambda: swap_assignments(one, two, by=self.world.planner))

    @rule(number=some, locked=st.booleans())
    def lock(self, number, locked):
        self.each(number, (), lambda row: set_locked(row, locked, by=self.world.planner))

    @rule(number=some)
    def cancel(self, number):
        self.each(number, (), lambda row: unassign(row, by=self.world.planner))

    @rule()
    def publish(self):
        self.act(lambda: publish_assignments(self.world.event, by=self.world.planner))
        self.seen = self.visible()
        published = Assignment.objects.filter(state="published")
        self.known |= set(published.values_list("uuid", flat=True))
        assert self.seen == set(published.values_list("member", "shift"))

    @rule(number=some)
    def no_show(self, number):
        row = self.one(number, "published")
        if row:
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
    def nobody_is_in_two_places(self):
        work = defaultdict(list)
        rows = Assignment.objects.filter(state__in=TAKES_A_PLACE).select_related("shift")
        for row in rows:
            assert row.period == row.shift.period
            work[row.member_id].append((row.shift.period.lower, row.shift.period.upper))
        for periods in work.values():
            for (_start, end), (start, _end) in pairwise(sorted(periods)):
                assert end <= start

    @invariant()
    def no_shift_has_more_people_than_places(self):
        taken = Counter(Assignment.objects.filter(state__in=TAKES_A_PLACE).values_list("shift", flat=True))
        for shift in Shift.objects.all():
            assert taken[shift.pk] <= shift.places

    @invariant()
    def everybody_may_do_what_they_do(self):
        for row in Assignment.objects.filter(state__in=TAKES_A_PLACE).select_related(
            "member", "shift__position"
        ):
            assert FITS[row.shift.position.kind] & set(row.member.qualified_for)
            assert row.member_id != self.world.young

    @invariant()
    def counters_are_the_rows(self):
        rows = Assignment.objects.filter(state__in=TAKES_A_PLACE).count()
        found = coverage(self.world.event)
        assert event_progress(self.world.event).places_filled == rows == found.filled
        cells = places_per_day_part([station.station for station in found.stations])
        assert sum(cell.taken for cell in cells.values()) == rows

    @invariant()
    def members_see_what_was_published_until_it_is_published_again(self):
        assert self.visible() == self.seen
        assert Assignment.objects.filter(uuid__in=self.known).count() == len(self.known)


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
