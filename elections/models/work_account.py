"""Logging in with the municipality's own work account (OpenID Connect)."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device

from elections.enums import WorkAccountPurpose
from elections.models.fields import PublicIdModel
from elections.models.login import Invitation
from elections.models.user import User


class WorkAccountProvider(PublicIdModel):
    """Who vouches for the colleagues of this municipality: one issuer, never chosen by whoever logs in."""

    name = models.CharField(_("naam"), max_length=60, default="Microsoft")
    issuer = models.URLField(_("uitgever"), max_length=300)
    client_id = models.CharField(_("client-id"), max_length=100)
    is_active = models.BooleanField(_("actief"), default=True)
    # OpenID Connect `amr` must then hold "mfa": the provider asked for a second factor.
    requires_mfa = models.BooleanField(_("vraagt om tweede factor"), default=True)
    # The id of the authentication context whose policy asks for that factor, such as "c1": tokens of Entra ID v2.0 hold
    # no `amr`, and prove the policy by this id in `acrs`. Empty: `amr` is looked at.
    authentication_context = models.CharField(_("verificatiecontext"), max_length=20, blank=True)
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

    def in_use_by(self, user: User) -> "WorkAccount | None":
        """The work account that `user` can log in with now; None while its provider is switched off or another."""
        here = WorkAccountProvider.objects.filter(is_active=True, issuer=OuterRef("issuer"))
        return self.filter(Exists(here), user=user, confirmed=True).first()


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


class WorkAccountAttempt(models.Model):
    """One trip to the provider: who began it, in which browser and what for. Works once, for ten minutes.

    `state` comes back in the address, `nonce` in the signed token and `verifier` goes with the code (PKCE): a code, a
    token or an address from another trip fits none of the three (OWASP ASVS 5.0 rows 10.1.2, 10.2.1 and 10.5.1).
    """

    state = models.CharField(max_length=64, unique=True)
    nonce = models.CharField(max_length=64)
    verifier = models.CharField(max_length=128)
    purpose = models.CharField(max_length=20, choices=WorkAccountPurpose)
    # A digest of the secret in the session of the browser that began.
    session_digest = models.CharField(max_length=64)
    # Who is logged in already, when the purpose asks for that.
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True)
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, null=True, blank=True)
    wanted = models.CharField(max_length=500, blank=True)
    # Which limit counts it: of `user`, of a browser in which somebody logged in before, or else of an address.
    browser_digest = models.CharField(max_length=64, blank=True)
    origin = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("origin", "created_at"), name="work_account_attempt_origin"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.created_at:%Y-%m-%d %H:%M}"
