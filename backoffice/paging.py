"""How lists are cut into pages."""

from typing import Final

from django.http import HttpRequest
from django_tables2 import RequestConfig, Table

PER_PAGE: Final = 50
_NO_FILTERS: Final = ("page", "sort", "format")
_LONGEST: Final = 100


def asked_for(request: HttpRequest) -> dict[str, str]:
    """The filters of a list as they stand in the address, for the log of who looked at what."""
    sent = {name: ", ".join(request.GET.getlist(name)) for name in request.GET if name not in _NO_FILTERS}
    return {name: text[:_LONGEST] for name, text in sent.items() if text}


def show_page(table: Table, request: HttpRequest) -> None:
    """Sort `table` and cut it as the address asks; a page that is not there becomes the first or the last.

    RequestConfig by itself would let the address say how many rows a page has, and so ask for all or for none.
    """
    RequestConfig(request, paginate=False).configure(table)
    table.paginate(per_page=PER_PAGE)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))
