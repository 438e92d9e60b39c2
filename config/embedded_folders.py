"""Where the embedded servers keep their data: folders that their account may use, one starter at a time.

PostgreSQL refuses to run as root; then the account `nobody` runs it, which must be able to reach its files.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.processes import LaunchError

ROOT = Path(__file__).resolve().parent.parent


def unprivileged() -> int | None:
    """PostgreSQL refuses to run as root: the account to use instead, or None for an ordinary user."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def home_of(profile: str) -> Path:
    """Folder of a profile: var/<profile>, or under /var/tmp when root's helper account cannot get into the checkout."""
    home = ROOT / "var" / profile
    if unprivileged() is not None and not is_reachable(ROOT):
        digest = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
        shared = Path("/var/tmp", f"zitting-{digest}")  # noqa: S108 (owner and kind are checked below)
        shared.mkdir(mode=0o755, exist_ok=True)
        if shared.is_symlink() or shared.stat().st_uid != os.geteuid():
            raise LaunchError(f"{shared} is not ours: remove it.")
        home = shared / profile
    for folder in (home.parent, home):
        make_folder(folder)
    return home


def make_folder(folder: Path, *, private: bool = False) -> None:
    """A folder that everyone may pass through, or (private) one that only the servers' account may use."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(0o700 if private else 0o755)
    if private and (uid := unprivileged()) is not None:
        os.chown(folder, uid, pwd.getpwuid(uid).pw_gid)


def is_reachable(path: Path) -> bool:
    """Whether any account of this machine may pass through all folders up to and including the path."""
    return all(part.stat().st_mode & stat.S_IXOTH for part in (path, *path.parents))


def open_for_reading(folder: Path) -> None:
    """Let every account read what is in this folder, and run what its owner may run."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))


@contextmanager
def locked(profile: str) -> Iterator[None]:
    """One starter at a time for each profile: two tests that begin together share one server."""
    folder = ROOT / "var"
    folder.mkdir(exist_ok=True)
    with (folder / f"{profile}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
