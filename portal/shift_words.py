"""A shift in the words of the member's pages."""

from django.utils.translation import gettext as _

from elections.models import Shift
from elections.queries.letter_facts import money
from elections.queries.placement import WORD_LABELS, address_lines, shift_words
from tenants.context import current_municipality

Fact = dict[str, str]


def pay_words(shift: Shift) -> str:
    """What the work pays, in the municipality's currency; empty when the team filled in nothing."""
    cents = shift.position.allowance_cents
    return money(cents, current_municipality().words.currency) if cents else ""


def facts_of(shift: Shift, *, distance: str = "") -> list[Fact]:
    """Rows for components/definition_list.html: everything to know before one says yes."""
    station, words = shift.polling_station, shift_words(shift)
    number = _("stembureau %(number)s") % {"number": station.number}
    rows = [
        (WORD_LABELS["day"], words["day"]),
        (WORD_LABELS["time"], f"{words['time']} ({shift.day_part.name})"),
        (WORD_LABELS["position"], words["position"]),
        (WORD_LABELS["station"], "\n".join([station.name, *address_lines(shift), number])),
        (_("Afstand"), distance),
        (_("Vergoeding"), pay_words(shift)),
    ]
    return [{"label": str(label), "value": value} for label, value in rows if value]
