"""How lists are cut into pages."""

from typing import Final

from django.http import HttpRequest
from django_tables2 import RequestConfig, Table

PER_PAGE: Final = 50


def show_page(table: Table, request: HttpRequest) -> None:
    """Sort `table` and cut it as the address asks; a page that is not there becomes the first or the last.

    RequestConfig by itself would let the address say how many rows a page has, and so ask for all or for none.
    """
    RequestConfig(request, paginate=False).configure(table)
    table.paginate(per_page=PER_PAGE)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))
