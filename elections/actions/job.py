"""Long work: starting it, keeping its progress, stopping it, and taking it up again after a crash.

The Job row is the truth; a Celery message is only the bell. A kind with a row in TASKS is rung by `start_job`,
and rung again by `resume_stale_jobs` (every minute) when its workers have been silent too long. So each of
those tasks must be able to run twice, at the same time too.
"""

import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any, Final

from celery import current_app
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.enums import JobKind, JobState
from elections.errors import ActionError
from elections.models import ElectionEvent, Job, User
from tenants.context import current_schema
from tenants.numbers import grouped

logger = logging.getLogger(__name__)

UNFINISHED: Final = (JobState.QUEUED, JobState.RUNNING)
SILENT_AFTER: Final = timedelta(minutes=2)
LOST_AFTER: Final = timedelta(minutes=30)
MAX_ATTEMPTS: Final = 5
# As long as the column; a longer list of reasons may not keep a job that is done from ending.
LONGEST_RESULT: Final = 300


@dataclass(frozen=True)
class JobTask:
    """The Celery task that does a kind of job; `on_all_cores` sends one message for each core."""

    name: str
    on_all_cores: bool = False
    # Without a sign of life for this long, its workers count as dead.
    silent_after: timedelta = SILENT_AFTER

    @property
    def messages(self) -> int:
        return (os.cpu_count() or 1) if self.on_all_cores else 1


# Kinds that can be taken up again. Each task takes the keyword `job_id`, the primary key of the Job.
TASKS: Final[dict[str, JobTask]] = {
    # A letter takes a second at most. With the minute of the clock, dead workers are replaced within 90 seconds.
    JobKind.LETTERS: JobTask(
        "elections.make_letters_chunk", on_all_cores=True, silent_after=timedelta(seconds=15)
    ),
    JobKind.MEMBER_IMPORT: JobTask("elections.import_members"),
    JobKind.IMPORT_UNDO: JobTask("elections.undo_import"),
    JobKind.INVITATIONS: JobTask("elections.send_invitations"),
    JobKind.PROPOSAL: JobTask("elections.make_proposal"),
    JobKind.LETTER_PRINT: JobTask("elections.make_papers"),
    JobKind.LETTER_ZIP: JobTask("elections.make_papers"),
    JobKind.STATION_DOSSIERS: JobTask("elections.make_papers"),
    JobKind.BADGES: JobTask("elections.make_papers"),
    JobKind.PRESENCE_LISTS: JobTask("elections.make_papers"),
    JobKind.GROUP_MESSAGE: JobTask("elections.send_group_message"),
    JobKind.DEACTIVATION: JobTask("elections.deactivate_members"),
    JobKind.ADDRESS_LABELS: JobTask("elections.make_papers"),
    JobKind.CONTACT_SHEETS: JobTask("elections.make_papers"),
    JobKind.BRP_CHECK: JobTask("elections.check_brp"),
}


@transaction.atomic
def start_job(
    kind: JobKind,
    *,
    by: User | None,
    event: ElectionEvent | None = None,
    total: int = 0,
    parameters: dict[str, Any] | None = None,
) -> Job:
    """Make the Job row and, for a kind in TASKS, wake the workers when the transaction commits.

    total: how many things there are to do; 0 when not known yet.
    parameters: what the task needs, as JSON. Never a BSN, IBAN or code: staff read this row.
    """
    job = Job.objects.create(
        kind=kind,
        event=event,
        total=total,
        parameters=parameters or {},
        started_by=by.display_name if by else audit.SYSTEM,
    )
    audit.record("job.start", by=by, on=job, label=job.get_kind_display(), total=total)
    _ring(job)
    return job


def job_progress(job: Job, done: int, *, note: str = "") -> bool:
    """Set the progress to `done` of the job's total and show a sign of life.

    note: a sentence for staff about what there is so far, in place of the numbers.

    Returns False when somebody stopped the job: the task then stops too, without error.
    """
    return _touch(job, done=done, **({"result": note[:LONGEST_RESULT]} if note else {}))


def job_step(job: Job, count: int = 1) -> bool:
    """Add `count` to the progress, for tasks that work on one job side by side. Returns as `job_progress`."""
    return _touch(job, done=F("done") + count)


def note_job_error(job: Job, sentence: str) -> None:
    """Add a sentence for staff about one thing that went wrong, while the job goes on."""
    with transaction.atomic():
        locked = Job.objects.select_for_update().get(pk=job.pk)
        locked.errors = [*locked.errors, sentence][:200]
        locked.save(update_fields=["errors"])


def finish_job(job: Job, result: str = "") -> bool:
    """Mark the job as done. `result` is one sentence for staff. False when it had ended already."""
    return _end(job, JobState.DONE, result=result[:LONGEST_RESULT])


def in_sentences(told: Iterable[tuple[int, str]]) -> str:
    """What came of a job: of each number that is not 0 its sentence, with the number for `%(count)s`."""
    return " ".join(words % {"count": grouped(count)} for count, words in told if count)


