"""Rungs of the reminder ladder that several processes look at, or that one of them dies in."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.portal_step import PartSetting, update_portal_step
from elections.actions.reminder import send_due_reminders
from elections.models import Reminder
from tests import factories
from tests.elections.test_event_lock import wait_for_somebody_who_waits
from tests.elections.test_planning_race import at_once
from tests.elections.test_reminder import due, mailed
from tests.killed import run_until_killed


def test_sweeps_at_the_same_time_send_each_rung_once(committed: None, juinen: Any) -> None:
    event = factories.make_event()
    for _member in range(20):
        factories.make_member()
    for kind in ("availability", "personal_data"):
        due(factories.make_portal_step(event, kind))

    def sweep(_number: int) -> int:
        try:
            with tenant_context(juinen), timezone.override(juinen.tz):
                return send_due_reminders()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(sweep, range(4))) == 20
    assert len(mailed()) == len(set(mailed())) == 20


def test_rung_that_goes_while_the_end_of_its_part_changes_is_not_sent_again(
    committed: None, juinen: Any
) -> None:
    factories.make_member()
    event = factories.make_event()
    now = timezone.now()
    step = factories.make_portal_step(event, "availability", closes_at=now + timedelta(days=1))
    factories.make_reminder(step, send_at=now - timedelta(minutes=1), days_before=1)
    sent = threading.Event()
    pids: list[int] = []

    def send() -> None:
        with transaction.atomic():
            assert send_due_reminders() == 1
            sent.set()
            wait_for_somebody_who_waits(pids)

    def change() -> None:
        assert sent.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.append(cursor.fetchone()[0])
        end = now + timedelta(days=9)
        update_portal_step(step, PartSetting(is_on=True, closes_at=end), version=step.version, by=None)

    at_once(juinen, send, change)
    rung = Reminder.objects.get()
    assert (rung.recipients, rung.sent_at is not None) == (1, True)


# Kills itself after the mails were written, before the rung is marked as sent.
KILLED = """
import os, signal
import django
django.setup()
from django_tenants.utils import schema_context
from elections.actions import reminder

enqueue_many = reminder.outbox.enqueue_many

def enqueue_and_die(*args, **kwargs):
    enqueue_many(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)

reminder.outbox.enqueue_many = enqueue_and_die
with schema_context("%s"):
    reminder.send_due_reminders()
"""


def test_worker_that_is_killed_in_a_rung_leaves_it_to_the_next(committed: None) -> None:
    for _member in range(5):
        factories.make_member()
    due(factories.make_portal_step(factories.make_event(), "availability"))
    run_until_killed(KILLED)
    assert mailed() == []
    assert send_due_reminders() == 5
    assert send_due_reminders() == 0
    assert len(set(mailed())) == 5
