"""The member's messages: reading, asking the team something, answering."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from elections.actions.conversation import answer_team, ask_team, read_as_member
from elections.enums import MessageKind, StepKind
from elections.errors import ActionError, FileRefused
from elections.models import Conversation
from elections.queries.conversation import (
    conversations_of,
    list_token,
    thread,
    thread_token,
    unread_by_member,
)
from elections.queries.menu_part import readable_conversations
from elections.sessions import no_activity
from portal.access import look_going_on, member_required
from portal.forms.conversation import MessageForm, QuestionForm
from portal.parts import closed_for, part_closed, part_required

TEMPLATES = "portal/conversation"


@member_required
@require_GET
def conversation_list(request: HttpRequest) -> HttpResponse:
    """The member's conversations, the newest first; what was not read yet is marked."""
    context = _list_context(request) | {"may_ask": StepKind.INBOX not in closed_for(request, request.member)}
    if not (context["may_ask"] or context["conversations"]):
        return part_closed(request, str(StepKind.INBOX.label))
    return render(request, f"{TEMPLATES}/list.html", context)


@member_required
@require_GET
@no_activity
def conversation_list_live(request: HttpRequest) -> HttpResponse:
    """The list anew when it changed since `?token=`; nothing (204) when it did not."""
    if not request.htmx:
        return redirect("portal:conversation-list")
    context = _list_context(request)
    if context["token"] == request.GET.get("token"):
        return HttpResponse(status=204)
    return render(request, f"{TEMPLATES}/rows.html", context)


@member_required
@require_GET
@no_activity
def conversation_unread(request: HttpRequest) -> JsonResponse:
    """How many conversations have something new: the number in the menu."""
    count = unread_by_member(request.member)
    words = ngettext("%(n)s gesprek met iets nieuws", "%(n)s gesprekken met iets nieuws", count)
    return JsonResponse({"count": count, "words": words % {"n": count}})


@member_required
@part_required(StepKind.INBOX)
def conversation_create(request: HttpRequest) -> HttpResponse:
    """Ask the team something."""
    form = QuestionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            conversation = ask_team(request.member, form.cleaned_data["subject"], form.draft, by=request.user)
        except ActionError as problem:
            form.add_error("uploads" if isinstance(problem, FileRefused) else None, problem.message)
        else:
            messages.success(request, _("Uw bericht is verstuurd. U krijgt een e-mail als er antwoord is."))
            return redirect("portal:conversation-detail", conversation.uuid)
    return render(request, f"{TEMPLATES}/create.html", {"form": form, "chose_files": bool(request.FILES)})


@member_required
def conversation_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One conversation, and an answer to it. Somebody else's: 404. A colleague who looks does not make it read."""
    conversation = _own(request, uuid)
    if request.method != "POST" and not _is_readable(conversation):
        return part_closed(request, str(StepKind.INBOX.label))
    form = MessageForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_team(conversation, form.draft, by=request.user)
        except ActionError as problem:
            form.add_error("uploads" if isinstance(problem, FileRefused) else None, problem.message)
        else:
            messages.success(request, _("Uw bericht is verstuurd."))
            return redirect("portal:conversation-detail", uuid)
    context = _thread_context(request, conversation) | {"form": form, "chose_files": bool(request.FILES)}
    if not look_going_on(request):
        read_as_member(conversation, context["thread"], by=request.user)
    return render(request, f"{TEMPLATES}/detail.html", context)


@member_required
@require_GET
@no_activity
def conversation_live(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The thread anew when it changed since `?token=`; nothing (204) when it did not. Nobody need have seen it."""
    conversation = _own(request, uuid)
    if not request.htmx or not _is_readable(conversation):
        return redirect("portal:conversation-detail", uuid)
    context = _thread_context(request, conversation) | {"is_live": True}
    if context["token"] == request.GET.get("token"):
        return HttpResponse(status=204)
    return render(request, f"{TEMPLATES}/thread.html", context)


def _list_context(request: HttpRequest) -> dict[str, object]:
    own = conversations_of(request.member).filter(pk__in=readable_conversations(request.member).values("pk"))
    return {"conversations": list(own), "token": list_token(own), "may_refresh": not look_going_on(request)}


def _thread_context(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    said = thread(conversation, with_notes=False)
    return {
        "conversation": conversation,
        "thread": said,
        "token": thread_token(conversation, said, own=MessageKind.FROM_MEMBER),
        "may_refresh": not look_going_on(request),
    }


def _own(request: HttpRequest, uuid: UUID) -> Conversation:
    return get_object_or_404(Conversation, member=request.member, uuid=uuid)


def _is_readable(conversation: Conversation) -> bool:
    return readable_conversations(conversation.member).filter(pk=conversation.pk).exists()
