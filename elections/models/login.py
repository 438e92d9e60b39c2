"""The e-mailed code at log-in, and the way in for whoever has no password yet."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django_otp.models import Device

from elections.enums import InvitationKind
from elections.models.fields import PublicIdModel
from elections.models.user import User

CODE_LIFETIME = timedelta(minutes=10)  # OWASP ASVS 5.0 row 6.5.5: at most ten minutes
MAX_ATTEMPTS = 5


class LoginChallenge(Device, PublicIdModel):
    """One log-in attempt that waits for its e-mailed code; once answered, the session's OTP device.

    The code itself is stored nowhere: it is derived from `uuid` with a server key when the mail is
    made and when a try is checked (actions/login.py). `session_digest` binds it to one browser.
    """

    session_digest = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    origin = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=("user", "-created_at"), name="challenge_newest"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(attempts__lte=MAX_ATTEMPTS), name="challenge_max_attempts"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d %H:%M}"


class Invitation(PublicIdModel):
    """A way in by e-mail: to a first password (member, staff) or to a new one. Works once."""

    kind = models.CharField(max_length=20, choices=InvitationKind)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("user", "-created_at"), name="invitation_newest"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id}"

    @property
    def is_usable(self) -> bool:
        return self.used_at is None and self.withdrawn_at is None and self.expires_at > timezone.now()
