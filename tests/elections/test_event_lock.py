"""Colleagues who prepare an event while others place people in it; and what an archived event refuses."""

import threading
from contextlib import suppress
from datetime import time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from elections.actions import letter_edition, polling_day, polling_station, position, shift
from elections.actions.assignment import assign_member
from elections.actions.event import update_event, update_event_rules
from elections.actions.lock import lock_shifts
from elections.actions.portal_step import (
    PartSetting,
    create_own_part,
    delete_own_part,
    move_portal_step,
    update_portal_step,
)
from elections.enums import PositionKind
from elections.errors import ActionError
from elections.event_plan import DayPartPlan, ElectionPlan, PollingDayPlan, PositionPlan
from elections.letter_texts import LetterBlock
from elections.models import Assignment, AuditEvent, PlanChange
from tests import factories
from tests.elections.test_planning_race import at_once

VENUE = {"name": "Gymzaal", "street": "Dorpsweg", "house_number": "1", "place": "Juinen"}


@pytest.fixture
def place(juinen):
    """A shift with a free place."""
    event = factories.make_event()
    day = factories.make_polling_day(event)
    part = factories.make_day_part(day, start=time(8), end=time(14))
    return factories.make_shift(
        factories.make_polling_station(event), part, factories.make_position(event), places=2
    )


def _new_hours(place):
    part = place.day_part
    polling_day.update_polling_day(
        part.polling_day,
        day_date=part.polling_day.date,
        kind=part.polling_day.kind,
        day_parts=[(part.uuid, DayPartPlan(part.name, time(9), time(14)))],
        by=None,
    )


def _no_station(place):
    polling_station.remove_polling_station(place.polling_station, by=None)


def _more_places(place):
    shift.update_shift(place, places=5, by=None)


def _make(place):
    shift.make_shifts(place.polling_station.event, by=None)


@pytest.mark.parametrize("prepare", [_make, _new_hours, _no_station, _more_places])
def test_who_places_a_member_and_who_prepares_the_event_do_not_wait_for_each_other(
    committed, juinen, place, prepare
):
    """The planner holds the shift and then writes a PlanChange that points to the event, which the other holds."""
    member, planner = factories.make_member(), factories.make_staff("planner")
    holds_shift = threading.Event()
    pids = []

    def plan():
        with transaction.atomic():
            lock_shifts([place.pk])
            holds_shift.set()
            wait_for_somebody_who_waits(pids)
            assign_member(member, place, by=planner)

    def other():
        assert holds_shift.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.append(cursor.fetchone()[0])
        with suppress(ActionError):  # somebody sits there by then
            prepare(place)

    at_once(juinen, plan, other)
    assert Assignment.objects.get().member == member
    assert PlanChange.objects.count() == 1


def wait_for_somebody_who_waits(pids):
    """Go on when the other connection waits for a lock."""
    for _try in range(600):
        if pids:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT wait_event_type = 'Lock', pg_sleep(0.05) FROM pg_stat_activity WHERE pid = %s",
                    pids,
                )
                if cursor.fetchone()[0]:
                    return
        threading.Event().wait(0.05)
    raise AssertionError("nobody waited")


def _changes(place):
    """Every act on the plan of an event by name."""
    station, part = place.polling_station, place.day_part
    event, day = station.event, part.polling_day
    rows = [(part.uuid, DayPartPlan(part.name, part.start, part.end))]
    one = {"number": 99, "kind": "regular", "expected_voters": 5}
    own_part = factories.make_portal_step(event, "own")
    letters = factories.make_portal_step(event, "letters")
    return {
        "update_shift": lambda: shift.update_shift(place, places=7, by=None),
        "release_shift": lambda: shift.release_shift(place, by=None),
        "remove_shift": lambda: shift.remove_shift(place, by=None),
        "set_template": lambda: shift.set_template(event, {}, by=None),
        "make_shifts": lambda: shift.make_shifts(event, by=None),
        "add_polling_day": lambda: polling_day.add_polling_day(
            event, PollingDayPlan(day.date, "counting", (DayPartPlan("Tellen", time(9), time(12)),)), by=None
        ),
        "update_polling_day": lambda: polling_day.update_polling_day(
            day, day_date=day.date, kind=day.kind, day_parts=rows, by=None
        ),
        "update_offer": lambda: polling_day.update_offer(
            day, day_parts=[], positions=None, venues=None, by=None
        ),
        "remove_polling_day": lambda: polling_day.remove_polling_day(day, by=None),
        "save_positions": lambda: position.save_positions(
            event, [(None, PositionPlan(PositionKind.RESERVE, "Reserve"))], by=None
        ),
        "create_polling_station": lambda: polling_station.create_polling_station(
            event, station=one, venue=VENUE, hours=[], by=None
        ),
        "update_polling_station": lambda: polling_station.update_polling_station(
            station, station=one, venue=VENUE, hours=[], by=None
        ),
        "remove_polling_station": lambda: polling_station.remove_polling_station(station, by=None),
        "update_event": lambda: update_event(
            event,
            name="Anders",
            decision_date=None,
            signatory="",
            signatory_title="",
            elections=[ElectionPlan("PS", "Staten")],
            by=None,
        ),
        "update_event_rules": lambda: update_event_rules(event, {"answer_days": 3}, by=None),
        "update_portal_step": lambda: update_portal_step(
            letters, PartSetting(is_on=True), version=1, by=None
        ),
        "create_own_part": lambda: create_own_part(event, PartSetting(is_on=True, title="Parkeren"), by=None),
        "delete_own_part": lambda: delete_own_part(own_part, version=1, by=None),
        "move_portal_step": lambda: move_portal_step(letters, up=True, by=None),
        "save_letter_texts": lambda: letter_edition.save_letter_texts(
            event,
            blocks=[LetterBlock("Welkom.")],
            decision_date=None,
            signatory="",
            signatory_title="",
            by=None,
        ),
    }


ACTS = [
    "update_shift",
    "release_shift",
    "remove_shift",
    "set_template",
    "make_shifts",
    "add_polling_day",
    "update_polling_day",
    "update_offer",
    "remove_polling_day",
    "save_positions",
    "create_polling_station",
    "update_polling_station",
    "remove_polling_station",
    "update_event",
    "update_event_rules",
    "update_portal_step",
    "create_own_part",
    "delete_own_part",
    "move_portal_step",
    "save_letter_texts",
]


@pytest.mark.parametrize("name", ACTS)
def test_nothing_changes_in_an_archived_event(place, name):
    event = place.polling_station.event
    event.archived_at = timezone.now()
    event.save()
    with pytest.raises(ActionError, match="gearchiveerd"):
        _changes(place)[name]()
    assert not AuditEvent.objects.exists()
