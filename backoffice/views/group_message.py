"""One message to many members: writing, looking who gets it, sending, and who read and answered."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.access import chosen_event, staff_required
from backoffice.forms.announcement import VersionForm
from backoffice.forms.audience import AudienceForm
from backoffice.forms.conversation import GroupMessageForm, SendForm
from backoffice.paging import asked_for, show_page
from backoffice.tables.conversation import ReceiverFilter, ReceiverTable
from backoffice.views.job import progress_context
from elections import audit
from elections.actions.group_message import (
    create_group_message,
    discard_group_message,
    send_group_message,
    update_group_message,
)
from elections.errors import ActionError, FileRefused
from elections.models import GroupMessage
from elections.permissions import can
from elections.queries.audience import audience_words, members_of, reach
from elections.queries.group_message import group_messages, receivers

TEMPLATES = "backoffice/group_message"


@staff_required("inbox.view")
@require_GET
def group_message_list(request: HttpRequest) -> HttpResponse:
    """All messages to groups, the newest first, with how many read and answered them."""
    context = {"groups": group_messages()[:200], "may_edit": can(request.user, "inbox.edit")}
    return render(request, f"{TEMPLATES}/list.html", context)


@staff_required("inbox.edit")
@require_http_methods(["GET", "POST"])
def group_message_create(request: HttpRequest) -> HttpResponse:
    """Write a message to a group; the next page shows who gets it."""
    return _edit(request, None)


@staff_required("inbox.edit")
@require_http_methods(["GET", "POST"])
def group_message_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a message that nobody got yet."""
    group = _group(uuid)
    if group.is_on_its_way:
        messages.info(request, _("Dit bericht is al verstuurd. U kunt het niet meer wijzigen."))
        return redirect("backoffice:group-message-detail", uuid)
    return _edit(request, group)


@staff_required("inbox.view")
@require_GET
def group_message_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The message; while it goes out its progress, afterwards who read it and who answered."""
    group = _group(uuid)
    found = ReceiverFilter(request.GET, receivers(group))
    table = ReceiverTable(found.qs)
    show_page(table, request)
    count = table.page.paginator.count
    audit.record_view("group_message.view", by=request.user, on=group, filters=asked_for(found), count=count)
    context: dict[str, Any] = {
        "group": group,
        "words": audience_words(group.audience),
        "figures": _figures(group),
        "table": table,
        "filter": found,
        "may_edit": can(request.user, "inbox.edit"),
    }
    if group.job and not group.sent_at:
        context |= progress_context(group.job)
    return render(request, f"{TEMPLATES}/detail.html", context)


@staff_required("inbox.edit")
@require_http_methods(["GET", "POST"])
def group_message_send(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first, with the number of people and the text as they get it; then send."""
    group = _group(uuid)
    if request.method == "POST":
        form = SendForm(request.POST)
        shown = form.cleaned_data if form.is_valid() else {"count": 0, "version": 0}
        try:
            send_group_message(group, **shown, by=request.user)
        except ActionError as problem:
            messages.error(request, problem.message)
            return redirect("backoffice:group-message-send", uuid)
        return redirect("backoffice:group-message-detail", uuid)
    if group.is_on_its_way:
        return redirect("backoffice:group-message-detail", uuid)
    people = members_of(group.audience)
    found = reach(people)
    context = {
        "group": group,
        "form": SendForm(initial={"version": group.version, "count": found.members}),
        "version_form": VersionForm(initial={"version": group.version}),
        "words": audience_words(group.audience),
        "reach": found,
        "examples": list(people.by_name()[:5]),
    }
    return render(request, f"{TEMPLATES}/send.html", context)


@staff_required("inbox.edit")
@require_POST
def group_message_discard(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Throw a message away that nobody got."""
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        discard_group_message(_group(uuid), version=version, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:group-message-detail", uuid)
    messages.success(request, _("Het bericht is weggegooid."))
    return redirect("backoffice:group-message-list")


def _edit(request: HttpRequest, group: GroupMessage | None) -> HttpResponse:
    form = GroupMessageForm(request.POST or None, request.FILES or None, group=group)
    audience_form = AudienceForm(
        request.POST or None, event=chosen_event(request), audience=group.audience if group else None
    )
    if request.method == "POST" and form.is_valid() & audience_form.is_valid():
        try:
            saved = _save(request, group, form, audience_form)
        except ActionError as problem:
            form.add_error("uploads" if isinstance(problem, FileRefused) else None, problem.message)
        else:
            return redirect("backoffice:group-message-send", saved.uuid)
    context = {
        "form": form,
        "audience_form": audience_form,
        "group": group,
        "page_errors": bool(form.errors or audience_form.errors),
        "chose_files": bool(request.FILES),
    }
    return render(request, f"{TEMPLATES}/edit.html", context)


def _save(
    request: HttpRequest, group: GroupMessage | None, form: GroupMessageForm, audience_form: AudienceForm
) -> GroupMessage:
    found = form.cleaned_data
    choose_audience = partial(audience_form.save, request.user)
    if group is None:
        return create_group_message(
            found["subject"], form.draft, choose_audience=choose_audience, by=request.user
        )
    return update_group_message(
        group,
        found["subject"],
        form.draft,
        choose_audience=choose_audience,
        removed=found.get("removed", ()),
        version=found["version"] or 0,
        by=request.user,
    )


def _figures(group: GroupMessage) -> list[dict[str, Any]]:
    return [
        {"value": group.got, "label": _("kregen het")},  # type: ignore[attr-defined]
        {"value": group.read, "label": _("lazen het"), "url": "?did=read"},  # type: ignore[attr-defined]
        {"value": group.answered, "label": _("antwoordden"), "url": "?did=answered"},  # type: ignore[attr-defined]
    ]


def _group(uuid: UUID) -> GroupMessage:
    rows = group_messages().select_related("audience__event", "author", "job").prefetch_related("attachments")
    return get_object_or_404(rows, uuid=uuid)
