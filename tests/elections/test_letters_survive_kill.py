"""Real Celery workers make letters and mail about them while they are killed, or asked to stop, or lose their broker:
nothing is lost, nothing is done twice.

Tests 9 and 10 of the design's list. `KILLED_LETTERS=1000 pytest tests/elections/test_letters_survive_kill.py` runs them
at full size. Without `task_acks_late` and `task_reject_on_worker_lost` the killed processes take their messages with
them and the job stops halfway. That two workers never make the same letter is proven in test_letter.py.
"""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import redis
from celery import current_app
from django.conf import settings
from pypdf import PdfReader

from elections import models
from elections.actions.letter import LETTERS_PER_TASK, make_letters, publish_letters
from elections.enums import JobState
from tests import factories
from tests.fake_smtp import FakeSmtp
from tests.live_worker import LiveBroker, LiveWorker, tick, wait_until

LETTERS = int(os.environ.get("KILLED_LETTERS", "40"))
AFTER_THE_LAST_KILL = 120
AFTER_A_RESTART = 90
STOPS_WITHIN = 300  # what docker-compose.yml gives a worker to finish; a task takes less
SWEEP = "elections.sweep"

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds processes in /proc")


@pytest.fixture
def worker(broker: LiveBroker, smtp: FakeSmtp, tmp_path: Path) -> Iterator[LiveWorker]:
    running = LiveWorker(broker.url, tmp_path / "worker.log", EMAIL_URL=f"smtp://{smtp.host}:{smtp.port}")
    yield running
    running.stop()
    print(running.log.read_text()[-4000:])  # noqa: T201 - shown when the test fails


def _event_with_members(count: int) -> models.ElectionEvent:
    """Everybody has a place, and an account with an address of their own."""
    event = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    day_part = factories.make_day_part(factories.make_polling_day(event))
    station = factories.make_polling_station(event)
    shift = factories.make_shift(station, day_part, factories.make_position(event), places=count)
    hashed = factories.password_hash()
    users = models.User.objects.bulk_create(
        models.User(username=f"brief{n}", email=f"brief{n}@example.nl", password=hashed) for n in range(count)
    )
    members = models.Member.objects.bulk_create(
        models.Member(number=1000 + n, last_name=f"Lid{n}", user=user, qualified_for=["member"])
        for n, user in enumerate(users)
    )
    models.Assignment.objects.bulk_create(
        models.Assignment(member=member, shift=shift, period=shift.period) for member in members
    )
    return event


def _is_finished(job: models.Job) -> bool:
    job.refresh_from_db()
    return job.is_finished


def _check_letters(event: models.ElectionEvent, job: models.Job) -> None:
    letters = list(models.AppointmentLetter.objects.filter(event=event))
    assert (job.state, job.errors) == (JobState.DONE, [])
    assert job.done == LETTERS  # each letter was counted once: none was made twice
    assert len(letters) == len({letter.number for letter in letters}) == LETTERS
    files = sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
    assert len(files) == len({letter.file for letter in letters}) == LETTERS
    titles = {PdfReader(path).metadata.title for path in files}
    assert titles == {f"Benoemingsbrief {letter.reference}" for letter in letters}


def test_killed_processes_lose_no_letter_and_send_no_mail_twice(worker, smtp):
    event = _event_with_members(LETTERS)
    job = make_letters(event, by=None)
    made = models.AppointmentLetter.objects.filter(event=event, state="made")
    wait_until(lambda: made.count() >= 5, seconds=120, what="the first letters")
    wait_until(
        lambda: made.count() >= LETTERS * 2 // 3 or _is_finished(job),
        seconds=1200,
        what="two thirds of the letters",
        meanwhile=worker.kill_a_child,
    )
    wait_until(lambda: _is_finished(job), seconds=AFTER_THE_LAST_KILL + LETTERS, what="the end of the job")
    _check_letters(event, job)

    mails = models.OutboxMail.objects.filter(kind="letter_published")
    publish_letters(event, by=None)
    wait_until(
        lambda: len(smtp.taken) >= LETTERS // 2,
        seconds=600,
        what="half of the mails",
        meanwhile=lambda: (worker.kill_a_child(), tick()),
    )
    in_hand = mails.filter(state__in=("waiting", "sending"))
    wait_until(lambda: not in_hand.exists(), seconds=AFTER_THE_LAST_KILL, what="the mails", meanwhile=tick)
    assert set(smtp.per_recipient().values()) == {1}
    sent = Counter(mails.values_list("state", flat=True))
    assert sum(sent.values()) == LETTERS
    # In doubt is only what the mail server had in hand when its sender was killed; nobody sends that again.
    assert len(smtp.taken) - sent["uncertain"] <= sent["sent"] <= len(smtp.taken)
    assert set(sent) <= {"sent", "uncertain"}


