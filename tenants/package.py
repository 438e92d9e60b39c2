"""A sealed file from one municipality of this platform to another: no table is shared, and no mail box reads along.

The content is encrypted and signed at once (AES-256-GCM). Source, target, purpose, number and last moment stand
readable in the file and are part of what is signed; the key is derived from the server's own key for exactly this
source, target and purpose. So nobody outside the server can make or change a package, or open it at another
municipality than the one it was made for (OWASP ASVS 5.0 rows 9.1.1 and 11.3.3). That a package counts once is for its
receiver to keep.
"""

import base64
import json
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils import timezone

from tenants.context import current_municipality

FORMAT: Final = "zitting-package-1"
LARGEST: Final = 64 * 1024
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_HEADER: Final = frozenset({"format", "purpose", "source", "target", "number", "expires"})


class PackageRefused(Exception):
    """A package that may not be opened here."""


class PackageForged(PackageRefused):
    """No package, or one that was changed, or that this platform did not make for this purpose."""


class PackageElsewhere(PackageRefused):
    """A genuine package for another municipality. `target` is its code."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.target = target


class PackageExpired(PackageRefused):
    """A genuine package that came too late."""


@dataclass(frozen=True)
class Package:
    """What came out of a package. source: the code of the municipality that made it."""

    source: str
    number: UUID
    expires_at: datetime
    content: dict[str, Any]


def seal(content: dict[str, Any], *, purpose: str, target: str, number: UUID, expires_at: datetime) -> bytes:
    """A package of the municipality at work.

    content: JSON types. target: the code of the municipality that may open it. number: by which it is known as used.

    Raises:
        ValueError: for a package to oneself.
        NoMunicipality: in the public schema.
    """
    source = current_municipality().code
    if source == target:
        raise ValueError("a package goes to another municipality")
    header = {
        "format": FORMAT,
        "purpose": purpose,
        "source": source,
        "target": target,
        "number": str(number),
        "expires": expires_at.isoformat(),
    }
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + _cipher(header).encrypt(nonce, json.dumps(content).encode(), _signed(header))
    return json.dumps(header | {"sealed": base64.b64encode(sealed).decode()}, indent=1).encode()


def unseal(package: bytes, *, purpose: str) -> Package:
    """Open a package that was made for the municipality at work.

    Raises:
        PackageForged, PackageElsewhere, PackageExpired: in this order; nothing is told about a package that is not
            genuine.
        NoMunicipality: in the public schema.
    """
    header, sealed = _read(package)
    if header["format"] != FORMAT or header["purpose"] != purpose:
        raise PackageForged
    try:
        plain = _cipher(header).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _signed(header))
    except (InvalidTag, ValueError):
        raise PackageForged from None
    if header["target"] != current_municipality().code:
        raise PackageElsewhere(header["target"])
    expires_at = datetime.fromisoformat(header["expires"])
    if expires_at <= timezone.now():
        raise PackageExpired
    return Package(header["source"], UUID(header["number"]), expires_at, json.loads(plain))


def _read(package: bytes) -> tuple[dict[str, str], bytes]:
    """The readable part and the sealed part of what claims to be a package."""
    if len(package) > LARGEST:
        raise PackageForged
    try:
        found = json.loads(package)
        if not isinstance(found, dict) or found.keys() != _HEADER | {"sealed"}:
            raise PackageForged
        if not all(isinstance(value, str) for value in found.values()):
            raise PackageForged
        sealed = base64.b64decode(found.pop("sealed"), validate=True)
        json.dumps(found, ensure_ascii=False).encode()  # a lone surrogate is no text
    except (ValueError, RecursionError):
        raise PackageForged from None
    return found, sealed


def _signed(header: dict[str, str]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode()


def _cipher(header: dict[str, str]) -> AESGCM:
    """The cipher of this way only: from the same source to the same target for the same purpose."""
    way = json.dumps([header["purpose"], header["source"], header["target"]]).encode()
    key = HKDF(SHA256(), KEY_BYTES, salt=FORMAT.encode(), info=way).derive(settings.SECRET_KEY.encode())
    return AESGCM(key)
