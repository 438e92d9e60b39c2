"""`manage.py status`: what is well, what needs attention, and nothing of anybody."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from celery import current_app
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from elections.queries import platform_status
from tenants import watch
from tenants.models import Municipality
from tests import factories
from tests.live_worker import LiveBroker, LiveWorker, broker_of_product, tick, wait_until


@pytest.fixture
def broker(settings, tmp_path):
    """A Redis of this test, in which the clock ticked and the sweep ran just now."""
    started = LiveBroker(tmp_path)
    settings.REDIS_URL = started.url
    with broker_of_product(started.url):
        tick()
        watch.note_run(watch.CLOCK_TASK, "SUCCESS", 0.1)
        with watch.connect() as client:
            client.delete("default")
        yield started
    started.kill()


@pytest.fixture
def workers(monkeypatch):
    """As if a worker answers for each queue; a real one does in the last test of this file."""
    answer = {"worker@host": [{"name": "urgent"}, {"name": "default"}]}
    inspect = type("Inspect", (), {"active_queues": lambda _self: answer})
    monkeypatch.setattr(platform_status.current_app.control, "inspect", lambda **_options: inspect())


def look():
    """Exit code and lines, as "part": (ok, text)."""
    out = StringIO()
    code = 0
    with schema_context("public"):
        try:
            call_command("status", "--json", stdout=out)
        except SystemExit as stopped:
            code = stopped.code
    told = json.loads(out.getvalue())
    assert told["ok"] == (code == 0)
    return code, {line["part"]: (line["ok"], line["text"]) for line in told["parts"]}


def test_all_is_well(broker, workers, juinen, zonneiland):
    Municipality.objects.update(backed_up_at=timezone.now())
    code, lines = look()
    assert (code, [part for part, (ok, _text) in lines.items() if not ok]) == (0, [])
    assert lines["municipalities"][1].startswith("2 active; ")
    assert "none" in lines["mail in doubt"][1]


def test_table_for_people(broker, workers):
    out = StringIO()
    with schema_context("public"):
        call_command("status", stdout=out, no_color=True)
    assert "ok         PostgreSQL" in out.getvalue()


def test_redis_that_is_down_is_one_line_among_the_others(broker):
    broker.kill()
    code, lines = look()
    assert code == 1
    assert not lines["Redis"][0]
    assert not lines["workers"][0]
    assert lines["PostgreSQL"][0]
    assert lines["municipalities"][0]
    broker.start()


def test_database_that_is_down_is_one_line_among_the_others(broker, workers, monkeypatch):
    def refuse(*_arguments):
        raise OperationalError("connection refused")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", refuse)
        lines = {line.part: line for line in platform_status.platform_status()}
    assert not lines["PostgreSQL"].ok
    assert lines["Redis"].ok
    assert "municipalities" not in lines


def test_clock_that_stopped(broker, workers, monkeypatch):
    with watch.connect() as client:
        client.set("zitting:watch:tick", 1.0)
        client.delete("zitting:watch:sweep")
    code, lines = look()
    assert code == 1
    assert not lines["clock (beat)"][0]
    assert lines["sweep"] == (False, "never seen")


def test_queue_that_waits(broker, workers, juinen):
    current_app.send_task("elections.dispatch_sweep", queue="urgent", headers={"_schema_name": "public"})
    assert look()[1]["queue urgent"][0]
    with watch.connect() as client:
        message = json.loads(client.lindex("urgent", -1))
        message["headers"]["sent_at"] -= 60
        client.lset("urgent", -1, json.dumps(message))
    ok, text = look()[1]["queue urgent"]
    assert (ok, text.startswith("1 waits, the first for 6")) == (False, True)


def test_queue_that_no_worker_serves(broker):
    code, lines = look()
    assert code == 1
    assert lines["workers"] == (False, "0 answer, none of them for: urgent, default")


def test_mail_that_is_late_or_in_doubt_names_the_municipality(broker, workers, juinen, zonneiland):
    with tenant_context(zonneiland):
        user = factories.make_user(email="zoekmij@zonneiland.example")
        factories.make_mail(user, state="uncertain")
        factories.make_mail(user, state="waiting", due_at=timezone.now() - timedelta(hours=3))
    code, lines = look()
    assert code == 1
    assert lines["mail in doubt"] == (False, f"in doubt in {zonneiland.code}")
    assert not lines["mail"][0]
    assert "zoekmij" not in str(lines)


def test_invitation_of_a_colleague_that_waits_is_told(broker, workers, zonneiland):
    with tenant_context(zonneiland):
        factories.make_mail(factories.make_user(), kind="staff_invitation", state="waiting")
    assert "1 invitation of colleagues" in look()[1]["mail"][1]


def test_job_without_a_sign_of_life(broker, workers):
    factories.make_job(state="running", heartbeat_at=timezone.now() - timedelta(hours=1))
    assert look()[1]["jobs"] == (False, "1 runs, 0 wait; no sign of life for 60 min")


def test_municipality_without_a_backup_of_the_last_night(broker, workers, juinen, zonneiland):
    everybody, now = Municipality.objects.all(), timezone.now()
    everybody.update(backed_up_at=None, created_at=now - timedelta(hours=30))
    ok, text = look()[1]["backups"]
    assert (ok, text) == (True, "longest without one: 30 h"), "a new one has until its second night"
    everybody.update(backed_up_at=now - timedelta(hours=1), created_at=now - timedelta(days=30))
    Municipality.objects.filter(pk=juinen.pk).update(backed_up_at=now - timedelta(days=7))
    code, lines = look()
    assert (code, lines["backups"]) == (
        1,
        (False, "none of the last 36 h of GM0001; longest without one: 7 days"),
    )


def test_schema_that_is_behind(broker, workers, juinen):
    MigrationRecorder.Migration.objects.latest("id").delete()
    ok, text = look()[1]["schemas"]
    assert not ok
    assert juinen.schema_name in text
    assert "manage.py upgrade" in text


def test_disk_that_fills(broker, workers, monkeypatch):
    full = type("Usage", (), {"free": 5, "total": 100})
    monkeypatch.setattr(platform_status.shutil, "disk_usage", lambda _path: full)
    ok, text = look()[1]["disk"]
    assert (ok, text.startswith("5% free")) == (False, True)


def test_real_worker_is_seen(broker, committed, tmp_path):
    worker = LiveWorker(broker.url, tmp_path / "log", processes=1)
    try:
        wait_until(lambda: platform_status._workers().ok, seconds=90, what="a worker that answers")
        assert look()[1]["workers"] == (True, "1 answers")
    finally:
        worker.kill()
