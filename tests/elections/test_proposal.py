"""Proposals: made in the background, kept whole or not at all, and taken over without losing anybody's work."""

import sys
from datetime import date, time, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from elections import models
from elections.actions import proposal as proposals
from elections.actions.assignment import assign_member, move_assignment, set_locked, unassign
from elections.actions.job import SILENT_AFTER, cancel_job, resume_stale_jobs
from elections.actions.plan_change import undo_change
from elections.actions.proposal import (
    discard_proposal,
    gap_words,
    lock_placements,
    request_proposal,
    run_proposal,
    take_over_proposal,
)
from elections.errors import ActionError
from elections.models import Assignment, PlanChange, Proposal
from elections.planning.result import Method, RemedyCode
from elections.queries.proposal import compare, moves_between, plan_of, plan_of_today, what_changed_since
from elections.queries.proposal_instance import load_instance
from elections.queries.proposal_numbers import Numbers
from elections.queries.proposal_take_over import MOVED, plan_take_over
from tests import factories
from tests.elections.planning.checker import broken_rules


@pytest.fixture
def planner():
    return factories.make_staff("planner")


@pytest.fixture
def city():
    """Two stations, a morning and an evening, a chair and two members each; nobody can come yet."""
    event = factories.make_event(minimum_rest_hours=0)
    day = factories.make_polling_day(event)
    parts = [
        factories.make_day_part(day),
        factories.make_day_part(day, start=time(14), end=time(21)),
    ]
    chair = factories.make_position(event, kind="chair", rank=1, needs_training=False)
    member = factories.make_position(event, rank=3, needs_training=False)
    stations = [factories.make_polling_station(event) for _number in range(2)]
    shifts = [
        factories.make_shift(station, part, position, places=places)
        for station in stations
        for part in parts
        for position, places in ((chair, 1), (member, 2))
    ]
    return SimpleNamespace(
        event=event, parts=parts, chair=chair, member=member, stations=stations, shifts=shifts
    )


def _people(city, count, *, parts=None, answer="yes", **values):
    made = []
    for _number in range(count):
        member = factories.make_member(with_user=False, **values)
        for part in city.parts if parts is None else parts:
            factories.make_availability(member, part, answer=answer)
        made.append(member)
    return made


def _ask(city, by=None, *, keeps_present=True, weights=None, seconds=5):
    return request_proposal(
        city.event, weights=weights or {}, keeps_present=keeps_present, seconds=seconds, by=by
    )


def _make(city, **options):
    """A proposal that is ready."""
    proposal = _ask(city, **options)
    run_proposal(proposal.job)
    proposal.refresh_from_db()
    assert proposal.state == "ready"
    return proposal


def _pairs(rows):
    return set(rows.values_list("member_id", "shift_id"))


def _plan(city):
    return _pairs(Assignment.objects.of_event(city.event).active())


def test_request_proposal_starts_one_job(city, planner):
    proposal = _ask(city, planner, weights={"distance": 5})
    assert (proposal.number, proposal.state, proposal.job.state) == (1, "waiting", "queued")
    assert proposal.weights["distance"] == 5
    assert proposal.weights["together"] == 3
    with pytest.raises(ActionError, match="al een voorstel gemaakt"):
        _ask(city, planner)


def test_request_proposal_refuses_what_cannot_be(city, planner):
    with pytest.raises(ActionError, match="hoe zwaar"):
        _ask(city, planner, weights={"distance": 6})
    with pytest.raises(ActionError, match="hoe zwaar"):
        _ask(city, planner, weights={"luck": 1})
    with pytest.raises(ActionError, match="hoelang"):
        _ask(city, planner, seconds=241)
    empty = factories.make_event()
    with pytest.raises(ActionError, match="nog geen diensten"):
        request_proposal(empty, weights={}, keeps_present=True, seconds=5, by=planner)
    models.ElectionEvent.objects.filter(pk=city.event.pk).update(archived_at=timezone.now())
    with pytest.raises(ActionError, match="gearchiveerd"):
        _ask(city, planner)


def test_run_proposal_fills_every_place_there_are_people_for(city):
    _people(city, 12)
    proposal = _make(city)
    assert proposal.job.state == "done"
    assert "12 van 12 plaatsen gevuld." in proposal.job.result
    assert proposal.placements.count() == 12
    assert proposal.method == Method.HIGHS
    assert not proposal.unfilled.exists()
    assert _plan(city) == set()


