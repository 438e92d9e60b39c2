"""Telling by mail that a message waits, and not more often than somebody can bear.

A member gets no second mail while the message of the first one, of less than an hour ago, was not read. A mailbox of
the team gets one mail of a kind in a quarter of an hour: what comes in meanwhile waits for the next one.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from uuid import uuid4

from django.db.models import QuerySet
from django.utils import timezone

from elections.enums import MailKind, MailState
from elections.models import Conversation, Member, Message, OutboxMail, User
from elections.notify.outbox import Recipient, enqueue, enqueue_many
from elections.permissions import can
from tenants.context import current_municipality
from tenants.locks import hold_lock

MEMBER_PAUSE: Final = timedelta(hours=1)
TEAM_PAUSE: Final = timedelta(minutes=15)


def tell_member(message: Message, member: Member) -> None:
    """Mail the member that something waits. The caller holds the lock of the member, so that this happens once."""
    user = member.user
    if user is not None and not told_lately([member]):
        enqueue(MailKind.MESSAGE_RECEIVED, user=user, key=f"message:{message.uuid}", reference=message.uuid)


def tell_members(messages: Iterable[Message]) -> None:
    """The same for the messages of one message to a group; each conversation has its member and user at hand."""
    made = list(messages)
    told = told_lately([message.conversation.member for message in made])
    enqueue_many(
        MailKind.MESSAGE_RECEIVED,
        [
            Recipient(message.conversation.member.user, f"group-message:{message.uuid}", message.uuid)
            for message in made
            if message.conversation.member.user and message.conversation.member_id not in told
        ],
    )


def told_lately(members: Iterable[Member]) -> set[int]:
    """Keys of those of `members` who were mailed less than an hour ago about a message that they did not read yet."""
    people = list(members)
    now = timezone.now()
    lately = OutboxMail.objects.filter(
        kind=MailKind.MESSAGE_RECEIVED,
        user__in=[member.user_id for member in people if member.user_id],
        created_at__gt=now - MEMBER_PAUSE,
        # What waits for the overview of the day told nothing yet.
        due_at__lte=now,
    ).exclude(state__in=(MailState.FAILED, MailState.BOUNCED))
    unread = Message.objects.unread_by_member().filter(
        conversation__member__in=people, uuid__in=lately.values("reference")
    )
    return set(unread.values_list("conversation__member", flat=True))


def tell_team(conversation: Conversation) -> None:
    """Mail who takes care of this conversation, or else the team's own mailbox, that a member wrote."""
    user = _carer(conversation)
    address = user.email if user else current_municipality().email
    if not address:
        return
    key = f"team-message:{conversation.uuid}:{conversation.version}"
    _tell_colleague(MailKind.TEAM_MESSAGE, user, address, key, conversation)


def tell_assignee(conversation: Conversation) -> None:
    """Mail who takes care of this conversation from now on that a colleague gave it to them."""
    user = _carer(conversation)
    if user:
        _tell_colleague(MailKind.CONVERSATION_ASSIGNED, user, user.email, f"assigned:{uuid4()}", conversation)


def _tell_colleague(
    kind: MailKind, user: User | None, address: str, key: str, conversation: Conversation
) -> None:
    """A mail of this kind, of which a mailbox gets one in a quarter of an hour."""
    hold_lock(f"{kind}:{address.lower()}")
    # Locked, so that a mail which counts as waiting leaves after what it tells is there to be told.
    latest = _mails_to(address, kind).order_by("-due_at").select_for_update(of=("self",)).first()
    if latest and latest.state == MailState.WAITING:
        return  # that one tells this too
    mail = enqueue(kind, user=user, key=key, reference=conversation.uuid, to_email=None if user else address)
    if latest:
        # Later still for who wants one mail a day.
        mail.due_at = max(mail.due_at, latest.due_at + TEAM_PAUSE)
        mail.save(update_fields=["due_at"])


def _carer(conversation: Conversation) -> User | None:
    user = conversation.assignee
    return user if user and user.email and can(user, "inbox.view") else None


def _mails_to(address: str, kind: MailKind) -> QuerySet[OutboxMail]:
    """Those of the last quarter of an hour, and those that wait for their time."""
    since = timezone.now() - TEAM_PAUSE
    return OutboxMail.objects.filter(kind=kind, to_email__iexact=address, due_at__gt=since)
