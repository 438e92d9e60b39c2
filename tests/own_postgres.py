"""A PostgreSQL of one test, with a copy of the test database, that may be stopped, killed and moved."""

import os
import pwd
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from config import embedded, embedded_folders
from config.processes import stop_with_parent

Start = Callable[..., "subprocess.Popen[bytes]"]


class OwnPostgres:
    """PostgreSQL and Valkey of a profile of their own, that keep what they promise, as in production."""

    def __init__(self, profile: str) -> None:
        self.profile = profile
        embedded.remove(profile)
        self.servers = embedded.ensure(profile)
        self.url = self.servers.database_url
        self.redis_url = self.servers.redis_url
        self.command: list[str] = list(self.servers.started[0].args)  # type: ignore[arg-type]

    def fill(self, folder: Path) -> None:
        """Copy the test database. A stopped server loses no file, so that none need be flushed: that took minutes."""
        with psycopg.connect(self.url, autocommit=True) as own:
            own.execute("ALTER SYSTEM SET fsync = off")
            own.execute("SELECT pg_reload_conf()")
        binaries, dump = Path(self.command[0]).parent, folder / "dump.sql"
        settings_here = connection.settings_dict
        source = f"postgres://{settings_here['USER']}@{settings_here['HOST']}:{settings_here['PORT']}"
        options = ["--no-owner", "--no-privileges", "-f", f"{dump}"]
        subprocess.run([f"{binaries}/pg_dump", *options, f"{source}/{settings_here['NAME']}"], check=True)
        load = ["-q", "-v", "ON_ERROR_STOP=1", "-f", f"{dump}", self.url]
        subprocess.run([f"{binaries}/psql", *load], check=True, stdout=subprocess.DEVNULL)

    def stop_immediately(self) -> None:
        """As `pg_ctl -m immediate stop`: nothing is written any more, every connection breaks."""
        self._signal(signal.SIGQUIT)

    def stop(self) -> None:
        """As `pg_ctl stop`: connections end, everything is written."""
        self._signal(signal.SIGINT)

    def start(self, *more: str, start: Start | None = None) -> None:
        """Start it on the same data, and return at once: it must first read what it had promised.

        more: further options of postgres, which win over the ones that it always has.
        start: starts a program, in the place of Popen.
        """
        uid = embedded_folders.unprivileged()
        options: dict[str, Any] = {
            "cwd": "/",
            "env": {"PATH": os.defpath, "LC_ALL": "C"},
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }
        if uid is not None:
            options |= {"user": uid, "group": pwd.getpwuid(uid).pw_gid, "extra_groups": []}
        start = start or _start_here
        self.servers.started[0] = start([*self.command, *more], **options)

    def rows(self, schema: str, query: str) -> Counter[tuple[Any, ...]]:
        """What a query finds in the schema of one municipality, and how often."""
        with psycopg.connect(self.url, options=f"-c search_path={schema},public") as own:
            return Counter(own.execute(query.encode()).fetchall())

    def remove(self) -> None:
        """Stop the servers and throw their data away."""
        self.servers.stop()
        embedded.remove(self.profile)
        (embedded_folders.ROOT / "var" / f"{self.profile}.lock").unlink()

    def _signal(self, number: signal.Signals) -> None:
        self.servers.started[0].send_signal(number)
        self.servers.started[0].wait()


def _start_here(command: list[str], **options: Any) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command, start_new_session=True, preexec_fn=stop_with_parent(signal.SIGINT), **options
    )
