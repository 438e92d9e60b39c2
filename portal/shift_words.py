"""A shift in the words of the member's pages."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from elections.models import Shift
from elections.queries.letter import money
from tenants.context import current_municipality

Fact = dict[str, str]


def pay_words(shift: Shift) -> str:
    """What the work pays, in the municipality's currency; empty when the team filled in nothing."""
    cents = shift.position.allowance_cents
    return money(cents, current_municipality().words.currency) if cents else ""


def facts_of(shift: Shift, *, distance: str = "") -> list[Fact]:
    """Rows for components/definition_list.html: everything to know before one says yes."""
    station, venue = shift.polling_station, shift.polling_station.venue
    where = [station.name] if venue.name in ("", station.name) else [station.name, venue.name]
    address = [line for line in (*where, venue.address_line, venue.city_line, venue.address_note) if line]
    rows = [
        (_("Dag"), date_format(shift.day_part.polling_day.date, "l j F Y")),
        (_("Tijd"), f"{shift.hours_in_full} ({shift.day_part.name})"),
        (_("Functie"), shift.position.name),
        (_("Stembureau"), "\n".join([*address, _("stembureau %(number)s") % {"number": station.number}])),
        (_("Afstand"), distance),
        (_("Vergoeding"), pay_words(shift)),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]
