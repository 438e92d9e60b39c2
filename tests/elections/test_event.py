"""Making, changing and archiving an election event."""

import dataclasses
from datetime import date, time

import pytest
from django.db import IntegrityError, transaction
from django_tenants.utils import tenant_context

from elections.actions.event import (
    archive_event,
    create_event,
    restore_event,
    update_event,
    update_event_rules,
)
from elections.enums import MENU_STEPS, ElectionCategory, PollingDayKind, StepKind
from elections.errors import ActionError
from elections.event_plan import DayPartPlan, ElectionPlan, PollingDayPlan, proposed_plan
from elections.models import AuditEvent, ElectionEvent
from elections.queries.event import current_event
from tests import factories

PLAN = proposed_plan(is_public_body=False)
FACTS = {"name": "PS 2027", "decision_date": None, "signatory": "", "signatory_title": "", "by": None}


def test_proposal_is_17_march_voting_and_18_march_counting():
    event = create_event(PLAN, by=None)

    days = [
        (day.date, day.kind, [part.hours for part in day.day_parts.all()]) for day in event.polling_days.all()
    ]
    assert days == [
        (date(2027, 3, 17), "voting", ["07.00–14.00 uur", "14.00–23.00 uur", "20.45–00.00 uur"]),
        (date(2027, 3, 18), "counting", ["09.00–17.00 uur"]),
    ]
    assert [str(election) for election in event.elections.all()] == ["Provinciale Staten", "Waterschap"]
    assert event.polling_days.first().elections.count() == 2
    assert [(p.kind, p.allowance_cents) for p in event.positions.all()] == [
        ("chair", 20400),
        ("deputy_chair", 15700),
        ("member", 16900),
        ("counter", 5000),
        ("reserve", 0),
    ]


def test_proposal_of_a_public_body_is_island_council_and_electoral_college(zonneiland):
    with tenant_context(zonneiland):
        event = create_event(proposed_plan(is_public_body=True), by=None)
        assert {election.category for election in event.elections.all()} == {"ER", "KC"}


def test_create_event_makes_every_portal_step_in_order():
    event = create_event(PLAN, by=None)

    steps = list(event.portal_steps.all())
    assert [step.kind for step in steps] == [kind for kind in StepKind if kind != StepKind.OWN]
    assert {step.kind for step in steps if step.is_on} == set(MENU_STEPS)


def test_create_event_is_logged():
    create_event(PLAN, by=None)

    assert AuditEvent.objects.get(action="event.create").object_label == PLAN.name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "  "}, "Vul een naam in"),
        ({"elections": ()}, "minstens één verkiezing"),
        ({"elections": PLAN.elections * 2}, "twee keer"),
        ({"polling_days": ()}, "minstens één zittingsdag"),
        ({"polling_days": PLAN.polling_days * 2}, "twee keer"),
        (
            {"polling_days": (PollingDayPlan(date(2027, 3, 17), PollingDayKind.VOTING),)},
            "minstens één dagdeel",
        ),
        (
            {
                "polling_days": (
                    PollingDayPlan(
                        date(2027, 3, 17),
                        PollingDayKind.VOTING,
                        (DayPartPlan("A", time(7), time(14)), DayPartPlan("A", time(14), time(23))),
                    ),
                )
            },
            "eigen naam",
        ),
        ({"positions": ()}, "minstens één functie"),
        ({"positions": PLAN.positions * 2}, "eigen naam"),
        ({"positions": (dataclasses.replace(PLAN.positions[0], minimum_age=16),)}, "minstens 18 jaar"),
    ],
)
def test_create_event_refuses_a_plan_that_cannot_stand(change, message):
    with pytest.raises(ActionError, match=message):
        create_event(dataclasses.replace(PLAN, **change), by=None)

    assert not ElectionEvent.objects.exists()


def test_create_event_refuses_a_name_in_use():
    create_event(PLAN, by=None)

    with pytest.raises(ActionError, match="al een verkiezingsronde"):
        create_event(PLAN, by=None)


def test_update_event_changes_the_elections_of_every_day():
    event = create_event(PLAN, by=None)
    kept, new = PLAN.elections[0], ElectionPlan(ElectionCategory.REFERENDUM, "Referendum")

    update_event(event, elections=[kept, new], **FACTS)

    for day in event.polling_days.all():
        assert [str(election) for election in day.elections.all()] == ["Referendum", "Provinciale Staten"]


def test_update_event_refuses_the_name_of_another_event():
    create_event(PLAN, by=None)
    other = create_event(dataclasses.replace(PLAN, name="Anders"), by=None)

    with pytest.raises(ActionError, match="al een verkiezingsronde"):
        update_event(other, elections=list(PLAN.elections), **FACTS | {"name": PLAN.name})


def test_archived_event_is_not_current_until_it_is_restored():
    event = create_event(PLAN, by=None)

    archive_event(event, by=None)
    archive_event(event, by=None)
    assert current_event() is None

    restore_event(event, by=None)
    assert current_event() == event
    assert AuditEvent.objects.filter(action__in=["event.archive", "event.restore"]).count() == 2


def test_update_event_rules_changes_and_logs_what_differs():
    event = factories.make_event()

    update_event_rules(
        event, {"minimum_rest_hours": 11, "maximum_hours_per_day": 14, "clash_policy": "block"}, by=None
    )

    event.refresh_from_db()
    assert (event.maximum_hours_per_day, event.clash_policy) == (14, "block")
    logged = AuditEvent.objects.get(action="event.rules")
    assert sorted(logged.details["fields"]) == ["clash_policy", "maximum_hours_per_day"]


def test_update_event_rules_with_nothing_new_is_not_logged():
    update_event_rules(
        factories.make_event(), {"minimum_rest_hours": 11, "maximum_inexperienced": None}, by=None
    )

    assert not AuditEvent.objects.filter(action="event.rules").exists()


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"minimum_rest_hours": 25}, "uren rust tussen twee zittingsdagen” een getal in van 0 tot en met 24"),
        ({"minimum_rest_hours": None}, "uren rust"),
        ({"maximum_hours_per_day": 0}, "van 1 tot en met 24"),
        ({"answer_days": 91}, "van 1 tot en met 90"),
        ({"offer_hours": 0}, "van 1 tot en met 336"),
        ({"clash_policy": "shout"}, "kandidaten op een lijst"),
    ],
)
def test_update_event_rules_refuses_what_is_out_of_bounds(rules, message):
    with pytest.raises(ActionError, match=message):
        update_event_rules(factories.make_event(), rules, by=None)


def test_bounds_of_rules_hold_in_the_database_too():
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_event(answer_days=0)
