"""Taking a proposal over: all of it or a part, without losing anybody's work, and back again."""

import pytest

from elections import models
from elections.actions.assignment import assign_member, move_assignment, unassign
from elections.actions.plan_change import facts, plan_undo, record_change, step, undo_change
from elections.actions.proposal import (
    discard_proposal,
    lock_placements,
    take_over_proposal,
)
from elections.actions.publication import publish_assignments
from elections.errors import ActionError
from elections.models import Assignment, PlanChange, Proposal
from elections.queries.proposal_take_over import MOVED
from tests import factories
from tests.elections.proposal_city import make_city, make_people, make_proposal, pairs_of, plan_of_now


@pytest.fixture
def planner():
    return factories.make_staff("planner")


@pytest.fixture
def city():
    return make_city()


def test_take_over_proposal_makes_it_the_plan_as_one_change(city, planner):
    make_people(city, 12)
    proposal = make_proposal(city)
    wanted = pairs_of(proposal.placements)
    done = take_over_proposal(proposal, by=planner)
    assert (len(done.added), done.skipped) == (12, ())
    assert plan_of_now(city) == wanted
    assert set(Assignment.objects.values_list("state", "source", "assigned_by")) == {
        ("confirmed", "proposal", planner.pk)
    }
    change = PlanChange.objects.get()
    assert (change.kind, len(change.steps)) == ("take_over", 12)
    proposal.refresh_from_db()
    assert proposal.is_taken_over
    with pytest.raises(ActionError, match="al overgenomen"):
        take_over_proposal(proposal, by=planner)


def test_take_over_proposal_can_be_undone_as_a_whole_and_done_again(city, planner):
    people = make_people(city, 12)
    assign_member(people[0], city.shifts[1], by=planner)
    before = plan_of_now(city)
    proposal = make_proposal(city, keeps_present=False, weights={"spread": 5})
    take_over_proposal(proposal, by=planner)
    after = plan_of_now(city)
    proposal.refresh_from_db()
    undo_change(proposal.plan_change, by=planner)
    assert plan_of_now(city) == before
    proposal = Proposal.objects.get()
    assert not proposal.is_taken_over
    take_over_proposal(proposal, by=planner)
    assert plan_of_now(city) == after


def test_take_over_proposal_moves_people_without_losing_one(city, planner):
    """The first sits where only the second can be: they change places."""
    (first,) = make_people(city, 1)
    (second,) = make_people(city, 1, parts=city.parts[:1], qualified_for=["member"])
    models.Shift.objects.exclude(pk__in=[city.shifts[0].pk, city.shifts[1].pk]).delete()
    models.Shift.objects.filter(pk=city.shifts[1].pk).update(places=1)
    assign_member(first, city.shifts[1], by=planner)
    proposal = make_proposal(city, keeps_present=False)
    assert pairs_of(proposal.placements.filter(leaves=True)) == {(first.pk, city.shifts[1].pk)}
    done = take_over_proposal(proposal, by=planner)
    assert (done.moved, done.new, done.out) == (1, 1, 0)
    assert plan_of_now(city) == {(first.pk, city.shifts[0].pk), (second.pk, city.shifts[1].pk)}


def test_take_over_proposal_leaves_alone_what_a_colleague_did_meanwhile(city, planner):
    people = make_people(city, 12)
    proposal = make_proposal(city)
    wanted = dict(pairs_of(proposal.placements))
    taken = people[0]
    elsewhere = next(
        shift
        for shift in city.shifts
        if shift.position == city.member and shift.pk != wanted[taken.pk] and shift.places == 2
    )
    colleague = assign_member(taken, elsewhere, by=factories.make_staff("planner"))
    done = take_over_proposal(proposal, by=planner)
    assert taken.pk in {each.member_id for each in done.skipped}
    colleague.refresh_from_db()
    assert (colleague.state, colleague.shift) == ("confirmed", elsewhere)
    counts = {shift.pk: shift.assignments.active().count() for shift in city.shifts}
    assert all(counts[shift.pk] <= shift.places for shift in city.shifts)
    # The one whose chair the colleague took was skipped too; everybody else sits where the proposal says.
    skipped = {each.member_id for each in done.skipped}
    assert {pair for pair in wanted.items() if pair[0] not in skipped} <= plan_of_now(city)


