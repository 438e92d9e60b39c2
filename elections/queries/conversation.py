"""What the inbox shows: counts, threads, and whether anything changed since a page was made."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Prefetch, Q, QuerySet, Sum

from elections.enums import ConversationState, MessageKind, StaffRole
from elections.models import Attachment, Conversation, Member, Message, User
from elections.models.conversation import ConversationQuerySet
from elections.models.fields import NameKey
from elections.permissions import RIGHTS


@dataclass(frozen=True)
class InboxCounts:
    """How many conversations each tab of the team's inbox holds."""

    open: int
    answered: int
    closed: int
    mine: int
    unassigned: int


def inbox_counts(user: User) -> InboxCounts:
    """The counts for one colleague, in one query. What is closed is nobody's work any more."""
    going_on = ~Q(state=ConversationState.CLOSED)
    return InboxCounts(
        **Conversation.objects.talks()
        .order_by()
        .aggregate(
            **{state.value: Count("pk", filter=Q(state=state)) for state in ConversationState},
            mine=Count("pk", filter=going_on & Q(assignee=user)),
            unassigned=Count("pk", filter=going_on & Q(assignee=None)),
        )
    )


def open_conversations() -> ConversationQuerySet:
    """Those that wait for an answer of the team."""
    return Conversation.objects.talks().filter(state=ConversationState.OPEN)


def inbox() -> ConversationQuerySet:
    """All conversations as the team's list shows them."""
    found = Conversation.objects.select_related("member", "assignee")
    return found.with_unread(MessageKind.FROM_MEMBER)


def unread_by_team() -> int:
    """In how many conversations a member wrote something that nobody of the team saw."""
    return Message.objects.unread_by_team().values("conversation").distinct().count()


def unread_by_member(member: Member) -> int:
    """In how many conversations the team wrote something that the member did not see."""
    unread = Message.objects.unread_by_member().filter(conversation__member=member)
    return unread.values("conversation").distinct().count()


def conversations_of(member: Member) -> ConversationQuerySet:
    """The conversations of one member as the portal lists them, the newest message first."""
    own = Conversation.objects.filter(member=member).with_unread(MessageKind.FROM_TEAM)
    return own.order_by("-last_message_at", "-pk")


def conversations_in_file(member: Member, most: int) -> list[Conversation]:
    """The newest conversations of one member, for the team's page about the member."""
    own = Conversation.objects.filter(member=member).with_unread(MessageKind.FROM_MEMBER)
    return list(own.order_by("-last_message_at", "-pk")[:most])


def thread(conversation: Conversation, *, with_notes: bool) -> list[Message]:
    """What was said, oldest first, each message with `files`; two queries, and one more for a message to a group.

    with_notes: for the team alone.
    """
    messages = conversation.messages.all() if with_notes else conversation.messages.shown_to_member()
    said: list[Any] = list(
        messages.select_related("author").prefetch_related(Prefetch("attachments", to_attr="files"))
    )
    if conversation.group_id and said:
        said[0].files = [*Attachment.objects.filter(group=conversation.group_id), *said[0].files]
    return said


def thread_token(conversation: Conversation, said: list[Message], *, own: MessageKind) -> str:
    """Changes when something is said or decided, or when the other side reads what this side wrote (`own`).

    said: the thread as it is shown. For the member, who takes care of it changes nothing.
    """
    read = sum(message.kind == own and message.read_at is not None for message in said)
    carer = conversation.assignee_id if own == MessageKind.FROM_TEAM else None
    return _digest(said[-1].pk if said else None, read, conversation.state, carer)


def list_token(conversations: QuerySet[Conversation]) -> str:
    """Changes when a list of conversations does, in one query. Needs `with_unread`."""
    facts = conversations.order_by().aggregate(
        number=Count("pk"),
        last=Max("last_message_at"),
        versions=Sum("version"),
        carers=Sum("assignee"),
        unread=Count("pk", filter=Q(has_unread=True)),
    )
    return _digest(*facts.values())


def colleagues() -> QuerySet[User]:
    """Who may answer members, by name."""
    roles = [role for role in StaffRole.values if "inbox.edit" in RIGHTS[role]]
    return User.objects.filter(role__in=roles, is_active=True).order_by(NameKey("name"), "username")


def _digest(*facts: Any) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
