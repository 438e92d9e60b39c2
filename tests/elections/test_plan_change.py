"""Undo: all of a change or nothing, and never somebody else's work."""

import json

import pytest

from elections.actions.assignment import (
    assign_member,
    move_assignment,
    set_locked,
    swap_assignments,
    unassign,
)
from elections.actions.plan_change import record_change, step, undo_change
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Assignment, AuditEvent
from elections.queries.plan_change import describe, undoable
from tests import factories


@pytest.fixture
def planner():
    return factories.make_staff("planner", name="Pim Planning")


@pytest.fixture
def shifts(event):
    part = factories.make_day_part(factories.make_polling_day(event))
    position = factories.make_position(event)
    return [
        factories.make_shift(factories.make_polling_station(event), part, position, places=1)
        for _number in range(3)
    ]


def plan():
    """Who is where, in what state; without versions, which only rise."""
    rows = Assignment.objects.order_by("uuid")
    return list(rows.values_list("uuid", "member", "shift", "state", "is_locked", "replaces", "source"))


STATEMENTS = 17

ACTS = {
    "assign": lambda one, _two, shifts, by: assign_member(factories.make_member(), shifts[2], by=by),
    "remove": lambda one, _two, shifts, by: unassign(one, by=by),
    "move": lambda one, _two, shifts, by: move_assignment(one, shifts[2], by=by),
    "swap": lambda one, two, shifts, by: swap_assignments(one, two, by=by),
    "lock": lambda one, _two, shifts, by: set_locked(one, True, by=by),
}


@pytest.mark.parametrize("state", ["confirmed", "published"])
@pytest.mark.parametrize("act", ACTS)
def test_undo_puts_everything_back(event, shifts, planner, act, state):
    one, two = (
        factories.make_assignment(factories.make_member(), shift, state=state) for shift in shifts[:2]
    )
    before = plan()
    ACTS[act](one, two, shifts, planner)
    assert plan() != before
    change = undoable(event, planner)
    assert change.kind == act
    undo_change(change, by=planner)
    assert plan() == before
    assert undoable(event, planner) is None
    assert AuditEvent.objects.filter(action="plan_change.undo").exists()


def test_undo_of_two_changes_one_after_the_other(event, shifts, planner):
    one = assign_member(factories.make_member(), shifts[0], by=planner)
    before = plan()
    move_assignment(one, shifts[1], by=planner)
    one.refresh_from_db()
    move_assignment(one, shifts[2], by=planner)
    for _number in range(2):
        undo_change(undoable(event, planner), by=planner)
    assert plan() == before


def test_undo_twice_is_refused(event, shifts, planner):
    assign_member(factories.make_member(), shifts[0], by=planner)
    change = undoable(event, planner)
    undo_change(change, by=planner)
    with pytest.raises(ActionError, match="al ongedaan"):
        undo_change(change, by=planner)


def test_undo_leaves_what_a_colleague_changed_since(event, shifts, planner):
    one = assign_member(factories.make_member(), shifts[0], by=planner)
    two = assign_member(factories.make_member(), shifts[1], by=planner)
    swap_assignments(one, two, by=planner)
    colleague = factories.make_staff("planner", name="Cato Collega")
    one.refresh_from_db()
    move_assignment(one, shifts[2], by=colleague)
    before = plan()
    with pytest.raises(ChangedElsewhere, match=r"Cato Collega heeft .* verplaatst naar"):
        undo_change(undoable(event, planner), by=planner)
    assert plan() == before


def test_undo_of_what_was_published_meanwhile_is_refused(event, shifts, planner):
    one = assign_member(factories.make_member(), shifts[0], by=planner)
    Assignment.objects.filter(pk=one.pk).update(state="published", published_at=one.assigned_at)
    with pytest.raises(ChangedElsewhere):
        undo_change(undoable(event, planner), by=planner)


def test_undo_into_a_place_that_was_filled_is_refused_whole(event, shifts, planner):
    one = assign_member(factories.make_member(), shifts[0], by=planner)
    move_assignment(one, shifts[1], by=planner)
    change = undoable(event, planner)
    assign_member(factories.make_member(), shifts[0], by=None)
    before = plan()
    with pytest.raises(ActionError, match="intussen vol"):
        undo_change(change, by=planner)
    assert plan() == before


