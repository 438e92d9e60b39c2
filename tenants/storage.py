"""Private files, kept per municipality: in a folder, or (tenants.s3_storage) in a bucket."""

import errno
import os
import secrets
import shutil
import stat
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple, cast

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.utils.deconstruct import deconstructible

from tenants.context import current_schema

MAX_SUFFIX_LENGTH: Final = 10
UNFINISHED: Final = ".unfinished"


class StoredEntry(NamedTuple):
    """A file as it lies in storage: its name there, its size in bytes, and when it was written (with time zone)."""

    name: str
    size: int
    modified: datetime


class PrivateStorage(ABC, Storage):
    """What the product asks of its storage beside Django's own methods, so that it never needs to know where files lie.

    The place is worked out at every call, because one storage object serves all municipalities. In the public
    schema every call raises `NoMunicipality`; a name that leaves the municipality's folder raises
    `SuspiciousFileOperation`; what cannot be read or written raises `OSError`, a file that is not there
    `FileNotFoundError`. There are no public addresses: views that check access serve the files.
    """

    @abstractmethod
    def writing(self, name: str) -> AbstractContextManager[Path]:
        """A path on this machine to write to, which becomes the file `name` at the end of the block.

        It is there whole or not at all; a file of that name is replaced. When the block raises, nothing is kept.
        """

    @abstractmethod
    def local_copy(self, name: str) -> AbstractContextManager[Path]:
        """A path on this machine with the content of a file, to read inside the block.

        Raises FileNotFoundError, at once or when the path is read.
        """

    @abstractmethod
    def entries(self, folder: str = "") -> Iterator[StoredEntry]:
        """Every file in a folder and the folders below it; none when there is no such folder."""

    @abstractmethod
    def folders(self, folder: str) -> list[str]:
        """The names of the folders directly in a folder."""

    @abstractmethod
    def delete_folder(self, folder: str) -> None:
        """Remove a folder with all that is in it; "" is everything of the municipality, and none is fine."""

    @abstractmethod
    def shred(self, name: str) -> None:
        """Delete a file after making its content unreadable, as far as the place where it lies allows that."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """A random name in the same folder and with the same suffix; what the sender called it is not kept."""
        wanted = PurePosixPath(name.replace("\\", "/"))
        suffix = wanted.suffix.lower()[:MAX_SUFFIX_LENGTH]
        folder = "" if str(wanted.parent) == "." else f"{wanted.parent}/"
        return super().get_available_name(f"{folder}{secrets.token_hex(16)}{suffix}", max_length)

    def url(self, name: str | None) -> str:
        """Files have no address of their own.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("Files are served by a view that checks access.")


@deconstructible(path="tenants.storage.TenantStorage")
class TenantStorage(PrivateStorage, FileSystemStorage):
    """Files under MEDIA_ROOT/<schema name>, each with a name that nobody can guess."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:
        """The folder of the municipality at work."""
        return str(Path(settings.MEDIA_ROOT) / current_schema())

    @property
    def location(self) -> str:
        """The same folder as an absolute path."""
        return str(Path(self.base_location).absolute())

    def path(self, name: str) -> str:
        """The absolute path of a file. No link leads out of the folder of the municipality, which is none itself.

        We make no links, but whoever took over a web server can: commands with other rights would read or write there.
        """
        found = super().path(name)
        place, here = Path(found).resolve(), Path(settings.MEDIA_ROOT).resolve() / current_schema()
        if not place.is_relative_to(here):
            raise SuspiciousFileOperation(f"{name or found} leads out of the folder of the municipality.")
        return found

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """As PrivateStorage. Written next to its place and on the disk before it gets its name."""
        path = Path(self.path(name))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=UNFINISHED)
        os.close(handle)
        unfinished = Path(temporary)
        try:
            yield unfinished
            with unfinished.open("rb") as file:
                os.fsync(file.fileno())
            unfinished.chmod(0o600)
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)

    @contextmanager
    def local_copy(self, name: str) -> Iterator[Path]:
        """As PrivateStorage; here it is the file itself."""
        yield Path(self.path(name))

    def entries(self, folder: str = "") -> Iterator[StoredEntry]:
        """As PrivateStorage, in the order of their names. A link is no file of ours."""
        here = Path(self.location)
        walk = os.walk(self.path(folder), onerror=_not_listed)
        for path in sorted(Path(above, name) for above, _folders, names in walk for name in names):
            # Somebody else may delete it meanwhile.
            with suppress(FileNotFoundError):
                found = path.lstat()
                if stat.S_ISREG(found.st_mode):
                    modified = datetime.fromtimestamp(found.st_mtime, UTC)
                    yield StoredEntry(path.relative_to(here).as_posix(), found.st_size, modified)

    def folders(self, folder: str) -> list[str]:
        """As PrivateStorage."""
        with suppress(FileNotFoundError):
            return self.listdir(folder)[0]
        return []

    def delete_folder(self, folder: str) -> None:
        """As PrivateStorage; what the disk refuses to delete stays for the next time."""
        shutil.rmtree(self.path(folder), ignore_errors=True)

    def shred(self, name: str) -> None:
        """Write zeros over the file before it goes, so that its blocks hold nothing when others get them.

        A disk that keeps old versions (a copy on write, a snapshot) is beyond this: encrypt the disk there.
        """
        path = Path(self.path(name))
        with suppress(OSError), path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        self.delete(name)

    def _open(self, name: str, mode: str = "rb") -> File:
        """As Django's; in the place of a file may lie a pipe, which would be waited for without end."""
        return File(open(self.path(name), mode, opener=_regular))


def _not_listed(problem: OSError) -> None:
    """Without this, a folder that cannot be listed would be an empty one. Who is gone meanwhile is."""
    if not isinstance(problem, FileNotFoundError):
        raise problem


def _regular(path: str, flags: int) -> int:
    handle = os.open(path, flags | os.O_NONBLOCK, 0o600)
    kind = os.fstat(handle).st_mode
    if stat.S_ISREG(kind) or stat.S_ISDIR(kind):  # for a folder open() has an error of its own
        return handle
    os.close(handle)
    raise OSError(errno.EINVAL, "This is no regular file", path)


private_files = cast(PrivateStorage, default_storage)
"""The storage of the municipality at work, as settings.STORAGES names it."""
