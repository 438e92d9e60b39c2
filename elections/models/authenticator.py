"""The authenticator app of a colleague or member, and the codes for who lost their phone."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django_otp.models import Device, DeviceManager

from elections.models.fields import PublicIdModel
from elections.models.user import User


class Authenticator(Device, PublicIdModel):
    """An app that shows a new code every half minute (RFC 6238). Its seed is in AuthenticatorSeed, encrypted."""

    # The half minute of the last code that was accepted: that code and older ones are refused from then on.
    last_step = models.BigIntegerField(default=-1)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Authenticator"]] = DeviceManager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user",), condition=models.Q(confirmed=True), name="authenticator_one_per_user"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.user_id}"


class RecoveryCode(models.Model):
    """One of the ten codes for who lost their phone. Kept as a keyed digest; works once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "digest"), name="recovery_code_unique_per_user"),
        )

    def __str__(self) -> str:
        return f"{self.user_id}"
