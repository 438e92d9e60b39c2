"""The keys above all data keys: in a file outside the database, and what is wrapped with them.

The file MASTER_KEY_FILE is `{"active": "2026-11-22", "keys": {"2026-11-22": "<base64 of 32 bytes>"}, "shares": {"1":
"<base64 of 32 bytes>", …}}`. New data keys are wrapped by the active one; older ones stay as long as a data key, or a
backup that is kept, needs them.

Each municipality has one of the shares, by its number (`Municipality.key_share`). Its data keys are wrapped by the
master key and the share together, so that whoever takes the share out of the file makes every copy of the numbers of
this municipality unreadable, in backups too, and of no other (crypto-shredding, NIST SP 800-88 §2.6). Shares are made
ahead: a new municipality changes nothing in the file.

A wrapped data key is nonce (12 bytes) and ciphertext, or, with a share: version (1), number (2), nonce, ciphertext.
"""

import base64
import fcntl
import json
import os
import stat
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from tenants.context import current_schema

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
SHARED: Final = b"\x02"
SHARED_HEADER: Final = 3
SHARED_LENGTH: Final = SHARED_HEADER + NONCE_BYTES + KEY_BYTES + 16
SHARES: Final = 400
"""How many shares a new file has: one for each municipality and public body, and some to spare."""


class MasterKeyUnusable(Exception):
    """The master key file is missing, readable for everyone, or has no such key. The message says what to do."""


class DataKeyDamaged(MasterKeyUnusable):
    """A wrapped data key was changed, or comes from another municipality."""


class MasterKeyNeeded(Exception):
    """This master key may not be dropped: something can be read with it only. The message says what."""


