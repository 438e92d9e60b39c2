"""Jobs that end in a file for the team to download.

The file lies in a folder of the job's own in private storage, with the parts of which it is made. Each part has a
fixed name and is there whole or not at all: a worker that takes the job up again goes on behind the last one, and
makes no file twice. One worker at a time works on a job. A file is offered for seven days; `throw_away_job_files`
removes what is older, and what a job that was stopped, failed or went left behind.
"""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, Protocol, runtime_checkable
from uuid import UUID

import pikepdf
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from elections.actions.job import UNFINISHED, fail_job, finish_job, job_progress
from elections.documents.files import disk_full_words, is_disk_full
from elections.documents.pdf import PdfError
from elections.enums import JobState
from elections.errors import ActionError
from elections.models import Job
from tenants.context import on_commit_here
from tenants.locks import try_lock
from tenants.storage import private_files

logger = logging.getLogger(__name__)

FOLDER: Final = "jobs"
KEPT_FOR: Final = timedelta(days=7)
# A task may take five minutes; what is left then waits for the next message.
SECONDS: Final = 120.0


class JobStopped(Exception):
    """Somebody stopped the job while it was at work."""


class FileWork(Protocol):
    """What a kind of job does: make a file in one go, unless it is a PartWork too."""

    file_name: str  # for whoever downloads it; never with the name of a person

    def make_file(self, parts: list[Path], path: Path, progress: Callable[[int], None]) -> None:
        """Write the file to `path`, and call `progress` now and then, with what is done; it raises JobStopped."""
        ...

    def result(self) -> str:
        """One sentence for the team about what the file holds."""
        ...


@runtime_checkable
class PartWork(FileWork, Protocol):
    """Work with a number of parts, made one by one, and then the file that is made of them."""

    parts: int

    def done_after(self, parts: int) -> int:
        """The progress of the job after so many parts."""
        ...

    def make_part(self, number: int, path: Path) -> None:
        """Write part `number` (from 0) to `path`."""
        ...


@dataclass(frozen=True)
class JobFile:
    """The file of a job as the team sees it; `until` is the moment at which it goes."""

    name: str
    size: int
    until: datetime


def offered_file(job: Job) -> JobFile | None:
    """The file of a job that is done, as long as it may be downloaded."""
    if not job.file or job.state != JobState.DONE or job.finished_at is None:
        return None
    until = job.finished_at + KEPT_FOR
    if until <= timezone.now() or not private_files.exists(job.file):
        return None
    return JobFile(job.file_name, private_files.size(job.file), until)


def had_file(job: Job) -> bool:
    """Whether a job that is done once had a file."""
    return bool(job.file_name) and job.state == JobState.DONE


def work_on_file(job: Job, work: Callable[[], FileWork], *, seconds: float = SECONDS) -> bool:
    """Go on with a job until it is done, stopped or failed, or until `seconds` have passed.

    May be called at the same time by any number of processes; all but one return at once.
    work: makes the work, after the job was found open and free.

    Returns whether there is more to do.
    """
    with only_worker(job) as mine:
        if not mine or not _is_open(job):
            return False
        try:
            return _work(job, work(), until=time.monotonic() + seconds)
        except JobStopped:
            pass
        except ActionError as problem:
            fail_job(job, problem.message)
        except (PdfError, pikepdf.PdfError, OSError, ValueError) as error:
            logger.exception("job %s could not make its file", job.pk)
            fail_job(job, _failure(error))
        _remove_folder(job.uuid)
        return False


def throw_away_job_files() -> int:
    """Remove the files that are over their term, and the folders of jobs that were stopped, failed or are gone.

    Returns how many folders were removed. Each minute from the sweep; safe at any time and side by side.
    """
    # The folders first: a job that begins after that has its folder later.
    found = [_uuid(name) for name in private_files.folders(FOLDER)]
    kept = Job.objects.filter(uuid__in=[uuid for uuid in found if uuid])
    keep = {job.uuid for job in kept if _needs_folder(job)}
    removed = 0
    for uuid in found:
        if uuid and uuid not in keep:
            removed += _throw_away(uuid)
    return removed


