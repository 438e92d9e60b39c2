"""PostgreSQL stops at once while members of two municipalities write, and comes back.

Test 11 of the design's list, against the web server of the product and a PostgreSQL of its own that keeps what it
promises, as in production. `RESTART_WRITES=6000 RESTART_RATE=200 pytest -s tests/portal/test_database_restart.py` runs
it at full size and prints the figures. Whoever gets no answer, or an error, presses the button again. Without
`CONN_HEALTH_CHECKS` the connections that died meanwhile give errors to whoever comes first.
"""

import asyncio
import os
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_tenants.utils import tenant_context

from config.processes import HOST, free_port
from elections import models
from elections.actions.conversation import MESSAGES_PER_DAY
from elections.sessions import BEGAN_KEY, SCHEMA_KEY, SEEN_KEY
from tests import factories
from tests.live_worker import wait_until
from tests.own_postgres import OwnPostgres

WRITES = int(os.environ.get("RESTART_WRITES", "64"))
RATE = int(os.environ.get("RESTART_RATE", "12"))  # a second
DOWN_SECONDS = 1.0
HEALTHY_WITHIN = 30
PATIENCE = 240  # a loaded machine answers slowly, and while the database is away only with errors
AT_ONCE = 24  # writers
START_SECONDS = 120
CSRF = secrets.token_hex(16)
MESSAGES = """
    SELECT member.last_name, message.body FROM elections_message message
    JOIN elections_conversation conversation ON conversation.id = message.conversation_id
    JOIN elections_member member ON member.id = conversation.member_id
"""
# What belongs to a message and is written with it, or not at all.
TRACES = """
    SELECT (SELECT count(*) FROM elections_conversation),
           (SELECT count(*) FROM elections_auditevent WHERE action = 'conversation.ask')
"""
ROWS_WRITTEN = "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables"


@dataclass
class Write:
    """One message of one member, and how often it was sent."""

    host: str
    schema: str
    cookie: str
    body: str
    once: str = field(default_factory=lambda: str(uuid4()))
    tries: list[int] = field(default_factory=list)  # the status of each, 0 for no answer
    location: str = ""

    @property
    def is_answered(self) -> bool:
        return bool(self.tries) and self.tries[-1] == 302


@pytest.fixture
def postgres(committed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnPostgres]:
    profile = f"test-restart-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    own = OwnPostgres(profile)
    yield own
    own.remove()


@pytest.fixture
def writes(juinen: Any, zonneiland: Any, committed: None) -> list[Write]:
    """As many messages of members of both municipalities, in turns. Everything has the same keys in both."""
    made = {municipality.schema_name: _writes_of(municipality) for municipality in (juinen, zonneiland)}
    return [write for pair in zip(*made.values(), strict=True) for write in pair]