def test_run_proposal_breaks_no_rule_of_elections(city):
    """Looked at with the checker that shares nothing with the optimiser, and with the rules of the house."""
    city.event.maximum_hours_per_day = 8
    city.event.save()
    _people(city, 4, qualified_for=["member"])
    _people(city, 2, parts=city.parts[:1])
    _people(city, 3, birth_date=date(2012, 1, 1))
    _people(city, 3, answer="no")
    proposal = _make(city)
    placements = list(proposal.placements.select_related("member", "shift__position", "shift__day_part"))
    assert placements
    assert broken_rules(load_instance(city.event).instance, _pairs(proposal.placements)) == []
    assert plan_take_over(proposal).skipped == ()
    for one in placements:
        assert one.shift.position.kind in one.member.can_work_as
        assert one.member.age_on(factories.DAY) >= 18
        assert models.Availability.objects.filter(
            member=one.member, day_part=one.shift.day_part, answer__in=("yes", "if_needed")
        ).exists()
    by_member = [one.member_id for one in placements]
    assert len(by_member) == len(set(by_member))


def test_run_proposal_says_why_a_place_stays_empty(city):
    _people(city, 3, qualified_for=["member"])
    silent = factories.make_member(qualified_for=["chair"])
    proposal = _make(city)
    chairs = list(proposal.unfilled.filter(shift__position=city.chair))
    assert len(chairs) == 4
    assert {place.reason for place in chairs} == {"nobody_available"}
    assert {place.remedy for place in chairs} == {RemedyCode.ASK}
    assert all(place.facts["remedies"][0]["people"] == [silent.pk] for place in chairs)


def test_run_proposal_returns_something_when_nobody_can_come(city):
    proposal = _make(city)
    assert proposal.placements.count() == 0
    assert sum(place.count for place in proposal.unfilled.all()) == 12


def test_run_proposal_without_the_solver_assigns_in_the_quick_way(city, monkeypatch):
    monkeypatch.setitem(sys.modules, "highspy", None)
    monkeypatch.setitem(
        sys.modules, "elections.planning.search", None
    )  # has HiGHS in it when another test was first
    _people(city, 12)
    proposal = _make(city)
    assert proposal.method == Method.GREEDY
    assert proposal.bound is None
    assert proposal.placements.count() == 12


def test_run_proposal_after_a_stop_keeps_the_best_so_far(city, planner, monkeypatch):
    _people(city, 12)
    proposal = _ask(city, planner)
    tell = proposals.job_progress

    def stopped_by_somebody(job, done, **note):
        going_on = tell(job, done, **note)
        if going_on:
            cancel_job(job, by=planner)
        return going_on

    monkeypatch.setattr(proposals, "job_progress", stopped_by_somebody)
    run_proposal(proposal.job)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.job.state) == ("ready", "cancelled")
    assert proposal.placements.count() > 0


def test_run_proposal_that_was_stopped_before_it_began_keeps_nothing(city, planner):
    proposal = _ask(city, planner)
    cancel_job(proposal.job, by=planner)
    run_proposal(proposal.job)
    proposal.refresh_from_db()
    assert proposal.state == "waiting"
    assert not proposal.placements.exists()


def test_run_proposal_after_a_killed_worker_starts_again_and_keeps_one_answer(city):
    _people(city, 12)
    proposal = _ask(city)
    models.Job.objects.filter(pk=proposal.job.pk).update(
        state="running", heartbeat_at=timezone.now() - SILENT_AFTER - timedelta(seconds=1)
    )
    assert resume_stale_jobs() == 1
    proposal.job.refresh_from_db()
    assert proposal.job.state == "queued"
    run_proposal(proposal.job)
    run_proposal(proposal.job)
    proposal.refresh_from_db()
    assert proposal.state == "ready"
    assert proposal.placements.count() == 12


def test_run_proposal_of_a_discarded_proposal_keeps_nothing(city, planner, monkeypatch):
    _people(city, 3)
    proposal = _ask(city, planner)
    job = proposal.job
    load = proposals.load_instance

    def thrown_away_meanwhile(*args, **options):
        discard_proposal(proposal, by=planner)
        return load(*args, **options)

    monkeypatch.setattr(proposals, "load_instance", thrown_away_meanwhile)
    run_proposal(job)
    assert not Proposal.objects.exists()
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_run_proposal_keeps_locked_people_where_they_are(city, planner):
    first, *_others = _people(city, 12)
    kept = assign_member(first, city.shifts[1], by=planner)
    set_locked(kept, True, by=planner)
    proposal = _make(city, keeps_present=False)
    assert proposal.placements.filter(member=first, shift=city.shifts[1], is_present=True).exists()


