"""What an error report to a Sentry server holds: asked of a real one, that keeps every byte it gets."""

import gzip
import http.server
import json
import logging
import os
import subprocess
import sys
import threading

import brotli
import pytest
import sentry_sdk
from celery.app import trace
from django.conf import settings as product
from django.db import connection, transaction
from django.urls import reverse

from config import sentry
from config.logs import Discreet
from elections import secrets
from elections.tasks import import_members
from tests import factories
from tests.isolation.canaries import IBAN, JUINEN_BSNS, leaks

CANARY = "zoekmijinhetrapport"
MAY_STAND_IN_A_REPORT = {
    "event_id", "timestamp", "level", "logger", "platform", "environment", "release", "transaction", "logentry",
    "exception", "tags", "sdk",
}  # fmt: skip


class Ingest(http.server.BaseHTTPRequestHandler):
    """Takes envelopes, as Sentry does."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(
            self.headers.get("Content-Encoding"), bytes
        )
        self.server.got.append((self.path, unpack(body)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_arguments) -> None:
        """Say nothing."""


@pytest.fixture
def server():
    ingest = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ingest)
    ingest.got = []
    thread = threading.Thread(target=ingest.serve_forever, daemon=True)
    thread.start()
    yield ingest
    ingest.shutdown()
    ingest.server_close()
    thread.join()


def address_of(ingest):
    return f"http://{'a' * 32}@127.0.0.1:{ingest.server_port}/1"


@pytest.fixture
def reports(server):
    """Everything that arrived at the server; call it for the reports, as the server reads them."""
    sentry.start(address_of(server))

    def arrived():
        sentry_sdk.flush(10)
        found = []
        for _path, body in server.got:
            for line in body.splitlines():
                content = json.loads(line)
                if "event_id" in content and "tags" in content:
                    found.append(content)
        return found

    yield arrived
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


@pytest.fixture
def discreet():
    """The log as a server writes it, which takes keys out of its lines."""
    handler = logging.NullHandler()
    handler.handle = lambda record: handler.filter(record)
    handler.addFilter(Discreet())
    logging.root.addHandler(handler)
    yield
    logging.root.removeHandler(handler)


def crash(*_arguments, **_named):
    said = f"{CANARY} {JUINEN_BSNS[0]}"
    raise ValueError(said)


def refuse(*_arguments, **_named):
    """PostgreSQL repeats the row that it refuses."""
    user = factories.make_user(email=f"{CANARY}@juinen.example")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE elections_user SET username = NULL WHERE id = %s", [user.pk])


def assert_nothing_personal(server):
    everything = b"\n".join(body for _path, body in server.got)
    assert everything
    assert leaks(everything) == set()
    for personal in (
        CANARY,
        IBAN,
        factories.PASSWORD,
        "@juinen",
        "Cookie",
        "127.0.0.1",
        os.uname().nodename + '"',
    ):
        assert personal.encode() not in everything, personal


@pytest.mark.parametrize("mistake", [crash, refuse])
def test_page_that_crashes_is_reported_without_anything_of_anybody(
    server, reports, juinen, client_for, monkeypatch, mistake
):
    factories.make_portal_step(factories.make_event(), "personal_data")
    client = client_for(juinen, factories.make_member(last_name=CANARY).user)
    client.raise_request_exception = False
    monkeypatch.setattr(secrets, "seal", mistake)
    url = reverse("portal:personal-data-iban")
    form = {"iban": IBAN, "password": factories.PASSWORD}
    answer = client.post(
        f"{url}?zoek={CANARY}", form, headers={"user-agent": CANARY, "referer": f"https://{CANARY}"}
    )
    assert answer.status_code == 500
    (report,) = reports()
    assert set(report) <= MAY_STAND_IN_A_REPORT
    assert report["transaction"] == url_name_of(report)
    assert report["tags"] == {
        "municipality": juinen.schema_name,
        "request_id": answer.headers["X-Request-ID"],
    }
    last = report["exception"]["values"][-1]
    assert last["type"] in ("ValueError", "IntegrityError")
    assert {"filename", "function", "lineno"} <= set(last["stacktrace"]["frames"][-1])
    assert "vars" not in str(report)
    assert_nothing_personal(server)


def url_name_of(report):
    """The name of a view, never the address."""
    assert "/" not in report["transaction"]
    return report["transaction"]


def test_key_in_an_address_is_not_in_the_report(server, reports, juinen, client_for, monkeypatch):
    token = factories.make_invitation(factories.make_user()).token
    client = client_for(juinen)
    client.raise_request_exception = False
    monkeypatch.setattr("portal.views.invitation.find_invitation", crash)
    assert client.get(f"/invitation/{token}/").status_code == 500
    assert len(reports()) == 1
    assert token.encode() not in b"".join(body for _path, body in server.got)
    assert_nothing_personal(server)


def test_task_that_crashes_is_reported_without_its_arguments(server, reports, juinen, monkeypatch):
    monkeypatch.setattr(import_members, "run", refuse)
    request = {
        "id": "an-id",
        "task": import_members.name,
        "_schema_name": juinen.schema_name,
        "is_eager": True,
    }
    trace.build_tracer(import_members.name, import_members, app=import_members.app, eager=True)(
        "an-id", (), {"job_id": CANARY}, request
    )
    found = reports()
    assert any("IntegrityError" in str(report.get("exception")) for report in found)
    assert_nothing_personal(server)


def test_line_of_the_log_goes_without_what_was_filled_in(server, reports):
    logging.getLogger("elections").error(
        "mail to %s failed", f"{CANARY}@juinen.example", extra={"who": CANARY}
    )
    (report,) = reports()
    assert report["logentry"] == {"message": "mail to %s failed"}
    assert_nothing_personal(server)


def test_line_from_which_the_log_took_a_key_goes_without_what_was_filled_in(server, reports, discreet):
    logging.getLogger("elections").error(
        "mail to %s about /invitation/%s/ failed", f"{CANARY}@juinen.example", 7
    )
    (report,) = reports()
    assert report["logentry"] == {"message": "mail to %s about /invitation/%s/ failed"}
    assert_nothing_personal(server)


def test_what_goes_right_is_told_to_nobody(server, reports, juinen, client_for):
    assert client_for(juinen).get("/login/").status_code == 200
    logging.getLogger("elections").warning("nothing wrong")
    assert reports() == []
    assert server.got == []


def test_without_a_server_nothing_is_loaded():
    code = "import django, sys; django.setup(); sys.exit('sentry_sdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=product.BASE_DIR, check=False).returncode == 0


def test_setting_sends_reports_of_commands_and_workers(server):
    code = "import django, logging; django.setup(); logging.getLogger('elections').error('it broke')"
    environment = {**os.environ, "SENTRY_DSN": address_of(server), "SENTRY_RELEASE": "0.2.0"}
    subprocess.run([sys.executable, "-c", code], cwd=product.BASE_DIR, env=environment, check=True)
    everything = b"".join(body for _path, body in server.got)
    assert b"it broke" in everything
    assert b'"release":"0.2.0"' in everything
