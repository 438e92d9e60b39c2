"""Documents in the municipality's private storage, under names that the product itself decides."""

import errno
from collections.abc import Callable
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.storage import UNFINISHED, private_files

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
    with private_files.writing(name) as path:
        path.write_bytes(content)
    for entry in private_files.entries(str(PurePosixPath(name).parent)):
        if entry.name.endswith(UNFINISHED):
            private_files.delete(entry.name)


def delete_orphans(folder: str, *, older_than: timedelta, in_use: Callable[[set[str]], set[str]]) -> int:
    """Delete the files in a folder, and the folders below it, that no row points to. Returns how many.

    older_than: longer than any transaction, so that the row of a file may still be on its way.
    in_use: gives those of the names that a row points to.
    """
    before = timezone.now() - older_than
    old = {entry.name for entry in private_files.entries(folder) if entry.modified < before}
    orphans = old - in_use(old)
    for name in orphans:
        private_files.delete(name)
    return len(orphans)
