"""A message to a worker that comes once more, as one that was kept and put back in Redis, does nothing once more.

Its seal (tenants.task_seals) is right, at its own municipality. Workers get messages twice without anybody's help too:
Redis gives one again that a worker did not finish in time.
"""

import inspect
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from celery import current_app
from django.conf import settings
from django.core import mail
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from elections import tasks
from elections.actions.job import TASKS
from elections.enums import JobState, MailKind, MailState
from elections.models import AuditEvent, Job
from tenants.tasks import PlatformTask
from tests import factories

OURS = {name: task for name, task in current_app.tasks.items() if name.startswith("elections.")}
ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
SENT = (MailState.SENT, MailState.DELIVERED, MailState.BOUNCED, MailState.FAILED, MailState.UNCERTAIN)


def digests() -> dict[str, str]:
    """Of the rows of every table of the municipality at work."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")  # noqa: S608
            found[table] = cursor.fetchone()[0]
    return found


def changed_by(act: Callable[[], object]) -> tuple[set[str], int]:
    """The tables that `act` changes, and how many mails it sends."""
    before, sent = digests(), len(mail.outbox)
    act()
    after = digests()
    return {table for table in after if after[table] != before[table]}, len(mail.outbox) - sent


def test_every_task_is_named_here():
    """A task with other arguments, or a new one that the clock does not start, asks for a test of its own."""
    by_job = {task.name for task in TASKS.values()}
    named = by_job | {"elections.deliver_mail"}
    for name, task in OURS.items():
        assert bool(inspect.signature(task.run).parameters) == (name in named), name


@pytest.mark.parametrize("state", ENDED)
@pytest.mark.parametrize("kind", TASKS)
def test_job_that_ended_stays_as_it_is(juinen, kind, state):
    """Also when there is something to do, such as a member who can be invited, or taken out of use again."""
    by, member = factories.make_staff("administrator"), factories.make_member()
    named = dict.fromkeys(("import_file", "undo", "group"), f"{uuid.uuid4()}")
    job = Job.objects.create(
        kind=kind,
        event=factories.make_event(),
        state=state,
        finished_at=timezone.now(),
        total=1,
        parameters={"by": f"{by.uuid}", "members": [member.pk], **named},
    )
    assert changed_by(lambda: OURS[TASKS[kind].name](job_id=job.pk)) == (set(), 0)


@pytest.mark.parametrize("state", SENT)
def test_mail_that_left_does_not_leave_again(juinen, state):
    letter = factories.make_mail(factories.make_user(), kind=MailKind.PLACEMENT_PUBLISHED, state=state)
    assert changed_by(lambda: tasks.deliver_mail(mail_id=letter.pk)) == (set(), 0)


def test_what_the_clock_starts_is_done_once(worlds, juinen):
    """At one moment: what falls due between the two is no second time. The log tells that the clean-up ran again."""
    started = [task for task in OURS.values() if not inspect.signature(task.run).parameters]
    factories.make_mail(factories.make_user(), kind=MailKind.PLACEMENT_PUBLISHED)

    def start_all() -> None:
        for task in started:
            with schema_context("public" if isinstance(task, PlatformTask) else "gm0001"):
                task()

    with time_machine.travel(timezone.now() + timedelta(hours=3), tick=False):
        tables, mails = changed_by(start_all)
        assert tables
        assert mails
        # What fell due because of what was done, such as the mail about it.
        start_all()
        last = AuditEvent.objects.latest("pk").pk
        tables, mails = changed_by(start_all)
        assert (tables - set(settings.APPEND_ONLY_TABLES), mails) == (set(), 0)
        assert set(AuditEvent.objects.filter(pk__gt=last).values_list("action", flat=True)) == {
            "retention.finish"
        }
