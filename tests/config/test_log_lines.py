"""What stands in a line of the log, for people and for machines, and what never does."""

import json
import logging
import os
import subprocess
import sys
from datetime import datetime

import pytest
from celery.app.trace import build_tracer
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils.module_loading import import_string
from django_tenants.utils import schema_context

from elections.tasks import import_members
from portal.urls import urlpatterns
from tests import factories
from tests.live_worker import LiveBroker, LiveWorker, wait_until

EMAIL = "lekkage.in.het.log@juinen.example"


def made(description):
    """A filter or formatter of the settings."""
    factory = import_string(description.get("class") or description["()"])
    return factory(description["format"]) if "format" in description else factory()


@pytest.fixture(params=["line", "json"])
def written(request, tmp_path):
    """The lines that a server with this format writes."""
    path = tmp_path / "log"
    handler = logging.FileHandler(path)
    for name in settings.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter(made(settings.LOGGING["filters"][name]))
    handler.setFormatter(made(settings.LOGGING["formatters"][request.param]))
    # Before the handlers of pytest, which would keep the text of an exception as they wrote it.
    logging.root.handlers.insert(0, handler)
    yield path
    logging.root.removeHandler(handler)
    handler.close()


@pytest.fixture
def refused_row(monkeypatch):
    """A mistake of PostgreSQL, which repeats the row in its text."""
    user = factories.make_user(email=EMAIL, username=EMAIL)

    def refuse(*_arguments, **_named):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE elections_user SET username = NULL WHERE id = %s", [user.pk])

    with pytest.raises(IntegrityError, match=EMAIL):  # the premise
        refuse()
    return refuse


def test_row_that_the_database_refused_is_not_written(written, refused_row):
    try:
        refused_row()
    except IntegrityError as error:
        try:
            raise ValueError("half done") from error
        except ValueError:
            logging.getLogger("django.request").exception("Internal Server Error")
    text = written.read_text()
    assert EMAIL not in text
    assert "half done" in text
    assert "sqlstate 23502, table_name elections_user, column_name username" in text


def test_row_in_what_a_page_raised_is_not_written(written, refused_row, juinen, client_for, monkeypatch):
    monkeypatch.setattr("tenants.views.house_style.style_of", refused_row)
    client = client_for(juinen)
    client.raise_request_exception = False
    assert client.get("/house-style.css").status_code == 500
    text = written.read_text()
    assert EMAIL not in text
    assert "sqlstate 23502" in text


def test_row_in_what_a_task_raised_is_not_written(written, refused_row, juinen, monkeypatch):
    """Celery writes what was raised into the message itself."""
    monkeypatch.setattr("elections.tasks.Job", type("Broken", (), {"objects": property(refused_row)})())
    trace = build_tracer(import_members.name, import_members, app=import_members.app)
    request = {
        "id": "an-id",
        "task": import_members.name,
        "_schema_name": juinen.schema_name,
        "is_eager": True,
    }
    trace("an-id", (), {"job_id": 1}, request)
    text = written.read_text()
    assert "sqlstate 23502" in text
    assert EMAIL not in text
    assert "raised unexpected" in text


def test_token_in_an_address_is_not_written(written):
    """Whatever address has one: it lets in who has it."""
    patterns = [text for text in (str(each.pattern) for each in urlpatterns) if "<str:token>" in text]
    assert len(patterns) > 5
    for pattern in patterns:
        path = "/" + pattern.replace("<str:token>", "c4n4ry-of-a-token")
        logging.getLogger("django.request").warning("Not Found: %s", path)
    assert "c4n4ry" not in written.read_text()


def test_line_tells_municipality_and_request(written, juinen, client_for):
    answer = client_for(juinen, enforce_csrf_checks=True).post("/login/", {"username": EMAIL})
    assert answer.status_code == 403
    (line,) = [line for line in written.read_text().splitlines() if "Forbidden" in line]
    assert juinen.schema_name in line
    assert answer.headers["X-Request-ID"] in line
    assert EMAIL not in line


def test_line_of_the_platform_has_no_municipality(written):
    with schema_context("public"):
        Client(headers={"host": "nergens.localhost"}).get("/")
        logging.getLogger("zitting").warning("nothing in particular")
    assert "juinen" not in written.read_text()


@pytest.mark.parametrize("written", ["json"], indirect=True)
def test_json_line_is_one_object_with_named_fields(written):
    logger = logging.getLogger("zitting")
    logger.warning("two\nlines", extra={"request": {"body": EMAIL}, "email": EMAIL, "level": EMAIL})
    (line,) = written.read_text().splitlines()
    found = json.loads(line)
    assert set(found) == {"time", "level", "logger", "municipality", "request_id", "message"}
    assert (found["level"], found["logger"], found["message"]) == ("WARNING", "zitting", "two\nlines")
    assert datetime.fromisoformat(found["time"]).utcoffset().total_seconds() == 0


def test_unknown_format_is_refused():
    environment = {**os.environ, "LOG_FORMAT": "xml"}
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert done.returncode == 1
    assert "xml" in done.stderr


def test_worker_writes_the_same_lines(committed, tmp_path, juinen):
    broker = LiveBroker(tmp_path)
    worker = LiveWorker(broker.url, tmp_path / "log", processes=1, LOG_FORMAT="json", LOG_LEVEL="INFO")
    try:
        wait_until(lambda: b" ready." in worker.log.read_bytes(), seconds=60, what="a worker that is ready")
        lines = [json.loads(line) for line in worker.log.read_text().splitlines() if line.startswith("{")]
        assert any(line["logger"] == "celery.apps.worker" for line in lines)
    finally:
        worker.kill()
        broker.kill()
