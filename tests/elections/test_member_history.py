"""What a member did over all events, in facts and in one sentence."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from elections.models import AvailabilityResponse
from elections.queries.member_history import history_of
from tests import factories

PAST, COMING = date(2020, 3, 18), date(2099, 3, 18)


@pytest.fixture
def member():
    return factories.make_member(with_user=False)


def place(member, event, day, **values):
    part = factories.make_day_part(
        event.polling_days.filter(date=day).first() or factories.make_polling_day(event, date=day)
    )
    shift = factories.make_shift(factories.make_polling_station(event), part, factories.make_position(event))
    defaults = {"state": "published", "published_at": shift.period.lower - timedelta(days=30)}
    return factories.make_assignment(member, shift, **defaults | values)


def decline(member, event, day, before):
    """Said no to a published place, that long before it."""
    made = place(member, event, day, state="declined", declined_at=timezone.now())
    made.declined_at = made.period.lower - before
    made.save()
    return made


def test_nobody_worked_is_nothing_to_go_by(member):
    history = history_of(member)
    assert (history.times_worked, history.reliability, history.events) == (0, "", [])


def test_times_before_zitting_count(member):
    member.earlier_elections = 2
    place(member, factories.make_event(), PAST)
    history = history_of(member)
    assert (history.times_worked, history.reliability) == (3, "Kwam de ene keer.")


def test_what_is_to_come_is_no_experience(member):
    place(member, factories.make_event(), COMING)
    history = history_of(member)
    assert history.times_worked == 0
    assert len(history.events[0].ahead) == 1


@pytest.mark.parametrize(
    ("before", "late", "sentence"),
    [(timedelta(hours=47), 1, "Kwam 1 van de 2 keer."), (timedelta(hours=49), 0, "Kwam de ene keer.")],
)
def test_late_no_counts_against_and_timely_no_does_not(member, before, late, sentence):
    event = factories.make_event()
    place(member, event, PAST)
    decline(member, event, date(2020, 3, 19), before)
    history = history_of(member)
    assert (len(history.events[0].late), len(history.events[0].declined)) == (late, 1)
    assert history.reliability == sentence


def test_absence_counts_against(member):
    event = factories.make_event()
    place(member, event, PAST)
    place(member, event, date(2020, 3, 19), state="absent")
    history = history_of(member)
    assert history.reliability == "Kwam 1 van de 2 keer."
    assert "1 keer niet gekomen" in history.events[0].facts


def test_what_the_team_took_back_is_nobodys_fault(member):
    place(member, factories.make_event(), PAST, state="cancelled")
    history = history_of(member)
    assert (history.missed, history.reliability) == (0, "")


def test_place_that_was_never_published_is_not_told(member):
    place(member, factories.make_event(), PAST, state="confirmed", published_at=None)
    assert history_of(member).events == []


def test_silence_and_answers_are_told_apart(member):
    silent, answered = factories.make_event(), factories.make_event()
    place(member, silent, PAST)
    AvailabilityResponse.objects.create(member=member, event=answered, submitted_at=timezone.now())
    facts = {each.event: each.facts for each in history_of(member).events}
    assert facts == {silent: ["gaf geen beschikbaarheid door"], answered: []}


@pytest.mark.parametrize("events", [1, 3])
def test_number_of_queries_does_not_grow(member, events, django_assert_num_queries):
    for _number in range(events):
        event = factories.make_event()
        place(member, event, PAST + timedelta(days=_number))
        AvailabilityResponse.objects.create(member=member, event=event, submitted_at=timezone.now())
    with django_assert_num_queries(2):
        history = history_of(member)
        assert history.times_worked == events
        assert [each.facts for each in history.events] == [[]] * events
