"""What stands in a member's own calendar, and the address at which it is read."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone
from django_tenants.utils import tenant_context
from icalendar import Calendar

from elections.actions.assignment import unassign
from elections.actions.calendar_feed import (
    READINGS_PER_HOUR,
    ReadTooOften,
    make_feed,
    read_feed,
    renew_feed,
    revoke_feed,
)
from elections.actions.privacy import erase_member
from elections.actions.publication import note_changes, publish_assignments
from elections.enums import EraseReason
from elections.errors import ActionError
from elections.exports.calendar_feed import calendar_text
from elections.exports.person import person_sections
from elections.models import Assignment, AuditEvent, CalendarFeed
from elections.queries.calendar_feed import CANCELLED_FOR, calendar_places
from elections.queries.placement import place_words
from elections.queries.publication import published_words
from tests import factories

URL = "https://juinen.localhost/placement/"


@pytest.fixture
def member():
    return factories.make_member()


@pytest.fixture
def colleague():
    return factories.make_staff()


@pytest.fixture
def event():
    event = factories.make_event()
    factories.make_portal_step(event, "placement")
    return event


@pytest.fixture
def shift(event):
    return make_shift(event, factories.make_day_part(factories.make_polling_day(event)))


@pytest.fixture
def place(member, shift):
    return factories.make_assignment(member, shift, state="published")


def make_shift(event, part):
    position = event.positions.first() or factories.make_position(event, name="Plaatsvervangend voorzitter")
    return factories.make_shift(factories.make_polling_station(event), part, position)


def entries(member):
    text = calendar_text(calendar_places(member), url=URL)
    return list(Calendar.from_ical(text).walk("VEVENT"))


def test_entry_has_moments_address_and_arrival(member, place):
    (entry,) = entries(member)
    venue = place.shift.polling_station.venue
    assert entry.decoded("dtstart") == place.period.lower
    assert entry.decoded("dtend") == place.period.upper
    assert str(entry["location"]) == f"{venue.name}, Dorpsstraat 1, 1234 AB Juinen"
    assert str(entry["description"]).splitlines() == ["Wees er om 06.45 uur.", "Alles over uw plaats:", URL]
    assert str(entry["url"]) == URL
    assert str(entry["status"]) == "CONFIRMED"


def test_calendar_tells_programs_what_it_is_and_when_to_look_again(member, place):
    text = calendar_text(calendar_places(member), url=URL).decode()
    for line in (
        "METHOD:PUBLISH",
        "VERSION:2.0",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "X-WR-CALNAME:Verkiezingen Juinen",
    ):
        assert f"{line}\r\n" in text
    assert all(len(line) <= 75 for line in text.encode().split(b"\r\n"))


def test_nothing_tells_who_somebody_is_or_what_they_do_there(member, event, shift, place):
    """Not of the member, and not of the others who work there."""
    mate = factories.make_assignment(
        factories.make_member(last_name="Zeldzaamstra"), shift, state="published"
    ).member
    text = calendar_text(calendar_places(member), url=URL).decode().replace("\r\n ", "")
    (entry,) = entries(member)
    assert str(entry["summary"]) == "Verkiezingen Juinen: dienst"
    assert str(entry["class"]) == "PRIVATE"
    people = (member.last_name, member.email, member.user.username, mate.last_name, mate.email)
    for words in (*people, shift.position.name, shift.polling_station.name, "ATTENDEE", "ORGANIZER"):
        assert words not in text


def test_member_sees_only_what_is_published_and_their_own(member, event, place):
    part = place.shift.day_part
    for state in ("confirmed", "reserved"):
        factories.make_assignment(factories.make_member(), make_shift(event, part), state=state)
    later = factories.make_day_part(part.polling_day, start=time(15), end=time(20))
    factories.make_assignment(member, make_shift(event, later), state="confirmed")
    factories.make_assignment(factories.make_member(), place.shift, state="published")
    assert [str(entry["uid"]) for entry in entries(member)] == [str(place.uuid)]


def test_calendar_is_empty_while_the_portal_shows_no_place(member, event, place):
    event.portal_steps.update(is_on=False)
    assert calendar_places(member) == []
    text = calendar_text([], url=URL)
    (zone,) = Calendar.from_ical(text).walk("VTIMEZONE")
    assert str(zone["tzid"]) == "Europe/Amsterdam"
    event.portal_steps.update(is_on=True)
    event.archived_at = timezone.now()
    event.save()
    assert calendar_places(member) == []


def test_change_of_address_keeps_the_entry_and_counts_it_up(member, place, colleague):
    (before,) = entries(member)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        told = published_words(Assignment.objects.filter(pk=place.pk))
        venue = place.shift.polling_station.venue
        venue.street = "Nieuwe Dijk"
        venue.save()
        note_changes(told, by=colleague)
        (after,) = entries(member)
        now = timezone.now().astimezone(UTC).replace(microsecond=0)
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after.decoded("last-modified") == now
    assert "Nieuwe Dijk" in str(after["location"])


def test_place_that_was_taken_back_stays_until_the_member_is_told_and_is_then_cancelled(
    member, event, place, colleague
):
    """Two plans: the calendar shows what was published last, as the portal does."""
    (before,) = entries(member)
    unassign(place, by=colleague)
    (meanwhile,) = entries(member)
    assert str(meanwhile["status"]) == "CONFIRMED"
    publish_assignments(event, by=colleague)
    (after,) = entries(member)
    assert after["uid"] == before["uid"]
    assert str(after["status"]) == "CANCELLED"
    assert after["sequence"] > before["sequence"]
    assert "vervallen" in str(after["description"])
    with time_machine.travel(timezone.now() + CANCELLED_FOR + timedelta(minutes=1), tick=False):
        assert calendar_places(member) == []


def test_declined_place_is_cancelled_and_an_offer_never_was_there(member, event, shift):
    place = factories.make_assignment(member, shift, state="declined", published_at=timezone.now())
    other = make_shift(
        event, factories.make_day_part(shift.day_part.polling_day, start=time(15), end=time(20))
    )
    factories.make_assignment(member, other, state="declined")
    (entry,) = entries(member)
    assert (str(entry["uid"]), str(entry["status"])) == (str(place.uuid), "CANCELLED")


def test_place_that_went_and_came_back_is_there_once(member, shift, place):
    now = timezone.now()
    factories.make_assignment(member, shift, state="cancelled", published_at=now, retracted_at=now)
    assert [str(entry["uid"]) for entry in entries(member)] == [str(place.uuid)]


def test_calendar_takes_as_many_queries_for_three_places_as_for_one(
    member, event, place, django_assert_num_queries
):
    day = place.shift.day_part.polling_day
    with django_assert_num_queries(3):
        calendar_text(calendar_places(member), url=URL)
    for start in (15, 18):
        part = factories.make_day_part(day, start=time(start), end=time(start + 2))
        factories.make_assignment(member, make_shift(event, part), state="published")
    with django_assert_num_queries(3):
        assert len(Calendar.from_ical(calendar_text(calendar_places(member), url=URL)).walk("VEVENT")) == 3


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        # 25 October 2026: 3.00 becomes 2.00, seven hours. 28 March 2027: 2.00 becomes 3.00, five.
        (date(2026, 10, 24), (datetime(2026, 10, 24, 19, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC))),
        (date(2027, 3, 27), (datetime(2027, 3, 27, 20, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC))),
    ],
)
def test_night_in_which_the_clock_changes_has_its_real_moments(member, event, day, utc):
    night = factories.make_day_part(factories.make_polling_day(event, date=day), start=time(21), end=time(3))
    place = factories.make_assignment(member, make_shift(event, night), state="published")
    (entry,) = entries(member)
    assert (entry.decoded("dtstart"), entry.decoded("dtend")) == utc
    assert "20.45 uur" in str(entry["description"])
    assert place_words(place)["time"] == "21.00 tot 03.00 uur de volgende dag"


def test_calendar_of_the_island_has_its_own_moments(zonneiland):
    """No clock changes there: the same night takes six hours in March and in October."""
    with tenant_context(zonneiland), timezone.override(zonneiland.tz):
        event, member = factories.make_event(), factories.make_member()
        factories.make_portal_step(event, "placement")
        for day in (date(2026, 10, 24), date(2027, 3, 27)):
            night = factories.make_day_part(
                factories.make_polling_day(event, date=day), start=time(21), end=time(3)
            )
            factories.make_assignment(member, make_shift(event, night), state="published")
        found = entries(member)
        assert [entry.decoded("dtstart") for entry in found] == [
            datetime(2026, 10, 25, 1, tzinfo=UTC),
            datetime(2027, 3, 28, 1, tzinfo=UTC),
        ]
        for entry in found:
            assert entry.decoded("dtend") - entry.decoded("dtstart") == timedelta(hours=6)
            assert "20.45 uur" in str(entry["description"])
            assert str(entry["summary"]) == "Verkiezingen Zonneiland: dienst"


def test_hostile_name_stays_inside_its_line(member, event, shift, place):
    venue = shift.polling_station.venue
    venue.name = "Hal\nATTENDEE:mailto:kwaad@example.nl;\\,\r\nEND:VEVENT " + "woord " * 15
    venue.save()
    (entry,) = entries(member)
    assert "attendee" not in entry
    assert "ATTENDEE:mailto" in str(entry["location"])


def test_making_twice_is_one_address_and_each_act_is_in_the_log(member):
    user = member.user
    feed = make_feed(member, by=user)
    assert make_feed(member, by=user) == feed
    renewed = renew_feed(member, by=user)
    assert renewed.uuid != feed.uuid
    revoke_feed(member, by=user)
    assert not CalendarFeed.objects.exists()
    logged = AuditEvent.objects.filter(object_id=str(member.uuid)).order_by("pk")
    assert [event.action.partition(".")[2] for event in logged] == ["make", "renew", "revoke"]
    assert feed.uuid.hex not in str([(event.object_label, event.details) for event in logged])


@pytest.mark.parametrize("action", [renew_feed, revoke_feed])
def test_address_that_is_off_cannot_be_renewed_or_switched_off(member, action):
    with pytest.raises(ActionError, match="staat al uit"):
        action(member, by=member.user)
    assert not CalendarFeed.objects.exists()


def test_address_is_the_same_each_time_and_opens_one_feed(member):
    feed = make_feed(member, by=member.user)
    make_feed(factories.make_member(), by=member.user)
    with time_machine.travel(timezone.now() + timedelta(days=300)):
        assert CalendarFeed.objects.get(pk=feed.pk).token == feed.token
        assert read_feed(feed.token) == feed


def test_old_address_opens_nothing(member):
    old = make_feed(member, by=member.user).token
    new = renew_feed(member, by=member.user).token
    assert read_feed(old) is None
    assert read_feed(new) is not None
    revoke_feed(member, by=member.user)
    assert read_feed(new) is None


def changed(member):
    return [
        member.calendar_feed.uuid.hex,
        member.calendar_feed.token[:-1],
        f"{member.calendar_feed.token}A",
        member.calendar_feed.token.replace(".", ":"),
        "x.y",
        "",
        "\x00",
        "é" * 200,
    ]


def test_changed_address_opens_nothing(member):
    make_feed(member, by=member.user)
    assert [read_feed(token) for token in changed(member)] == [None] * 8


def stopped(member):
    member.is_active = False
    member.save()


def without_access(member):
    member.user.is_active = False
    member.user.save()


def without_account(member):
    member.user = None
    member.save()


@pytest.mark.parametrize("end", [stopped, without_access, without_account])
def test_feed_of_who_may_not_log_in_is_closed(member, end):
    token = make_feed(member, by=member.user).token
    end(member)
    assert read_feed(token) is None


def test_feed_goes_with_the_person(member, colleague):
    token = make_feed(member, by=member.user).token
    erase_member(member, by=colleague, reason=EraseReason.REQUEST)
    assert not CalendarFeed.objects.exists()
    assert read_feed(token) is None


def test_export_names_the_feed_without_its_address(member):
    feed = make_feed(member, by=member.user)
    read_feed(feed.token)
    sections = person_sections(member)
    (rows,) = [rows for title, rows in sections.items() if "eigen agenda" in title]
    assert set(rows[0]) == {"Agenda-adres sinds", "Laatst gelezen op"}
    assert all(rows[0].values())
    assert feed.uuid.hex not in str(sections)
    assert str(feed.uuid) not in str(sections)


def test_moment_of_reading_is_kept_once_an_hour(member):
    feed = make_feed(member, by=member.user)
    begin = datetime(2027, 3, 1, 12, tzinfo=UTC)
    read_at = []
    with time_machine.travel(begin, tick=False) as clock:
        for minutes in (0, 59, 61, 30):
            clock.move_to(begin + timedelta(minutes=minutes))
            read_feed(feed.token)
            feed.refresh_from_db()
            read_at.append(feed.read_at)
    assert read_at == [begin, begin, begin + timedelta(minutes=61), begin + timedelta(minutes=61)]
    assert not AuditEvent.objects.exclude(action="calendar_feed.make").exists()


def test_one_feed_that_is_read_too_often_waits_and_others_do_not(member):
    feed, other = (make_feed(each, by=each.user) for each in (member, factories.make_member()))
    for _reading in range(READINGS_PER_HOUR):
        assert read_feed(feed.token)
    with pytest.raises(ReadTooOften):
        read_feed(feed.token)
    assert read_feed(other.token) == other
