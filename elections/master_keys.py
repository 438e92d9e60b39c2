"""The keys above all data keys: in a file outside the database, and what is wrapped with them.

The file MASTER_KEY_FILE is `{"active": "2026-11-22", "keys": {"2026-11-22": "<base64 of 32 bytes>"}}`. New data keys
are wrapped by the active one; older ones stay as long as a data key, or a backup that is kept, needs them.
"""

import base64
import fcntl
import hmac
import json
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from tenants.context import current_schema

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class MasterKeyUnusable(Exception):
    """The master key file is missing, readable for everyone, or has no such key. The message says what to do."""


class DataKeyDamaged(MasterKeyUnusable):
    """A wrapped data key was changed, or comes from another municipality."""


class MasterKeyNeeded(Exception):
    """This master key may not be dropped: something can be read with it only. The message says what."""


def make_master_key_file(path: str | Path) -> bool:
    """Make a file with a new master key, readable for its owner only. False when there is a file already."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    name = _day()
    with os.fdopen(descriptor, "w") as file:
        json.dump({"active": name, "keys": {name: _new_key()}}, file)
    return True


def add_master_key() -> str:
    """Put a new master key in the file and make it the active one; the old ones stay. Returns its name.

    Raises MasterKeyUnusable.
    """

    @sensitive_variables()
    def add(content: dict[str, Any]) -> str:
        day, count = _day(), 2
        name = day
        while name in content["keys"]:
            name, count = f"{day}-{count}", count + 1
        content["keys"][name] = _new_key()
        content["active"] = name
        return name

    return _rewrite(add)


def drop_master_key(name: str) -> None:
    """Take a master key out of the file for good. The caller has looked whether a data key still needs it.

    Raises:
        MasterKeyNeeded: when it is the active one.
        MasterKeyUnusable: also when there is no key of this name.
    """

    @sensitive_variables()
    def drop(content: dict[str, Any]) -> str:
        if name not in content["keys"]:
            raise MasterKeyUnusable(f"The master key file has no key {name}.")
        if name == content["active"]:
            raise MasterKeyNeeded(f"{name} is the active key. Run `master_key rotate` and `rewrap` first.")
        del content["keys"][name]
        return name

    _rewrite(drop)


def master_key_names() -> tuple[str, list[str]]:
    """The name of the active master key, and the names of all of them. Raises MasterKeyUnusable."""
    active, keys = _master_keys()
    return active, sorted(keys)


@sensitive_variables()
def wrap(data_key: bytes, key_id: int) -> tuple[str, bytes]:
    """Encrypt a data key of the municipality at work with the active master key.

    Returns the name of that master key, and nonce with ciphertext. Raises MasterKeyUnusable.
    """
    active, masters = _master_keys()
    nonce = os.urandom(NONCE_BYTES)
    return active, nonce + AESGCM(masters[active]).encrypt(nonce, data_key, _associated_data(key_id))


@sensitive_variables()
def unwrap(wrapped: bytes, key_id: int, master_key_id: str) -> bytes:
    """The data key that `wrap` encrypted for the municipality at work.

    Raises DataKeyDamaged, and MasterKeyUnusable when the file is not in order or lacks the master key.
    """
    _active, masters = _master_keys()
    if master_key_id not in masters:
        raise MasterKeyUnusable(f"The master key file has no key {master_key_id}: add it from the backup.")
    master = AESGCM(masters[master_key_id])
    try:
        return master.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _associated_data(key_id))
    except InvalidTag:
        raise DataKeyDamaged(
            f"Data key {key_id} of {current_schema()} cannot be opened with master key {master_key_id}."
        ) from None


@sensitive_variables()
def seal(purpose: str, content: bytes) -> dict[str, str]:
    """Proof that a holder of the active master key made `content` for the municipality at work.

    Returns the name of that key, and an HMAC-SHA256. Raises MasterKeyUnusable.
    """
    active, masters = _master_keys()
    return {"master_key": active, "hmac": _hmac(masters[active], purpose, content)}


@sensitive_variables()
def is_sealed(purpose: str, content: bytes, proof: dict[str, str]) -> bool:
    """Whether `seal` gave `proof` for this purpose, content and municipality.

    Raises MasterKeyUnusable, also when the file lacks the key of the proof.
    """
    _active, masters = _master_keys()
    name = str(proof.get("master_key"))
    if name not in masters:
        raise MasterKeyUnusable(f"The master key file has no key {name}: add it from the backup.")
    return hmac.compare_digest(_hmac(masters[name], purpose, content), str(proof.get("hmac")))


@sensitive_variables()
def _hmac(master: bytes, purpose: str, content: bytes) -> str:
    key = hmac.digest(master, f"seal|{purpose}|{current_schema()}".encode(), "sha256")
    return hmac.new(key, content, "sha256").hexdigest()


def _associated_data(key_id: int) -> bytes:
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


@sensitive_variables()
def _rewrite(change: Callable[[dict[str, Any]], str]) -> str:
    """Replace the file by a changed one, in one step: whoever reads it sees the old file or the new one, whole."""
    path = Path(settings.MASTER_KEY_FILE)
    with _one_writer(path):
        _master_keys()  # refuses a file that is not in order
        content = json.loads(path.read_text())
        answer = change(content)
        before = path.stat()
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w") as file:
                json.dump(content, file)
                file.flush()
                # The owner stays who it was, also when an administrator of the machine runs this.
                if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
                    os.fchown(file.fileno(), before.st_uid, before.st_gid)
                os.fchmod(file.fileno(), stat.S_IMODE(before.st_mode) & 0o640)
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _flush_folder(path.parent)
    return answer


@contextmanager
def _one_writer(path: Path) -> Iterator[None]:
    """Let two commands that change the file wait for each other: the second would lose the key of the first."""
    try:
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as problem:
        raise MasterKeyUnusable(f"The folder {path.parent} cannot be read: {problem.strerror}.") from problem
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _day() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"


def _new_key() -> str:
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()
