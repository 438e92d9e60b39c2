"""Proposals: made in the background, kept whole or not at all."""

import sys
from datetime import date, timedelta

import pytest
from django.utils import timezone

from elections import models
from elections.actions import proposal as proposals
from elections.actions.assignment import assign_member, set_locked
from elections.actions.job import SILENT_AFTER, cancel_job, resume_stale_jobs
from elections.actions.proposal import (
    discard_proposal,
    request_proposal,
    run_proposal,
)
from elections.errors import ActionError
from elections.models import Proposal
from elections.planning.result import Method, RemedyCode
from elections.queries.proposal_instance import load_instance
from elections.queries.proposal_take_over import plan_take_over
from tests import factories
from tests.elections.planning.checker import broken_rules
from tests.elections.proposal_city import ask, make_city, make_people, make_proposal, pairs_of, plan_of_now


@pytest.fixture
def planner():
    return factories.make_staff("planner")


@pytest.fixture
def city():
    return make_city()


def test_request_proposal_starts_one_job(city, planner):
    proposal = ask(city, planner, weights={"distance": 5})
    assert (proposal.number, proposal.state, proposal.job.state) == (1, "waiting", "queued")
    assert proposal.weights["distance"] == 5
    assert proposal.weights["together"] == 3
    with pytest.raises(ActionError, match="al een voorstel gemaakt"):
        ask(city, planner)


def test_request_proposal_refuses_what_cannot_be(city, planner):
    with pytest.raises(ActionError, match="hoe zwaar"):
        ask(city, planner, weights={"distance": 6})
    with pytest.raises(ActionError, match="hoe zwaar"):
        ask(city, planner, weights={"luck": 1})
    with pytest.raises(ActionError, match="hoelang"):
        ask(city, planner, seconds=241)
    empty = factories.make_event()
    with pytest.raises(ActionError, match="nog geen diensten"):
        request_proposal(empty, weights={}, keeps_present=True, seconds=5, by=planner)
    models.ElectionEvent.objects.filter(pk=city.event.pk).update(archived_at=timezone.now())
    with pytest.raises(ActionError, match="gearchiveerd"):
        ask(city, planner)


def test_run_proposal_fills_every_place_there_are_people_for(city):
    make_people(city, 12)
    proposal = make_proposal(city)
    assert proposal.job.state == "done"
    assert "12 van 12 plaatsen gevuld." in proposal.job.result
    assert proposal.placements.count() == 12
    assert proposal.method == Method.HIGHS
    assert not proposal.unfilled.exists()
    assert plan_of_now(city) == set()


def test_run_proposal_breaks_no_rule_of_elections(city):
    """Looked at with the checker that shares nothing with the optimiser, and with the rules of the house."""
    city.event.maximum_hours_per_day = 8
    city.event.save()
    make_people(city, 4, qualified_for=["member"])
    make_people(city, 2, parts=city.parts[:1])
    make_people(city, 3, birth_date=date(2012, 1, 1))
    make_people(city, 3, answer="no")
    proposal = make_proposal(city)
    placements = list(proposal.placements.select_related("member", "shift__position", "shift__day_part"))
    assert placements
    assert broken_rules(load_instance(city.event).instance, pairs_of(proposal.placements)) == []
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
    make_people(city, 3, qualified_for=["member"])
    silent = factories.make_member(qualified_for=["chair"])
    proposal = make_proposal(city)
    chairs = list(proposal.unfilled.filter(shift__position=city.chair))
    assert len(chairs) == 4
    assert {place.reason for place in chairs} == {"nobody_available"}
    assert {place.facts["remedies"][0]["code"] for place in chairs} == {RemedyCode.ASK}
    assert all(place.facts["remedies"][0]["people"] == [silent.pk] for place in chairs)


def test_run_proposal_returns_something_when_nobody_can_come(city):
    proposal = make_proposal(city)
    assert proposal.placements.count() == 0
    assert sum(place.count for place in proposal.unfilled.all()) == 12


def test_run_proposal_without_the_solver_assigns_in_the_quick_way(city, monkeypatch):
    monkeypatch.setitem(sys.modules, "highspy", None)
    monkeypatch.setitem(
        sys.modules, "elections.planning.search", None
    )  # has HiGHS in it when another test was first
    make_people(city, 12)
    proposal = make_proposal(city)
    assert proposal.method == Method.GREEDY
    assert proposal.bound is None
    assert proposal.placements.count() == 12


def test_run_proposal_after_a_stop_keeps_the_best_so_far(city, planner, monkeypatch):
    make_people(city, 12)
    proposal = ask(city, planner)
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
    proposal = ask(city, planner)
    cancel_job(proposal.job, by=planner)
    run_proposal(proposal.job)
    proposal.refresh_from_db()
    assert proposal.state == "waiting"
    assert not proposal.placements.exists()


def test_run_proposal_after_a_killed_worker_starts_again_and_keeps_one_answer(city):
    make_people(city, 12)
    proposal = ask(city)
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
    make_people(city, 3)
    proposal = ask(city, planner)
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
    first, *_others = make_people(city, 12)
    kept = assign_member(first, city.shifts[1], by=planner)
    set_locked(kept, True, by=planner)
    proposal = make_proposal(city, keeps_present=False)
    assert proposal.placements.filter(member=first, shift=city.shifts[1], is_present=True).exists()
