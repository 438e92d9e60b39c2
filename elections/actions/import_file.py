"""An uploaded spreadsheet on its way in: kept privately, read in once, and thrown away.

The file holds personal data, so it stays no longer than needed: it goes when it is read in or cancelled, and after a
day when somebody left it lying. `member_import` and `station_import` say what is done with the rows.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import PurePath
from typing import Final, TypeVar

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.documents.files import delete_orphans
from elections.documents.upload import too_large, write_upload
from elections.enums import ImportState, JobKind, JobState
from elections.errors import ActionError
from elections.imports.reader import refusal
from elections.models import ElectionEvent, ImportFile, Job, User
from tenants.context import on_commit_here
from tenants.storage import private_files

T = TypeVar("T")

FOLDER: Final = "imports"
KEPT_FOR: Final = timedelta(days=1)
WAITING: Final = (ImportState.UPLOADED, ImportState.CHECKED)


def upload_import_file(
    kind: JobKind,
    upload: File,
    *,
    by: User,
    event: ElectionEvent | None = None,
    read: Callable[[str, str], T],
) -> tuple[ImportFile, T]:
    """Keep a file that somebody uploaded and read it for the first time.

    Parameters:
        upload: as Django gives it; only the last part of its name is kept.
        read: `reader.read_table`, or another function of the stored name and the original name.

    Returns:
        The row of the file and what `read` returned.

    Raises:
        ActionError: when the file is too large, the disk is full or `read` refuses it; nothing is kept then.
    """
    original_name = PurePath((upload.name or "").replace("\\", "/")).name[-200:]
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise too_large()
    data = upload.read()
    stored = default_storage.get_available_name(f"{FOLDER}/upload")
    try:
        write_upload(stored, data)
        content = read(stored, original_name)
        with transaction.atomic():
            import_file = ImportFile.objects.create(
                kind=kind,
                event=event,
                original_name=original_name,
                file=stored,
                digest=hashlib.sha256(data).hexdigest(),
                uploaded_by=by.display_name,
            )
            audit.record("import_file.upload", by=by, on=import_file, kind=str(kind))
    except BaseException:
        with suppress(OSError):  # the nightly sweep tries again
            default_storage.delete(stored)
        raise
    return import_file, content


def require_unchanged(import_file: ImportFile) -> None:
    """Raise ActionError when the stored file is gone, or is not the one that was uploaded."""
    try:
        with default_storage.open(import_file.file or "-", "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise refusal("gone") from error
    if digest != import_file.digest:
        raise ActionError(_("Dit bestand is veranderd na het uploaden. Kies het bestand opnieuw."))


def claim_import_file(import_file: ImportFile) -> bool:
    """Take a checked file in hand; True for one of any number of callers. Undone by `release_import_file`.

    A file whose job was stopped or failed before it began can be claimed again.
    """
    mine = ImportFile.objects.filter(pk=import_file.pk)
    busy = Job.objects.filter(
        parameters__import_file=str(import_file.uuid), state__in=(JobState.QUEUED, JobState.RUNNING)
    )
    if mine.filter(state=ImportState.CHECKED).update(state=ImportState.RUNNING):
        return True
    # The lock makes two callers wait for each other, so that the second finds the job of the first.
    locked = mine.select_for_update().filter(state=ImportState.RUNNING).first()
    return locked is not None and not busy.exists()


def take_up_again(import_file: ImportFile) -> bool:
    """For the job that claimed the file: whether it is still to be read in, claiming it anew if it was put back."""
    mine = ImportFile.objects.filter(pk=import_file.pk)
    mine.filter(state=ImportState.CHECKED).update(state=ImportState.RUNNING)
    return mine.filter(state=ImportState.RUNNING).exists()


def job_of(import_file: ImportFile) -> Job | None:
    """The newest job that reads this file in."""
    return Job.objects.filter(parameters__import_file=str(import_file.uuid)).first()


def release_import_file(import_file: ImportFile) -> None:
    """Put a claimed file back, so that it can be checked and tried again."""
    claimed = ImportFile.objects.filter(pk=import_file.pk, state=ImportState.RUNNING)
    claimed.update(state=ImportState.CHECKED)


def finish_import_file(import_file: ImportFile) -> None:
    """Mark a claimed file as read in; the file itself goes when the transaction commits."""
    ImportFile.objects.filter(pk=import_file.pk).update(
        state=ImportState.DONE, imported_at=timezone.now(), file=""
    )
    _delete_on_commit(import_file)


@transaction.atomic
def cancel_import_file(import_file: ImportFile, *, by: User | None) -> None:
    """Throw the file away unread; doing it twice is harmless.

    Raises ActionError when it is being read in.
    """
    locked = ImportFile.objects.select_for_update().get(pk=import_file.pk)
    if locked.state == ImportState.RUNNING:
        raise ActionError(_("Dit bestand wordt nu ingelezen. U kunt het niet meer verwijderen."))
    if locked.state in WAITING:
        ImportFile.objects.filter(pk=locked.pk).update(state=ImportState.CANCELLED, file="", options={})
        _delete_on_commit(locked)
        audit.record("import_file.cancel", by=by, on=locked)


def throw_away_old_files() -> int:
    """Throw away the files that were left lying for a day. Returns how many.

    Also those in the hands of a job that ended, and those without a row: what a killed process leaves behind.
    """
    old = ImportFile.objects.filter(created_at__lt=timezone.now() - KEPT_FOR)
    for import_file in old.filter(state=ImportState.RUNNING):
        job = job_of(import_file)
        if job is None or job.is_finished:
            release_import_file(import_file)
    files = list(old.filter(state__in=WAITING))
    for import_file in files:
        cancel_import_file(import_file, by=None)
    return len(files) + delete_orphans(FOLDER, older_than=KEPT_FOR, in_use=_in_use)


def _in_use(names: set[str]) -> set[str]:
    return set(ImportFile.objects.filter(file__in=names).values_list("file", flat=True))


def _delete_on_commit(import_file: ImportFile) -> None:
    if import_file.file:
        # It is a list of people: what is left of it on the disk may hold BSNs.
        on_commit_here(partial(private_files.shred, import_file.file))
