"""The authenticator app of a colleague or member, and the codes for who lost their phone."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django_otp.models import Device

from elections.models.fields import PublicIdModel
from elections.models.user import User


class AuthenticatorQuerySet(models.QuerySet["Authenticator"]):
    def devices_for_user(self, user: User, confirmed: bool | None = None) -> "AuthenticatorQuerySet":
        """What django-otp asks of the manager of a device."""
        mine = self.filter(user=user)
        return mine if confirmed is None else mine.filter(confirmed=confirmed)

    def in_use_by(self, user: User) -> "Authenticator | None":
        """The app that `user` logs in with; None for who has none, or began to set one up and did not finish."""
        return self.filter(user=user, confirmed=True).first()


class Authenticator(Device, PublicIdModel):
    """An app that shows a new code every half minute (RFC 6238). Its seed is in AuthenticatorSeed, encrypted."""

    # The half minute of the last code that was accepted: that code and older ones are refused from then on.
    last_step = models.BigIntegerField(default=-1)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[AuthenticatorQuerySet] = AuthenticatorQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user",), condition=models.Q(confirmed=True), name="authenticator_one_per_user"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.user_id}"


class RecoveryCodeQuerySet(models.QuerySet["RecoveryCode"]):
    def unused(self) -> "RecoveryCodeQuerySet":
        """Codes that still let somebody in."""
        return self.filter(used_at=None)


class RecoveryCode(models.Model):
    """One of the ten codes for who lost their phone. Kept as a keyed digest; works once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[RecoveryCodeQuerySet] = RecoveryCodeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "digest"), name="recovery_code_unique_per_user"),
        )

    def __str__(self) -> str:
        return f"{self.user_id}"