def test_undo_for_somebody_who_works_elsewhere_by_now_is_refused(event, shifts, planner):
    one = assign_member(factories.make_member(), shifts[0], by=planner)
    unassign(one, by=planner)
    change = undoable(event, planner)
    assign_member(one.member, shifts[1], by=None)
    with pytest.raises(ActionError, match="werkt dan intussen ergens anders"):
        undo_change(change, by=planner)


def test_undo_for_somebody_who_stopped_is_refused(event, shifts, planner):
    one = assign_member(factories.make_member(), shifts[0], by=planner)
    unassign(one, by=planner)
    one.member.is_active = False
    one.member.save()
    with pytest.raises(ActionError, match="niet actief"):
        undo_change(undoable(event, planner), by=planner)


def test_undo_of_a_removed_shift_is_refused(event, shifts, planner):
    one = assign_member(factories.make_member(), shifts[0], by=planner)
    unassign(one, by=planner)
    shifts[0].delete()
    with pytest.raises(ActionError, match="is verwijderd"):
        undo_change(undoable(event, planner), by=planner)


def test_undo_lets_rows_of_one_member_change_places(event, planner):
    """What no single move could do in this order: each row stands where the other must go."""
    day = factories.make_polling_day(event)
    position = factories.make_position(event)
    station = factories.make_polling_station(event)
    parts = [factories.make_day_part(day), factories.make_day_part(day, start="14:00", end="21:00")]
    for part in parts:
        part.refresh_from_db()
    early, late = (factories.make_shift(station, part, position) for part in parts)
    member = factories.make_member()
    rows = [factories.make_assignment(member, early), factories.make_assignment(member, late)]
    before = plan()
    steps = []
    old = [step(row, None)["before"] for row in rows]
    rows[0].delete()
    rows[1].shift = early
    rows[1].save()
    rows[0].pk = None
    rows[0].shift = late
    rows[0].save()
    steps = [step(facts, row) for facts, row in zip(old, rows, strict=True)]
    change = record_change(event, "take_over", steps, by=planner)
    undo_change(change, by=planner)
    assert plan() == before


@pytest.mark.parametrize("number", [3, 40])
def test_undo_takes_the_same_number_of_statements_for_any_number(
    event, planner, number, django_assert_num_queries
):
    part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(
        factories.make_polling_station(event), part, factories.make_position(event), places=number
    )
    rows = [
        factories.make_assignment(factories.make_member(with_user=False), shift) for _number in range(number)
    ]
    change = record_change(event, "take_over", [step(None, row) for row in rows], by=planner)
    with django_assert_num_queries(STATEMENTS):
        undo_change(change, by=planner)
    assert not Assignment.objects.exists()


def test_a_change_holds_no_words_about_people(event, shifts, planner):
    member = factories.make_member(last_name="Zeldzaam")
    one = assign_member(member, shifts[0], by=planner)
    unassign(one, by=planner, reason="Zeldzaam is ziek")
    assert "Zeldzaam" not in json.dumps([change.steps for change in event.plan_changes.all()])


def test_describe_says_what_undo_would_take_back(event, shifts, planner):
    one = assign_member(factories.make_member(), shifts[0], by=planner)
    two = assign_member(factories.make_member(), shifts[1], by=planner)
    name, other = one.member.full_name, two.member.full_name
    assert describe(undoable(event, planner)) == f"{other} ingedeeld: {shifts[1]}"
    swap_assignments(one, two, by=planner)
    assert describe(undoable(event, planner)) in (
        f"{name} en {other} gewisseld",
        f"{other} en {name} gewisseld",
    )
    one.refresh_from_db()
    move_assignment(one, shifts[2], by=planner)
    assert describe(undoable(event, planner)) == f"{name} verplaatst naar {shifts[2]}"
    one.refresh_from_db()
    set_locked(one, True, by=planner)
    assert describe(undoable(event, planner)) == f"{name} vastgezet: {shifts[2]}"
    unassign(one, by=planner)
    assert describe(undoable(event, planner)) == f"{name} uit de dienst gehaald: {shifts[2]}"
