"""The team's inbox: what members ask, the answers, the notes, and who takes care of what."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.access import staff_required
from backoffice.forms.conversation import AnswerForm, AssignForm, BeginForm, NoteForm
from backoffice.paging import asked_for, show_page
from backoffice.tables.conversation import STATE_TONES, TABS, ConversationFilter, ConversationTable
from elections import audit
from elections.actions import conversation as actions
from elections.enums import ConversationState, MessageKind
from elections.errors import ActionError, ChangedElsewhere, FileRefused
from elections.models import CannedAnswer, Conversation, Member
from elections.permissions import can
from elections.queries.confidentiality import contact_of
from elections.queries.conversation import (
    inbox,
    inbox_counts,
    list_token,
    thread,
    thread_token,
    unread_by_team,
)
from elections.sessions import no_activity

TEMPLATES = "backoffice/conversation"
MOST_MEMBERS = 20


@staff_required("inbox.view")
@require_GET
def conversation_list(request: HttpRequest) -> HttpResponse:
    """One tab of the inbox, or what was searched for."""
    context = _list_context(request)
    _log_list(request, context)
    return render(request, f"{TEMPLATES}/list.html", context)


@staff_required("inbox.view")
@require_GET
@no_activity
def conversation_list_live(request: HttpRequest) -> HttpResponse:
    """The list anew when it changed since `?token=`; nothing (204) when it did not."""
    if not request.htmx:
        return redirect("backoffice:conversation-list")
    token = request.GET.get("token")
    request.GET = request.GET.copy()  # type: ignore[misc]
    request.GET.pop("token", None)  # the links of the list lead to the page itself
    context = _list_context(request)
    if context["token"] == token:
        return HttpResponse(status=204)
    _log_list(request, context)
    return render(request, f"{TEMPLATES}/inbox.html", context)


@staff_required("inbox.view")
@require_GET
@no_activity
def conversation_unread(request: HttpRequest) -> JsonResponse:
    """In how many conversations something new waits: the number in the menu."""
    count = unread_by_team()
    words = ngettext("%(n)s gesprek met iets nieuws", "%(n)s gesprekken met iets nieuws", count)
    return JsonResponse({"count": count, "words": words % {"n": count}})


@staff_required("inbox.view")
@require_GET
def conversation_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The whole conversation. What the member wrote counts as read by the team from now on."""
    return _page(request, _conversation(uuid))


