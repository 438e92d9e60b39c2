"""BSN and IBAN: encrypted in a table of their own, written here, and read by nobody on a screen.

Each municipality has a random data key; the master key that wraps it lies in a file outside the database
(MASTER_KEY_FILE). AES-256-GCM binds every number to its municipality, member and kind by associated data: a row
that is copied to another member or another municipality cannot be opened.

A stored value is: version (1 byte), key number (2), nonce (12), ciphertext with tag.
"""

import base64
import json
import logging
import os
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Never

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from stdnum import iban as iban_number
from stdnum.exceptions import ValidationError as WrongNumber
from stdnum.nl import bsn as bsn_number

from elections import audit
from elections.enums import AuditResult, SecretKind
from elections.errors import ActionError
from elections.models import DataKey, Member, MemberSecret, SealedValue, User
from tenants.context import current_municipality, current_schema

logger = logging.getLogger(__name__)

VERSION: Final = b"\x01"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
HEADER_BYTES: Final = 3
MASK: Final = "•••"


class SecretDamaged(Exception):
    """A stored number was changed, moved, or made with another key. It never counts as "empty"."""


class MasterKeyUnusable(Exception):
    """The master key file is missing, readable for everyone, or has no such key. The message says what to do."""


class Secret:
    """A number in the clear that does not show itself in a log, a template, a session or an error report."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def uncover(self) -> str:
        """The number itself; every place that calls this is a place to check."""
        return self.__value

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, _specification: str) -> str:
        return MASK

    def __reduce_ex__(self, _protocol: object) -> Never:
        raise TypeError("A secret is not stored, sent or copied.")


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
    key = _current_key()
    # The key is unwrapped for all of them together: the file with the master key is read once.
    cipher = AESGCM(_unwrap(key))
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
    return _checked_iban(value) if kind == SecretKind.IBAN else _checked_person_number(value)


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


def make_master_key_file(path: str | Path) -> bool:
    """Make a file with a new master key, readable for its owner only. False when there is a file already."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    name = f"{datetime.now(UTC):%Y-%m-%d}"
    with os.fdopen(descriptor, "w") as file:
        json.dump({"active": name, "keys": {name: base64.b64encode(os.urandom(KEY_BYTES)).decode()}}, file)
    return True


@sensitive_variables("value")
def seal(row: SealedValue, value: str) -> None:
    """Encrypt `value` into `row` and save it."""
    key = _current_key()
    row.key_id, row.set_at = key.key_id, timezone.now()
    row.ciphertext = _encrypt(value, row, AESGCM(_unwrap(key)))
    row.save()


@sensitive_variables()
def unseal(row: SealedValue) -> Secret:
    """The value of `row`, in a wrapper that cannot be printed.

    Raises SecretDamaged, and logs it, when the row was changed, moved from elsewhere, or its key is gone.
    """
    blob = bytes(row.ciphertext)
    key_id = int.from_bytes(blob[1:HEADER_BYTES])
    nonce, body = blob[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES], blob[HEADER_BYTES + NONCE_BYTES :]
    key = DataKey.objects.filter(key_id=key_id).first()
    try:
        if key is None or key_id != row.key_id or blob[:1] != VERSION:
            raise InvalidTag
        plain = AESGCM(_unwrap(key)).decrypt(nonce, body, _associated_data(row))
    except InvalidTag:
        logger.error("secret %s cannot be opened", row.bound_to)
        audit.record(
            "secret.damaged",
            by=None,
            label=row.bound_to,
            result=AuditResult.REFUSED,
            type=row._meta.model_name,
        )
        raise SecretDamaged("A stored value cannot be opened.") from None
    return Secret(plain.decode())


@sensitive_variables("value")
def _encrypt(value: str, row: SealedValue, cipher: AESGCM) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    sealed = cipher.encrypt(nonce, value.encode(), _associated_data(row))
    return VERSION + row.key_id.to_bytes(2) + nonce + sealed


def _associated_data(row: SealedValue) -> bytes:
    # The order of the parts is that of the values already stored: kind, owner, key.
    return f"{current_schema()}|{row.bound_to}|{row.key_id}".encode()


def _current_key() -> DataKey:
    """The data key of this municipality; made at the first number, by one of any number of simultaneous requests."""
    key = DataKey.objects.filter(is_current=True).first()
    if key is not None:
        return key
    active, masters = _master_keys()
    nonce = os.urandom(NONCE_BYTES)
    wrapped = nonce + AESGCM(masters[active]).encrypt(nonce, os.urandom(KEY_BYTES), _wrap_data(1))
    new = DataKey(key_id=1, master_key_id=active, wrapped=wrapped)
    DataKey.objects.bulk_create([new], ignore_conflicts=True)
    return DataKey.objects.get(is_current=True)


@sensitive_variables()
def _unwrap(key: DataKey) -> bytes:
    _active, masters = _master_keys()
    if key.master_key_id not in masters:
        raise MasterKeyUnusable(
            f"The master key file has no key {key.master_key_id}: add it from the backup."
        )
    wrapped = bytes(key.wrapped)
    master = AESGCM(masters[key.master_key_id])
    return master.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _wrap_data(key.key_id))


def _wrap_data(key_id: int) -> bytes:
    return f"data-key|{current_schema()}|{key_id}".encode()


@sensitive_variables()
def _master_keys() -> tuple[str, dict[str, bytes]]:
    """The name of the key for new data keys, and all keys. Read at every use, so that a new file works at once."""
    path = Path(settings.MASTER_KEY_FILE)
    try:
        if path.stat().st_mode & 0o007:
            raise MasterKeyUnusable(f"Everybody on this machine can read {path}: run chmod 600 on it.")
        content = json.loads(path.read_text())
        keys = {name: base64.b64decode(text, validate=True) for name, text in content["keys"].items()}
        active = content["active"]
    except OSError as problem:
        raise MasterKeyUnusable(
            f"The master key file {path} cannot be read: {problem.strerror}."
        ) from problem
    except (ValueError, KeyError, TypeError, AttributeError):
        raise MasterKeyUnusable(
            f'{path} must hold {{"active": "name", "keys": {{"name": "base64"}}}}.'
        ) from None
    if active not in keys or any(len(key) != KEY_BYTES for key in keys.values()):
        raise MasterKeyUnusable(f"{path} must hold its active key, and keys of {KEY_BYTES} bytes.")
    return active, keys


@sensitive_variables("value", "digits")
def _checked_person_number(value: str) -> str:
    """A BSN (Wabb art. 1, eleven-test); at a public body the ID number (sédula) of ten digits counts too."""
    digits = re.sub(r"[\s.-]", "", value)
    if current_municipality().is_public_body and _is_id_number(digits):
        return digits
    # A number of eight digits is a BSN whose leading zero was left out; a shorter one was never issued.
    if re.fullmatch(r"[0-9]{8,9}", digits) and bsn_number.is_valid(digits):
        return digits.zfill(9)
    raise ActionError(_("Dit nummer klopt niet. Controleer het nummer en vul het opnieuw in."))


def _is_id_number(digits: str) -> bool:
    """Ten digits that begin with a birth date."""
    if not re.fullmatch(r"[0-9]{10}", digits):
        return False
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True


@sensitive_variables("value")
def _checked_iban(value: str) -> str:
    try:
        return str(iban_number.validate(value[:60]))
    except WrongNumber:
        raise ActionError(_("Dit IBAN klopt niet. Controleer het nummer en vul het opnieuw in.")) from None
