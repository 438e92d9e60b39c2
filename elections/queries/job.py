"""Reads about long work."""

from elections.enums import JobKind, JobState
from elections.models import ElectionEvent, Job


def running_jobs(*, event: ElectionEvent | None = None, kind: JobKind | None = None) -> list[Job]:
    """Jobs that are waiting or busy, newest first."""
    jobs = Job.objects.filter(state__in=(JobState.QUEUED, JobState.RUNNING))
    if event is not None:
        jobs = jobs.filter(event=event)
    if kind is not None:
        jobs = jobs.filter(kind=kind)
    return list(jobs)


def jobs_with_file(event: ElectionEvent, *kinds: JobKind) -> list[Job]:
    """The last five jobs of these kinds whose file is still there, newest first."""
    done = Job.objects.filter(event=event, kind__in=kinds, state=JobState.DONE)
    return list(done.exclude(file="")[:5])
