"""A worker that makes letters for hours does not grow, and one that did grow by something else is replaced.

`MEMORY_LETTERS=1000 pytest -s tests/elections/test_worker_memory.py` runs it at full size and prints the figures.
"""

import os
from datetime import date
from pathlib import Path

import pytest

from elections import models
from elections.actions.letter import make_letters
from elections.enums import JobState
from tests import factories
from tests.live_worker import LiveWorker, wait_until

LETTERS = int(os.environ.get("MEMORY_LETTERS", "40"))
FLAT = 1.10
PER_LETTER = 5  # seconds, on a machine with much else to do

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds processes in /proc")


def _job_with_letters(count: int, *, first: int = 1000) -> models.Job:
    event = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    day_part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(
        factories.make_polling_station(event), day_part, factories.make_position(event), places=count
    )
    members = models.Member.objects.bulk_create(
        models.Member(number=first + n, last_name=f"Lid{n}", qualified_for=["member"]) for n in range(count)
    )
    models.Assignment.objects.bulk_create(
        models.Assignment(member=member, shift=shift, period=shift.period) for member in members
    )
    return make_letters(event, by=None)


def _wait_for(job: models.Job, count: int) -> None:
    made = models.AppointmentLetter.objects.filter(event=job.event, state="made")
    wait_until(lambda: made.count() >= count, seconds=60 + PER_LETTER * count, what=f"{count} letters")


def _mebibytes(pid: int) -> float:
    """What this process has in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def test_memory_of_a_worker_stays_flat(broker, tmp_path):
    worker = LiveWorker(broker.url, tmp_path / "worker.log", processes=1)
    try:
        job = _job_with_letters(LETTERS)
        figures = []
        for quarter in range(1, 5):
            _wait_for(job, LETTERS * quarter // 4)
            (child,) = worker.children()
            figures.append((child, _mebibytes(child)))
    finally:
        worker.stop()
    print(f"{LETTERS} letters, MiB after each quarter: {[round(size) for _pid, size in figures]}")  # noqa: T201
    assert len({pid for pid, _size in figures}) == 1
    assert figures[-1][1] <= figures[0][1] * FLAT


def test_process_that_grew_is_replaced_after_its_task(broker, tmp_path):
    """With a limit that every process is over: each task has a process of its own, and nothing is lost."""
    worker = LiveWorker(broker.url, tmp_path / "worker.log", processes=1, WORKER_MAX_MEMORY="1")
    try:
        seen = set()
        for first in (1000, 2000, 3000):
            job = _job_with_letters(2, first=first)
            _wait_for(job, 2)
            seen.update(worker.children())
            wait_until(lambda job=job: _is_done(job), seconds=60, what="the end of the job")
    finally:
        worker.stop()
    assert len(seen) > 1


def _is_done(job: models.Job) -> bool:
    job.refresh_from_db()
    return job.state == JobState.DONE
