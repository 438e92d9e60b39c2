"""The e-mailed code at log-in, and the way in for whoever has no password yet."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django_otp.models import Device

from elections.enums import AccountHelp, AttemptKind, InvitationKind, SignInMethod
from elections.models.codes import MAX_ATTEMPTS, derived_code, is_code
from elections.models.fields import PublicIdModel
from elections.models.user import User
from tenants import signing


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
    # Which limit counts it: of a browser that this person used before, of proving once more in a session that goes on,
    # or, when both are empty, of all other browsers together.
    browser_digest = models.CharField(max_length=64, blank=True)
    in_session = models.BooleanField(default=False)

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
        return derived_code("login-code", self.uuid)

    def is_right(self, typed: str) -> bool:
        """Whether `typed` is the code; spaces and dashes do not matter. Changes nothing."""
        return is_code(typed, self.code)

    def verify_token(self, token: str) -> bool:
        """Use up one try of an e-mailed code; True for the right one, and for only one of any number at once.

        Right or wrong, a try is one UPDATE that counts it, so that parallel guesses cannot outrun the limit.
        """
        # A challenge that asks the authenticator app has a derived code as well, which was never mailed.
        right = self.method == SignInMethod.EMAIL_CODE and self.is_right(token)
        used_at = timezone.now() if right else None
        return bool(self._open().update(attempts=F("attempts") + 1, used_at=used_at)) and right

    def count_try(self) -> bool:
        """Use up one try of a code that is checked elsewhere; False when it may not be looked at any more."""
        return bool(self._open().update(attempts=F("attempts") + 1))

    def answer(self, method: SignInMethod) -> bool:
        """Note that this challenge was answered; True for only one of any number of simultaneous calls."""
        unanswered = type(self).objects.filter(pk=self.pk, used_at=None)
        return bool(unanswered.update(used_at=timezone.now(), method=method))

    def _open(self) -> LoginChallengeQuerySet:
        return type(self).objects.answerable().filter(pk=self.pk, session_digest=self.session_digest)


class LoginAttempt(models.Model):
    """One try of a password or letter code, or one mail that was asked for, kept for a day to slow down who guesses.

    It does not tell which name was tried. `browser_digest` is filled for a browser that this person used before: its
    tries are counted apart, and then `origin` is empty. `refused` tries were not looked at and stop nobody.
    """

    kind = models.CharField(max_length=10, choices=AttemptKind, default=AttemptKind.PASSWORD)
    username_digest = models.CharField(max_length=64, blank=True)
    origin = models.CharField(max_length=60, blank=True)
    browser_digest = models.CharField(max_length=64, blank=True)
    refused = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (
            models.Index(fields=("username_digest", "at"), name="login_attempt_by_name"),
            models.Index(fields=("origin", "at"), name="login_attempt_by_origin"),
            models.Index(fields=("at",), name="login_attempt_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


INVITATION_PURPOSE = "invitation"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Invitations that still work."""
        active = _of_active_user()
        return self.filter(active, used_at=None, withdrawn_at=None, expires_at__gt=timezone.now())

    def letters(self) -> "InvitationQuerySet":
        """Ways in that stand in a printed letter."""
        return self.filter(kind=InvitationKind.MEMBER_LETTER)

    def by_token(self, token: str) -> "Invitation | None":
        """The invitation that a link was made for, usable or not; None for a token that we did not make here."""
        try:
            number = uuid.UUID(signing.loads(token, purpose=INVITATION_PURPOSE))
        except (signing.BadSignature, ValueError):
            return None
        return self.select_related("user").filter(uuid=number).first()


class Invitation(PublicIdModel):
    """A way in by e-mail or letter: to a first password (member, staff) or to a new one. Works once."""

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
