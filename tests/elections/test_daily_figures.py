"""The figures of each day, and the trend against the event before."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections import tasks
from elections.actions.daily_figures import KEPT_AFTER, keep_daily_figures
from elections.models import DailyFigures
from elections.queries.daily_figures import figures_now, previous_event, trends
from elections.queries.dashboard import dashboard
from tests import factories
from tests.elections.dashboard_city import City


def _event(days=60, **values):
    event = factories.make_event(**values)
    factories.make_polling_day(event, date=timezone.localdate() + timedelta(days=days))
    return event


def _keep(event, days_before, answered, members=100):
    first = event.polling_days.get().date
    return DailyFigures.objects.create(
        event=event,
        day=first - timedelta(days=days_before),
        figures={"answered": answered, "members": members, "filled": 1, "places": 4},
    )


def test_figures_are_kept_once_a_day_however_often_the_task_runs(juinen):
    city = City(5, members=4)
    was = figures_now(city.event)
    assert keep_daily_figures() == 1
    factories.make_member()
    assert keep_daily_figures() == 0
    kept = DailyFigures.objects.get()
    assert (kept.day, kept.figures) == (timezone.localdate(), was)


def test_database_keeps_one_row_for_each_event_and_day(juinen):
    event = _event()
    _keep(event, 10, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        _keep(event, 10, 2)


def test_figures_of_events_that_are_over_or_in_the_archive_stay_as_they_are(juinen):
    _event(days=-KEPT_AFTER.days - 1)
    _event(archived_at=timezone.now())
    factories.make_event()  # no polling day yet
    assert keep_daily_figures() == 0
    assert _event(days=-KEPT_AFTER.days)
    assert keep_daily_figures() == 1


def test_nightly_dispatcher_keeps_the_figures_of_every_municipality(juinen, zonneiland):
    for municipality in (juinen, zonneiland):
        with tenant_context(municipality):
            _event()
    connection.set_schema_to_public()
    tasks.dispatch_clean_up.delay()
    for municipality in (juinen, zonneiland):
        with tenant_context(municipality):
            assert DailyFigures.objects.count() == 1


def test_trend_compares_with_the_event_before_by_days_before_the_vote(juinen):
    before = _event(days=-300, archived_at=timezone.now(), created_at=timezone.now() - timedelta(days=500))
    for days, answered in ((90, 10), (61, 40), (30, 80)):
        _keep(before, days, answered)
    event = _event(previous=before)
    _keep(event, 90, 20)
    factories.make_member()
    found = trends(event, dashboard(event))
    assert found.previous == before
    answered = found.charts[0]
    assert answered.previous == [(90, 10), (61, 40), (30, 80)]
    assert answered.this == [(90, 20), (60, 0)]  # one member, who said nothing
    assert answered.now == (60, 0)
    assert answered.then == (61, 40)
    assert (60, 0, None) in answered.rows
    filled = found.charts[1]
    assert filled.this == [(90, 25)]  # no places now: nothing to take a share of


def test_trend_is_left_out_while_there_is_one_point_only(juinen):
    event = _event()
    factories.make_member()
    assert trends(event, dashboard(event)).charts == []


def test_previous_event_is_the_named_one_else_the_newest_older_one(juinen):
    named, newer = (_event(created_at=timezone.now() - timedelta(days=days)) for days in (900, 400))
    assert previous_event(_event(previous=named)) == named
    event = factories.make_event(created_at=timezone.now() - timedelta(days=1))
    assert previous_event(event) == newer
    assert previous_event(named) is None


@pytest.mark.parametrize("count", [1, 3])
def test_trend_takes_the_same_number_of_queries_for_any_number_of_days(
    juinen, count, django_assert_num_queries
):
    event = _event(previous=_event(days=-300))
    for number in range(count):
        _keep(event, 90 + number, number)
    board = dashboard(event)
    with django_assert_num_queries(2):
        trends(event, board)
