"""What is stored encrypted, each in a table of its own. Only elections.secrets reads or writes these rows."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from elections.enums import SecretKind
from elections.models.authenticator import Authenticator
from elections.models.brp import BrpConnection
from elections.models.member import Member
from elections.models.work_account import WorkAccountProvider


class DataKey(models.Model):
    """A key of this municipality for its secrets, wrapped by a master key that the database never sees."""

    key_id = models.PositiveSmallIntegerField(unique=True)
    master_key_id = models.CharField(max_length=40)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("is_current",), condition=Q(is_current=True), name="data_key_one_current"
            ),
        )

    def __str__(self) -> str:
        return f"{self.key_id}"


class SealedValue(models.Model):
    """One encrypted value. Its key, what it is and whose it is are bound to it: a row that moves cannot be opened."""

    ciphertext = models.BinaryField()
    key_id = models.PositiveSmallIntegerField()
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    @property
    def bound_to(self) -> str:
        """What the value is and whose, such as "bsn|<uuid of the member>"."""
        raise NotImplementedError


class MemberSecret(SealedValue):
    """One encrypted number of a member."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="secrets")
    kind = models.CharField(max_length=10, choices=SecretKind)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("member", "kind"), name="member_secret_one_per_kind"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.member_id}"

    @property
    def bound_to(self) -> str:
        return f"{self.kind}|{self.member.uuid}"


class AuthenticatorSeed(SealedValue):
    """The seed that an authenticator app shares with us (RFC 6238)."""

    authenticator = models.OneToOneField(Authenticator, on_delete=models.CASCADE, related_name="seed")

    def __str__(self) -> str:
        return f"{self.authenticator_id}"

    @property
    def bound_to(self) -> str:
        return f"authenticator|{self.authenticator.uuid}"


class ProviderSecret(SealedValue):
    """The client secret with which the municipality's work-account provider knows us."""

    provider = models.OneToOneField(WorkAccountProvider, on_delete=models.CASCADE, related_name="secret")

    def __str__(self) -> str:
        return f"{self.provider_id}"

    @property
    def bound_to(self) -> str:
        return f"work-account-provider|{self.provider.uuid}"


class BrpKey(SealedValue):
    """The API key with which the municipality's connection to the BRP knows us."""

    connection = models.OneToOneField(BrpConnection, on_delete=models.CASCADE, related_name="key")

    def __str__(self) -> str:
        return f"{self.connection_id}"

    @property
    def bound_to(self) -> str:
        return f"brp-connection|{self.connection.uuid}"
