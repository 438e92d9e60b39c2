"""Talk between a member and the election team."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.enums import ConversationState, MessageKind
from elections.models.audience import Audience
from elections.models.fields import PublicIdModel
from elections.models.job import Job
from elections.models.member import Member
from elections.models.stored_file import StoredFileModel, has_file
from elections.models.user import User

SUBJECT_LENGTH = 120
BODY_LENGTH = 5_000
MOST_WORDS = 8  # of a search: each costs a look through all texts


class CannedAnswer(PublicIdModel):
    """A text that the team uses often: a colleague puts it in an answer and changes it there."""

    title = models.CharField(_("naam"), max_length=80, unique=True)
    body = models.TextField(_("tekst"), max_length=BODY_LENGTH)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class GroupMessage(PublicIdModel):
    """One message to many: each member of the audience gets it in a conversation of their own."""

    subject = models.CharField(_("onderwerp"), max_length=SUBJECT_LENGTH)
    body = models.TextField(_("bericht"), max_length=BODY_LENGTH)
    audience = models.ForeignKey(
        Audience, verbose_name=_("voor wie"), on_delete=models.PROTECT, related_name="+"
    )
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    job = models.OneToOneField(
        Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="group_message"
    )
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    # Counts the changes, so that nobody changes or sends what they did not see.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.subject

    @property
    def is_on_its_way(self) -> bool:
        """Whether somebody pressed "send": from then on it is as it is."""
        return bool(self.sent_at or self.job_id)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def talks(self) -> "ConversationQuerySet":
        """Without the copies of a message to a group that nobody answered: they would bury the rest."""
        answers = Message.objects.filter(conversation=OuterRef("pk"), kind=MessageKind.FROM_MEMBER)
        return self.filter(Q(group=None) | Exists(answers))

    def search(self, text: str) -> "ConversationQuerySet":
        """Those in whose subject, texts (notes too: this is for the team) or member's name every word occurs."""
        found = self
        for word in text.replace("\x00", "").split()[:MOST_WORDS]:
            said = Exists(Message.objects.filter(conversation=OuterRef("pk"), body__icontains=word))
            members = Member.objects.search(word).values("pk")
            found = found.filter(Q(subject__icontains=word) | Q(member__in=members) | said)
        return found

    def with_unread(self, kind: MessageKind) -> "ConversationQuerySet":
        """With `has_unread`: whether a message of this kind waits to be read by the other side."""
        waiting = Message.objects.filter(conversation=OuterRef("pk"), kind=kind, read_at=None)
        return self.annotate(has_unread=Exists(waiting))


class Conversation(PublicIdModel):
    """One subject with one member. The whole team sees it; `assignee` is the colleague who takes care of it."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="conversations")
    subject = models.CharField(_("onderwerp"), max_length=SUBJECT_LENGTH)
    state = models.CharField(max_length=10, choices=ConversationState, default=ConversationState.OPEN)
    assignee = models.ForeignKey(
        User,
        verbose_name=_("wie pakt dit op"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    group = models.ForeignKey(
        GroupMessage, on_delete=models.SET_NULL, null=True, blank=True, related_name="conversations"
    )
    created_at = models.DateTimeField(default=timezone.now)
    last_message_at = models.DateTimeField(default=timezone.now)
    # Since when the member waits for the team: a second question does not send somebody to the end of the queue.
    waiting_since = models.DateTimeField(default=timezone.now, null=True, blank=True)
    # Counts what is said and decided here, so that nobody answers over a colleague's answer.
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[ConversationQuerySet] = ConversationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-last_message_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("group", "member"), name="conversation_one_per_group_message"),
            models.CheckConstraint(
                condition=~Q(state=ConversationState.OPEN) | Q(waiting_since__isnull=False),
                name="conversation_open_waits",
            ),
        )
        indexes = (models.Index(fields=("state", "-last_message_at"), name="conversation_by_state"),)

    def __str__(self) -> str:
        return self.subject


class MessageQuerySet(models.QuerySet["Message"]):
    def shown_to_member(self) -> "MessageQuerySet":
        """Everything but the team's notes: what leaves the team goes through here."""
        return self.exclude(kind=MessageKind.NOTE)

    def unread_by_member(self) -> "MessageQuerySet":
        return self.filter(kind=MessageKind.FROM_TEAM, read_at=None)

    def unread_by_team(self) -> "MessageQuerySet":
        return self.filter(kind=MessageKind.FROM_MEMBER, read_at=None)


class Message(PublicIdModel):
    """What somebody wrote. `read_at`: when the other side first saw it; a note has no other side."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=12, choices=MessageKind)
    # Of a colleague: who wrote it. Members see "team verkiezingen".
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    body = models.TextField(_("bericht"), max_length=BODY_LENGTH)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind=MessageKind.NOTE) | Q(read_at=None), name="message_note_is_not_read"
            ),
        )
        indexes = (models.Index(fields=("conversation",), condition=Q(read_at=None), name="message_unread"),)

    def __str__(self) -> str:
        return str(self.get_kind_display())


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def of_member(self, member: Member) -> "AttachmentQuerySet":
        """The files in this member's conversations, and those of messages to a group that this member got."""
        own = Message.objects.shown_to_member().filter(conversation__member=member)
        groups = Conversation.objects.filter(member=member, group__isnull=False)
        return self.filter(Q(message__in=own) | Q(group__in=groups.values("group")))


class Attachment(PublicIdModel, StoredFileModel):
    """A file with one message, or with a message to a group: those who got it may open it."""

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    group = models.ForeignKey(
        GroupMessage, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[AttachmentQuerySet] = AttachmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=has_file(), name="attachment_has_file"),
            models.CheckConstraint(
                condition=Q(message__isnull=False, group=None) | Q(message=None, group__isnull=False),
                name="attachment_of_one_message",
            ),
        )

    def __str__(self) -> str:
        return self.file_name