@transaction.atomic
def drop_job_files(jobs: Q, why: str) -> None:
    """Remove what some jobs made before its term, because what it says may not be passed on any more.

    A job that is still at work fails: its parts say it too. Whoever starts it again makes all of them anew.

    jobs: which ones. why: the sentence for the team, in place of the result.
    """
    with_file = Q(state=JobState.DONE) & ~Q(file="")
    chosen = Job.objects.select_for_update(of=("self",)).filter(jobs, with_file | Q(state__in=UNFINISHED))
    for job in chosen.order_by("pk"):
        if job.is_finished:
            job.file = job.file_name = ""
            job.result = why
            job.save(update_fields=["file", "file_name", "result"])
        else:
            fail_job(job, why)
        on_commit_here(partial(_remove_folder, job.uuid))


@transaction.atomic
def _throw_away(uuid: UUID) -> bool:
    # The lock keeps somebody from taking the job up again meanwhile.
    job = Job.objects.select_for_update(of=("self",)).filter(uuid=uuid).first()
    if job and _needs_folder(job):
        return False
    if job and job.file:
        job.file = ""
        job.save(update_fields=["file"])
    _remove_folder(uuid)
    return True


def _needs_folder(job: Job) -> bool:
    if not job.is_finished:
        return True
    is_offered = job.state == JobState.DONE and job.file and job.finished_at
    return bool(is_offered and job.finished_at + KEPT_FOR > timezone.now())  # type: ignore[operator]


def _work(job: Job, work: FileWork, *, until: float) -> bool:
    folder = _folder(job.uuid)

    def progress(done: int) -> None:
        if not job_progress(job, done):
            raise JobStopped

    parts: list[str] = []
    if isinstance(work, PartWork):
        parts = [f"{folder}/part-{number:05d}" for number in range(work.parts)]
        if not _make_parts(work, parts, progress, until=until):
            return True
    name = f"{folder}/file{Path(work.file_name).suffix}"
    with ExitStack() as copies, private_files.writing(name) as path:
        local = [copies.enter_context(private_files.local_copy(part)) for part in parts]
        work.make_file(local, path, progress)
    _finish(job, work.result(), name, work.file_name)
    # The parts, and what a killed worker left of one.
    for entry in private_files.entries(folder):
        if entry.name != name:
            private_files.delete(entry.name)
    return False


def _make_parts(work: PartWork, parts: list[str], progress: Callable[[int], None], *, until: float) -> bool:
    """Make the parts that are not there yet. Returns whether all are, before the time was up."""
    for number, name in enumerate(parts):
        if private_files.exists(name):
            continue
        progress(work.done_after(number))
        with private_files.writing(name) as path:
            work.make_part(number, path)
        if time.monotonic() > until:
            progress(work.done_after(number + 1))
            return False
    progress(work.done_after(work.parts))
    return True


@transaction.atomic
def _finish(job: Job, result: str, name: str, file_name: str) -> None:
    if not finish_job(job, result):
        raise JobStopped
    Job.objects.filter(pk=job.pk).update(file=name, file_name=file_name)


def _is_open(job: Job) -> bool:
    job.refresh_from_db()
    return not job.is_finished


def only_worker(job: Job) -> AbstractContextManager[bool]:
    """Whether no other process works on this job. The lock ends with the process, however that ends."""
    return try_lock(f"job-{job.pk}")


def _failure(error: Exception) -> str:
    if is_disk_full(error):
        return disk_full_words()
    return _(
        "Het bestand kon niet worden gemaakt (%(kind)s). Begin opnieuw, of vraag de beheerder om hulp."
    ) % {"kind": type(error).__name__}


def _folder(uuid: UUID) -> str:
    return f"{FOLDER}/{uuid}"


def _remove_folder(uuid: UUID) -> None:
    # What cannot be removed now is removed by a later sweep.
    with suppress(OSError):
        private_files.delete_folder(_folder(uuid))


def _uuid(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