def test_take_over_proposal_makes_it_the_plan_as_one_change(city, planner):
    _people(city, 12)
    proposal = _make(city)
    wanted = _pairs(proposal.placements)
    done = take_over_proposal(proposal, by=planner)
    assert (len(done.added), done.skipped) == (12, ())
    assert _plan(city) == wanted
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
    people = _people(city, 12)
    assign_member(people[0], city.shifts[1], by=planner)
    before = _plan(city)
    proposal = _make(city, keeps_present=False, weights={"spread": 5})
    take_over_proposal(proposal, by=planner)
    after = _plan(city)
    proposal.refresh_from_db()
    undo_change(proposal.plan_change, by=planner)
    assert _plan(city) == before
    proposal = Proposal.objects.get()
    assert not proposal.is_taken_over
    take_over_proposal(proposal, by=planner)
    assert _plan(city) == after


def test_take_over_proposal_moves_people_without_losing_one(city, planner):
    """The first sits where only the second can be: they change places."""
    (first,) = _people(city, 1)
    (second,) = _people(city, 1, parts=city.parts[:1], qualified_for=["member"])
    models.Shift.objects.exclude(pk__in=[city.shifts[0].pk, city.shifts[1].pk]).delete()
    models.Shift.objects.filter(pk=city.shifts[1].pk).update(places=1)
    assign_member(first, city.shifts[1], by=planner)
    proposal = _make(city, keeps_present=False)
    assert _pairs(proposal.placements.filter(leaves=True)) == {(first.pk, city.shifts[1].pk)}
    done = take_over_proposal(proposal, by=planner)
    assert (done.moved, done.new, done.out) == (1, 1, 0)
    assert _plan(city) == {(first.pk, city.shifts[0].pk), (second.pk, city.shifts[1].pk)}


def test_take_over_proposal_leaves_alone_what_a_colleague_did_meanwhile(city, planner):
    people = _people(city, 12)
    proposal = _make(city)
    wanted = dict(_pairs(proposal.placements))
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
    assert {pair for pair in wanted.items() if pair[0] not in skipped} <= _plan(city)


def test_take_over_proposal_leaves_people_where_a_colleague_moved_them(city, planner):
    people = _people(city, 12)
    first = assign_member(people[0], city.shifts[1], by=planner)
    proposal = _make(city, keeps_present=False)
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
    assert {shift for member, shift in _plan(city) if member == people[0].pk} == {city.shifts[7].pk}


@pytest.mark.parametrize("change", ["no", "inactive", "candidate", "published"])
def test_take_over_proposal_looks_at_everybody_again(city, planner, change):
    people = _people(city, 12)
    proposal = _make(city)
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
    assert people[0].pk not in {member for member, _shift in _plan(city)}


def test_take_over_proposal_of_some_stations_only(city, planner):
    _people(city, 12)
    proposal = _make(city)
    done = take_over_proposal(proposal, by=planner, stations={city.stations[0].pk})
    assert len(done.added) == 6
    assert set(Assignment.objects.active().values_list("shift__polling_station", flat=True)) == {
        city.stations[0].pk
    }
    proposal.refresh_from_db()
    assert proposal.state == "ready"
    assert len(take_over_proposal(proposal, by=planner).added) == 6
    assert len(_plan(city)) == 12


def test_take_over_proposal_of_nothing_says_so(city, planner):
    proposal = _make(city)
    with pytest.raises(ActionError, match="niets over te nemen"):
        take_over_proposal(proposal, by=planner)
    waiting = factories.make_proposal(city.event, state="waiting")
    with pytest.raises(ActionError, match="nog niet klaar"):
        take_over_proposal(waiting, by=planner)


@pytest.mark.parametrize("count", [1, 12])
def test_take_over_proposal_needs_the_same_queries_for_any_number(
    city, planner, count, django_assert_num_queries
):
    _people(city, count, parts=city.parts[:1] if count == 1 else None)
    proposal = _make(city)
    with django_assert_num_queries(23):
        take_over_proposal(proposal, by=planner)


def test_lock_placements_places_people_and_a_next_proposal_leaves_them(city, planner):
    people = _people(city, 12)
    proposal = _make(city)
    mine = proposal.placements.get(member=people[3])
    assert lock_placements(proposal, [people[3].pk], by=planner) == (1, 0)
    assert _plan(city) == {(people[3].pk, mine.shift_id)}
    assert Assignment.objects.get().is_locked
    again = _make(city, keeps_present=False)
    assert again.placements.get(member=people[3]).shift_id == mine.shift_id
    assert lock_placements(proposal, [people[3].pk], by=planner) == (1, 0)


