"""Asking once more who did not answer to their place, and how the answers are counted."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from elections.actions.placement import (
    accept_placement,
    remind_placements,
)
from elections.errors import ActionError
from elections.models import Assignment, OutboxMail
from elections.queries.placement_answer import (
    answer_counts,
    answered_places,
    reminder_preview,
)
from tests import factories


@pytest.fixture
def shift(event, morning):
    return _shift(event, morning, places=1)


@pytest.fixture
def place(shift):
    return factories.make_assignment(factories.make_member(), shift, state="published")


def _shift(event, part, **values):
    position = event.positions.first() or factories.make_position(event, name="Stembureaulid")
    return factories.make_shift(factories.make_polling_station(event), part, position, **values)


def test_reminder_goes_once_in_two_days_and_once_per_member(event, morning, place):
    evening = factories.make_day_part(morning.polling_day, name="Avond", start=time(14), end=time(21))
    factories.make_assignment(place.member, _shift(event, evening), state="published")
    assert reminder_preview(event).members == 0  # told just now: that is no silence yet
    Assignment.objects.update(published_at=timezone.now() - timedelta(hours=49))
    preview = reminder_preview(event)
    assert (preview.members, preview.places, preview.without_mail) == (1, 2, 0)
    assert remind_placements(event, by=None) == 1
    assert OutboxMail.objects.filter(kind="placement_reminder").count() == 1
    with pytest.raises(ActionError, match="niemand"):
        remind_placements(event, by=None)
    Assignment.objects.update(reminded_at=timezone.now() - timedelta(hours=49))
    assert remind_placements(event, by=None) == 1
    assert OutboxMail.objects.filter(kind="placement_reminder").count() == 2


def test_reminder_passes_over_who_answered_or_is_not_asked(event, place, morning):
    accept_placement(place, by=place.member.user)
    confirmed = factories.make_assignment(factories.make_member(), _shift(event, morning))
    assert confirmed.state == "confirmed"
    assert reminder_preview(event).members == 0
    with pytest.raises(ActionError, match="niemand"):
        remind_placements(event, by=None)


def test_event_that_asks_nothing_reminds_nobody(event, place):
    event.asks_answer = False
    event.save()
    assert reminder_preview(event).members == 0


def test_answers_are_counted(event, morning, place):
    def another(**values):
        return factories.make_assignment(factories.make_member(), _shift(event, morning), **values)

    another(state="published", accepted_at=timezone.now())
    another(state="published", answer_due_at=timezone.now() - timedelta(hours=1))
    another(state="declined", published_at=timezone.now(), declined_at=timezone.now())
    another(state="proposed")
    another(state="confirmed")
    counts = answer_counts(event)
    assert (counts.accepted, counts.silent, counts.overdue) == (1, 2, 1)
    assert (counts.declined, counts.offered, counts.free) == (1, 1, 1)
    assert answered_places(event).count() == 5
