"""Talk between a member and the team: asking, answering, notes, who takes care of it, and closing.

Whoever writes locks the member first and the conversation next, so that limits and the version are exact. Files are
looked into before that: nobody waits for the row of a member while a slow file of theirs is read. A message
carries the number of the form it was typed in (`Draft.once`): pressing a button twice sends one message.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.attachment import (
    attach_files,
    count_files,
    drop_files,
    remove_attachments,
    store_files,
)
from elections.actions.conversation_mail import tell_assignee, tell_member, tell_team
from elections.actions.lock import lock_members
from elections.documents.upload import StoredFile, upload_transaction
from elections.enums import ConversationState, MessageKind, StepKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Attachment, Conversation, Member, Message, User
from elections.models.conversation import BODY_LENGTH, SUBJECT_LENGTH
from elections.permissions import can
from elections.person_numbers import without_person_numbers
from elections.queries.menu_part import require_open_part, require_readable

MESSAGES_PER_DAY: Final = 20


@dataclass(frozen=True)
class Draft:
    """What somebody typed, the files with it, and the number of the form, which makes it one message."""

    body: str
    uploads: Sequence[UploadedFile] = ()
    once: UUID = field(default_factory=uuid4)


@upload_transaction()
def ask_team(member: Member, subject: str, draft: Draft, *, by: User) -> Conversation:
    """Begin a conversation as the member; the team hears of it.

    Raises:
        StepNotOpen: while the part for messages is closed.
        ActionError: for an empty or too long text, a personal number in it, a file that is refused, more than
            MESSAGES_PER_DAY messages in a day or too many files in an hour.
    """
    files = _files(draft, member, limited=True)
    member = _lock_member(member)
    if sent := _sent(draft, member):
        drop_files(files)
        return sent.conversation
    require_open_part(member, StepKind.INBOX)
    _check_pace(member)
    conversation = Conversation.objects.create(member=member, subject=check_text(subject, SUBJECT_LENGTH))
    _say(conversation, MessageKind.FROM_MEMBER, draft, files=files)
    audit.record("conversation.ask", by=by, on=conversation, label=member.full_name)
    tell_team(conversation)
    return conversation


@upload_transaction()
def answer_team(conversation: Conversation, draft: Draft, *, by: User) -> None:
    """Write in a conversation as its member; one that was closed is open again.

    Raises:
        StepNotOpen: while the part for messages is closed, unless the team waits for this answer.
        ActionError: as `ask_team`.
    """
    files = _files(draft, conversation.member, limited=True)
    member = _lock_member(conversation.member)
    conversation = _lock(conversation)
    if _sent(draft, member):
        drop_files(files)
        return
    require_readable(conversation)
    _check_pace(member)
    _say(conversation, MessageKind.FROM_MEMBER, draft, files=files)
    _open(conversation)
    audit.record("conversation.reply", by=by, on=conversation, label=member.full_name)
    tell_team(conversation)


@upload_transaction()
def begin_conversation(member: Member, subject: str, draft: Draft, *, by: User) -> Conversation:
    """Begin a conversation with one member as the team.

    Raises:
        ActionError: for a member who is not active, or a text or file as in `ask_team`.
    """
    files = _files(draft, member)
    member = _lock_member(member)
    if sent := _sent(draft, member):
        drop_files(files)
        return sent.conversation
    require_reader(member)
    conversation = Conversation.objects.create(
        member=member,
        subject=check_text(subject, SUBJECT_LENGTH),
        state=ConversationState.ANSWERED,
        waiting_since=None,
        assignee=by,
    )
    message = _say(conversation, MessageKind.FROM_TEAM, draft, author=by, files=files)
    audit.record("conversation.begin", by=by, on=conversation, label=member.full_name)
    tell_member(message, member)
    return conversation


@upload_transaction()
def answer_member(
    conversation: Conversation, draft: Draft, *, version: int, by: User, close: bool = False
) -> None:
    """Answer a member as the team.

    version: of the conversation as the colleague read it.
    close: the matter is done with this answer.

    Raises:
        ChangedElsewhere: when somebody wrote or decided something here meanwhile.
        ActionError: for a member who is not active, or a text or file as in `ask_team`.
    """
    files = _files(draft, conversation.member)
    member = _lock_member(conversation.member)
    conversation = _lock(conversation)
    if _sent(draft, member):
        drop_files(files)
        return
    if conversation.version != version:
        raise ChangedElsewhere(
            _("Intussen is er iets bijgekomen in dit gesprek. Lees het eerst. Uw tekst staat er nog.")
        )
    require_reader(member)
    message = _say(conversation, MessageKind.FROM_TEAM, draft, author=by, files=files)
    conversation.state = ConversationState.CLOSED if close else ConversationState.ANSWERED
    conversation.waiting_since = None
    conversation.save(update_fields=["state", "waiting_since"])
    audit.record("conversation.answer", by=by, on=conversation, label=member.full_name)
    tell_member(message, member)


@transaction.atomic
def add_note(conversation: Conversation, draft: Draft, *, by: User) -> None:
    """Write something for colleagues only. Raises ActionError for a text as in `ask_team`."""
    member = _lock_member(conversation.member)
    conversation = _lock(conversation)
    if _sent(draft, member):
        return
    _say(conversation, MessageKind.NOTE, Draft(draft.body, once=draft.once), author=by)
    audit.record("conversation.note", by=by, on=conversation, label=member.full_name)


@transaction.atomic
def take_conversation(conversation: Conversation, *, by: User) -> None:
    """Take care of a conversation that nobody takes care of. Raises ActionError when a colleague was first."""
    conversation = _lock(conversation)
    carer = conversation.assignee
    if carer and carer != by:
        raise ActionError(_("%(name)s pakt dit gesprek al op.") % {"name": carer.display_name})
    _assign(conversation, by, by)


@transaction.atomic
def assign_conversation(conversation: Conversation, assignee: User | None, *, by: User) -> None:
    """Let a colleague take care of a conversation, or nobody (None). A colleague who gets it hears that by mail.

    Raises:
        ActionError: when that colleague may not answer members.
    """
    if assignee and not can(assignee, "inbox.edit"):
        raise ActionError(_("Deze collega mag geen berichten beantwoorden."))
    _assign(_lock(conversation), assignee, by)


@transaction.atomic
def close_conversation(conversation: Conversation, *, by: User) -> None:
    """Say that the matter is done; whatever the member writes next opens it again."""
    conversation = _lock(conversation)
    if conversation.state == ConversationState.CLOSED:
        return
    conversation.state = ConversationState.CLOSED
    conversation.waiting_since = None
    conversation.version += 1
    conversation.save(update_fields=["state", "waiting_since", "version"])
    audit.record("conversation.close", by=by, on=conversation, label=conversation.member.full_name)


@transaction.atomic
def reopen_conversation(conversation: Conversation, *, by: User) -> None:
    """Say that a closed matter is not done: the team must do something again."""
    conversation = _lock(conversation)
    if conversation.state != ConversationState.CLOSED:
        return
    conversation.version += 1
    conversation.save(update_fields=["version"])
    _open(conversation)
    audit.record("conversation.reopen", by=by, on=conversation, label=conversation.member.full_name)


@transaction.atomic
def read_as_member(conversation: Conversation, shown: Iterable[Message], *, by: User) -> None:
    """Note that the member saw what the team wrote. Not for a colleague who looks as the member.

    shown: what the page held; a message that came in after it was made stays unread.
    """
    unread = Message.objects.unread_by_member().filter(conversation=conversation, pk__in=_keys(shown))
    if unread.update(read_at=timezone.now()):
        audit.record("conversation.read", by=by, on=conversation, label=conversation.member.full_name)


@transaction.atomic
def read_as_team(conversation: Conversation, shown: Iterable[Message], *, by: User) -> None:
    """Note that the team saw what the member wrote (`shown`, as in `read_as_member`), and log that this colleague
    looked."""
    unread = Message.objects.unread_by_team().filter(conversation=conversation, pk__in=_keys(shown))
    unread.update(read_at=timezone.now())
    audit.record("conversation.view", by=by, on=conversation, label=conversation.member.full_name)


def remove_conversations(conversations: Sequence[Conversation]) -> None:
    """Delete whole conversations with their files. The caller decides and logs why (erasing, retention)."""
    remove_attachments(Attachment.objects.filter(message__conversation__in=conversations))
    Conversation.objects.filter(pk__in=[conversation.pk for conversation in conversations]).delete()


def require_reader(member: Member) -> None:
    """Raise ActionError when a member cannot read what is sent."""
    if not member.is_active:
        raise ActionError(
            _("%(name)s is niet meer actief en kan geen berichten lezen.") % {"name": member.full_name}
        )


def check_text(text: str, longest: int = BODY_LENGTH) -> str:
    """The text as it is kept: without spaces around it, lines ended one way.

    Raises:
        ActionError: for an empty or too long text, or one with a BSN, ID number or IBAN in it.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    if not text:
        raise ActionError(_("Schrijf eerst een bericht."))
    if len(text) > longest:
        raise ActionError(
            _("Uw tekst is te lang: %(length)s tekens. Er passen er %(most)s.")
            % {"length": len(text), "most": longest}
        )
    if without_person_numbers(text) != text:
        raise ActionError(_("Zet geen BSN of rekeningnummer in een bericht."))
    return text