def test_proposal_numbers_are_what_a_recount_of_the_rows_gives(city, planner):
    models.Preference.objects.bulk_create(
        models.Preference(member=member, event=city.event, kind="position", position=city.member, rank=1)
        for member in _people(city, 6)
    )
    people = _people(city, 6, answer="if_needed")
    for member in people[:4]:
        models.CompanionWish.objects.create(
            member=member, event=city.event, name="Collega", companion=people[5]
        )
    proposal = _make(city)
    rows = list(proposal.placements.select_related("member", "shift"))
    numbers = Numbers.of_json(proposal.numbers).counts
    assert (numbers["filled"].value, numbers["filled"].total) == (12, 12)
    assert numbers["chairs"].value == sum(row.shift.position_id == city.chair.pk for row in rows)
    said = {(each.member_id, each.day_part_id): each.answer for each in models.Availability.objects.all()}
    assert numbers["said_yes"].value == sum(
        said[row.member_id, row.shift.day_part_id] == "yes" for row in rows
    )
    wished = set(models.Preference.objects.values_list("member_id", "position_id"))
    assert numbers["position"].value == sum((row.member_id, row.shift.position_id) in wished for row in rows)
    teams = {(row.member_id, row.shift.polling_station_id, row.shift.day_part_id) for row in rows}
    wishing = [each for each in teams if each[0] in {member.pk for member in people[:4]}]
    together = [each for each in wishing if (people[5].pk, *each[1:]) in teams]
    assert (numbers["together"].value, numbers["together"].total) == (len(together), len(wishing))
    times = [sum(row.member_id == member for row in rows) for member in {row.member_id for row in rows}]
    assert (numbers["once"].value, numbers["once"].total) == (times.count(1), len(times))


def test_compare_counts_who_moves_comes_in_and_goes_out(city, planner):
    people = _people(city, 12)
    proposal = _make(city)
    wanted = dict(_pairs(proposal.placements))
    assign_member(people[0], models.Shift.objects.get(pk=wanted[people[0].pk]), by=planner)
    other = next(shift for shift in city.shifts if shift.pk != wanted[people[1].pk] and shift.places == 2)
    assign_member(people[1], other, by=planner)
    (late,) = _people(city, 1)
    free = next(shift for shift in city.shifts if shift != other and shift.pk != wanted[people[0].pk])
    assign_member(late, free, by=planner)
    found = compare(city.event, plan_of_today(city.event), plan_of(proposal))
    assert (found.count("moved"), found.count("in"), found.count("out")) == (1, 10, 1)
    filled = found.lines[0]
    assert (filled.before.value, filled.after.value, filled.difference) == (3, 12, "+9")


def test_moves_between_leaves_out_what_stays():
    assert moves_between({(1, 10), (2, 20)}, {(1, 10), (2, 20)}) == []
    (move,) = moves_between({(1, 10), (1, 11)}, {(1, 10), (1, 12)})
    assert (move.before, move.after, move.kind) == ({11}, {12}, "moved")


def test_what_changed_since_tells_of_acts_and_answers(city, planner):
    people = _people(city, 12)
    proposal = _make(city)
    assert what_changed_since(proposal) == []
    assign_member(people[0], city.shifts[1], by=planner)
    models.AvailabilityResponse.objects.create(
        member=people[1], event=city.event, submitted_at=timezone.now()
    )
    assert what_changed_since(proposal) == [
        "Het team wijzigde de indeling 1 keer.",
        "1 lid paste de beschikbaarheid aan.",
    ]


def test_discard_proposal_leaves_the_plan_and_its_undo(city, planner):
    _people(city, 12)
    proposal = _make(city)
    take_over_proposal(proposal, by=planner)
    discard_proposal(proposal, by=planner)
    assert len(_plan(city)) == 12
    undo_change(PlanChange.objects.get(), by=planner)
    assert _plan(city) == set()


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (0.0, "Beter kan niet: dat is bewezen."),
        (0.0042, "Hoogstens 0,42 % onder het best mogelijke."),
        (0.02, "Hoogstens 2 % onder het best mogelijke."),
        (0.00006, "Hoogstens 0,01 % onder het best mogelijke."),
    ],
)
def test_gap_words(gap, words):
    assert gap_words(gap) == words
