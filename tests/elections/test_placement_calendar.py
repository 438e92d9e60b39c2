"""A place as an entry of the member's own calendar."""

from datetime import UTC, date, datetime, time

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context
from icalendar import Calendar

from elections.exports.placement import placement_calendar
from elections.models import Assignment
from elections.queries.placement import RELATED, place_words
from tests import factories


@pytest.fixture
def event():
    return factories.make_event()


@pytest.fixture
def morning(event):
    return factories.make_day_part(factories.make_polling_day(event), name="Ochtend")


@pytest.fixture
def shift(event, morning):
    return _shift(event, morning, places=1)


@pytest.fixture
def place(shift):
    return factories.make_assignment(factories.make_member(), shift, state="published")


def _shift(event, part, **values):
    position = event.positions.first() or factories.make_position(event, name="Stembureaulid")
    return factories.make_shift(factories.make_polling_station(event), part, position, **values)


def _entries(place):
    loaded = Assignment.objects.select_related(*RELATED).get(pk=place.pk)
    calendar = Calendar.from_ical(placement_calendar([loaded], url="https://juinen.localhost/placement/"))
    return list(calendar.walk("VEVENT"))


def test_calendar_has_the_moments_and_nothing_of_the_person(place):
    (entry,) = _entries(place)
    assert entry.decoded("dtstart") == place.period.lower
    assert entry.decoded("dtend") == place.period.upper
    assert str(entry["uid"]).startswith(str(place.uuid))
    text = entry.to_ical().decode()
    assert place.member.last_name not in text
    assert str(place.member.number) not in str(entry["summary"]).split()[2:]
    assert "ATTENDEE" not in text
    assert "Wees er om 06.45 uur" in text


def test_calendar_is_right_on_the_night_that_the_clock_changes(event):
    """28 March 2027: at 2.00 it becomes 3.00, so a night from 22.00 to 6.00 lasts seven hours."""
    day = factories.make_polling_day(event, date=date(2027, 3, 27))
    night = factories.make_day_part(day, name="Nacht", start=time(22), end=time(6))
    place = factories.make_assignment(factories.make_member(), _shift(event, night), state="published")
    (entry,) = _entries(place)
    assert entry.decoded("dtstart") == datetime(2027, 3, 27, 21, 0, tzinfo=UTC)
    assert entry.decoded("dtend") == datetime(2027, 3, 28, 4, 0, tzinfo=UTC)
    assert place_words(place)["time"] == "22.00 tot 06.00 uur de volgende dag"


def test_calendar_of_the_island_has_its_own_moments(zonneiland):
    with tenant_context(zonneiland), timezone.override(zonneiland.tz):
        event = factories.make_event()
        part = factories.make_day_part(factories.make_polling_day(event))
        place = factories.make_assignment(factories.make_member(), _shift(event, part), state="published")
        (entry,) = _entries(place)
        assert entry.decoded("dtstart") == datetime(2027, 3, 17, 11, 0, tzinfo=UTC)
        assert "06.45 uur" in str(entry["description"])
        assert str(entry["uid"]).endswith("@zonneiland.localhost")