def test_take_over_proposal_leaves_people_where_a_colleague_moved_them(city, planner):
    people = make_people(city, 12)
    first = assign_member(people[0], city.shifts[1], by=planner)
    proposal = make_proposal(city, keeps_present=False)
    proposal.placements.filter(member=people[0]).delete()
    models.Shift.objects.filter(pk=city.shifts[5].pk).update(
        places=3
    )  # there is room: nothing else stands in the way
    for shift, leaves in ((city.shifts[1], True), (city.shifts[5], False)):
        models.ProposedPlacement.objects.create(
            proposal=proposal, member=people[0], shift=shift, is_present=leaves, leaves=leaves
        )
    move_assignment(first, city.shifts[7], by=factories.make_staff("planner"))
    done = take_over_proposal(proposal, by=planner)
    assert {each.member_id: each.reason for each in done.skipped}[people[0].pk] == MOVED
    assert {shift for member, shift in plan_of_now(city) if member == people[0].pk} == {city.shifts[7].pk}


@pytest.mark.parametrize("change", ["no", "inactive", "candidate", "published"])
def test_take_over_proposal_looks_at_everybody_again(city, planner, change):
    people = make_people(city, 12)
    proposal = make_proposal(city)
    first = proposal.placements.get(member=people[0])
    if change == "no":
        models.Availability.objects.filter(member=people[0]).update(answer="no")
    elif change == "inactive":
        models.Member.objects.filter(pk=people[0].pk).update(is_active=False)
    elif change == "candidate":
        models.ElectionEvent.objects.filter(pk=city.event.pk).update(clash_policy="block")
        name = models.Candidate.objects.create(
            election=factories.make_election(city.event), list_number=1, number=1, last_name="Bakker"
        )
        models.CandidateClash.objects.create(member=people[0], candidate=name)
    else:
        gone = factories.make_assignment(people[0], first.shift, state="published")
        unassign(gone, by=planner)
    done = take_over_proposal(Proposal.objects.get(), by=planner)
    assert [each.member_id for each in done.skipped] == [people[0].pk]
    assert len(done.added) == 11
    assert people[0].pk not in {member for member, _shift in plan_of_now(city)}


def test_take_over_proposal_of_some_stations_only(city, planner):
    make_people(city, 12)
    proposal = make_proposal(city)
    done = take_over_proposal(proposal, by=planner, stations={city.stations[0].pk})
    assert len(done.added) == 6
    assert set(Assignment.objects.active().values_list("shift__polling_station", flat=True)) == {
        city.stations[0].pk
    }
    proposal.refresh_from_db()
    assert proposal.state == "ready"
    assert len(take_over_proposal(proposal, by=planner).added) == 6
    assert len(plan_of_now(city)) == 12


def test_take_over_proposal_of_a_part_after_an_undo_leaves_the_rest_to_be_taken_over(city, planner):
    make_people(city, 12)
    proposal = make_proposal(city)
    take_over_proposal(proposal, by=planner)
    undo_change(PlanChange.objects.get(), by=planner)
    take_over_proposal(proposal, by=planner, stations={city.stations[0].pk})
    proposal = Proposal.objects.get()
    assert (proposal.state, proposal.is_taken_over) == ("ready", False)
    assert len(take_over_proposal(proposal, by=planner).added) == 6
    assert Proposal.objects.get().is_taken_over


def test_take_over_proposal_of_nothing_says_so(city, planner):
    proposal = make_proposal(city)
    with pytest.raises(ActionError, match="niets over te nemen"):
        take_over_proposal(proposal, by=planner)
    waiting = factories.make_proposal(city.event, state="waiting")
    with pytest.raises(ActionError, match="nog niet klaar"):
        take_over_proposal(waiting, by=planner)


@pytest.mark.parametrize("count", [1, 12])
def test_take_over_proposal_needs_the_same_queries_for_any_number(
    city, planner, count, django_assert_num_queries
):
    make_people(city, count, parts=city.parts[:1] if count == 1 else None)
    proposal = make_proposal(city)
    with django_assert_num_queries(24):
        take_over_proposal(proposal, by=planner)


def test_lock_placements_places_people_and_a_next_proposal_leaves_them(city, planner):
    people = make_people(city, 12)
    proposal = make_proposal(city)
    mine = proposal.placements.get(member=people[3])
    assert lock_placements(proposal, [people[3].pk], by=planner) == (1, 0)
    assert plan_of_now(city) == {(people[3].pk, mine.shift_id)}
    assert Assignment.objects.get().is_locked
    again = make_proposal(city, keeps_present=False)
    assert again.placements.get(member=people[3]).shift_id == mine.shift_id
    assert lock_placements(proposal, [people[3].pk], by=planner) == (1, 0)


