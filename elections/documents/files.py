"""Documents in the municipality's private storage, under names that the product itself decides."""

import errno
import os
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

UNFINISHED: Final = ".part"
NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)


def is_disk_full(error: BaseException | None) -> bool:
    """Whether an error, or one that it comes from, says that there is no room on the disk."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            return True
        error = error.__cause__ or error.__context__
    return False


def disk_full_words() -> str:
    """What whoever started a job is told then."""
    return _("De schijf van de server is vol. Vraag de beheerder om ruimte te maken. Begin daarna opnieuw.")


def write_private(name: str, content: bytes) -> None:
    """Put `content` under `name`, whole or not at all; a file of that name is replaced.

    Storage's own save() would give a free random name. Here a task that is run twice must end with one file. The
    folder must belong to one document only: what a killed writer left unfinished in it is removed.
    Raises SuspiciousFileOperation when `name` leaves the municipality's folder.
    """
    path = Path(default_storage.path(name))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=UNFINISHED)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    finally:
        for unfinished in path.parent.glob(f"*{UNFINISHED}"):
            unfinished.unlink(missing_ok=True)


def delete_orphans(
    folder: str, files: str, *, older_than: timedelta, in_use: Callable[[set[str]], set[str]]
) -> int:
    """Delete files that no row points to. Returns how many.

    files: which ones in `folder`, as a pattern of pathlib.
    older_than: longer than any transaction, so that the row of a file may still be on its way.
    in_use: gives those of the names that a row points to.
    """
    before = (timezone.now() - older_than).timestamp()
    root = Path(default_storage.path(folder))
    old = [path for path in root.glob(files) if path.is_file() and path.stat().st_mtime < before]
    by_name = {path.relative_to(root.parent).as_posix(): path for path in old}
    orphans = by_name.keys() - in_use(set(by_name))
    for name in orphans:
        by_name[name].unlink(missing_ok=True)
    return len(orphans)
