"""What the municipality still has to know about a member."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.utils import timezone

from elections.enums import MailKind, SecretKind
from elections.models import Member, OutboxMail, User
from tenants.context import current_municipality

SENSITIVE_FOR: Final = timedelta(hours=48)


def missing_personal_data(member: Member, secrets: Collection[SecretKind]) -> list[str]:
    """Names, for the screen, of the data that are asked of every member and that this one has not given.

    secrets: the kinds of secret that are known (elections.secrets.secrets_present). Public bodies have no
    postcodes and pay in dollars by local banks, without IBAN.
    """
    municipality = current_municipality()
    fields = ["birth_date", "street", "city", "phone", "email"]
    if not municipality.is_public_body:
        fields += ["house_number", "postcode"]
    missing = [_label(field) for field in fields if not getattr(member, field)]
    if SecretKind.BSN not in secrets:
        missing.append(str(municipality.words.person_number_short))
    if SecretKind.IBAN not in secrets and not municipality.is_public_body:
        missing.append(str(SecretKind.IBAN.label))
    return missing


def recent_addresses(user: User) -> list[str]:
    """Where a notice for `user` must go: the address of now, and those of the last 48 hours when it was changed.

    Whoever took over an account changes the address first; the owner still reads the old mailbox.
    """
    since = timezone.now() - SENSITIVE_FOR
    told = OutboxMail.objects.filter(user=user, kind=MailKind.EMAIL_CHANGED, created_at__gt=since)
    addresses = [user.email, *told.order_by("-created_at").values_list("to_email", flat=True)]
    return list(dict.fromkeys(address.lower() for address in addresses if address))


def recently_changed(member: Member) -> bool:
    """Whether the account number, the address or a password by mail changed in the last 48 hours.

    Whoever pays asks the member first then: an account that was taken over shows in these changes.
    """
    changed = member.sensitive_change_at
    return changed is not None and timezone.now() - changed < SENSITIVE_FOR


def _label(field: str) -> str:
    return str(Member._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
