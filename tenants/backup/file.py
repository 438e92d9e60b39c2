"""One backup is one file: a tar with parts, and a manifest that holds the SHA-256 of each.

It is encrypted with age (https://age-encryption.org/v1) for one or more recipients, so that the server which makes
backups holds no key that opens them. `age --decrypt` and `tar` open it too, wherever this program is not at hand.
"""

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final

import pyrage

MANIFEST: Final = "manifest.json"
SEAL: Final = "seal.json"
FORMAT: Final = 1
ENCRYPTED: Final = ".tar.age"
PLAIN: Final = ".tar"
PARTIAL: Final = ".partial"
_AGE_MARK: Final = b"age-encryption.org/"
_BLOCK: Final = 1024 * 1024
_LONGEST_MANIFEST: Final = 256 * _BLOCK


class BackupError(Exception):
    """A backup cannot be made, read or brought back. The message is one sentence that says what to do."""


class Hashed:
    """Reads from a file, and knows the size and SHA-256 of what was read. Raises BackupError where it cannot."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._digest, self.size = source, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        try:
            block = self._source.read(size)
        except (OSError, tarfile.TarError) as problem:
            raise BackupError(f"What belongs in the backup cannot be read: {problem}.") from problem
        self._digest.update(block)
        self.size += len(block)
        return block

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class BackupWriter:
    """The file while it is made. Parts are streamed; the manifest comes last, when their sums are known."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._parts: dict[str, dict[str, Any]] = {}

    def add(self, name: str, source: IO[bytes], size: int) -> str:
        """Add a part of `size` bytes; returns its SHA-256.

        Raises BackupError when the source has fewer bytes than that.
        """
        reader = Hashed(source)
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        try:
            self._tar.addfile(info, reader)
        except OSError as problem:
            raise BackupError(f"{name} cannot be written to the backup: {problem}") from problem
        self._parts[name] = {"size": size, "sha256": reader.sha256}
        return reader.sha256

    def add_bytes(self, name: str, data: bytes) -> str:
        """Add a part that is at hand; returns its SHA-256."""
        return self.add(name, BytesIO(data), len(data))

    def finish(self, facts: dict[str, Any], seal: Callable[[bytes], dict[str, str]]) -> None:
        """Add the manifest with `facts` and the sums of all parts, and the seal that `seal` makes over it."""
        manifest = json.dumps({"format": FORMAT, **facts, "parts": self._parts}, sort_keys=True).encode()
        self.add_bytes(MANIFEST, manifest)
        self.add_bytes(SEAL, json.dumps(seal(manifest)).encode())


