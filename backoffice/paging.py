"""How lists are cut into pages."""

from typing import Final

from django.http import HttpRequest
from django_filters import FilterSet
from django_tables2 import RequestConfig, Table

from elections.person_numbers import hide_numbers

PER_PAGE: Final = 50
_LONGEST: Final = 100


def asked_for(chosen: FilterSet) -> dict[str, str]:
    """What was filtered on, for the log of who looked at what: the list's own filters, and no number of a person.

    Only what the filter understood: nothing else of the address reaches the log, which nobody can change.
    """
    chosen.form.is_valid()
    asked = getattr(chosen.form, "cleaned_data", {})
    return {
        name: typed(value) if isinstance(value, str) else str(value)[:_LONGEST]
        for name, value in asked.items()
        if value not in (None, "", [])
    }


def typed(text: str) -> str:
    """What somebody typed to search, as it may stand in the log: without BSN, IBAN or telephone number, and short."""
    return hide_numbers(text)[:_LONGEST]


def show_page(table: Table, request: HttpRequest) -> None:
    """Sort `table` and cut it as the address asks; a page that is not there becomes the first or the last.

    RequestConfig by itself would let the address say how many rows a page has, and so ask for all or for none.
    """
    RequestConfig(request, paginate=False).configure(table)
    table.paginate(per_page=PER_PAGE)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))
