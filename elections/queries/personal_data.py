"""What the municipality still has to know about a member."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from elections.enums import MailKind, SecretKind
from elections.models import Member, MemberSecret, OutboxMail, User
from elections.queries.declaration import lacks_declarations, missing_declarations
from elections.queries.own_field import lacks_own_fields, missing_own_fields
from tenants.context import current_municipality

SENSITIVE_FOR: Final = timedelta(hours=48)


def missing_personal_data(member: Member, secrets: Collection[SecretKind]) -> list[str]:
    """Names, for the screen, of the data that are asked of every member and that this one has not given.

    secrets: the kinds of secret that are known (elections.secrets.secrets_present).
    """
    words = {SecretKind.BSN: str(current_municipality().words.person_number_short)}
    missing = [_label(field) for field in asked_fields() if not getattr(member, field)]
    missing += [words.get(kind, str(kind.label)) for kind in asked_secrets() if kind not in secrets]
    return [*missing, *missing_own_fields(member), *missing_declarations(member)]


def lacks_personal_data() -> Q:
    """The same question as `missing_personal_data` for many members at once: whether anything is missing."""
    missing = Q()
    for field in asked_fields():
        empty = {f"{field}__isnull": True} if field == "birth_date" else {field: ""}
        missing |= Q(**empty)
    for kind in asked_secrets():
        missing |= ~Q(Exists(MemberSecret.objects.filter(member=OuterRef("pk"), kind=kind)))
    return missing | Q(lacks_own_fields()) | Q(lacks_declarations())


def asked_fields() -> list[str]:
    """The fields that every member must have filled in. Public bodies have no postcodes."""
    fields = ["birth_date", "street", "city", "phone", "email"]
    return fields if current_municipality().is_public_body else [*fields, "house_number", "postcode"]


def asked_secrets() -> list[SecretKind]:
    """The numbers that every member must have given. Public bodies pay by local banks, without IBAN."""
    return [SecretKind.BSN] if current_municipality().is_public_body else [SecretKind.BSN, SecretKind.IBAN]


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
