"""A place that goes to an earlier time of the day: the old one comes after the new one in every list."""

from datetime import time

import pytest

from elections.actions.assignment import assign_member, move_assignment, swap_assignments
from elections.actions.publication import publish_assignments
from elections.models import Assignment
from elections.queries.publication import differences
from tests import factories


@pytest.fixture
def shifts():
    """One in the morning and one at midday, which overlap."""
    event = factories.make_event()
    day = factories.make_polling_day(event)
    position = factories.make_position(event)
    return [
        factories.make_shift(
            factories.make_polling_station(event),
            factories.make_day_part(day, start=time(start), end=time(end)),
            position,
        )
        for start, end in ((7, 14), (12, 18))
    ]


def _publish():
    return publish_assignments(Assignment.objects.first().shift.polling_station.event, by=None)


def test_published_place_that_moves_to_an_earlier_time_is_one_move(shifts):
    morning, midday = shifts
    old = assign_member(factories.make_member(), midday, by=None)
    _publish()
    new = move_assignment(old, morning, by=None)
    (difference,) = differences(morning.polling_station.event)
    assert (difference.before, difference.after) == (old, new)
    done = _publish()
    assert (done.new, done.moved, done.removed) == (0, 1, 0)
    assert list(Assignment.objects.visible_to_member()) == [new]
    old.refresh_from_db()
    assert old.state == "cancelled"


def test_published_places_that_change_time_are_two_moves(shifts):
    morning, midday = shifts
    early = assign_member(factories.make_member(), morning, by=None)
    late = assign_member(factories.make_member(), midday, by=None)
    _publish()
    swapped = swap_assignments(early, late, by=None)
    done = _publish()
    assert (done.new, done.moved, done.removed) == (0, 2, 0)
    assert set(Assignment.objects.visible_to_member()) == set(swapped)
