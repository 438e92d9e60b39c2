"""Moving, swapping and locking places, also published ones, and who was first."""

from datetime import time, timedelta

import pytest

from elections.actions.assignment import (
    assign_member,
    move_assignment,
    set_locked,
    swap_assignments,
    unassign,
)
from elections.actions.place_offer import accept_offer
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Assignment, OutboxMail, PlanChange, Shift
from elections.queries.reservation import own_places
from tests import factories


@pytest.fixture
def planner():
    return factories.make_staff("planner", name="Pim Planning")


@pytest.fixture
def shifts(event, morning):
    """Three shifts of one place at one time, at three stations."""
    position = factories.make_position(event)
    return [
        factories.make_shift(factories.make_polling_station(event), morning, position, places=1)
        for _number in range(3)
    ]


def test_move_keeps_the_row_and_raises_its_version(shifts, planner):
    assignment = assign_member(factories.make_member(), shifts[0], by=planner)
    moved = move_assignment(assignment, shifts[1], by=planner, version=1)
    assert (moved.pk, moved.shift, moved.version) == (assignment.pk, shifts[1], 2)
    assert PlanChange.objects.count() == 2


def test_move_of_a_published_place_keeps_what_the_member_sees(shifts, planner):
    told = factories.make_assignment(factories.make_member(), shifts[0], state="published")
    moved = move_assignment(told, shifts[1], by=planner)
    assert list(Assignment.objects.visible_to_member()) == [told]
    assert (moved.state, moved.replaces) == ("confirmed", told)
    told.refresh_from_db()
    assert told.state == "cancelled"


def test_move_there_and_back_leaves_a_published_place_as_the_member_knows_it(shifts, planner):
    told = factories.make_assignment(factories.make_member(), shifts[0], state="published")
    moved = move_assignment(told, shifts[1], by=planner)
    back = move_assignment(moved, shifts[0], by=planner)
    assert (back.pk, back.state) == (told.pk, "published")
    assert Assignment.objects.count() == 1


def test_assign_again_what_was_taken_back_unseen_is_the_published_place_itself(shifts, planner):
    told = factories.make_assignment(factories.make_member(), shifts[0], state="published")
    unassign(told, by=planner, reason="Vergissing")
    again = assign_member(told.member, shifts[0], by=planner)
    assert (again.pk, again.state, again.end_reason) == (told.pk, "published", "")


def test_move_of_a_picked_place_is_told_and_stays_on_the_members_page(shifts, planner, event):
    picked = factories.make_assignment(
        factories.make_member(), shifts[0], state="reserved", source="reservation"
    )
    moved = move_assignment(picked, shifts[1], by=planner)
    assert (moved.state, moved.source) == ("confirmed", "reservation")
    assert OutboxMail.objects.get(kind="reservation_decided").user == picked.member.user
    assert [place.shift for place in own_places(picked.member, event).chosen] == [shifts[1]]


def test_move_of_an_accepted_offer_is_told_and_stays_on_the_members_page(shifts, planner, event):
    offer = factories.make_assignment(factories.make_member(), shifts[0], state="proposed")
    accept_offer(offer, by=offer.member.user)
    moved = move_assignment(offer, shifts[1], by=planner)
    assert moved.accepted_at is None
    assert OutboxMail.objects.get(kind="reservation_decided").user == offer.member.user
    assert [place.shift for place in own_places(offer.member, event).chosen] == [shifts[1]]


@pytest.mark.parametrize(
    ("state", "where"), [("reserved", "Zelf gekozen plaatsen"), ("proposed", "Aangeboden plaatsen")]
)
def test_the_team_takes_nothing_from_a_member_without_a_word(shifts, planner, state, where):
    picked = factories.make_assignment(factories.make_member(), shifts[0], state=state, source="reservation")
    with pytest.raises(ActionError, match=where):
        unassign(picked, by=planner)
    unassign(picked, by=planner, reason="Te veel mensen")
    picked.refresh_from_db()
    assert (picked.state, picked.end_reason) == ("cancelled", "Te veel mensen")
    assert OutboxMail.objects.get(kind="reservation_decided").user == picked.member.user


def test_a_place_that_comes_back_has_the_times_of_today(shifts, planner):
    told = factories.make_assignment(factories.make_member(), shifts[0], state="published")
    unassign(told, by=planner)
    later = type(told.period)(told.period.lower + timedelta(hours=1), told.period.upper)
    Shift.objects.filter(pk=shifts[0].pk).update(period=later)
    assign_member(told.member, shifts[0], by=planner)
    told.refresh_from_db()
    assert (told.state, told.period) == ("published", later)


def test_move_of_an_offer_is_refused(shifts, planner):
    offer = factories.make_assignment(factories.make_member(), shifts[0], state="proposed")
    with pytest.raises(ActionError, match="aanbod"):
        move_assignment(offer, shifts[1], by=planner)


def test_move_to_another_event_is_refused(shifts, planner):
    assignment = assign_member(factories.make_member(), shifts[0], by=planner)
    other = factories.make_event()
    part = factories.make_day_part(factories.make_polling_day(other))
    shift = factories.make_shift(factories.make_polling_station(other), part, factories.make_position(other))
    with pytest.raises(ActionError, match="andere verkiezingsronde"):
        move_assignment(assignment, shift, by=planner)


