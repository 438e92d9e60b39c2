"""Many members want the same places at the same moment, over HTTP, against the web server of the product.

Test 3 of the design's list: as many places as there are get a member, everybody else hears kindly that the place is
gone, and nobody sees an error. `RACE_MEMBERS=500 pytest -s tests/portal/test_reservation_race.py` runs it at full size
and prints how long the answers took, beside what the same people wait when they ask a bare page at one moment: that
much is the machine, the web server and knowing who somebody is. It prints as well how long an answer takes when no
more than a fifth of them wait for one at a time, and how much processor this client takes of the same machine.
"""

import asyncio
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from config.processes import HOST, free_port
from elections import models
from elections.sessions import BEGAN_KEY, SCHEMA_KEY, SEEN_KEY
from tests import factories

MEMBERS = int(os.environ.get("RACE_MEMBERS", "60"))
PLACES = MEMBERS // 5
IN_FLIGHT = MEMBERS // 5
LOOKED_AT = 25
START_SECONDS = 60
CSRF = secrets.token_hex(16)
GONE = "Deze plaats is net weg"


class Answer(NamedTuple):
    status: int
    location: str
    seconds: float


@pytest.fixture
def port(committed: None, tmp_path: Path) -> Iterator[int]:
    """gunicorn with four processes of two threads, on the test database."""
    database = connection.settings_dict
    address = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    port = free_port()
    command = ["gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}", "--workers", "4", "--threads", "2"]
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", *command],
            env={**os.environ, "DATABASE_URL": address, "LOG_LEVEL": "WARNING"},
            cwd=settings.BASE_DIR,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()
            server.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            probe = HTTPConnection(HOST, port, timeout=START_SECONDS)
            probe.request("GET", "/health/live")
            assert probe.getresponse().status == 200
            return
        except OSError:
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.1)


@pytest.fixture
def shifts(committed: None) -> list[models.Shift]:
    """Two, a week apart, so that whoever has a place in one may have one in the other."""
    event = factories.make_event()
    factories.make_portal_step(event, "reservation")
    days = [factories.make_polling_day(event, date=factories.DAY + timedelta(weeks=week)) for week in (0, 1)]
    station, position = factories.make_polling_station(event), factories.make_position(event)
    return [
        factories.make_shift(station, factories.make_day_part(day), position, places=PLACES) for day in days
    ]


@pytest.fixture
def cookies(juinen, committed: None) -> list[str]:
    """The cookies of members who all logged in."""
    hashed = factories.password_hash()
    users = models.User.objects.bulk_create(
        models.User(username=f"race{number}", email=f"race{number}@example.nl", password=hashed)
        for number in range(MEMBERS)
    )
    models.Member.objects.bulk_create(
        models.Member(number=10_000 + number, last_name="Haast", user=user, qualified_for=["member"])
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
            session_data=SessionStore().encode(_session_of(user, device, juinen.schema_name)),
            expire_date=now + timedelta(hours=1),
        )
        for key, user, device in zip(keys, users, devices, strict=True)
    )
    return [f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={CSRF}" for key in keys]


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


def _race(
    port: int, host: str, method: str, path: str, cookies: list[str], *, in_flight: int = MEMBERS
) -> list[Answer]:
    """Ask for everybody, `in_flight` at a time: so many are connected before the first request leaves."""
    body = f"csrfmiddlewaretoken={CSRF}" if method == "POST" else ""
    requests = [_request(host, method, path, cookie, body) for cookie in cookies]

    async def everybody() -> list[Answer]:
        turns, start, connected = asyncio.Semaphore(in_flight), asyncio.Event(), 0

        async def press(request: bytes) -> Answer:
            nonlocal connected
            async with turns:
                reader, writer = await asyncio.open_connection(HOST, port)
                connected += 1
                if connected == in_flight:
                    start.set()
                await start.wait()
                began = time.perf_counter()
                writer.write(request)
                answer = await reader.read()
                seconds = time.perf_counter() - began
                writer.close()
            return _answer(answer, seconds)

        return await asyncio.gather(*map(press, requests))

    return asyncio.run(everybody())


def _request(host: str, method: str, path: str, cookie: str, body: str) -> bytes:
    head = (
        f"{method} {path} HTTP/1.1",
        f"Host: {host}",
        f"Cookie: {cookie}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return "\r\n".join([*head, "", body]).encode()


def _answer(answer: bytes, seconds: float) -> Answer:
    lines = answer.decode().partition("\r\n\r\n")[0].split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return Answer(int(lines[0].split()[1]), headers.get("location", ""), seconds)


def _page(port: int, host: str, path: str, cookie: str) -> str:
    browser = HTTPConnection(HOST, port, timeout=60)
    browser.request("GET", path, headers={"Host": host, "Cookie": cookie})
    answer = browser.getresponse()
    text = answer.read().decode()
    assert answer.status == 200, path
    return text


def test_as_many_succeed_as_there_are_places_and_the_others_hear_so(juinen, port, shifts, cookies):
    # Each process answers once before the race, as a server that has been up for a while.
    for _again in range(12):
        _page(port, juinen.primary_domain, reverse("portal:login"), "")
    bare = _race(port, juinen.primary_domain, "GET", reverse("portal:session-state"), cookies)
    assert Counter(answer.status for answer in bare) == {200: MEMBERS}
    before = time.process_time()
    answers = _reserve(juinen, port, shifts[0], cookies, in_flight=MEMBERS)
    client = (time.process_time() - before) / MEMBERS
    in_turn = _reserve(juinen, port, shifts[1], cookies, in_flight=IN_FLIGHT)
    lost = [cookie for cookie, answer in zip(cookies, answers, strict=True) if "gone" in answer.location]
    refused = reverse("portal:reservation-shift", args=[shifts[0].uuid]) + "?gone=1"
    for cookie in lost[:LOOKED_AT]:
        assert GONE in _page(port, juinen.primary_domain, refused, cookie)
    print(  # noqa: T201 - the figures of a run at full size
        f"{MEMBERS} members, {PLACES} places: {_times(answers)}; with {IN_FLIGHT} in flight: {_times(in_turn)}; "
        f"a bare page with the same log-in, which reads no member and renders nothing: {_times(bare)}; processor of "
        f"this client {client * 1000:.1f} ms a request; load {os.getloadavg()[0]:.1f}"
    )


def _reserve(juinen, port, shift, cookies, *, in_flight):
    """Everybody asks for a place in `shift`: as many get one as there are, and nobody gets an error."""
    button = reverse("portal:reservation-shift", args=[shift.uuid])
    answers = _race(port, juinen.primary_domain, "POST", button, cookies, in_flight=in_flight)
    assert Counter((answer.status, answer.location) for answer in answers) == {
        (302, reverse("portal:reservation")): PLACES,
        (302, f"{button}?gone=1"): MEMBERS - PLACES,
    }
    assert list(shift.assignments.values_list("state").distinct()) == [("reserved",)]
    assert shift.assignments.count() == PLACES
    assert shift.assignments.values("member").distinct().count() == PLACES
    return answers


def _times(answers: list[Answer]) -> str:
    times = sorted(answer.seconds for answer in answers)
    return f"p50 {statistics.median(times):.2f} s, p95 {times[int(len(times) * 0.95)]:.2f} s, last {times[-1]:.2f} s"