class BackupFile:
    """A backup that is read. Nothing of a part is to be used before `check_parts` found that all are whole."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        try:
            self.sealed = self._read(MANIFEST)
            self.seal: dict[str, str] = json.loads(self._read(SEAL))
            self.manifest: dict[str, Any] = json.loads(self.sealed)
        except ValueError as problem:
            raise BackupError("The manifest of this backup cannot be read: the file is damaged.") from problem
        if self.manifest.get("format") != FORMAT:
            raise BackupError(
                "This backup has a format that this version does not know: use a newer version."
            )

    def open(self, name: str) -> IO[bytes]:
        """One part, to be read from its begin."""
        try:
            part = self._tar.extractfile(name)
        except (KeyError, tarfile.TarError):
            part = None
        if part is None:
            raise BackupError(f"The part {name} is missing: the file is damaged. Take another backup.")
        return part

    def read(self, name: str) -> bytes:
        """All of one part, compared with its sum: also somebody who writes in the file meanwhile changes nothing.

        Raises BackupError.
        """
        with self.open(name) as source:
            reader = Hashed(source)
            content = reader.read()
        self.require_whole(name, reader)
        return content

    def require_whole(self, name: str, reader: Hashed) -> None:
        """Raises BackupError when what was read of a part is not what the manifest says."""
        wanted = self.manifest["parts"][name]
        if (reader.size, reader.sha256) != (wanted["size"], wanted["sha256"]):
            raise BackupError(f"The part {name} is not what it was: take another backup.")

    def check_parts(self) -> None:
        """Read everything and compare it with the sums of the manifest. Raises BackupError at the first difference."""
        known = {*self.manifest["parts"], MANIFEST, SEAL}
        if strange := {member.name for member in self._tar.getmembers()} - known:
            raise BackupError(f"The part {min(strange)} is not in the manifest: somebody changed the file.")
        for name in self.manifest["parts"]:
            with self.open(name) as source:
                reader = Hashed(source)
                while reader.read(_BLOCK):
                    pass
            self.require_whole(name, reader)

    def _read(self, name: str) -> bytes:
        with self.open(name) as source:
            return source.read(_LONGEST_MANIFEST)


@contextmanager
def write_backup(path: Path, recipients: Sequence[str]) -> Iterator[BackupWriter]:
    """Make a backup at `path`, which is there whole or not at all, readable for its owner only.

    Until it is encrypted it lies in a nameless file of the same folder, which vanishes with this process.

    recipients: public keys, such as "age1…"; none leaves the file as it is.

    Raises BackupError: when a recipient is no public key or the folder cannot be written.
    """
    keys = [_recipient(each) for each in recipients]
    partial = path.with_name(f".{path.name}{PARTIAL}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent) as plain:
            with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield BackupWriter(tar)
            plain.seek(0)
            with open(partial, "wb", opener=_private) as target:
                if keys:
                    pyrage.encrypt_io(plain, target, keys)
                else:
                    while block := plain.read(_BLOCK):
                        target.write(block)
                target.flush()
                os.fsync(target.fileno())
        partial.replace(path)
    except OSError as problem:
        raise BackupError(f"{path} cannot be written: {problem.strerror or problem}.") from problem
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def open_backup(path: Path, identities: Sequence[str] = ()) -> Iterator[BackupFile]:
    """Read a backup. One that is encrypted is decrypted first, into a nameless file.

    identities: secret keys, such as "AGE-SECRET-KEY-…".

    Raises BackupError: when it is no backup, is damaged, or none of the identities opens it.
    """
    with ExitStack() as stack:
        try:
            content: IO[bytes] = stack.enter_context(path.open("rb"))
            if is_encrypted(path):
                plain = stack.enter_context(tempfile.TemporaryFile(dir=_room(path.parent)))
                _decrypt(path, content, plain, identities)
                content = plain
            backup = BackupFile(stack.enter_context(tarfile.open(fileobj=content, mode="r:")))
        except OSError as problem:
            raise BackupError(f"{path} cannot be read: {problem.strerror or problem}.") from problem
        except tarfile.TarError as problem:
            raise BackupError(f"{path} is no backup of this program, or is damaged.") from problem
        # Outside: what goes wrong in the block, such as a full disk, is no fault of this file.
        yield backup


def is_encrypted(path: Path) -> bool:
    """Whether a file is in the format of age."""
    with path.open("rb") as file:
        return file.read(len(_AGE_MARK)) == _AGE_MARK


def file_name(code: str, made_at: datetime, *, encrypted: bool) -> str:
    """Such as GM0363-20261123T071500Z.tar.age; `made_at` in UTC."""
    return f"{code}-{made_at:%Y%m%dT%H%M%SZ}{ENCRYPTED if encrypted else PLAIN}"


def new_identity() -> tuple[str, str]:
    """A new pair for encrypting backups: the secret key and its public key."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def read_identities(text: str) -> list[str]:
    """The secret keys in a file as `age-keygen` or `backup key` writes it: one a line, with remarks."""
    return [line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")]


def _recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as problem:
        raise BackupError(
            "BACKUP_RECIPIENTS holds something that is no public key of age (age1…): see `backup key`."
        ) from problem


def _decrypt(path: Path, source: IO[bytes], plain: IO[bytes], identities: Sequence[str]) -> None:
    if not identities:
        raise BackupError(f"{path} is encrypted: name the file with the secret key by --identity-file.")
    try:
        keys = [pyrage.x25519.Identity.from_str(each) for each in identities]
        pyrage.decrypt_io(source, plain, keys)
    except pyrage.IdentityError:
        raise BackupError("The identity file holds something that is no secret key of age.") from None
    except pyrage.DecryptError as problem:
        raise BackupError(
            f"{path} cannot be decrypted: another key is needed, or it is damaged."
        ) from problem
    plain.seek(0)


def _room(folder: Path) -> Path | None:
    """Where a large file can lie: beside the backup; the temporary folder of a container is memory."""
    return folder if os.access(folder, os.W_OK) else None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_EXCL, 0o600)