def _keys(messages: Iterable[Message]) -> list[int]:
    return [message.pk for message in messages]


def _lock_member(member: Member) -> Member:
    return lock_members([member.pk])[member.pk]


def _lock(conversation: Conversation) -> Conversation:
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("member__user", "assignee")
    return rows.get(pk=conversation.pk)


def _files(draft: Draft, member: Member, *, limited: bool = False) -> list[StoredFile]:
    """The files of a draft, stored; none when this form sent its message before. Before the member is locked.

    limited: count them for the member, who is refused after too many.
    """
    if not draft.uploads or _sent(draft, member):
        return []
    check_text(draft.body)
    if limited:
        _check_pace(member)
        count_files(member, len(draft.uploads))
    return store_files(draft.uploads)


def _sent(draft: Draft, member: Member) -> Message | None:
    """The message that this form sent before."""
    mine = Message.objects.filter(conversation__member=member).select_related("conversation")
    return mine.filter(uuid=draft.once).first()


def _check_pace(member: Member) -> None:
    day = timezone.now() - timedelta(days=1)
    sent = Message.objects.filter(
        kind=MessageKind.FROM_MEMBER, conversation__member=member, created_at__gt=day
    )
    if sent.count() >= MESSAGES_PER_DAY:
        raise ActionError(
            _(
                "U stuurde vandaag al %(n)s berichten. Morgen kunt u weer schrijven. Heeft het haast? Bel ons dan."
            )
            % {"n": MESSAGES_PER_DAY}
        )


