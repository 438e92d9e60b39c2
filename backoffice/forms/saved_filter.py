"""Keeping what the member list shows: its filters, columns and order."""

from collections.abc import Iterable

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from elections import normalise
from elections.exports.member import NAME, MemberColumn
from tenants.forms import TidyField

COLUMNS, ORDER = "columns", "sort"


class SavedFilterForm(forms.Form):
    """A name, and for whom. The filter itself comes from the address that the colleague was at."""

    name = TidyField(
        normalise.line,
        label=_("Naam"),
        help_text=_("Bijvoorbeeld: voorzitters die nog niet antwoordden."),
        max_length=60,
        error_messages={"required": _("Geef het filter een naam.")},
    )
    is_shared = forms.BooleanField(
        label=_("Deel dit filter met het hele team"),
        help_text=_("Collega's zien de naam en gebruiken het filter. Alleen u kunt het wijzigen."),
        required=False,
    )


def kept_query(data: QueryDict, form: forms.Form, available: Iterable[MemberColumn]) -> str:
    """What can be kept of an address of the member list, always written the same way; empty when nothing is chosen.

    What was typed is left out, such as a name to search for; so are choices that do not exist and the page.

    form: of the MemberFilter for this address. available: the columns that can be chosen.
    """
    kept = QueryDict(mutable=True)
    for name, field in form.fields.items():
        if data.get(name) and name not in form.errors and not isinstance(field, forms.CharField):
            kept[name] = data[name]
    keys = [column.key for column in available]
    kept.setlist(COLUMNS, [key for key in keys if key in data.getlist(COLUMNS)])
    if data.get(ORDER, "").removeprefix("-") in (NAME.key, *keys):
        kept[ORDER] = data[ORDER]
    return kept.urlencode()
