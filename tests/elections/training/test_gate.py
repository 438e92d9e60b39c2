"""What waits for a training: a place, its letter, and the word "final"."""

import random
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from elections.actions import letter as letters
from elections.actions.assignment import assign_member
from elections.actions.event import update_event_rules
from elections.actions.training_result import remove_training_result
from elections.eligibility import is_trained, person_of, rules_of, work_of
from elections.errors import ActionError
from elections.models import Assignment
from elections.queries.coverage import coverage
from elections.queries.letter import check_letters
from elections.queries.letter_facts import awaiting_training
from elections.queries.placement import placements_of
from elections.queries.training import still_to_train
from elections.queries.training_gate import places_lacking_training, trainings_passed
from tests import factories
from tests.elections.training.test_training import set_rules


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