def test_lock_placements_is_one_change_that_can_be_undone(city, planner):
    people = make_people(city, 12)
    proposal = make_proposal(city)
    wanted = dict(pairs_of(proposal.placements))
    present = assign_member(people[0], models.Shift.objects.get(pk=wanted[people[0].pk]), by=planner)
    assert lock_placements(proposal, [person.pk for person in people[:3]], by=planner) == (3, 0)
    assert Assignment.objects.filter(is_locked=True).count() == 3
    change = PlanChange.objects.get(kind="take_over")
    assert len(change.steps) == 3
    assert not PlanChange.objects.filter(kind="lock").exists()
    undo_change(change, by=planner)
    left = Assignment.objects.get()
    assert (left.pk, left.is_locked) == (present.pk, False)


def test_lock_placements_of_what_is_there_already_is_one_change_too(city, planner):
    people = make_people(city, 12)
    proposal = make_proposal(city)
    take_over_proposal(proposal, by=planner)
    assert lock_placements(proposal, [person.pk for person in people], by=planner) == (12, 0)
    assert Assignment.objects.filter(is_locked=True, version=2).count() == 12
    change = PlanChange.objects.get(kind="lock")
    undo_change(change, by=planner)
    assert not Assignment.objects.filter(is_locked=True).exists()
    assert len(plan_of_now(city)) == 12


@pytest.mark.parametrize("count", [1, 12])
def test_lock_placements_needs_the_same_queries_for_any_number(
    city, planner, count, django_assert_num_queries
):
    people = make_people(city, count)
    proposal = make_proposal(city)
    take_over_proposal(proposal, by=planner)
    with django_assert_num_queries(15):
        lock_placements(proposal, [person.pk for person in people], by=planner)


def test_discard_proposal_leaves_the_plan_and_its_undo(city, planner):
    make_people(city, 12)
    proposal = make_proposal(city)
    take_over_proposal(proposal, by=planner)
    discard_proposal(proposal, by=planner)
    assert len(plan_of_now(city)) == 12
    undo_change(PlanChange.objects.get(), by=planner)
    assert plan_of_now(city) == set()


def test_undo_of_a_take_over_leaves_what_was_published_and_puts_the_rest_back(city, planner):
    make_people(city, 12)
    take_over_proposal(make_proposal(city), by=planner)
    change = PlanChange.objects.get()
    assert plan_undo(change).reason == ""
    known = Assignment.objects.order_by("pk").first()
    publish_assignments(city.event, by=planner, member=known.member)
    stays = plan_of_now_of(known.member)
    plan = plan_undo(change)
    assert (plan.stays, plan.published, len(plan.steps)) == (len(stays), len(stays), 12 - len(stays))
    assert "gepubliceerd" in plan.reason
    assert str(plan.stations[0]) in plan.reason
    with pytest.raises(ActionError, match="niet meer ongedaan"):
        undo_change(change, by=planner)
    undo_change(change, by=planner, leaves_changed=True)
    assert plan_of_now(city) == stays
    with pytest.raises(ActionError, match="al ongedaan"):
        undo_change(change, by=planner, leaves_changed=True)


def test_undo_of_a_take_over_leaves_whoever_finds_no_room_any_more(city, planner):
    shift, other = city.shifts[:2]
    models.Shift.objects.filter(pk=shift.pk).update(places=1)
    moved, came = make_people(city, 2)
    before = facts(factories.make_assignment(moved, shift))
    Assignment.objects.all().delete()
    steps = [step(before, None)]
    steps += [step(None, factories.make_assignment(*pair)) for pair in ((moved, other), (came, shift))]
    change = record_change(city.event, "take_over", steps, by=planner)
    assert len(plan_undo(change).steps) == 3
    publish_assignments(city.event, by=planner, member=came)
    plan = plan_undo(change)
    assert (plan.steps, plan.stays, plan.published) == ([], 2, 1)
    assert "hangt samen met wat er daarna veranderde" in plan.reason
    with pytest.raises(ActionError, match="niets meer dat u ongedaan"):
        undo_change(change, by=planner, leaves_changed=True)


@pytest.mark.parametrize("kind", ["stopped", "elsewhere", "gone"])
def test_undo_of_a_take_over_leaves_whoever_cannot_go_back(city, planner, kind):
    shift, other = city.shifts[:2]
    (member,) = make_people(city, 1)
    before = facts(factories.make_assignment(member, shift))
    Assignment.objects.all().delete()
    change = record_change(city.event, "take_over", [step(before, None)], by=planner)
    assert len(plan_undo(change).steps) == 1
    if kind == "stopped":
        models.Member.objects.filter(pk=member.pk).update(is_active=False)
    elif kind == "elsewhere":
        factories.make_assignment(member, other)
    else:
        shift.delete()
    assert plan_undo(change).steps == []


def plan_of_now_of(member):
    return set(Assignment.objects.active().filter(member=member).values_list("member_id", "shift_id"))
