"""The outbox: every mail is a row first. Redis is only the bell that wakes the sender."""

from typing import Final

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from elections.enums import MailKind, MailState
from elections.models.fields import PublicIdModel
from elections.models.user import User

# Mails to people who signed up and have no account. The team's own mailbox gets the others without a user.
TO_APPLICANTS: Final = frozenset(
    {
        MailKind.APPLICATION_CONFIRM,
        MailKind.APPLICATION_KEPT,
        MailKind.APPLICATION_RECEIVED,
        MailKind.APPLICATION_REFUSED,
        MailKind.APPLICATION_TRANSFER,
    }
)


class OutboxMail(PublicIdModel):
    """One mail to one address. The row holds references only: the text is made at sending time."""

    idempotency_key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=30, choices=MailKind)
    # Empty: a mail to the municipality's own team mailbox, or to who signed up.
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mails", null=True, blank=True)
    to_email = models.EmailField()
    reference = models.UUIDField(
        null=True, blank=True
    )  # uuid of the challenge, invitation, letter, event ...
    state = models.CharField(max_length=10, choices=MailState, default=MailState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    locked_until = models.DateTimeField(null=True, blank=True)
    # When the mail server got it in hand: a sender that dies after this leaves doubt.
    handed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # What the mail service told later: delivered or bounced, and when.
    outcome_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    # The daily overview that tells this one.
    bundle = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="bundled"
    )
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (
            models.Index(
                fields=("due_at",), condition=models.Q(state__in=("waiting", "sending")), name="mail_due"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def receiver_name(self) -> str:
        if self.user:
            return self.user.display_name
        return _("iemand die zich aanmeldde") if self.kind in TO_APPLICANTS else _("team verkiezingen")

    @property
    def username(self) -> str:
        return self.user.username if self.user else ""

    @property
    def language(self) -> str:
        return self.user.language if self.user else "nl"
