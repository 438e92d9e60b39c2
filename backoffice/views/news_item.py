"""News: writing, looking at it as members will, publishing, and who read it."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.access import chosen_event, staff_required
from backoffice.announcement import before_publishing, done, facts_of, listed, show_readers
from backoffice.forms.audience import AudienceForm
from backoffice.forms.news_item import BODY_LENGTH, BodyForm, NewsItemForm
from backoffice.paging import show_page
from backoffice.tables.news_item import NewsItemFilter, NewsItemTable
from elections.actions import announcement
from elections.actions.news_item import create_news_item, delete_news_item, update_news_item
from elections.errors import ActionError
from elections.formatting import formatted
from elections.models import NewsItem

TEMPLATES = "backoffice/news_item"


@staff_required("news.edit")
@require_safe
def news_item_list(request: HttpRequest) -> HttpResponse:
    """All news, newest first, with how many read it."""
    found = NewsItemFilter(request.GET, listed(NewsItem.objects.order_by("-created_at", "-pk")))
    table = NewsItemTable(found.qs)
    show_page(table, request)
    return render(request, f"{TEMPLATES}/list.html", {"table": table, "filter": found})


@staff_required("news.edit")
@require_safe
def news_item_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The item as members see it, with what can be done with it."""
    item = _item(uuid)
    return render(request, f"{TEMPLATES}/detail.html", facts_of(item) | {"html": formatted(item.body)})


@staff_required("news.edit")
@require_http_methods(["GET", "POST"])
def news_item_create(request: HttpRequest) -> HttpResponse:
    """Write a draft."""
    return _edit(request, None)


@staff_required("news.edit")
@require_http_methods(["GET", "POST"])
def news_item_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change the text, the period or for whom it is."""
    return _edit(request, _item(uuid))


@staff_required("news.edit")
@require_POST
def news_item_preview(request: HttpRequest) -> HttpResponse:
    """The text that is being written, as members will see it; a part of the page that asks for it while typing."""
    form = BodyForm(request.POST)
    html = formatted(form.cleaned_data["body"]) if form.is_valid() else None
    return render(request, f"{TEMPLATES}/preview.html", {"html": html})


@staff_required("news.edit")
@require_http_methods(["GET", "POST"])
def news_item_publish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first, with the number of members and mails; then publish."""
    item = _item(uuid)
    if request.method == "POST":
        done(request, item, announcement.publish, _("“%(title)s” is gepubliceerd."))
        return redirect("backoffice:news-item-detail", uuid)
    return render(request, f"{TEMPLATES}/publish.html", before_publishing(item))


@staff_required("news.edit")
@require_POST
def news_item_withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take it out of the portal."""
    done(request, _item(uuid), announcement.withdraw, _("“%(title)s” is ingetrokken."))
    return redirect("backoffice:news-item-detail", uuid)


@staff_required("news.edit")
@require_http_methods(["GET", "POST"])
def news_item_delete(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first; then remove a draft."""
    item = _item(uuid)
    if request.method != "POST":
        return render(request, f"{TEMPLATES}/delete.html", facts_of(item))
    if done(request, item, delete_news_item, _("“%(title)s” is verwijderd.")):
        return redirect("backoffice:news-item-list")
    return redirect("backoffice:news-item-detail", uuid)


@staff_required("news.edit")
@require_safe
def news_item_readers(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who read it, and who did not yet."""
    return show_readers(request, _item(uuid), f"{TEMPLATES}/readers.html", "news_item.readers")


def _edit(request: HttpRequest, item: NewsItem | None) -> HttpResponse:
    data = request.POST or None
    form = NewsItemForm(data, row=item)
    audience_form = AudienceForm(data, event=chosen_event(request), audience=item.audience if item else None)
    is_sent = request.method == "POST" and "preview" not in request.POST
    if is_sent and form.is_valid() and audience_form.is_valid():
        try:
            saved = _save(request, item, form, audience_form)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("“%(title)s” is bewaard.") % {"title": saved.title})
            return redirect("backoffice:news-item-detail", saved.uuid)
    body = (request.POST.get("body", "") if data else item.body if item else "")[:BODY_LENGTH]
    context = {
        "item": item,
        "form": form,
        "audience_form": audience_form,
        "html": formatted(body),
        "is_sent": is_sent,
        "page_errors": is_sent and (form.errors or audience_form.errors),
    }
    return render(request, f"{TEMPLATES}/edit.html", context)


def _save(
    request: HttpRequest, item: NewsItem | None, form: NewsItemForm, audience_form: AudienceForm
) -> NewsItem:
    body = form.cleaned_data["body"]
    choose_audience = partial(audience_form.save, request.user)
    if item is None:
        return create_news_item(form.posting, body, choose_audience=choose_audience, by=request.user)
    update_news_item(
        item,
        form.posting,
        body,
        choose_audience=choose_audience,
        version=form.version_shown,
        by=request.user,
    )
    return item


def _item(uuid: UUID) -> NewsItem:
    return get_object_or_404(NewsItem.objects.select_related("audience__event"), uuid=uuid)
