"""The e-mailed code at log-in, and the way in for whoever has no password yet."""

import hmac
import re
import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.models import Device

from elections.enums import AccountHelp, InvitationKind, SignInMethod
from elections.models.fields import PublicIdModel
from elections.models.user import User
from tenants import signing
from tenants.context import current_schema

CODE_LIFETIME = timedelta(minutes=10)  # OWASP ASVS 5.0 row 6.5.5: at most ten minutes
CODE_DIGITS = 6
MAX_ATTEMPTS = 5


def _of_active_user() -> Exists:
    """Condition "of a user who has access", as a sub-select and not a join.

    Django turns an UPDATE with a join into "id in (select ...)". Of two simultaneous UPDATEs the second would then
    not look again at its own row after waiting for the first, and something that works once would work twice.
    """
    return Exists(User.objects.filter(pk=OuterRef("user"), is_active=True))


class LoginChallengeQuerySet(models.QuerySet["LoginChallenge"]):
    def devices_for_user(self, user: User, confirmed: bool | None = None) -> "LoginChallengeQuerySet":
        """What django-otp asks of the manager of a device."""
        mine = self.filter(user=user)
        return mine if confirmed is None else mine.filter(confirmed=confirmed)

    def newest(self) -> "LoginChallengeQuerySet":
        """Only the last challenge of each user: a new code makes the older ones worthless."""
        newer = LoginChallenge.objects.filter(user=OuterRef("user"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(newer))

    def answerable(self) -> "LoginChallengeQuerySet":
        """Challenges for which a right code still lets somebody in."""
        active = _of_active_user()
        return self.newest().filter(
            active, attempts__lt=MAX_ATTEMPTS, used_at=None, expires_at__gt=timezone.now()
        )


class LoginChallenge(Device, PublicIdModel):
    """One log-in attempt that waits for its e-mailed code; once answered, the session's OTP device.

    The code itself is stored nowhere: it is derived from `uuid` with a server key when the mail is
    made and when a try is checked (`verify_token`). `session_digest` binds it to one browser.
    """

    session_digest = models.CharField(max_length=64)
    method = models.CharField(max_length=20, choices=SignInMethod, default=SignInMethod.EMAIL_CODE)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    origin = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)

    objects: ClassVar[LoginChallengeQuerySet] = LoginChallengeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = (models.Index(fields=("user", "-created_at"), name="challenge_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(attempts__lte=MAX_ATTEMPTS), name="challenge_max_attempts"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def code(self) -> str:
        """The six digits of this challenge, at this municipality; without SECRET_KEY nobody can work them out."""
        digest = salted_hmac(
            f"zitting.login-code:{current_schema()}", self.uuid.hex, algorithm="sha256"
        ).digest()
        return f"{int.from_bytes(digest) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"

    def is_right(self, typed: str) -> bool:
        """Whether `typed` is the code; spaces and dashes do not matter. Changes nothing."""
        return hmac.compare_digest(re.sub(r"[\s-]", "", typed).encode(), self.code.encode())

    def verify_token(self, token: str) -> bool:
        """Use up one try; True for the right code, and for only one of any number of simultaneous tries.

        Right or wrong, a try is one UPDATE that counts it, so that parallel guesses cannot outrun the limit.
        """
        right = self.is_right(token)
        used_at = timezone.now() if right else None
        tried = type(self).objects.answerable().filter(pk=self.pk, session_digest=self.session_digest)
        return bool(tried.update(attempts=F("attempts") + 1, used_at=used_at)) and right


class LoginAttempt(models.Model):
    """One try of a password, kept for a day to slow down who guesses. It does not tell which name was tried."""

    username_digest = models.CharField(max_length=64)
    origin = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (
            models.Index(fields=("username_digest", "at"), name="login_attempt_by_name"),
            models.Index(fields=("origin", "at"), name="login_attempt_by_origin"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


INVITATION_PURPOSE = "invitation"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Invitations that still work."""
        active = _of_active_user()
        return self.filter(active, used_at=None, withdrawn_at=None, expires_at__gt=timezone.now())

    def by_token(self, token: str) -> "Invitation | None":
        """The invitation that a link was made for, usable or not; None for a token that we did not make here."""
        try:
            number = uuid.UUID(signing.loads(token, purpose=INVITATION_PURPOSE))
        except (signing.BadSignature, ValueError):
            return None
        return self.select_related("user").filter(uuid=number).first()


class Invitation(PublicIdModel):
    """A way in by e-mail: to a first password (member, staff) or to a new one. Works once."""

    kind = models.CharField(max_length=20, choices=InvitationKind)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = (models.Index(fields=("user", "-created_at"), name="invitation_newest"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id}"

    @property
    def is_usable(self) -> bool:
        """Whether it still works; `user` must be loaded."""
        unused = self.used_at is None and self.withdrawn_at is None
        return unused and self.expires_at > timezone.now() and self.user.is_active

    @property
    def token(self) -> str:
        """The signed text in the link: it names this invitation and is worth nothing at another municipality."""
        return signing.dumps(self.uuid.hex, purpose=INVITATION_PURPOSE)


class AccountQuestion(models.Model):
    """Somebody without a log-in asks for a new password or for their user name.

    The page writes this row whatever was typed and a worker looks whether anybody has that name: so that neither the
    answer nor its time tells. The row goes when it is answered.
    """

    kind = models.CharField(max_length=20, choices=AccountHelp)
    typed = models.CharField(max_length=254)
    origin = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d %H:%M}"


class EmailConfirmation(PublicIdModel):
    """A new e-mail address that waits for the code that was mailed to it. The code is derived from `uuid`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_confirmations")
    email = models.EmailField()
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("user", "-created_at"), name="email_confirmation_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(attempts__lte=MAX_ATTEMPTS), name="email_confirmation_max_attempts"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d %H:%M}"
