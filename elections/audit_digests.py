"""What the seals of the log are made of. Change nothing here: seals that exist must stay checkable.

A text is canonical JSON (sorted keys, no spaces, UTF-8); a moment is UTC with microseconds; a digest is SHA-256 in hex.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from elections.models.audit_event import FIXED_COLUMNS, PERSONAL_COLUMNS

SALT_BYTES: Final = 16
FIRST: Final = ""
"""What the first seal of all has as the one before it."""


def new_salt() -> bytes:
    """Without its salt nobody can try names against the digest of a row that was blanked."""
    return secrets.token_bytes(SALT_BYTES)


def personal_digest(salt: bytes, event: Mapping[str, Any]) -> str:
    """Digest of the columns that can be blanked."""
    return hashlib.sha256(salt + _canonical([event[name] for name in PERSONAL_COLUMNS])).hexdigest()


def row_digest(event: Mapping[str, Any], personal: str) -> str:
    """Digest of the columns that stay, and of the digest of those that can be blanked."""
    return hashlib.sha256(_canonical([*(event[name] for name in FIXED_COLUMNS), personal])).hexdigest()


def seal_digest(previous: str, number: int, at: datetime, count: int, rows: Iterable[str]) -> str:
    """Digest of a seal: the one before it, its own number, moment and count, and its rows in order of event."""
    return hashlib.sha256(_canonical([previous, number, at, count, *rows])).hexdigest()


def _canonical(values: list[Any]) -> bytes:
    return json.dumps(
        values, default=_text, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return value.hex
    raise TypeError(f"{type(value)} has no canonical text")
