"""The municipalities that the rows measure in: 5,000 members, stations and shifts. One is made for every run; a row
that needs another size adds its own.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

import django
import psycopg
from django.conf import settings

MEMBERS = 5_000
HOST = "bench.localhost"
CODE = "GM9990"
STATIONS = 200
ROUNDS = 5


@dataclass(frozen=True)
class City:
    """A municipality of the bench."""

    code: str
    name: str
    host: str


MEETSTAD = City(CODE, "Meetstad", HOST)


def build() -> None:
    """An empty database with one municipality, filled with invented people."""
    make_database()
    add_city(MEETSTAD)


def make_database() -> None:
    """An empty database with the public tables, beside the one of the environment, and Django pointed at it."""
    use_database()
    url = settings.DATABASES["default"]
    with psycopg.connect(
        host=url["HOST"], port=url["PORT"], user=url["USER"], dbname="postgres", autocommit=True
    ) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{url["NAME"]}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{url["NAME"]}"')

    from django.core.management import call_command  # slow import: needs the database just made

    from elections.master_keys import make_master_key_file  # slow import: as above

    call_command("migrate_schemas", "--shared", verbosity=0)
    make_master_key_file(settings.MASTER_KEY_FILE)


def use_database() -> None:
    """Point Django, and the processes that this one starts, at the database of the bench."""
    django.setup()
    url = settings.DATABASES["default"]
    url["NAME"] = url["NAME"].removesuffix("_bench") + "_bench"
    os.environ["DATABASE_URL"] = f"postgres://{url['USER']}@{url['HOST']}:{url['PORT']}/{url['NAME']}"


def add_city(city: City, *, stations: int = STATIONS) -> None:
    """A municipality with MEMBERS members and this many polling stations, and everybody who can in a place."""
    _add(city, {"stations": stations, "chairs": 700, "members": 2850, "counters": 1050, "reserves": 400})


def add_village(city: City) -> None:
    """A municipality with 50 members and two polling stations, told as the large ones are."""
    _add(city, {"stations": 2, "chairs": 8, "members": 28, "counters": 10, "reserves": 4})


def add_metropolis(city: City) -> None:
    """A municipality with 10,000 members, most of whom answered, and 400 polling stations."""
    size = {"stations": 400, "chairs": 1400, "members": 5700, "counters": 2100, "reserves": 800}
    _add(city, size, chapter="answered")


def queries_of(path: str, city: City, cookie: str) -> int:
    """How many queries a page takes, asked of the same code in this process."""
    from django.db import connection  # slow import: Django may only load when the database has an address
    from django.test import Client  # slow import: as above
    from django.test.utils import CaptureQueriesContext  # slow import: as above

    client = Client(headers={"host": city.host, "cookie": cookie})
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return len(asked)


def _add(city: City, size: dict[str, int], *, chapter: str = "assigned") -> None:
    from django.db import connection  # slow import: needs the database's address

    from elections.demo.logo import invented_logo  # slow import: needs the database
    from elections.demo.story import Size, fill  # slow import: as above
    from tenants.house_style import set_logo  # slow import: as above
    from tenants.provisioning import create_municipality  # slow import: as above

    connection.set_schema_to_public()  # a row before this one may have left a browser at its municipality
    municipality = create_municipality(code=city.code, name=city.name, domain=city.host)
    set_logo(municipality, invented_logo(municipality.accent, "ballot"))
    fill(municipality, Size(**size), chapter=chapter)
    with connection.cursor() as cursor:
        # As in a database that has run for a while: until autovacuum has been, the planner guesses, and is wrong.
        cursor.execute("VACUUM (ANALYZE)")


def member_cookie() -> str:
    """The session cookie of a member who has a place."""
    return _cookie({"member__assignments__isnull": False}, MEETSTAD)


def staff_cookie(city: City = MEETSTAD) -> str:
    """The session cookie of an administrator of the election team."""
    return _cookie({"role": "administrator"}, city)


def _cookie(who: dict[str, object], city: City) -> str:
    from django_tenants.utils import schema_context  # slow import: needs the database's address

    from elections.models import User  # slow import: as above

    with schema_context(city.code.lower()):
        return session_of(User.objects.filter(**who).first(), city)


def session_of(user: Any, city: City) -> str:
    """The cookie of a new session of this member or colleague; the schema must be the city's."""
    from django.test import Client  # slow import: Django may only load when the database has an address
    from django.utils import timezone  # slow import: as above
    from django_otp import DEVICE_ID_SESSION_KEY  # slow import: as above

    from elections.models import Authenticator, LoginChallenge  # slow import: as above

    now = timezone.now()
    if user.role:
        user.otp_device = Authenticator.objects.in_use_by(user) or Authenticator.objects.create(
            user=user, name="bench", confirmed=True
        )
    else:
        user.otp_device = LoginChallenge.objects.create(user=user, name="bench", expires_at=now, used_at=now)
    client = Client(headers={"host": city.host})
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = user.otp_device.persistent_id
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@contextmanager
def server() -> Iterator[int]:
    """The port of one gunicorn process on this machine, for as long as the block lasts."""
    with server_process() as (port, _pid):
        yield port


@contextmanager
def server_process(*options: str) -> Iterator[tuple[int, int]]:
    """As `server`, with the number of the process; `options` are for gunicorn, such as more workers."""
    from config.processes import free_port  # slow import: only rows over HTTP need it

    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1",
         "--log-level", "warning", *options],
        env=os.environ.copy(),
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                get(port, "/health/live")
                break
            except OSError:
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


@contextmanager
def workers(queues: str = "default", concurrency: int | None = None) -> Iterator[int]:
    """The workers of the product on all cores, or so many, for as long as the block lasts; gives the number of their
    parent.
    """
    command = [
        "celery",
        "--app",
        "config",
        "--quiet",
        "worker",
        "--queues",
        queues,
        "--hostname",
        f"{queues}@bench",
        "--loglevel",
        "WARNING",
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "--concurrency", str(concurrency or os.cpu_count())],
        env=os.environ.copy(),
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def memory(pid: int) -> int:
    """The megabytes of a process and its children that nobody else uses: what they would give back by ending."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    rollups = (Path(f"/proc/{each}/smaps_rollup").read_text() for each in [str(pid), *children])
    own = (
        int(kilobytes) for text in rollups for kilobytes in re.findall(r"^Private_\w+:\s+(\d+)", text, re.M)
    )
    return sum(own) // 1024


def get(port: int, path: str, cookie: str = "") -> bytes:
    """The body of a page, which must be a 200."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": HOST, "Cookie": cookie})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}")
    return body


def requests_per_second(port: int, paths: dict[str, str], requests: int) -> list[float]:
    """For each path with its cookie: the median speed over rounds in which the paths take turns."""
    speeds: dict[str, list[float]] = {path: [] for path in paths}
    for path, cookie in paths.items():
        get(port, path, cookie)
    for _round in range(ROUNDS):
        for path, cookie in paths.items():
            started = time.perf_counter()
            for _request in range(requests):
                get(port, path, cookie)
            speeds[path].append(requests / (time.perf_counter() - started))
    return [median(values) for values in speeds.values()]
