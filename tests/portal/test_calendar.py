"""The page "Agenda", and the address that a calendar program reads without log-in."""

import pytest
from django.urls import reverse
from django_tenants.utils import tenant_context
from icalendar import Calendar

from elections.actions.calendar_feed import READINGS_PER_HOUR, make_feed
from elections.models import CalendarFeed
from tests import factories


@pytest.fixture
def place():
    event = factories.make_event()
    factories.make_portal_step(event, "placement")
    part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(factories.make_polling_station(event), part, factories.make_position(event))
    return factories.make_assignment(factories.make_member(), shift, state="published")


@pytest.fixture
def member(place):
    return place.member


@pytest.fixture
def portal(juinen, client_for, member):
    return client_for(juinen, member.user)


def path_of(feed):
    return reverse("portal:calendar-feed", args=[feed.token])


def test_page_without_an_address_offers_to_make_one(portal):
    page = portal.get("/calendar/").content.decode()
    assert "Maak mijn agenda-adres" in page
    assert "Zet uit" not in page
    assert not CalendarFeed.objects.exists()


def test_member_makes_an_address_and_reads_it_without_log_in(portal, client, member, place):
    page = portal.post("/calendar/make/", follow=True).content.decode()
    path = path_of(member.calendar_feed)
    assert f"https://juinen.localhost{path}</code>" in page
    assert f'href="webcal://juinen.localhost{path}"' in page
    assert "Nog geen agenda heeft dit adres gelezen" in page
    answer = client.get(path)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert not answer.cookies
    (entry,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(entry["uid"]) == str(place.uuid)
    assert str(entry["url"]) == "https://juinen.localhost/placement/"
    assert "las dit adres voor het laatst op" in portal.get("/calendar/").content.decode()


def test_new_address_stops_the_old_one_and_switching_off_stops_both(portal, client, member):
    portal.post("/calendar/make/")
    old = path_of(CalendarFeed.objects.get())
    portal.post("/calendar/renew/")
    new = path_of(CalendarFeed.objects.get())
    assert [client.get(path).status_code for path in (old, new)] == [404, 200]
    page = portal.post("/calendar/revoke/", follow=True).content.decode()
    assert "staat uit" in page
    assert client.get(new).status_code == 404
    assert "staat al uit" in portal.post("/calendar/revoke/", follow=True).content.decode()


def test_feed_says_that_it_was_read_too_often(client, member):
    path = path_of(make_feed(member, by=member.user))
    for _reading in range(READINGS_PER_HOUR):
        assert client.head(path).status_code == 200
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")


def test_feed_is_in_the_language_of_its_member(client, member):
    path = path_of(make_feed(member, by=member.user))
    here = Calendar.from_ical(client.get(path, headers={"accept-language": "en"}).content)
    assert str(here.walk("VEVENT")[0]["summary"]) == "Verkiezingen Juinen: dienst"
    member.user.language = "en"
    member.user.save()
    assert client.get(path).headers["Content-Type"].startswith("text/calendar")


def test_feed_cannot_be_changed_by_who_reads_it(client, member):
    path = path_of(make_feed(member, by=member.user))
    assert client.post(path).status_code == 405


def test_download_is_one_file_with_the_places_of_now(portal, place, member):
    answer = portal.get("/calendar/download/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="verkiezingen.ics"'
    assert len(Calendar.from_ical(answer.content).walk("VEVENT")) == 1
    assert not CalendarFeed.objects.exists()


def test_member_without_a_place_reads_when_the_calendar_fills(juinen, client_for):
    other = client_for(juinen, factories.make_member().user)
    page = other.get("/calendar/").content.decode()
    assert "U hebt nu nog geen plaats" in page
    assert "/calendar/download/" not in page
    assert "nog niets om" in other.get("/calendar/download/", follow=True).content.decode()


def test_place_and_account_lead_to_the_agenda(portal):
    for path in ("/placement/", "/account/"):
        assert 'href="/calendar/"' in portal.get(path).content.decode()


def test_colleague_who_is_no_member_has_no_agenda(juinen, client_for):
    staff = client_for(juinen, factories.make_staff())
    assert "/calendar/" not in staff.get("/account/").content.decode()
    assert staff.get("/calendar/").status_code == 403


def test_address_of_the_island_opens_its_own_places_only(worlds, juinen, zonneiland, client_for):
    here, there = worlds["gm0001"].calendar_feed, worlds["gm9009"].calendar_feed
    with tenant_context(zonneiland):
        path = path_of(there)
    assert client_for(zonneiland).get(path).status_code == 200
    assert client_for(juinen).get(path).status_code == 404
    assert here.pk == there.pk
