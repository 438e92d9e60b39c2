"""What the pages of news and documents share; their views stand in views/news_item.py and views/document.py."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backoffice.forms.announcement import VersionForm
from backoffice.paging import show_page
from backoffice.tables.announcement import ReaderFilter, ReaderTable, badge_of
from elections import audit
from elections.errors import ActionError
from elections.models import Audience
from elections.models.publication import PublicationModel
from elections.queries.announcement import read_count, readers, with_read_count
from elections.queries.audience import audience_words, members_of, reach, with_parts


def listed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows with all that their list shows, in a fixed number of queries."""
    return with_read_count(rows).prefetch_related(
        Prefetch("audience", queryset=with_parts(Audience.objects.all()))
    )


def facts_of(row: PublicationModel) -> dict[str, Any]:
    """What the pages about one of them say: its state, for whom it is, and how many read it."""
    return {
        "row": row,
        "badge": badge_of(row),
        "audience_words": audience_words(row.audience),
        "reading": read_count(row),
        "version_form": VersionForm(initial={"version": row.version}),
    }


def before_publishing(row: PublicationModel) -> dict[str, Any]:
    """What a colleague is shown before publishing: how many members see it, and how many are mailed."""
    found = reach(members_of(row.audience))
    return {
        "row": row,
        "reach": found,
        "audience_words": audience_words(row.audience),
        "mails": found.reachable if row.tells_by_mail and row.announced_at is None else 0,
        "form": VersionForm(initial={"version": row.version}),
    }


def done(request: HttpRequest, row: PublicationModel, act: Callable[..., object], success: str) -> bool:
    """Do `act` with the row as the page showed it; say how that went, and return whether it did."""
    form = VersionForm(request.POST)
    try:
        act(row, version=form.cleaned_data["version"] if form.is_valid() else 0, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
        return False
    messages.success(request, success % {"title": row.title})
    return True


def show_readers(request: HttpRequest, row: PublicationModel, template: str, log: str) -> HttpResponse:
    """Who read it and who did not. Looking is logged, for it tells what people do."""
    chosen = ReaderFilter(request.GET, readers(row))
    table = ReaderTable(chosen.qs)
    show_page(table, request)
    audit.record_view(log, by=request.user, on=row, count=table.page.paginator.count)
    return render(request, template, facts_of(row) | {"table": table, "filter": chosen})
