"""News for the member."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from elections.actions.announcement import mark_read
from elections.formatting import formatted, plain
from elections.models import NewsItem
from elections.queries.announcement import shown_to
from portal.access import look_going_on, member_required


@member_required
@require_safe
def news_item_list(request: HttpRequest) -> HttpResponse:
    """What there is for this member now, newest first; what was not opened yet stands out."""
    items = [(item, plain(item.body)) for item in shown_to(NewsItem, request.member)]
    return render(request, "portal/news_item/list.html", {"items": items})


@member_required
@require_safe
def news_item_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One item. For somebody else, before its begin or after its end: 404.

    A colleague who looks as the member does not make it read.
    """
    item = get_object_or_404(shown_to(NewsItem, request.member), uuid=uuid)
    if not look_going_on(request):
        mark_read(item, request.member)
    return render(request, "portal/news_item/detail.html", {"item": item, "html": formatted(item.body)})