@staff_required("inbox.view")
@require_GET
@no_activity
def conversation_live(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The thread anew when it changed since `?token=`; nothing (204) when it did not.

    Nobody need have seen it, so it stays unread; but that it was given is logged.
    """
    conversation = _conversation(uuid)
    if not request.htmx:
        return redirect("backoffice:conversation-detail", uuid)
    context = _thread_context(conversation) | {"is_live": True}
    if context["token"] == request.GET.get("token"):
        return HttpResponse(status=204)
    audit.record(
        "conversation.view", by=request.user, on=conversation, label=conversation.member.full_name, live=True
    )
    return render(request, f"{TEMPLATES}/thread.html", context)


@staff_required("inbox.edit")
@require_http_methods(["GET", "POST"])
def conversation_answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Answer; or put a canned answer into the text that is being typed (`insert`), and send nothing."""
    conversation = _conversation(uuid)
    if request.method == "GET":
        return redirect("backoffice:conversation-detail", uuid)
    form = AnswerForm(request.POST, request.FILES)
    is_valid = form.is_valid()
    if "insert" in request.POST:
        return _page(request, conversation, form=form.with_canned())
    if is_valid:
        try:
            actions.answer_member(
                conversation,
                form.draft,
                version=form.cleaned_data["version"] or 0,
                by=request.user,
                close="close" in request.POST,
            )
        except ChangedElsewhere as problem:
            form.add_error("uploads" if isinstance(problem, FileRefused) else None, problem.message)
            conversation = _conversation(uuid)
            form.look_again(conversation.version)
        except ActionError as problem:
            form.add_error("uploads" if isinstance(problem, FileRefused) else None, problem.message)
        else:
            messages.success(request, _("Uw antwoord is verstuurd."))
            return redirect("backoffice:conversation-detail", uuid)
    return _page(request, conversation, form=form)


@staff_required("inbox.edit")
@require_http_methods(["GET", "POST"])
def conversation_note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write something for colleagues."""
    conversation = _conversation(uuid)
    if request.method == "GET":
        return redirect("backoffice:conversation-detail", uuid)
    note = NoteForm(request.POST)
    if note.is_valid():
        try:
            actions.add_note(conversation, note.draft, by=request.user)
        except ActionError as problem:
            note.add_error(None, problem.message)
        else:
            messages.success(request, _("Uw notitie is bewaard. Alleen het team ziet de notitie."))
            return redirect("backoffice:conversation-detail", uuid)
    return _page(request, conversation, note=note)


@staff_required("inbox.edit")
@require_POST
def conversation_take(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take care of it oneself."""
    return _do(request, uuid, actions.take_conversation, _("U pakt dit gesprek op."))


@staff_required("inbox.edit")
@require_POST
def conversation_assign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let a colleague take care of it, or nobody."""
    form = AssignForm(request.POST)
    if not form.is_valid():
        messages.error(request, next(iter(form.errors.values()))[0])
        return redirect("backoffice:conversation-detail", uuid)
    assignee = form.cleaned_data["assignee"]
    text = _("Nu pakt %(name)s dit gesprek op.") % {"name": assignee.display_name} if assignee else ""
    return _do(
        request,
        uuid,
        lambda conversation, by: actions.assign_conversation(conversation, assignee, by=by),
        text or _("Nu pakt niemand dit gesprek op."),
    )


@staff_required("inbox.edit")
@require_POST
def conversation_close(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The matter is done."""
    return _do(
        request,
        uuid,
        actions.close_conversation,
        _("Het gesprek is afgesloten. Schrijft het lid, dan gaat het open."),
    )


@staff_required("inbox.edit")
@require_POST
def conversation_reopen(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The matter is not done after all."""
    return _do(request, uuid, actions.reopen_conversation, _("Het gesprek is weer open."))


@staff_required("inbox.edit")
@require_GET
def conversation_choose(request: HttpRequest) -> HttpResponse:
    """Look for the member to write to."""
    sought = request.GET.get("q", "").strip()
    found = Member.objects.active().present().search(sought).by_name() if sought else Member.objects.none()
    context = {
        "sought": sought,
        "members": found[:MOST_MEMBERS],
        "count": found.count(),
        "most": MOST_MEMBERS,
    }
    if sought:
        audit.record_view("member.list", by=request.user, filters={"q": sought}, count=context["count"])
    return render(request, f"{TEMPLATES}/choose.html", context)


@staff_required("inbox.edit")
@require_http_methods(["GET", "POST"])
def conversation_create(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Begin a conversation with one member."""
    member = get_object_or_404(Member.objects.present().select_related("user"), uuid=uuid)
    form = BeginForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            conversation = actions.begin_conversation(
                member, form.cleaned_data["subject"], form.draft, by=request.user
            )
        except ActionError as problem:
            form.add_error("uploads" if isinstance(problem, FileRefused) else None, problem.message)
        else:
            messages.success(request, _("Uw bericht aan %(name)s is verstuurd.") % {"name": member.full_name})
            return redirect("backoffice:conversation-detail", conversation.uuid)
    context = {"form": form, "member": member, "chose_files": bool(request.FILES)}
    return render(request, f"{TEMPLATES}/create.html", context)


def _log_list(request: HttpRequest, context: dict[str, Any]) -> None:
    count = context["table"].page.paginator.count
    audit.record_view("conversation.list", by=request.user, filters=asked_for(context["filter"]), count=count)


def _list_context(request: HttpRequest) -> dict[str, Any]:
    found = ConversationFilter(request.GET, inbox(), request.user)
    table = ConversationTable(found.qs)
    show_page(table, request)
    counts = asdict(inbox_counts(request.user))
    numbers = "-".join(str(count) for count in counts.values())
    return {
        "table": table,
        "filter": found,
        "tabs": [
            {"label": label, "url": f"?show={tab}", "current": found.tab == tab, "count": counts[tab]}
            for tab, label in TABS
        ],
        "tab": found.tab,
        "token": f"{list_token(found.qs)}-{numbers}",
        "may_edit": can(request.user, "inbox.edit"),
    }


def _page(
    request: HttpRequest,
    conversation: Conversation,
    *,
    form: AnswerForm | None = None,
    note: NoteForm | None = None,
) -> HttpResponse:
    """The page of a conversation, with what was typed in one of its forms; whichever way one came here, it was read."""
    context: dict[str, Any] = _thread_context(conversation) | {
        "form": form or AnswerForm(initial={"version": conversation.version}),
        "note": note or NoteForm(),
        "assign": AssignForm(initial={"assignee": conversation.assignee}),
        "page_errors": bool((form and form.errors) or (note and note.errors)),
        "chose_files": bool(request.FILES),
        "has_canned": CannedAnswer.objects.exists(),
        "tone": STATE_TONES[ConversationState(conversation.state)],
        "may_edit": can(request.user, "inbox.edit"),
        "is_mine": conversation.assignee == request.user,
        "contact": contact_of(conversation.member, request.user),
    }
    response = render(request, f"{TEMPLATES}/detail.html", context)
    actions.read_as_team(conversation, context["thread"], by=request.user)
    return response


def _thread_context(conversation: Conversation) -> dict[str, Any]:
    said = thread(conversation, with_notes=True)
    return {
        "conversation": conversation,
        "member": conversation.member,
        "thread": said,
        "token": thread_token(conversation, said, own=MessageKind.FROM_TEAM),
    }


def _do(request: HttpRequest, uuid: UUID, action: Callable[..., None], done: str) -> HttpResponse:
    try:
        action(_conversation(uuid), by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, done)
    return redirect("backoffice:conversation-detail", uuid)


def _conversation(uuid: UUID) -> Conversation:
    rows = Conversation.objects.select_related("member__user", "assignee", "group")
    return get_object_or_404(rows, uuid=uuid)
