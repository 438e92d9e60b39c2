"""Trainings: what counts for whom and until when, results, and what waits for them."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions import letter as letters
from elections.actions.assignment import assign_member
from elections.actions.event import update_event_rules
from elections.actions.privacy import erase_member
from elections.actions.training import (
    TrainingFacts,
    begin_training,
    create_training,
    remove_training,
    update_training,
)
from elections.actions.training_result import record_training_result, remove_training_result
from elections.demo.training import train
from elections.eligibility import is_trained, person_of, rules_of, work_of
from elections.enums import EraseReason, PositionKind, StepKind, StepState, TrainingState
from elections.errors import ActionError, ChangedElsewhere, StepNotOpen
from elections.exports.person import person_sections
from elections.models import Assignment, Member, Training, TrainingResult, TrainingStart
from elections.queries.coverage import coverage
from elections.queries.letter import awaiting_training, check_letters
from elections.queries.placement import placements_of
from elections.queries.portal_step import steps_for
from elections.queries.step_progress import unfinished
from elections.queries.training import members_of_training, own_trainings, still_to_train
from elections.queries.training_gate import places_lacking_training, trainings_passed
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


@pytest.fixture
def event() -> Any:
    made = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    factories.make_election(made, name="Provinciale Staten")
    return made


@pytest.fixture
def shift(event: Any) -> Any:
    part = factories.make_day_part(factories.make_polling_day(event))
    position = factories.make_position(event)
    return factories.make_shift(factories.make_polling_station(event), part, position, places=9)


@pytest.fixture
def training() -> Any:
    return factories.make_training()


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


@pytest.mark.parametrize(
    ("values", "allowed"),
    [
        ({}, True),
        ({"passed": False}, False),
        ({"expires_on": date(2027, 3, 17)}, True),
        ({"expires_on": date(2027, 3, 16)}, False),
        ({"done_on": date(2025, 12, 31)}, False),
        ({"kinds": ["member"]}, True),
        ({"kinds": ["chair"]}, False),
    ],
)
def test_only_a_training_that_counts_lets_somebody_be_placed(
    event: Any, shift: Any, values: dict[str, Any], allowed: bool
) -> None:
    set_rules(event, requires_training=True, trained_since=date(2026, 1, 1))
    training = factories.make_training(position_kinds=values.pop("kinds", []))
    member = factories.make_member()
    factories.make_training_result(training, member, **values)
    shift.refresh_from_db()
    if allowed:
        assign_member(member, shift, by=None)
    else:
        with pytest.raises(ActionError, match="training"):
            assign_member(member, shift, by=None)


def test_date_that_the_team_wrote_down_counts_for_every_position(event: Any, shift: Any) -> None:
    set_rules(event, requires_training=True)
    shift.refresh_from_db()
    assign_member(factories.make_member(trained_on=date(2024, 1, 1)), shift, by=None)


@pytest.mark.parametrize("seed", range(6))
def test_rule_in_the_database_is_the_rule_in_python(db: None, seed: int) -> None:
    with transaction.atomic():
        chance = random.Random(seed)
        event = factories.make_event(
            requires_training=True, trained_since=chance.choice([None, date(2026, 6, 1)])
        )
        station = factories.make_polling_station(event)
        shifts = []
        for number, kind in enumerate(("chair", "member", "counter")):
            position = factories.make_position(
                event, kind=kind, name=kind, needs_training=chance.random() < 0.8
            )
            day = factories.make_polling_day(event, date=date(2027, 3, 15 + number))
            shifts.append(factories.make_shift(station, factories.make_day_part(day), position, places=99))
        kinds: list[list[str]] = [[], ["chair"], ["member", "counter"]]
        trainings = [factories.make_training(position_kinds=each) for each in kinds]
        days = [date(2026, 1, 1), date(2026, 6, 1), date(2026, 9, 1)]
        ends = [None, date(2027, 3, 14), date(2027, 3, 15), date(2027, 3, 16), date(2028, 1, 1)]
        for _number in range(25):
            member = factories.make_member(
                qualified_for=["chair", "counter"], trained_on=chance.choice([None, None, None, *days])
            )
            for training in trainings:
                if chance.random() < 0.5:
                    factories.make_training_result(
                        training,
                        member,
                        done_on=chance.choice(days),
                        expires_on=chance.choice(ends),
                        passed=chance.random() < 0.7,
                    )
            factories.make_assignment(member, chance.choice(shifts))
        rules = rules_of(event)
        passed = trainings_passed(rules)
        lacking = set()
        for place in Assignment.objects.select_related("member").of_event(event):
            work = work_of(place.shift)
            person = person_of(place.member, is_candidate=False, trainings=passed.get(place.member_id, ()))
            if work.needs_training and not is_trained(person, work, rules):
                lacking.add(place.pk)
        assert set(places_lacking_training(event).values_list("pk", flat=True)) == lacking
        assert {place.pk for place in still_to_train(event)} == lacking
        transaction.set_rollback(True)


def test_gate_reads_nothing_while_no_training_is_asked(event: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert trainings_passed(rules_of(event)) == {}


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


def test_letter_waits_for_the_training_and_then_comes(event: Any, shift: Any, training: Any) -> None:
    update_event_rules(event, {"final_after_training": True}, by=None)
    event.refresh_from_db()
    trained, late = factories.make_member(), factories.make_member()
    factories.make_training_result(training, trained)
    for member in (trained, late):
        factories.make_assignment(member, shift, state="published", published_at=timezone.now())
    assert check_letters(event).missing == [trained.pk]
    assert [place.member for place in awaiting_training(event)] == [late]
    letters.work_on_letters(letters.make_letters(event, by=None))
    (letter,) = event.letters.all()
    assert letter.member == trained
    result = factories.make_training_result(training, late)
    assert check_letters(event).missing == [late.pk]
    letters.work_on_letters(letters.make_letters(event, by=None))
    second = event.letters.get(member=late)
    remove_training_result(result, by=None)
    with pytest.raises(ActionError, match="eerst de training"):
        letters.make_letter_again(second, by=None)
    # A letter that was made in the meantime is not published either.
    assert letters.publish_letters(event, by=None) == 1
    second.refresh_from_db()
    assert second.state == "made"


def test_without_the_gate_letters_do_not_wait(event: Any, shift: Any) -> None:
    member = factories.make_member()
    factories.make_assignment(member, shift)
    assert check_letters(event).missing == [member.pk]


def test_board_and_portal_say_that_a_place_becomes_final(event: Any, shift: Any, training: Any) -> None:
    factories.make_portal_step(event, "placement")
    set_rules(event, final_after_training=True)
    member = factories.make_member()
    factories.make_assignment(member, shift, state="published", published_at=timezone.now())
    (station,) = coverage(event).stations
    assert "not_final" in {warning.code for warning in station.warnings}
    (placement,) = placements_of(member, event)
    assert placement.awaits_training
    factories.make_training_result(training, member)
    (station,) = coverage(event).stations
    assert "not_final" not in {warning.code for warning in station.warnings}
    (placement,) = placements_of(member, event)
    assert not placement.awaits_training


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
