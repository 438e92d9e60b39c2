"""A place as an entry of somebody's own calendar (iCalendar, RFC 5545)."""

from collections.abc import Sequence
from datetime import UTC

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from elections.models import Assignment
from tenants.context import current_municipality

PRODUCT = "-//Zitting//NL"


def placement_calendar(places: Sequence[Assignment], *, url: str) -> bytes:
    """The shifts of one place as a calendar, one entry each.

    Moments are in UTC, so that they are right in every calendar, whatever its time zone and on the night that the
    clock changes. Nothing in it is about the person: calendars are shared. An entry keeps its id, so that adding it
    again after a change replaces the old one.

    places: with station, venue, day part and position loaded.
    url: of the page with the place.
    """
    municipality = current_municipality()
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    with translation.override("nl"):
        for place in places:
            calendar.add_component(_entry(place, url, municipality.primary_domain))
    return calendar.to_ical()


def _entry(place: Assignment, url: str, domain: str) -> Event:
    shift = place.shift
    venue = shift.polling_station.venue
    arrival = f"{timezone.localtime(shift.arrives_at):%H.%M}"
    entry = Event()
    entry.add("uid", f"{place.uuid}@{domain}")
    entry.add("sequence", place.version)
    entry.add("dtstamp", timezone.now().astimezone(UTC))
    entry.add("dtstart", place.period.lower.astimezone(UTC))
    entry.add("dtend", place.period.upper.astimezone(UTC))
    entry.add("summary", _("Stembureau %(station)s") % {"station": shift.polling_station})
    entry.add(
        "location",
        ", ".join(filter(None, (venue.name, venue.address_line, venue.city_line.replace("  ", " ")))),
    )
    entry.add(
        "description", _("Wees er om %(time)s uur. Kijk voor wijzigingen op uw pagina.") % {"time": arrival}
    )
    entry.add("url", url)
    return entry
