"""The state of each step for one member."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.assignment import assign_member
from elections.actions.event import archive_event
from elections.actions.letter import make_letters, publish_letters
from elections.actions.portal_step import show_step
from elections.actions.publication import publish_assignments
from elections.actions.shift import make_shifts
from elections.enums import MENU_STEPS, TASK_STEPS, StepKind, StepState
from elections.errors import ActionError, StepNotOpen
from elections.models import Assignment, AuditEvent, AvailabilityResponse, OutboxMail
from elections.queries.portal_step import moment_text, require_open_step, steps_for
from tests import factories

FUTURE = timedelta(days=2)
PAST = timedelta(days=-2)


@pytest.fixture
def event() -> Any:
    return factories.make_event()


@pytest.fixture
def member() -> Any:
    return factories.make_member()


def bounds(opens: timedelta | None, closes: timedelta | None) -> dict[str, Any]:
    now = timezone.now()
    return {"opens_at": now + opens if opens else None, "closes_at": now + closes if closes else None}


def test_steps_come_in_the_order_in_which_members_meet_them(event: Any, member: Any) -> None:
    for rank, kind in reversed(list(enumerate(StepKind.values))):
        factories.make_portal_step(event, kind, rank=rank)
    shown = [kind for kind in StepKind if kind not in MENU_STEPS]
    assert [step.kind for step in steps_for(member, event)] == shown


def test_step_that_is_off_is_not_shown(event: Any, member: Any) -> None:
    factories.make_portal_step(event, "availability", is_on=False)
    assert steps_for(member, event) == []


@pytest.mark.parametrize(
    ("opens", "closes", "begun", "submitted", "state"),
    [
        (None, None, False, False, StepState.NOT_BEGUN),
        (PAST, FUTURE, False, False, StepState.NOT_BEGUN),
        (PAST, FUTURE, True, False, StepState.BUSY),
        (PAST, FUTURE, True, True, StepState.DONE),
        (FUTURE, None, False, False, StepState.NOT_OPEN),
        (2 * PAST, PAST, False, False, StepState.CLOSED),
        (2 * PAST, PAST, True, False, StepState.CLOSED),
        (2 * PAST, PAST, True, True, StepState.DONE),
    ],
)
def test_availability_state_follows_period_and_answer(
    event: Any, member: Any, opens: Any, closes: Any, begun: bool, submitted: bool, state: StepState
) -> None:
    factories.make_portal_step(event, "availability", **bounds(opens, closes))
    if begun:
        moment = timezone.now() if submitted else None
        AvailabilityResponse.objects.create(member=member, event=event, submitted_at=moment)
    step = steps_for(member, event)[0]
    assert step.state == state
    assert step.is_todo == (state in (StepState.NOT_BEGUN, StepState.BUSY))


@pytest.mark.parametrize(
    ("opens", "closes", "state"),
    [
        (PAST, FUTURE, StepState.DONE),
        (FUTURE, None, StepState.NOT_OPEN),
        (2 * PAST, PAST, StepState.CLOSED),
    ],
)
def test_published_letter_follows_the_period(
    event: Any, member: Any, opens: Any, closes: Any, state: StepState
) -> None:
    factories.make_portal_step(event, "letters", **bounds(opens, closes))
    factories.make_letter(member, event, state="published", first_read_at=timezone.now())
    assert steps_for(member, event)[0].state == state


def test_states_of_one_member_say_nothing_about_another(event: Any, member: Any) -> None:
    factories.make_portal_step(event, "letters")
    other = factories.make_member()
    factories.make_letter(other, event, state="published")
    assert steps_for(member, event)[0].state == StepState.NOT_OPEN


def test_steps_need_few_queries(event: Any, member: Any, django_assert_num_queries: Any) -> None:
    for kind in TASK_STEPS:
        factories.make_portal_step(event, kind)
    with django_assert_num_queries(4):
        steps_for(member, event)
    member.data_checked_at = timezone.now()
    AvailabilityResponse.objects.create(member=member, event=event, submitted_at=timezone.now())
    with django_assert_num_queries(4):
        steps_for(member, event)


def test_closed_step_says_since_when(event: Any, member: Any) -> None:
    closes_at = datetime(2026, 11, 1, 16, 0, tzinfo=UTC)
    factories.make_portal_step(event, "availability", closes_at=closes_at)
    with pytest.raises(StepNotOpen, match=r"gesloten sinds zondag 1 november 2026, 17\.00 uur"):
        require_open_step(event, StepKind.AVAILABILITY, member)


def test_moment_is_told_in_the_time_of_the_municipality(zonneiland: Any) -> None:
    moment = datetime(2027, 3, 18, 2, 0, tzinfo=UTC)
    assert moment_text(moment) == "donderdag 18 maart 2027, 03.00 uur"
    with tenant_context(zonneiland), timezone.override(zonneiland.tz):
        assert moment_text(moment) == "woensdag 17 maart 2027, 22.00 uur"


def test_publishing_places_switches_their_step_on(event: Any, member: Any) -> None:
    step = factories.make_portal_step(event, "placement", is_on=False)
    part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(factories.make_polling_station(event), part, factories.make_position(event))
    factories.make_assignment(member, shift, state="confirmed")
    publish_assignments(event, by=None)
    step.refresh_from_db()
    assert step.is_on
    assert steps_for(member, event)[0].state == StepState.NOT_BEGUN
    Assignment.objects.update(accepted_at=timezone.now())
    assert steps_for(member, event)[0].state == StepState.DONE


def test_showing_a_step_keeps_its_period_and_is_logged_once(event: Any) -> None:
    opens_at = timezone.now() + PAST
    factories.make_portal_step(event, "letters", is_on=False, opens_at=opens_at)
    for _time in range(2):
        show_step(event, StepKind.LETTERS, [], by=None)
    step = event.portal_steps.get()
    assert (step.is_on, step.opens_at) == (True, opens_at)
    assert AuditEvent.objects.filter(action="portal_step.update").count() == 1


@pytest.mark.parametrize(
    ("period", "words"), [({"opens_at": FUTURE}, "Open vanaf"), ({"closes_at": PAST}, "Gesloten sinds")]
)
def test_nothing_is_published_in_a_step_outside_its_period(event: Any, period: Any, words: str) -> None:
    moments = {name: timezone.now() + shift for name, shift in period.items()}
    factories.make_portal_step(event, "placement", **moments)
    assignment = _confirmed(event)
    with pytest.raises(ActionError, match=words):
        publish_assignments(event, by=None)
    assignment.refresh_from_db()
    assert assignment.state == "confirmed"
    assert not OutboxMail.objects.exists()


@pytest.mark.parametrize(
    "attempt",
    [
        lambda event, assignment: publish_assignments(event, by=None),
        lambda event, assignment: publish_letters(event, by=None),
        lambda event, assignment: make_letters(event, by=None),
        lambda event, assignment: make_shifts(event, by=None),
        lambda event, assignment: assign_member(factories.make_member(), assignment.shift, by=None),
    ],
)
def test_archived_event_stays_as_it_is(event: Any, attempt: Any) -> None:
    assignment = _confirmed(event)
    archive_event(event, by=None)
    with pytest.raises(ActionError, match="gearchiveerd"):
        attempt(event, assignment)


def test_parts_open_at_a_moment_are_those_that_say_so_themselves(event: Any) -> None:
    now = timezone.now()
    moments = (None, now + PAST, now, now + FUTURE)
    for opens, closes in product(moments, moments):
        if opens is None or closes is None or opens < closes:
            for is_on in (True, False):
                factories.make_portal_step(event, "own", opens_at=opens, closes_at=closes, is_on=is_on)
    steps = list(event.portal_steps.all())
    assert list(event.portal_steps.open_at(now)) == [step for step in steps if step.is_open_at(now)]


def _confirmed(event: Any) -> Any:
    day_part = factories.make_day_part(factories.make_polling_day(event))
    station = factories.make_polling_station(event)
    shift = factories.make_shift(station, day_part, factories.make_position(event))
    return factories.make_assignment(factories.make_member(), shift, state="confirmed")
