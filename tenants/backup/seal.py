"""The seal of a backup: proof that this platform, or one that it trusts, made it.

The text in a backup is run as the owner of the database when it is brought back, so its seal needs a key that web
servers and workers do not have. It is a signature (Ed25519): BACKUP_SIGNING_KEY makes it and is only where backups are
made, BACKUP_SIGNERS are the public keys that a restore believes. A signing key that is lost costs nothing: a new one
takes its place, and the public key of the old one stays in BACKUP_SIGNERS as long as backups of it are kept.
"""

import base64
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from tenants.backup.file import BackupError

_PURPOSE: Final = b"zitting-backup|"
"""Before what is signed, so that a signature for something else never seals a backup."""


class Signer:
    """Seals backups with the key of BACKUP_SIGNING_KEY.

    Raises:
        BackupError: when there is no such key, or a restore here would not believe it.
    """

    @sensitive_variables()
    def __init__(self) -> None:
        if not settings.BACKUP_SIGNING_KEY:
            raise BackupError(
                "Set BACKUP_SIGNING_KEY, with which backups are sealed: see `backup signing-key`."
            )
        try:
            key = Ed25519PrivateKey.from_private_bytes(_bytes(settings.BACKUP_SIGNING_KEY))
        except ValueError:
            raise BackupError("BACKUP_SIGNING_KEY is not a key that `backup signing-key` made.") from None
        self._key, self._name = key, _text(key.public_key().public_bytes_raw())
        if self._name not in settings.BACKUP_SIGNERS:
            raise BackupError(
                f"BACKUP_SIGNERS lacks {self._name}, the public key of BACKUP_SIGNING_KEY: "
                "nobody could bring this backup back."
            )

    def seal(self, content: bytes) -> dict[str, str]:
        """The public key and the signature over `content`."""
        return {"signer": self._name, "signature": _text(self._key.sign(_PURPOSE + content))}


def is_sealed(content: bytes, proof: object) -> bool:
    """Whether `proof`, as `Signer.seal` gave it, is over `content` and of one of BACKUP_SIGNERS.

    Raises:
        BackupError: when BACKUP_SIGNERS is empty, or holds something else than public keys.
    """
    if not settings.BACKUP_SIGNERS:
        raise BackupError(
            "Set BACKUP_SIGNERS to the public key that sealed your backups: see `backup signing-key`."
        )
    try:
        signers = {name: Ed25519PublicKey.from_public_bytes(_bytes(name)) for name in settings.BACKUP_SIGNERS}
    except ValueError:
        raise BackupError("BACKUP_SIGNERS holds something that `backup signing-key` did not print.") from None
    if not isinstance(proof, dict) or str(proof.get("signer")) not in signers:
        return False
    try:
        signers[str(proof["signer"])].verify(_bytes(str(proof.get("signature"))), _PURPOSE + content)
    except (InvalidSignature, ValueError):
        return False
    return True


@sensitive_variables()
def new_pair() -> tuple[str, str]:
    """A new BACKUP_SIGNING_KEY and its public key."""
    key = Ed25519PrivateKey.generate()
    return _text(key.private_bytes_raw()), _text(key.public_key().public_bytes_raw())


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
