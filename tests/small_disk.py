"""Disks that fail: a real one of a few megabytes that a test fills up, and one that does not confirm a folder."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEBIBYTE = 1024 * 1024
_FSYNC = os.fsync
MOUNT = 'mount -t tmpfs -o size="$2" tmpfs "$1" && echo mounted && exec sleep infinity'


def fails_for_folders(descriptor: int) -> None:
    """In place of `os.fsync`: a disk that takes the content of a file, and never says under which name."""
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        raise OSError(5, "Input/output error")
    _FSYNC(descriptor)


class NoSmallDisk(Exception):
    """This machine lets us make no disk: the reason, for whoever reads why a test was skipped."""


class SmallDisk:
    """A disk that is gone with its process. `folder` is where every process of this user finds it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ballast = folder / "ballast"

    def fill(self, *, spare: int = 0) -> None:
        """Leave `spare` bytes of room."""
        self.ballast.unlink(missing_ok=True)
        room = os.statvfs(self.folder)
        with self.ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize - spare)

    def free(self) -> None:
        """Give the room back."""
        self.ballast.unlink()

    def files(self) -> list[Path]:
        """Everything that somebody else keeps on it."""
        return sorted(path for path in self.folder.rglob("*") if path.is_file() and path != self.ballast)


@contextmanager
def small_disk(place: Path, *, size: int = 20 * MEBIBYTE) -> Iterator[SmallDisk]:
    """A disk of `size` bytes, mounted on `place` in a mount namespace of its own: nobody else's disks change.

    root makes such a namespace directly, another user inside a user namespace, where the system allows that.
    Raises NoSmallDisk when neither works, as outside Linux.
    """
    unshare = shutil.which("unshare")
    if not unshare:
        raise NoSmallDisk("there is no `unshare` here (Linux, util-linux)")
    place.mkdir()
    namespaces = ["--mount"] if os.geteuid() == 0 else ["--user", "--map-root-user", "--mount"]
    holder = subprocess.Popen(
        [unshare, *namespaces, "--kill-child", "--fork", "sh", "-c", MOUNT, "sh", f"{place}", f"{size}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stderr is not None
    try:
        if holder.stdout.readline() != "mounted\n":
            raise NoSmallDisk(f"a disk cannot be mounted here: {holder.stderr.read().strip()}")
        children = Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text().split()
        yield SmallDisk(Path(f"/proc/{children[0]}/root{place.resolve()}"))
    finally:
        holder.kill()
        holder.communicate()
