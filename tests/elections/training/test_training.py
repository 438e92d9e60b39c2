"""Trainings: what counts for whom and until when, results, and what waits for them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.privacy import erase_member
from elections.actions.training import (
    TrainingFacts,
    begin_training,
    create_training,
    remove_training,
    update_training,
)
from elections.actions.training_result import record_training_result
from elections.demo.training import train
from elections.enums import EraseReason, PositionKind, StepKind, StepState, TrainingState
from elections.errors import ActionError, ChangedElsewhere, StepNotOpen
from elections.exports.person import person_sections
from elections.models import Member, Training, TrainingResult, TrainingStart
from elections.queries.portal_step import steps_for
from elections.queries.step_progress import unfinished
from elections.queries.training import members_of_training, own_trainings
from tests import factories

TODAY = date(2026, 11, 22)
HOSTILE = (
    "javascript:alert(1)",
    "http://training.example/",
    "data:text/html,x",
    "https://training.example@evil.example/",
    "https://user:secret@training.example/",
    "https:training.example",
    "//training.example/",
    "https://",
    "https://training.example\\@evil.example/",
    "https://training.example/#/begin",
    "https://[1/",
    "training.example",
)


def facts(**changes: Any) -> TrainingFacts:
    values = {
        "name": "Basis",
        "site": "https://training.example/begin?taal=nl",
        "position_kinds": (),
        "valid_months": None,
        "is_on": True,
    }
    return TrainingFacts(**values | changes)


def set_rules(event: Any, **rules: Any) -> None:
    for name, value in rules.items():
        setattr(event, name, value)
    event.save()


def state_of(member: Any, event: Any) -> tuple[StepState, str]:
    (step,) = [each for each in steps_for(member, event) if each.kind is StepKind.TRAINING]
    return step.state, step.state_label


@pytest.mark.parametrize("site", HOSTILE)
def test_address_of_a_training_is_a_plain_https_site(db: None, site: str) -> None:
    with pytest.raises(ActionError, match="Vul een adres in"):
        create_training(facts(site=site), by=None)
    assert not Training.objects.exists()


def test_database_refuses_another_scheme(db: None) -> None:
    with pytest.raises(IntegrityError, match="training_site_is_https"), transaction.atomic():
        factories.make_training(site="http://training.example/")


def test_training_is_made_changed_and_removed_while_nobody_did_it(db: None) -> None:
    training = create_training(facts(), by=None)
    with pytest.raises(ActionError, match="al een training met deze naam"):
        create_training(facts(name=" basis "), by=None)
    changed = update_training(training, facts(name="Kort", valid_months=12), version=1, by=None)
    assert (changed.name, changed.valid_months, changed.version) == ("Kort", 12, 2)
    with pytest.raises(ChangedElsewhere):
        update_training(training, facts(name="Lang"), version=1, by=None)
    result = factories.make_training_result(training, factories.make_member())
    with pytest.raises(ActionError, match="zijn er uitslagen"):
        remove_training(training, by=None)
    result.delete()
    remove_training(training, by=None)
    assert not Training.objects.exists()


@pytest.mark.parametrize(
    ("done_on", "months", "until"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 3, 17), 12, date(2027, 3, 17)),
        (date(2026, 3, 17), 24, date(2028, 3, 17)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 3, 17), None, None),
    ],
)
def test_last_valid_day_is_the_same_day_so_many_months_later(
    done_on: date, months: int | None, until: date | None
) -> None:
    assert Training(valid_months=months).last_valid_day(done_on) == until


def test_result_is_written_with_its_last_day_and_future_days_are_refused(training: Any) -> None:
    training.valid_months = 12
    training.save()
    member, today = factories.make_member(), timezone.localdate()
    result = record_training_result(training, member, today, passed=True, score="8,5", by=None)
    assert result.expires_on == training.last_valid_day(today)
    assert (result.source, result.noted_by) == ("manual", "systeem")
    with pytest.raises(ActionError, match="in de toekomst"):
        record_training_result(training, member, today + timedelta(days=1), passed=True, by=None)
    assert TrainingResult.objects.count() == 1


@pytest.mark.parametrize(("hour", "allowed"), [(3, False), (5, True)])
def test_day_in_the_future_is_one_by_the_clock_of_the_island(
    zonneiland: Any, hour: int, allowed: bool
) -> None:
    """Bonaire is four hours behind UTC: at three in the morning UTC it is still the day before."""
    moment = datetime(2026, 11, 22, hour, tzinfo=UTC)
    with (
        tenant_context(zonneiland),
        timezone.override(zonneiland.tz),
        time_machine.travel(moment, tick=False),
    ):
        training, member = factories.make_training(), factories.make_member()
        if allowed:
            record_training_result(training, member, TODAY, passed=True, by=None)
        else:
            with pytest.raises(ActionError, match="in de toekomst"):
                record_training_result(training, member, TODAY, passed=True, by=None)


def test_of_one_day_the_best_result_counts(training: Any) -> None:
    member, day = factories.make_member(), date(2026, 1, 5)
    record_training_result(training, member, day, passed=False, score="4", by=None)
    record_training_result(training, member, day, passed=True, score="7", by=None)
    record_training_result(training, member, day, passed=False, score="3", by=None)
    (result,) = TrainingResult.objects.all()
    assert (result.passed, result.score) == (True, "7")


def test_erased_member_gets_no_result_and_leaves_none(training: Any) -> None:
    member = factories.make_member()
    factories.make_training_result(training, member)
    factories.make_training_start(training, member)
    erase_member(member, by=None, reason=EraseReason.REQUEST)
    assert not TrainingResult.objects.exists()
    assert not TrainingStart.objects.exists()
    with pytest.raises(ActionError, match="gewist"):
        record_training_result(training, member, date(2026, 1, 5), passed=True, by=None)


def test_download_of_a_member_tells_results_and_the_reference(training: Any) -> None:
    member = factories.make_member()
    factories.make_training_result(training, member, score="8,5")
    start = factories.make_training_start(training, member)
    said = str(person_sections(member))
    assert training.name in said
    assert "8,5" in said
    assert str(start.reference) in said


def test_step_tells_how_far_a_member_is(event: Any, shift: Any, training: Any) -> None:
    factories.make_portal_step(event, "training")
    member = factories.make_member()
    assert state_of(member, event)[0] is StepState.NOT_BEGUN
    factories.make_training_start(training, member)
    assert state_of(member, event)[0] is StepState.BUSY
    result = factories.make_training_result(training, member, passed=False, done_on=timezone.localdate())
    assert state_of(member, event) == (StepState.BUSY, "Nog niet gehaald")
    result.passed = True
    result.save()
    assert state_of(member, event) == (StepState.DONE, "Gedaan")
    assert not unfinished(Member.objects.all(), StepKind.TRAINING, event).exists()


def test_who_needs_no_training_has_nothing_to_do(event: Any, shift: Any) -> None:
    factories.make_portal_step(event, "training")
    counter = factories.make_member(qualified_for=["counter"])
    assert state_of(counter, event) == (StepState.NOT_OPEN, "Niet nodig")
    factories.make_position(event, kind="counter", name="Teller", needs_training=True)
    assert state_of(counter, event)[0] is StepState.NOT_BEGUN


def test_known_place_decides_and_a_plan_stays_a_secret(event: Any, shift: Any) -> None:
    factories.make_portal_step(event, "training")
    counting = factories.make_position(event, kind="counter", name="Teller", needs_training=False)
    shift.position = counting
    shift.save()
    factories.make_position(event, kind="chair", name="Voorzitter")
    member = factories.make_member(qualified_for=["chair", "counter"])
    place = factories.make_assignment(member, shift)
    assert state_of(member, event)[0] is StepState.NOT_BEGUN  # the team only plans it
    place.state, place.published_at = "published", timezone.now()
    place.save()
    assert state_of(member, event) == (StepState.NOT_OPEN, "Niet nodig")
    assert own_trainings(member, event) == []


def test_member_begins_a_training_once_and_keeps_the_reference(event: Any, shift: Any, training: Any) -> None:
    member = factories.make_member()
    with pytest.raises(StepNotOpen):
        begin_training(training, member, event, by=None)
    factories.make_portal_step(event, "training")
    first = begin_training(training, member, event, by=None)
    assert begin_training(training, member, event, by=None).reference == first.reference
    other = factories.make_training(position_kinds=["counter"])
    off = factories.make_training(is_on=False)
    for wrong in (other, off):
        with pytest.raises(ActionError, match="nu niet voor u"):
            begin_training(wrong, member, event, by=None)
    (own,) = own_trainings(member, event)
    assert (own.training, own.state) == (training, TrainingState.BEGUN)


def test_training_that_ends_before_the_vote_counts_no_more(event: Any, shift: Any, training: Any) -> None:
    member = factories.make_member()
    factories.make_training_result(training, member, expires_on=date(2027, 3, 16))
    (own,) = own_trainings(member, event)
    assert own.state is TrainingState.EXPIRED


def test_list_of_a_training_tells_how_far_everybody_is(training: Any) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    members = {
        name: factories.make_member(last_name=name, qualified_for=["member"])
        for name in ("Af", "Niet", "Oud", "Start", "Zak")
    }
    factories.make_training_result(training, members["Af"], expires_on=timezone.localdate())
    factories.make_training_result(training, members["Oud"], done_on=date(2020, 1, 1), expires_on=yesterday)
    factories.make_training_result(training, members["Zak"], passed=False)
    factories.make_training_start(training, members["Start"])
    found = {member.last_name: member.training_state for member in members_of_training(training)}
    assert found == {
        "Af": "done",
        "Niet": "not_done",
        "Oud": "expired",
        "Start": "begun",
        "Zak": "failed",
    }
    chairs = factories.make_training(position_kinds=[PositionKind.COUNTER])
    assert not members_of_training(chairs).exists()


def test_demo_has_members_in_every_state(event: Any, shift: Any) -> None:
    members = [factories.make_member(qualified_for=["member"]) for _number in range(30)]
    train(members, seed=1)
    (training,) = Training.objects.all()
    assert {member.training_state for member in members_of_training(training)} == {
        "done",
        "failed",
        "begun",
        "not_done",
    }
