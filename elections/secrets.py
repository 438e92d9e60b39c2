"""BSN and IBAN: encrypted in a table of their own, written here, and read by nobody on a screen.

Each municipality has random data keys (data_keys.py), wrapped by a master key that lies in a file outside the database
(master_keys.py). AES-256-GCM binds every number to its municipality, member and kind by associated data: a row
that is copied to another member or another municipality cannot be opened.

A stored value is: version (1 byte), key number (2), nonce (12), ciphertext with tag.
"""

import hmac
import logging
import os
from collections.abc import Iterable, Iterator
from typing import Final, Never, final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from elections import audit, data_keys, person_numbers
from elections.enums import AuditResult, SecretKind
from elections.master_keys import DataKeyDamaged
from elections.models import DataKey, Member, MemberSecret, SealedValue, User
from tenants.context import current_schema

logger = logging.getLogger(__name__)

VERSION: Final = b"\x01"
NONCE_BYTES: Final = 12
HEADER_BYTES: Final = 3
MASK: Final = "•••"


class SecretDamaged(Exception):
    """A stored number was changed, moved, or made with another key. It never counts as "empty"."""


@final
class Secret:
    """A number in the clear that does not show itself in a log, a template, a session or an error report.

    It cannot be copied, stored or sent; two secrets can be compared, in a time that says nothing.
    """

    __slots__ = ("__value",)
    __hash__ = None  # type: ignore[assignment]  # not in a set, and no key of a dictionary

    def __init__(self, value: str) -> None:
        self.__value = value

    def uncover(self) -> str:
        """The number itself; every place that calls this is a place to check."""
        return self.__value

    # A template calls what it finds, but not what says that it changes data.
    uncover.alters_data = True  # type: ignore[attr-defined]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.__value.encode(), other.__value.encode())

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, _specification: str) -> str:
        return MASK

    def _refuse(self, *_arguments: object) -> Never:
        raise TypeError("A secret is not stored, sent or copied.")

    __reduce_ex__ = __reduce__ = __getstate__ = __copy__ = __deepcopy__ = __bytes__ = _refuse


@sensitive_variables("value", "number")
@transaction.atomic
def set_secret(member: Member, kind: SecretKind, value: str, *, by: User | None) -> None:
    """Check a number and store it encrypted, in place of the one that was known.

    Raises ActionError when it is no valid number. The message does not repeat what was typed.
    """
    number = checked(kind, value)
    stored = MemberSecret.objects.filter(member=member, kind=kind).first() or MemberSecret(
        member=member, kind=kind
    )
    seal(stored, number)
    audit.record("member.set_secret", by=by, on=member, kind=str(kind))


@sensitive_variables("numbers", "number")
@transaction.atomic
def set_many_secrets(numbers: Iterable[tuple[Member, SecretKind, str]], *, by: User | None) -> None:
    """As `set_secret` for many members at once, each kind at most once per member, with a handful of statements.

    Raises ActionError at the first number that is not valid; nothing is stored then.
    """
    numbers = list(numbers)
    if not numbers:
        return
    key = data_keys.key_for_writing()
    # The key is unwrapped for all of them together: the file with the master key is read once.
    cipher = data_keys.cipher_of(key)
    rows, logged = [], []
    for member, kind, number in numbers:
        row = MemberSecret(member=member, kind=kind, key_id=key.key_id)
        row.ciphertext = _encrypt(checked(kind, number), row, cipher)
        rows.append(row)
        logged.append((member, {"kind": str(kind)}))
    MemberSecret.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["member", "kind"],
        update_fields=["ciphertext", "key_id", "set_at"],
    )
    audit.record_many("member.set_secret", logged, by=by)


@sensitive_variables("value")
def checked(kind: SecretKind, value: str) -> str:
    """The number in its one way of writing, not stored anywhere.

    Raises ActionError when it is no valid number. The message does not repeat what was typed.
    """
    return person_numbers.iban(value) if kind == SecretKind.IBAN else person_numbers.person_number(value)


def secrets_present(member: Member) -> set[SecretKind]:
    """Which numbers of this member are known."""
    return {
        SecretKind(kind) for kind in MemberSecret.objects.filter(member=member).values_list("kind", flat=True)
    }


@sensitive_variables("iban")
def iban_masked(member: Member) -> str:
    """Country and last four characters of the IBAN, such as "NL•• •••• •••• ••63 00"; empty when not known.

    Raises SecretDamaged.
    """
    stored = MemberSecret.objects.filter(member=member, kind=SecretKind.IBAN).first()
    if stored is None:
        return ""
    iban = unseal(stored).uncover()
    masked = iban[:2] + "•" * (len(iban) - 6) + iban[-4:]
    return " ".join(masked[start : start + 4] for start in range(0, len(masked), 4))


@sensitive_variables("value")
@transaction.atomic
def seal(row: SealedValue, value: str) -> None:
    """Encrypt `value` into `row` and save it."""
    key = data_keys.key_for_writing()
    row.key_id, row.set_at = key.key_id, timezone.now()
    row.ciphertext = _encrypt(value, row, data_keys.cipher_of(key))
    row.save()