def make_master_key_file(path: str | Path) -> bool:
    """Make a file with a new master key and shares, readable for its owner only. False when there is a file already;
    one from before there were shares gets them.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if not share_numbers():
            add_shares(SHARES)
        return False
    name = _day()
    with os.fdopen(descriptor, "w") as file:
        json.dump({"active": name, "keys": {name: _new_key()}, "shares": _new_shares(1, SHARES)}, file)
        file.flush()
        os.fsync(file.fileno())
    _flush_folder(path.parent)
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


def add_shares(count: int) -> None:
    """Put more shares in the file, with the numbers that follow. Raises MasterKeyUnusable."""

    @sensitive_variables()
    def add(content: dict[str, Any]) -> str:
        shares = content.setdefault("shares", {})
        shares |= _new_shares(max(map(int, shares), default=0) + 1, count)
        return ""

    _rewrite(add)


def destroy_shares(numbers: Collection[int]) -> None:
    """Take shares out of the file for good; those that are gone already are passed over.

    What was wrapped with one cannot be opened again, except with a copy of the file from before. When it raises, they
    may be gone: `share_numbers` tells, and doing it again finishes it.

    Raises MasterKeyUnusable, also when the file cannot be written here.
    """

    @sensitive_variables()
    def destroy(content: dict[str, Any]) -> str:
        for number in numbers:
            content.get("shares", {}).pop(str(number), None)
        return ""

    if share_numbers() & set(numbers):
        _rewrite(destroy)
    else:
        _flush_folder(_real_file().parent)  # a run before this one may have failed at that


def share_numbers() -> set[int]:
    """The numbers of the shares in the file. Raises MasterKeyUnusable."""
    return {int(number) for number in _content().get("shares", {})}


def share_of(wrapped: bytes) -> int | None:
    """The number of the share that a wrapped data key needs; None for one from before there were shares."""
    has_share = len(wrapped) == SHARED_LENGTH and wrapped[:1] == SHARED
    return int.from_bytes(wrapped[1:SHARED_HEADER]) if has_share else None


def master_key_names() -> tuple[str, list[str]]:
    """The name of the active master key, and the names of all of them. Raises MasterKeyUnusable."""
    active, keys = _master_keys()
    return active, sorted(keys)


@sensitive_variables()
def wrap(data_key: bytes, key_id: int, share: int | None) -> tuple[str, bytes]:
    """Encrypt a data key of the municipality at work with the active master key and this share.

    share: its number; None for a municipality from before there were shares.
    Returns the name of that master key, and the wrapped key. Raises MasterKeyUnusable.
    """
    active, masters = _master_keys()
    nonce = os.urandom(NONCE_BYTES)
    cipher = AESGCM(_with_share(masters[active], share))
    sealed = nonce + cipher.encrypt(nonce, data_key, _associated_data(key_id))
    return active, sealed if share is None else SHARED + share.to_bytes(SHARED_HEADER - 1) + sealed


@sensitive_variables()
def unwrap(wrapped: bytes, key_id: int, master_key_id: str) -> bytes:
    """The data key that `wrap` encrypted for the municipality at work.

    Raises DataKeyDamaged, and MasterKeyUnusable when the file is not in order or lacks the master key or the share.
    """
    _active, masters = _master_keys()
    if master_key_id not in masters:
        raise MasterKeyUnusable(f"The master key file has no key {master_key_id}: add it from the backup.")
    share = share_of(wrapped)
    cipher = AESGCM(_with_share(masters[master_key_id], share))
    sealed = wrapped if share is None else wrapped[SHARED_HEADER:]
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _associated_data(key_id))
    except InvalidTag:
        raise DataKeyDamaged(
            f"Data key {key_id} of {current_schema()} cannot be opened with master key {master_key_id}."
        ) from None


@sensitive_variables()
def _with_share(master: bytes, share: int | None) -> bytes:
    """The key that wraps: the master key itself, or one that cannot be worked out without the share."""
    if share is None:
        return master
    text = _content().get("shares", {}).get(str(share))
    if text is None:
        raise MasterKeyUnusable(
            f"The master key file has no share {share}: add shares with `master_key shares`, or the file is an old one."
        )
    purpose = f"data-key|{current_schema()}|{share}".encode()
    return HKDF(SHA256(), KEY_BYTES, salt=base64.b64decode(text, validate=True), info=purpose).derive(master)


def _associated_data(key_id: int) -> bytes:
    return f"data-key|{current_schema()}|{key_id}".encode()


@sensitive_variables()
def _master_keys() -> tuple[str, dict[str, bytes]]:
    """The name of the key for new data keys, and all keys."""
    content = _content()
    path = Path(settings.MASTER_KEY_FILE)
    try:
        keys = {name: base64.b64decode(text, validate=True) for name, text in content["keys"].items()}
        active = content["active"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _unreadable(path) from None
    if active not in keys or any(len(key) != KEY_BYTES for key in keys.values()):
        raise MasterKeyUnusable(f"{path} must hold its active key, and keys of {KEY_BYTES} bytes.")
    return active, keys


@sensitive_variables()
def _content() -> dict[str, Any]:
    """What is in the file. Read at every use, so that a new file works at once."""
    path = Path(settings.MASTER_KEY_FILE)
    try:
        if path.stat().st_mode & 0o007:
            raise MasterKeyUnusable(f"Everybody on this machine can read {path}: run chmod 600 on it.")
        content = json.loads(path.read_text())
    except OSError as problem:
        raise MasterKeyUnusable(
            f"The master key file {path} cannot be read: {problem.strerror}."
        ) from problem
    except ValueError:
        raise _unreadable(path) from None
    if not isinstance(content, dict) or not isinstance(content.get("shares", {}), dict):
        raise _unreadable(path)
    return content


def _unreadable(path: Path) -> MasterKeyUnusable:
    return MasterKeyUnusable(f'{path} must hold {{"active": "name", "keys": {{"name": "base64"}}}}.')


@sensitive_variables()
def _rewrite(change: Callable[[dict[str, Any]], str]) -> str:
    """Replace the file by a changed one, in one step: whoever reads it sees the old file or the new one, whole.

    Raises MasterKeyUnusable. The file is the old one then, unless the message says that it was replaced.
    """
    path = _real_file()
    with _one_writer(path):
        _master_keys()  # refuses a file that is not in order
        content = json.loads(path.read_text())
        answer = change(content)
        try:
            _replace(path, content)
        except OSError as problem:
            raise MasterKeyUnusable(
                f"{path} cannot be replaced: {problem.strerror}. Run this where its folder can be written."
            ) from problem
        _flush_folder(path.parent)
    return answer


def _real_file() -> Path:
    """Where the file lies: a link that was replaced would leave the old file, with all that is to go, behind it."""
    return Path(settings.MASTER_KEY_FILE).resolve()


@sensitive_variables()
def _replace(path: Path, content: dict[str, Any]) -> None:
    before = path.stat()
    prefix = f".{path.name}.unfinished-"
    for each in path.parent.iterdir():
        if each.name.startswith(prefix):
            each.unlink()  # of a command that was killed: a copy of keys that are to go
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=prefix)
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
    """Have the disk confirm which file is there. Raises MasterKeyUnusable."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as problem:
        raise MasterKeyUnusable(
            f"The file in {folder} was replaced, but the disk does not confirm it: {problem.strerror}. Look at the "
            "disk, and run this again."
        ) from problem


def _day() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"


def _new_key() -> str:
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def _new_shares(first: int, count: int) -> dict[str, str]:
    return {str(number): _new_key() for number in range(first, first + count)}
