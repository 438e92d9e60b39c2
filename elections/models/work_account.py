"""Logging in with the municipality's own work account (OpenID Connect)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device

from elections.models.fields import PublicIdModel
from elections.models.user import User


class WorkAccountProvider(PublicIdModel):
    """Who vouches for the colleagues of this municipality: one issuer, never chosen by whoever logs in."""

    name = models.CharField(_("naam"), max_length=60, default="Microsoft")
    issuer = models.URLField(_("uitgever"), max_length=300)
    client_id = models.CharField(_("client-id"), max_length=100)
    is_active = models.BooleanField(_("actief"), default=True)
    # OpenID Connect `amr` must then hold "mfa": the provider asked for a second factor.
    requires_mfa = models.BooleanField(_("vraagt om tweede factor"), default=True)
    only_one = models.BooleanField(default=True, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("only_one",), name="work_account_provider_one"),
            models.CheckConstraint(condition=models.Q(only_one=True), name="work_account_provider_only_true"),
        )

    def __str__(self) -> str:
        return self.name


class WorkAccountQuerySet(models.QuerySet["WorkAccount"]):
    def devices_for_user(self, user: User, confirmed: bool | None = None) -> "WorkAccountQuerySet":
        """What django-otp asks of the manager of a device."""
        mine = self.filter(user=user)
        return mine if confirmed is None else mine.filter(confirmed=confirmed)


class WorkAccount(Device, PublicIdModel):
    """The work account of a colleague. Issuer and subject are the identity, never an e-mail address (ASVS 6.8.1)."""

    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[WorkAccountQuerySet] = WorkAccountQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("issuer", "subject"), name="work_account_unique"),
            models.UniqueConstraint(fields=("user",), name="work_account_one_per_user"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.user_id}"
