"""A real Celery worker makes 200 letters while its processes are killed: none is lost and none is made twice.

Without `task_acks_late` and `task_reject_on_worker_lost` the killed processes take their messages with them and the
job stops halfway. That two workers never make the same letter is proven in test_letter.py.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from pypdf import PdfReader

from elections import models
from elections.actions.letter import make_letters
from elections.enums import JobState
from tests import factories

LETTERS = 200
KILLS = 3


@pytest.fixture
def broker() -> Iterator[str]:
    """A Redis database of this test's own; the product rings its bell there."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    url = settings.REDIS_URL.rsplit("/", 1)[0] + f"/{1 + worker % 14}"
    before = current_app.conf.broker_url
    _point_broker(url)
    current_app.connection_for_write().default_channel.client.flushdb()
    yield url
    _point_broker(before)


def _point_broker(url: str) -> None:
    current_app.conf.broker_url = url
    current_app._after_fork()  # forget the connections to the other broker


@pytest.fixture
def celery_worker(committed: None, broker: str, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with two processes, on the test database and the test's own files."""
    database = connection.settings_dict
    address = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "REDIS_URL": broker,
        "MEDIA_ROOT": settings.MEDIA_ROOT,
        "LOG_LEVEL": "WARNING",
    }
    with (tmp_path / "worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "config", "worker", "-c", "2", "-Q", "default", "-l", "WARNING",
             "--without-gossip", "--without-mingle"],
            env=environment, cwd=settings.BASE_DIR, stdout=log, stderr=log,
        )  # fmt: skip
        yield worker
        worker.terminate()
        try:
            worker.wait(30)
        except subprocess.TimeoutExpired:
            worker.kill()


def _event_with_members(count: int) -> models.ElectionEvent:
    event = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    day_part = factories.make_day_part(factories.make_polling_day(event))
    station = factories.make_polling_station(event)
    shift = factories.make_shift(station, day_part, factories.make_position(event), places=count)
    members = models.Member.objects.bulk_create(
        models.Member(number=1000 + n, last_name=f"Lid{n}", qualified_for=["member"]) for n in range(count)
    )
    models.Assignment.objects.bulk_create(
        models.Assignment(member=member, shift=shift, period=shift.period) for member in members
    )
    return event


def _children(worker: subprocess.Popen[bytes]) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()]


def _wait_until(condition, *, seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.1)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the processes to kill in /proc")
def test_letters_survive_kill_of_worker_processes(celery_worker):
    event = _event_with_members(LETTERS)
    job = make_letters(event, by=None)
    made = models.AppointmentLetter.objects.filter(event=event, state="made")
    for round_number in range(1, KILLS + 1):
        _wait_until(
            lambda n=round_number: made.count() >= 20 * n, seconds=120, what=f"{20 * round_number} letters"
        )
        for pid in _children(celery_worker):
            os.kill(pid, signal.SIGKILL)

    def finished() -> bool:
        job.refresh_from_db()
        return job.is_finished

    _wait_until(finished, seconds=300, what="the end of the job")
    letters = list(made)
    assert (job.state, job.errors) == (JobState.DONE, [])
    assert job.done == LETTERS  # each letter was counted once: none was made twice
    assert len(letters) == len({letter.number for letter in letters}) == LETTERS
    files = sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
    assert len(files) == len({letter.file for letter in letters}) == LETTERS
    titles = {PdfReader(path).metadata.title for path in files}
    assert titles == {f"Benoemingsbrief {letter.reference}" for letter in letters}