def fail_job(job: Job, error: str) -> bool:
    """Mark the job as failed. `error` is one sentence for staff. False when it had ended already, and is as it was."""
    with transaction.atomic():
        if not _end(job, JobState.FAILED):
            return False
        note_job_error(job, error)
    job.refresh_from_db()
    return True


@transaction.atomic
def cancel_job(job: Job, *, by: User) -> None:
    """Stop a job. What is done stays done; the workers stop after the thing they have in hand.

    Raises ActionError when the job had ended already.
    """
    if not _end(job, JobState.CANCELLED):
        raise ActionError(_("Deze taak is al klaar of gestopt."))
    audit.record("job.cancel", by=by, on=job, label=job.get_kind_display())


@transaction.atomic
def resume_job(job: Job, *, by: User) -> None:
    """Go on with a job that failed, was stopped or has fallen silent. What was done is not done again.

    Raises ActionError when the job is done, still alive, or of a kind that must be started anew.
    """
    locked = Job.objects.select_for_update().get(pk=job.pk)
    if locked.kind not in TASKS:
        raise ActionError(
            _("Deze taak kan niet verdergaan. Begin opnieuw op de pagina waar u de taak startte.")
        )
    if locked.state == JobState.DONE:
        raise ActionError(_("Deze taak is al klaar."))
    if locked.state in UNFINISHED and not is_silent(locked):
        raise ActionError(_("Deze taak is nog bezig."))
    locked.parameters.pop("attempts", None)
    locked.save(update_fields=["parameters"])
    _reopen(locked)
    audit.record("job.resume", by=by, on=locked, label=locked.get_kind_display())


def is_silent(job: Job) -> bool:
    """Whether an unfinished job gave no sign of life for as long as its kind may be silent."""
    return job.state in UNFINISHED and job.heartbeat_at < timezone.now() - _silence(job.kind)


def resume_stale_jobs() -> int:
    """Wake silent jobs again, and mark as failed those that nothing can wake. Returns how many were touched.

    A job that falls silent for the sixth time without getting any further is given up.

    Safe to run in several processes: the row is locked while it is looked at.
    """
    touched = 0
    while job := _touch_one_stale_job():
        logger.warning("job %s (%s) was silent and has been taken up", job.pk, job.kind)
        touched += 1
    return touched


@transaction.atomic
def _touch_one_stale_job() -> Job | None:
    now = timezone.now()
    unfinished = Job.objects.select_for_update(skip_locked=True, of=("self",)).filter(state__in=UNFINISHED)
    silent = unfinished.filter(
        reduce(or_, (Q(kind=kind, heartbeat_at__lt=now - _silence(kind)) for kind in TASKS))
    ).first()
    if silent:
        if _attempts(silent) > MAX_ATTEMPTS:
            fail_job(
                silent,
                _("De taak liep steeds vast, ook na vijf keer opnieuw proberen. Vraag de beheerder om hulp."),
            )
        else:
            _reopen(silent)
        return silent
    lost = unfinished.filter(heartbeat_at__lt=now - LOST_AFTER).first()
    if lost:
        fail_job(lost, _("De taak gaf een half uur geen teken van leven. Start de taak opnieuw."))
    return lost


def _silence(kind: str) -> timedelta:
    return TASKS[kind].silent_after if kind in TASKS else SILENT_AFTER


def _attempts(job: Job) -> int:
    """Note that a silent job is found, and tell how often that was since it last got any further.

    A job that still waits for its worker has not failed: only one that was at work counts.
    """
    before = job.parameters.get("attempts", {"count": 0, "done": 0})
    if job.state != JobState.RUNNING:
        return int(before["count"])
    count = 1 if job.done > before["done"] else before["count"] + 1
    job.parameters["attempts"] = {"count": count, "done": job.done}
    job.save(update_fields=["parameters"])
    return int(count)


def _reopen(job: Job) -> None:
    job.state = JobState.QUEUED
    job.heartbeat_at = timezone.now()
    job.finished_at = None
    job.save(update_fields=["state", "heartbeat_at", "finished_at"])
    _ring(job)


def _touch(job: Job, **fields: Any) -> bool:
    open_job = Job.objects.filter(pk=job.pk, state__in=UNFINISHED)
    return bool(open_job.update(state=JobState.RUNNING, heartbeat_at=timezone.now(), **fields))


def _end(job: Job, state: JobState, **fields: Any) -> bool:
    ended = bool(
        Job.objects.filter(pk=job.pk, state__in=UNFINISHED).update(
            state=state, finished_at=timezone.now(), heartbeat_at=timezone.now(), **fields
        )
    )
    job.refresh_from_db()
    return ended


def _ring(job: Job) -> None:
    """Wake the workers when the transaction commits. A deaf broker is no error: the sweeper rings again."""
    task = TASKS.get(job.kind)
    if task is None:
        return
    # The schema of now: at the moment of the commit another municipality may be at work.
    headers = {"_schema_name": current_schema()}

    def send() -> None:
        for _number in range(task.messages):
            current_app.send_task(task.name, kwargs={"job_id": job.pk}, headers=headers)

    transaction.on_commit(send, robust=True)
