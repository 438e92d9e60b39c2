"""Messages to groups: the list, and who read and answered one."""

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery

from elections.enums import MessageKind
from elections.models import Conversation, GroupMessage, Message

_FIRST = Message.objects.filter(conversation=OuterRef("pk"), kind=MessageKind.FROM_TEAM).order_by(
    "created_at", "pk"
)
_ANSWERS = Message.objects.filter(conversation=OuterRef("pk"), kind=MessageKind.FROM_MEMBER)


def group_messages() -> QuerySet[GroupMessage]:
    """All, the newest first, each with how many members got, read and answered it (`got`, `read`, `answered`)."""
    of_member = Q(conversations__messages__kind=MessageKind.FROM_MEMBER)
    was_read = Q(
        conversations__messages__kind=MessageKind.FROM_TEAM, conversations__messages__read_at__isnull=False
    )
    return GroupMessage.objects.select_related("author", "job").annotate(
        got=Count("conversations", distinct=True),
        read=Count("conversations", filter=was_read, distinct=True),
        answered=Count("conversations", filter=of_member, distinct=True),
    )


def receivers(group: GroupMessage) -> QuerySet[Conversation]:
    """The conversations of one message to a group, each with `read_at` of the message and whether it `is_answered`."""
    return (
        Conversation.objects.filter(group=group)
        .select_related("member")
        .annotate(
            read_at=Subquery(_FIRST.values("read_at")[:1]),
            is_answered=Exists(_ANSWERS),
            answered_at=Subquery(
                _ANSWERS.order_by().values("conversation").annotate(at=Min("created_at")).values("at")
            ),
        )
    )