@sensitive_variables()
def unseal(row: SealedValue) -> Secret:
    """The value of `row`, in a wrapper that cannot be printed.

    Raises SecretDamaged, and logs it, when the row was changed, moved from elsewhere, or its key is gone.
    """
    key = DataKey.objects.filter(key_id=row.key_id).first()
    if key is None:
        # A rotation may have re-encrypted the row, and destroyed its key, since the row was read.
        row.refresh_from_db(fields=("ciphertext", "key_id"))
        key = DataKey.objects.filter(key_id=row.key_id).first()
    try:
        return Secret(_decrypt(row, {key.key_id: data_keys.cipher_of(key)} if key else {}))
    except (InvalidTag, DataKeyDamaged):
        logger.error("secret %s cannot be opened", row.bound_to)
        audit.record(
            "secret.damaged",
            by=None,
            label=row.bound_to,
            result=AuditResult.REFUSED,
            type=row._meta.model_name,
        )
        raise SecretDamaged("A stored value cannot be opened.") from None


@sensitive_variables()
def reseal(row: SealedValue, key: DataKey, ciphers: dict[int, AESGCM]) -> None:
    """Encrypt the value of `row` with another data key, without saving it: a step of a rotation, on locked rows.

    ciphers: of all data keys, by their number. Raises SecretDamaged; the row is as it was then.
    """
    try:
        value = _decrypt(row, ciphers)
    except InvalidTag:
        raise SecretDamaged("A stored value cannot be opened.") from None
    row.key_id = key.key_id
    row.ciphertext = _encrypt(value, row, ciphers[key.key_id])


@sensitive_variables()
@transaction.atomic
def move_secret(row: MemberSecret, to: Member) -> None:
    """Give the number of `row` to another member, sealed anew for them. Part of joining two rows of one person.

    Raises SecretDamaged.
    """
    data_keys.hold_off_rotation()
    try:
        value = _decrypt(row, data_keys.ciphers_by_number())
    except InvalidTag:
        raise SecretDamaged("A stored value cannot be opened.") from None
    key = data_keys.key_for_writing()
    row.member, row.key_id = to, key.key_id
    row.ciphertext = _encrypt(value, row, data_keys.cipher_of(key))
    row.save(update_fields=["member", "key_id", "ciphertext"])


def can_be_opened(row: SealedValue, ciphers: dict[int, AESGCM]) -> bool:
    """Whether the value of `row` is whole; nobody gets to see it. `ciphers` as for `reseal`."""
    try:
        _decrypt(row, ciphers)
    except InvalidTag:
        return False
    return True


@sensitive_variables()
@transaction.atomic
def members_with_number(kind: SecretKind) -> Iterator[tuple[Secret, int]]:
    """Every number of a kind that is known here, with the primary key of its member. Damaged ones are left out.

    For comparing only, and for the eyes of staff only: whether a number is known is personal data itself.
    """
    data_keys.hold_off_rotation()
    ciphers = data_keys.ciphers_by_number()
    found = []
    for row in (
        MemberSecret.objects.filter(kind=kind)
        .select_related("member")
        .only("ciphertext", "key_id", "kind", "member__uuid")
    ):
        try:
            found.append((Secret(_decrypt(row, ciphers)), row.member_id))
        except InvalidTag:
            logger.error("secret %s cannot be opened", row.bound_to)
    return iter(found)


@sensitive_variables()
def sharing_a_number(kind: SecretKind) -> list[list[int]]:
    """Primary keys of members who have the same number of this kind, in groups of two or more. For staff only.

    Compared by a code under a key that exists during this call: numbers themselves are nothing to sort or look up by.
    """
    key, groups = os.urandom(32), dict[bytes, list[int]]()
    for number, member in members_with_number(kind):
        groups.setdefault(hmac.digest(key, number.uncover().encode(), "sha256"), []).append(member)
    return [members for members in groups.values() if len(members) > 1]


@sensitive_variables()
def _decrypt(row: SealedValue, ciphers: dict[int, AESGCM]) -> str:
    """Raises InvalidTag."""
    blob = bytes(row.ciphertext)
    key_id = int.from_bytes(blob[1:HEADER_BYTES])
    body = HEADER_BYTES + NONCE_BYTES
    if key_id != row.key_id or blob[:1] != VERSION or key_id not in ciphers or len(blob) <= body:
        raise InvalidTag
    plain = ciphers[key_id].decrypt(blob[HEADER_BYTES:body], blob[body:], _associated_data(row))
    return plain.decode()


@sensitive_variables("value")
def _encrypt(value: str, row: SealedValue, cipher: AESGCM) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    sealed = cipher.encrypt(nonce, value.encode(), _associated_data(row))
    return VERSION + row.key_id.to_bytes(2) + nonce + sealed


def _associated_data(row: SealedValue) -> bytes:
    # The order of the parts is that of the values already stored: kind, owner, key.
    return f"{current_schema()}|{row.bound_to}|{row.key_id}".encode()