def _writes_of(municipality: Any) -> list[Write]:
    count = WRITES // 2
    with tenant_context(municipality):
        hashed = factories.password_hash()
        names = [f"lid{number}" for number in range(-(-count // MESSAGES_PER_DAY))]
        users = models.User.objects.bulk_create(
            models.User(username=name, email=f"{name}@example.nl", password=hashed) for name in names
        )
        models.Member.objects.bulk_create(
            models.Member(number=10_000 + number, last_name=user.username, user=user)
            for number, user in enumerate(users)
        )
        now = timezone.now()
        devices = models.LoginChallenge.objects.bulk_create(
            models.LoginChallenge(user=user, name="e-mail", expires_at=now, used_at=now) for user in users
        )
        keys = [secrets.token_hex(16) for _user in users]
        Session.objects.bulk_create(
            Session(
                session_key=key,
                session_data=SessionStore().encode(_session_of(user, device, municipality.schema_name)),
                expire_date=now + timedelta(hours=1),
            )
            for key, user, device in zip(keys, users, devices, strict=True)
        )
    cookies = [f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={CSRF}" for key in keys]
    return [
        Write(
            municipality.primary_domain,
            municipality.schema_name,
            cookies[number % len(names)],
            f"{municipality.name}, {names[number % len(names)]}, bericht {number}",
        )
        for number in range(count)
    ]


def _session_of(user: models.User, device: models.LoginChallenge, schema: str) -> dict[str, object]:
    now = timezone.now().timestamp()
    return {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        DEVICE_ID_SESSION_KEY: device.persistent_id,
        SCHEMA_KEY: schema,
        BEGAN_KEY: now,
        SEEN_KEY: now,
    }


@pytest.fixture
def port(postgres: OwnPostgres, writes: list[Write], tmp_path: Path) -> Iterator[int]:
    """gunicorn with four processes of two threads, on a copy of what the test made."""
    postgres.fill(tmp_path)
    port = free_port()
    command = ["gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}", "--workers", "4", "--threads", "2"]
    environment = {"DATABASE_URL": postgres.url, "REDIS_URL": postgres.redis_url, "LOG_LEVEL": "CRITICAL"}
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", *command],
            env={**os.environ, **environment},
            cwd=settings.BASE_DIR,
            stdout=log,
            stderr=log,
        )
        try:
            wait_until(lambda: _is_ready(port), seconds=START_SECONDS, what="a server that is ready")
            yield port
        finally:
            server.terminate()
            server.wait()


def _is_ready(port: int) -> bool:
    try:
        probe = HTTPConnection(HOST, port, timeout=PATIENCE)
        probe.request("GET", "/health/ready")
        return probe.getresponse().status == 200
    except OSError:
        return False


async def _ask(port: int, method: str, path: str, write: Write, body: str = "") -> tuple[int, str, str]:
    """Status, Location and page; status 0 when the connection ends without an answer."""
    head = [
        f"{method} {path} HTTP/1.1",
        f"Host: {write.host}",
        f"Cookie: {write.cookie}",
        "Connection: close",
    ]
    if body:
        head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write("\r\n".join([*head, "", body]).encode())
        answer = (await reader.read()).decode(errors="replace")
        writer.close()
    except OSError:
        return 0, "", ""
    top, _blank, page = answer.partition("\r\n\r\n")
    lines = top.split("\r\n")
    headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
    return int(lines[0].split()[1]) if top else 0, headers.get("location", ""), page


async def _send(port: int, write: Write) -> None:
    """Send a message until it is answered, each time from the same form."""
    sent = {"subject": "Vraag", "body": write.body, "once": write.once, "csrfmiddlewaretoken": CSRF}
    end = time.monotonic() + PATIENCE
    while not write.is_answered:
        assert time.monotonic() < end, f"{write.body}: no answer but {write.tries}"
        status, write.location, _page = await _ask(
            port, "POST", reverse("portal:conversation-create"), write, urlencode(sent)
        )
        write.tries.append(status)
        if status != 302:
            await asyncio.sleep(0.3)


async def _send_all(port: int, writes: list[Write]) -> None:
    """RATE messages a second, as far as the server keeps up, with AT_ONCE on their way at most."""
    began, free = time.monotonic(), asyncio.Semaphore(AT_ONCE)

    async def send(write: Write) -> None:
        try:
            await _send(port, write)
        finally:
            free.release()

    sending = []
    for number, write in enumerate(writes):
        await asyncio.sleep(max(0.0, began + number / RATE - time.monotonic()))
        await free.acquire()
        sending.append(asyncio.create_task(send(write)))
    await asyncio.gather(*sending)


@dataclass
class Storm:
    """How fast was written when PostgreSQL stopped, and after how many seconds the server was well again."""

    messages_a_second: float
    rows_a_second: float
    well: float


async def _storm(postgres: OwnPostgres, port: int, writes: list[Write]) -> Storm:
    """Stop PostgreSQL when a third is written."""
    rows, began = _rows_written(postgres), time.monotonic()
    sending = asyncio.create_task(_send_all(port, writes))
    while (answered := sum(write.is_answered for write in writes)) < len(writes) // 3:
        await asyncio.sleep(0.02)
    rows, seconds = await asyncio.to_thread(_rows_written, postgres) - rows, time.monotonic() - began
    await asyncio.to_thread(postgres.stop_immediately)
    await asyncio.sleep(DOWN_SECONDS)
    assert not await asyncio.to_thread(_is_ready, port)
    postgres.start()
    started = time.monotonic()
    while not await asyncio.to_thread(_is_ready, port):
        await asyncio.sleep(0.1)
    well = time.monotonic() - started
    await sending
    return Storm(answered / seconds, rows / seconds, well)


def _rows_written(postgres: OwnPostgres) -> int:
    """Rows that were inserted, changed and deleted; one message is several, with what is logged and remembered."""
    return int(next(iter(postgres.rows("public", ROWS_WRITTEN)))[0])


def test_every_answered_message_is_there_once_and_in_its_own_municipality(postgres, port, writes):
    quarter = len(writes) // 4
    before, late = writes[:-quarter], writes[-quarter:]
    storm = asyncio.run(_storm(postgres, port, before))
    tries = Counter(status for write in before for status in write.tries)
    assert storm.well < HEALTHY_WITHIN
    assert tries.keys() <= {302, 500, 503, 0}
    assert tries[302] == len(before)

    # Nobody was writing when it stopped again: every process still holds a connection that is dead.
    postgres.stop_immediately()
    postgres.start()
    wait_until(lambda: _is_ready(port), seconds=HEALTHY_WITHIN, what="a server that is well again")
    asyncio.run(_send_all(port, late))
    assert Counter(status for write in late for status in write.tries) == {302: len(late)}

    for schema in {write.schema for write in writes}:
        own = [write.body for write in writes if write.schema == schema]
        assert postgres.rows(schema, MESSAGES) == {(body.split(", ")[1], body): 1 for body in own}
        assert postgres.rows(schema, TRACES) == {(len(own), len(own)): 1}
    for write in writes[::8]:
        status, _location, page = asyncio.run(_ask(port, "GET", write.location, write))
        assert (status, write.body in page) == (200, True)
    print(  # noqa: T201 - the figures of a run at full size
        f"{len(before)} messages, {storm.messages_a_second:.0f} a second ({storm.rows_a_second:.0f} writes of rows a "
        f"second) when it stopped, answers {dict(tries)}; well {storm.well:.1f} s after the start; "
        f"load {os.getloadavg()[0]:.1f}"
    )