def _say(
    conversation: Conversation,
    kind: MessageKind,
    draft: Draft,
    *,
    author: User | None = None,
    files: Sequence[StoredFile] = (),
) -> Message:
    """Write one message, with its files, and count it. A number that belongs to another message is not used again."""
    is_used = Message.objects.filter(uuid=draft.once).exists()
    message = Message.objects.create(
        uuid=uuid4() if is_used else draft.once,
        conversation=conversation,
        kind=kind,
        author=author,
        body=check_text(draft.body),
    )
    attach_files(files, message=message)
    conversation.version += 1
    if kind != MessageKind.NOTE:
        conversation.last_message_at = message.created_at
    conversation.save(update_fields=["version", "last_message_at"])
    return message


def _open(conversation: Conversation) -> None:
    if conversation.state != ConversationState.OPEN:
        conversation.state = ConversationState.OPEN
        conversation.waiting_since = timezone.now()
        conversation.save(update_fields=["state", "waiting_since"])


def _assign(conversation: Conversation, assignee: User | None, by: User) -> None:
    if conversation.assignee == assignee:
        return
    conversation.assignee = assignee
    conversation.save(update_fields=["assignee"])
    name = assignee.display_name if assignee else ""
    audit.record(
        "conversation.assign", by=by, on=conversation, label=conversation.member.full_name, assignee=name
    )
    if assignee and assignee != by:
        tell_assignee(conversation)
