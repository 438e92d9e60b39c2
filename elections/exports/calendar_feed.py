"""Places as entries of somebody's own calendar (iCalendar, RFC 5545 and 7986)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone

from elections.models import Assignment
from elections.queries.calendar_feed import changed_at, is_on
from tenants.context import current_municipality

PRODUCT: Final = "-//Zitting//NL"
# How often a calendar program should look again; those of Google and Microsoft look as often as they like.
REFRESH: Final = timedelta(hours=4)


def calendar_text(places: Iterable[Assignment], *, url: str, language: str = "nl") -> bytes:
    """Places as a calendar, one entry for each shift.

    Moments are in UTC, so that they are right in every calendar, whatever its time zone and on the night that the
    clock changes. Calendars are shared with families and colleagues: no entry has a name or a position, no title a
    polling station, and the entry asks to be shown to others as "busy". It keeps its id, so that reading it again
    after a change replaces the old one. A place that is over is told as cancelled: some programs keep what is absent.

    places: with station, venue, day part and position loaded.
    url: of the page with the places.
    """
    municipality = current_municipality()
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)  # the same, for older programs
    with translation.override(language):
        name = _("Verkiezingen %(municipality)s") % {"municipality": municipality.name}
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        entries = [_entry(place, url, municipality.name) for place in places]
    for entry in entries:
        calendar.add_component(entry)
    if not entries:
        # A calendar without any component is none (RFC 5545 section 3.6), and some programs refuse it.
        calendar.add_component(Timezone.from_tzid(municipality.time_zone))
    return calendar.to_ical()


def _entry(place: Assignment, url: str, municipality: str) -> Event:
    shift = place.shift
    venue = shift.polling_station.venue
    arrival = {"time": f"{timezone.localtime(shift.arrives_at):%H.%M}"}
    entry = Event()
    entry.add("uid", str(place.uuid))
    entry.add("sequence", place.version)
    entry.add("dtstamp", _whole(timezone.now()))
    entry.add("last-modified", _whole(changed_at(place)))
    entry.add("dtstart", place.period.lower.astimezone(UTC))
    entry.add("dtend", place.period.upper.astimezone(UTC))
    entry.add("status", "CONFIRMED" if is_on(place) else "CANCELLED")
    entry.add("class", "PRIVATE")
    entry.add("summary", _("Verkiezingen %(municipality)s: dienst") % {"municipality": municipality})
    address = (venue.name, venue.address_line, venue.city_line.replace("  ", " "))
    entry.add("location", ", ".join(filter(None, address)))
    words = [_("Wees er om %(time)s uur.") % arrival] if is_on(place) else [_("Deze dienst is vervallen.")]
    entry.add("description", "\n".join([*words, _("Alles over uw plaats:"), url]))
    entry.add("url", url)
    return entry


def _whole(moment: datetime) -> datetime:
    """In UTC and whole seconds, the only way in which these fields may be written."""
    return moment.astimezone(UTC).replace(microsecond=0)
