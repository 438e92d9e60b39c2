"""Working hours past midnight and in the nights that the clock changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from elections.clock import exists, length, length_words, moment, period_words
from elections.queries.shift import day_part_period
from tests import factories

ORDINARY, SPRING, AUTUMN = date(2027, 3, 17), date(2027, 3, 27), date(2027, 10, 30)


@pytest.mark.parametrize(
    ("day", "start", "end", "words"),
    [
        (ORDINARY, time(7), time(14), "7 uur"),
        (ORDINARY, time(20, 45), time(0), "3,25 uur"),
        (ORDINARY, time(21), time(3), "6 uur, tot donderdag 18 maart"),
        (SPRING, time(21), time(3), "5 uur: de klok gaat vooruit"),
        (AUTUMN, time(21), time(3), "7 uur: de klok gaat achteruit"),
    ],
)
def test_length_is_what_people_really_work(day, start, end, words):
    assert length_words(day, start, end) == words


def test_clock_of_an_island_never_changes(zonneiland):
    with timezone.override(zonneiland.tz):
        assert length(SPRING, time(21), time(3)) == timedelta(hours=6)
        assert exists(date(2027, 3, 28), time(2, 30))


def test_hour_that_is_skipped_does_not_exist():
    assert not exists(date(2027, 3, 28), time(2, 30))
    assert exists(date(2027, 3, 28), time(3))
    assert exists(date(2027, 10, 31), time(2, 30))


def test_day_part_over_the_clock_change_takes_five_hours():
    day = factories.make_polling_day(factories.make_event(), date=SPRING)
    part = factories.make_day_part(day, start=time(21), end=time(3))

    period = day_part_period(part)

    assert (period.lower, period.upper) == (
        datetime(2027, 3, 27, 20, tzinfo=UTC),
        datetime(2027, 3, 28, 1, tzinfo=UTC),
    )
    assert part.length == "5 uur: de klok gaat vooruit"


@pytest.mark.parametrize(
    ("day", "start", "hours", "words"),
    [
        (ORDINARY, time(7), 7, "07.00 tot 14.00 uur"),
        (ORDINARY, time(17), 7, "17.00 tot 24.00 uur"),
        (ORDINARY, time(22), 5.5, "22.00 tot 03.30 uur de volgende dag"),
        (SPRING, time(21), 5, "21.00 tot 03.00 uur de volgende dag"),
        (AUTUMN, time(21), 7, "21.00 tot 03.00 uur de volgende dag"),
    ],
)
def test_period_in_words_says_when_it_ends_the_next_day(day, start, hours, words):
    begin = moment(day, start)
    assert period_words(begin, begin.astimezone(UTC) + timedelta(hours=hours)) == words