def test_dead_worker_and_dead_broker_lose_no_letter(worker, broker):
    event = _event_with_members(LETTERS)
    job = make_letters(event, by=None)
    made = models.AppointmentLetter.objects.filter(event=event, state="made")
    wait_until(lambda: made.count() >= LETTERS // 4, seconds=600, what="a quarter of the letters")
    worker.kill()
    broker.kill()
    before = made.count()
    assert 0 < before < LETTERS
    broker.start()
    worker.start()
    restarted = time.monotonic()
    wait_until(lambda: made.count() > before, seconds=AFTER_A_RESTART, what="a new letter", meanwhile=tick)
    # The clock of the product looks each minute, this test every two seconds.
    print(f"a new letter {time.monotonic() - restarted:.0f} s after the restart")  # noqa: T201 - a figure
    wait_until(lambda: _is_finished(job), seconds=AFTER_THE_LAST_KILL + LETTERS, what="the end of the job")
    _check_letters(event, job)


def test_worker_that_stays_goes_on_when_the_broker_is_back(worker, broker, smtp):
    """A bell that rings while nobody can hear it is rung again by the clock. Without config/broker.py the worker ends
    here, because it keeps a task for later.
    """
    event = _event_with_members(3)
    current_app.send_task(SWEEP, countdown=300)
    wait_until(lambda: _in_hand(broker) == 1, seconds=60, what="a task that is kept for later")
    job = make_letters(event, by=None)
    wait_until(lambda: _is_finished(job), seconds=AFTER_THE_LAST_KILL, what="the first letters")
    broker.kill()
    assert publish_letters(event, by=None) == 3
    broker.start()
    wait_until(lambda: len(smtp.taken) == 3, seconds=AFTER_A_RESTART, what="the mails", meanwhile=tick)
    assert worker.process.poll() is None
    assert set(smtp.per_recipient().values()) == {1}


def test_worker_that_is_asked_to_stop_finishes_its_letters_and_gives_back_the_rest(worker, broker):
    """What it only keeps for later must not wait for the visibility timeout: the next worker has it at once."""
    event = _event_with_members(LETTERS)
    later = [current_app.send_task(SWEEP, countdown=300).id for _number in range(5)]
    job = make_letters(event, by=None)
    made = models.AppointmentLetter.objects.filter(event=event, state="made")
    wait_until(lambda: made.count() >= 1 and _in_hand(broker) > 5, seconds=120, what="work in hand")
    worker.process.terminate()
    assert worker.process.wait(STOPS_WITHIN) == 0
    assert _in_hand(broker) == 0
    assert {json.loads(message)["headers"]["id"] for message in _waiting(broker)} >= set(later)
    before = made.count()
    assert before >= min(LETTERS, LETTERS_PER_TASK)
    worker.start()
    wait_until(lambda: _is_finished(job), seconds=AFTER_THE_LAST_KILL + LETTERS, what="the end of the job")
    _check_letters(event, job)


def _in_hand(broker: LiveBroker) -> int:
    with redis.Redis.from_url(broker.url) as client:
        return int(client.hlen("unacked"))


def _waiting(broker: LiveBroker) -> list[bytes]:
    with redis.Redis.from_url(broker.url) as client:
        return list(client.lrange("default", 0, -1))
