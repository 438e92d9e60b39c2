"""A new e-mail address, which counts only when a code that was mailed to it came back."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from elections.models.codes import MAX_ATTEMPTS, derived_code, is_code
from elections.models.fields import PublicIdModel
from elections.models.user import User


class EmailConfirmationQuerySet(models.QuerySet["EmailConfirmation"]):
    def unanswered(self) -> "EmailConfirmationQuerySet":
        """The newest of each user, when its code was not used: what somebody is in the middle of."""
        newer = EmailConfirmation.objects.filter(user=OuterRef("user"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(newer), used_at=None)

    def answerable(self) -> "EmailConfirmationQuerySet":
        """Those for which a right code still changes the address."""
        active = Exists(User.objects.filter(pk=OuterRef("user"), is_active=True))
        return self.unanswered().filter(active, attempts__lt=MAX_ATTEMPTS, expires_at__gt=timezone.now())


class EmailConfirmation(PublicIdModel):
    """A new e-mail address that waits for the code that was mailed to it. The code is derived from `uuid`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_confirmations")
    email = models.EmailField()
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[EmailConfirmationQuerySet] = EmailConfirmationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = (models.Index(fields=("user", "-created_at"), name="email_confirmation_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(attempts__lte=MAX_ATTEMPTS), name="email_confirmation_max_attempts"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def code(self) -> str:
        """The six digits that go to the new address."""
        return derived_code("email-confirmation", self.uuid)

    def verify(self, typed: str) -> bool:
        """Use up one try; True for the right code, and for only one of any number of simultaneous tries.

        Right or wrong, a try is one UPDATE that counts it, so that parallel guesses cannot outrun the limit.
        """
        right = is_code(typed, self.code)
        tried = EmailConfirmation.objects.answerable().filter(pk=self.pk)
        return (
            bool(tried.update(attempts=F("attempts") + 1, used_at=timezone.now() if right else None))
            and right
        )
