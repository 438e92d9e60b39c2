"""Real workers, and messages that could bring a task to the wrong municipality: none gets there.

Test 18 of the design's list. `WRONG_SCHEMA_TASKS=1000 pytest tests/elections/test_wrong_schema_tasks.py` runs it at
full size. Without the seals (tenants.task_seals) the mails of the first test are sent; without the schema of the
message (tenant-schemas-celery) the second finds no traces.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery, current_app
from django_tenants.utils import schema_context, tenant_context

from elections import models
from elections.enums import MailKind
from tenants import provisioning
from tenants.task_seals import SCHEMA, SEAL, sealed
from tests import factories
from tests.fake_smtp import FakeSmtp
from tests.interleaved_tasks import FAILS_EACH
from tests.live_worker import LiveBroker, LiveWorker, wait_until

TASKS = int(os.environ.get("WRONG_SCHEMA_TASKS", "200"))
WITHIN = 120 + TASKS
DELIVER = "elections.deliver_mail"
MAIL = 4711

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds processes in /proc")


@pytest.fixture
def worker(broker: LiveBroker, smtp: FakeSmtp, tmp_path: Path) -> Iterator[LiveWorker]:
    running = LiveWorker(
        broker.url,
        tmp_path / "worker.log",
        processes=4,
        include="tests.interleaved_tasks",
        EMAIL_URL=f"smtp://{smtp.host}:{smtp.port}",
    )
    yield running
    running.stop()


def _is_idle(broker: LiveBroker) -> bool:
    """Whether every message was taken, and finished. Looks twice: between both a message is nowhere for a moment."""
    with redis.Redis.from_url(broker.url) as client:
        for _look in range(2):
            if client.llen("default") or client.llen("urgent") or client.hlen("unacked"):
                return False
            time.sleep(0.2)
    return True


def _waiting_mail(municipality: Any) -> None:
    """A mail with the same primary key in each municipality, for which nobody rang yet."""
    with tenant_context(municipality):
        user = factories.make_user(email=f"anna@{municipality.schema_name}.example")
        factories.make_mail(user, kind=MailKind.PLACEMENT_PUBLISHED, pk=MAIL)


def _wrong_headers() -> list[dict[str, Any]]:
    """Of messages that ask for the mail of juinen, and of nothing else."""
    right = sealed({SCHEMA: "gm0001"}, DELIVER, (), {"mail_id": MAIL})
    other_row = sealed({SCHEMA: "gm0001"}, DELIVER, (), {"mail_id": MAIL + 1})
    other_task = sealed({SCHEMA: "gm0001"}, "elections.import_members", (), {"mail_id": MAIL})
    return [
        {},
        {SCHEMA: "gm0001"},
        {SCHEMA: "gm0001", SEAL: "0" * 64},
        {SCHEMA: "gm0001", "is_eager": True, "called_directly": True},
        {SEAL: right[SEAL]},
        *({**right, SCHEMA: schema} for schema in ("", "public", "gm9009", "gm4242", "zitting_template")),
        other_row,
        other_task,
    ]


def test_mails_wait_whatever_a_message_says_of_the_schema(worker, smtp, broker, juinen, zonneiland):
    for municipality in (juinen, zonneiland):
        _waiting_mail(municipality)
    for headers in islice(cycle(_wrong_headers()), TASKS):
        Celery.send_task(current_app, DELIVER, kwargs={"mail_id": MAIL}, queue="default", headers=headers)
    wait_until(lambda: _is_idle(broker), seconds=WITHIN, what="workers that saw all messages")
    assert smtp.taken == []
    assert set(models.OutboxMail.objects.values_list("pk", "state")) == {(MAIL, "waiting")}
    for schema in ("gm0001", "gm9009"):
        with schema_context(schema):
            current_app.send_task(DELIVER, kwargs={"mail_id": MAIL})
    wait_until(lambda: len(smtp.taken) == 2, seconds=WITHIN, what="the mails that were asked for")
    assert smtp.per_recipient() == {"anna@gm0001.example": 1, "anna@gm9009.example": 1}


def test_tasks_of_five_municipalities_leave_their_traces_at_home(worker, broker):
    for number in range(1, 4):
        provisioning.create_municipality(
            code=f"GM010{number}", name=f"Dorp {number}", domain=f"dorp{number}.localhost"
        )
    schemas = ["gm0001", "gm9009", "gm0101", "gm0102", "gm0103"]
    for number, schema in zip(range(TASKS), cycle(schemas), strict=False):
        neighbour = schemas[(number + 1) % len(schemas)]
        with schema_context(schema):
            sent = {"number": number, "schema": schema, "neighbour": neighbour}
            current_app.send_task("tests.leave_trace", kwargs=sent)
    wait_until(lambda: _is_idle(broker), seconds=WITHIN, what="workers that saw all messages")
    for schema in schemas:
        with schema_context(schema):
            names = models.User.objects.values_list("username", flat=True)
            assert Counter(name.split("-")[0] for name in names) == {schema: TASKS // len(schemas)}
    assert TASKS // FAILS_EACH >= 4  # each way of failing took part
