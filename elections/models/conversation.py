"""Talk between a member and the election team."""

from django.db import models
from django.db.models import Q
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

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.subject


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
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-last_message_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("group", "member"), name="conversation_one_per_group_message"),
        )
        indexes = (models.Index(fields=("state", "-last_message_at"), name="conversation_by_state"),)

    def __str__(self) -> str:
        return self.subject


class Message(PublicIdModel):
    """What somebody wrote. `read_at`: when the other side first saw it; a note has no other side."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=12, choices=MessageKind)
    # Of a colleague: who wrote it. Members see "team verkiezingen".
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    body = models.TextField(_("bericht"), max_length=BODY_LENGTH)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind=MessageKind.NOTE) | Q(read_at=None), name="message_note_is_not_read"
            ),
        )
        indexes = (models.Index(fields=("conversation",), condition=Q(read_at=None), name="message_unread"),)

    def __str__(self) -> str:
        return f"{self.conversation} · {self.get_kind_display()}"


class Attachment(PublicIdModel, StoredFileModel):
    """A file with one message, or with a message to a group: those who got it may open it."""

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    group = models.ForeignKey(
        GroupMessage, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    created_at = models.DateTimeField(default=timezone.now)

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