def test_a_locked_place_may_be_moved_and_stays_locked(shifts, planner):
    assignment = assign_member(factories.make_member(), shifts[0], by=planner)
    locked = set_locked(assignment, True, by=planner, version=1)
    moved = move_assignment(locked, shifts[1], by=planner, version=2)
    assert moved.is_locked
    told = factories.make_assignment(factories.make_member(), shifts[0], state="published", is_locked=True)
    assert move_assignment(told, shifts[2], by=planner).is_locked


@pytest.mark.parametrize(
    "states", [("confirmed", "confirmed"), ("published", "confirmed"), ("published",) * 2]
)
def test_swap_exchanges_two_full_places(shifts, planner, states):
    one, other = (
        factories.make_assignment(factories.make_member(), shift, state=state)
        for shift, state in zip(shifts, states, strict=False)
    )
    new_one, new_other = swap_assignments(one, other, by=planner, versions=(1, 1))
    assert (new_one.member, new_one.shift) == (one.member, shifts[1])
    assert (new_other.member, new_other.shift) == (other.member, shifts[0])
    assert [shift.assignments.active().count() for shift in shifts] == [1, 1, 0]
    assert Assignment.objects.visible_to_member().count() == states.count("published")


def test_swap_is_refused_whole_when_one_of_the_two_does_not_fit(event, morning, shifts, planner):
    counter = factories.make_position(event, kind="counter")
    counting = factories.make_shift(shifts[0].polling_station, morning, counter, places=1)
    one = assign_member(factories.make_member(), shifts[0], by=planner)
    other = assign_member(factories.make_member(qualified_for=["counter"]), counting, by=planner)
    with pytest.raises(ActionError, match="Kan niet werken als stembureaulid"):
        swap_assignments(one, other, by=planner)
    assert set(Assignment.objects.values_list("member", "shift")) == {
        (one.member_id, shifts[0].pk),
        (other.member_id, counting.pk),
    }


def test_swap_asks_for_two_people_in_two_shifts(event, morning, shifts, planner):
    evening = factories.make_day_part(morning.polling_day, start=time(14), end=time(21))
    later = factories.make_shift(shifts[0].polling_station, evening, shifts[0].position)
    member = factories.make_member()
    one = assign_member(member, shifts[0], by=planner)
    other = assign_member(member, later, by=planner)
    with pytest.raises(ActionError, match="twee leden"):
        swap_assignments(one, other, by=planner)


@pytest.mark.parametrize("act", ["move", "remove", "lock", "swap"])
def test_who_saw_an_older_version_hears_who_was_first_and_when(shifts, planner, act):
    seen = assign_member(factories.make_member(), shifts[0], by=planner)
    other = assign_member(factories.make_member(), shifts[2], by=planner)
    move_assignment(seen, shifts[1], by=planner)
    acts = {
        "move": lambda: move_assignment(seen, shifts[0], by=None, version=1),
        "remove": lambda: unassign(seen, by=None, version=1),
        "lock": lambda: set_locked(seen, True, by=None, version=1),
        "swap": lambda: swap_assignments(other, seen, by=None, versions=(1, 1)),
    }
    with pytest.raises(ChangedElsewhere) as refused:
        acts[act]()
    assert f"Pim Planning heeft {seen.member.full_name} om " in refused.value.message
    assert f"uur verplaatst naar {shifts[1]}" in refused.value.message
    assert Assignment.objects.get(pk=seen.pk).shift == shifts[1]


def test_who_works_on_a_place_that_is_gone_hears_who_took_it(shifts, planner):
    seen = assign_member(factories.make_member(), shifts[0], by=planner)
    unassign(seen, by=planner)
    with pytest.raises(ChangedElsewhere, match=r"Pim Planning heeft .* uit de dienst gehaald"):
        move_assignment(seen, shifts[1], by=None)


def test_overlap_says_where_and_who_placed_the_member_there(event, morning, shifts, planner):
    member = factories.make_member()
    assign_member(member, shifts[0], by=planner)
    with pytest.raises(ActionError) as refused:
        assign_member(member, shifts[1], by=None)
    assert f"Werkt dan al: {shifts[0]} (ingedeeld door Pim Planning om " in refused.value.message


def test_unassign_keeps_a_place_that_the_member_picked(shifts, planner):
    picked = factories.make_assignment(
        factories.make_member(), shifts[0], state="confirmed", source="reservation"
    )
    unassign(picked, by=planner, reason="Te veel mensen")
    picked.refresh_from_db()
    assert (picked.state, picked.end_reason) == ("cancelled", "Te veel mensen")


def test_what_a_member_does_is_no_change_of_the_plan(shifts):
    member = factories.make_member()
    picked = assign_member(member, shifts[0], by=member.user, source="reservation", state="reserved")
    unassign(picked, by=member.user)
    assert not PlanChange.objects.exists()


def test_nothing_moves_in_an_archived_event(event, shifts, planner):
    assignment = assign_member(factories.make_member(), shifts[0], by=planner)
    event.archived_at = assignment.assigned_at
    event.save()
    with pytest.raises(ActionError, match="gearchiveerd"):
        move_assignment(assignment, shifts[1], by=planner)
