"""The processes of an upgrade: each starts Django once, and migrates one schema after another that it is given.

They are processes of their own, not copies of this one: a connection to the database does not survive being copied, and
neither does one process take the others along when it dies. Names of schemas go in by standard input, a line of JSON
comes out for each. A process whose input ends finishes the schema at hand and stops.
"""

import json
import random
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import IO, Final

from django.conf import settings
from django.db import DatabaseError, connection
from psycopg import errors

from tenants import locks
from tenants.database_problems import sentence_of
from tenants.upgrade.migrating import Migrator

TRIES: Final = 8
"""How often a schema is tried while a lock is in the way: with the pauses in between three quarters of a minute."""
LOCK_SECONDS: Final = 2
"""How long a statement waits for a lock. Everybody who comes after it for that table waits as long, pages included."""
LONGEST_PAUSE: Final = 8.0
WAIT_FOR: Final = (errors.LockNotAvailable, errors.DeadlockDetected)


class WorkerError(RuntimeError):
    """A process ended before it could begin; what it said is on standard error."""


@dataclass(frozen=True)
class Outcome:
    """What came of one schema. error: empty when it is at the newest migration. tries: above 1 when it had to wait."""

    schema_name: str
    seconds: float
    error: str = ""
    tries: int = 1


class _Worker:
    """One process, seen from the upgrade. schema_name: what it has in hand, empty before the first."""

    def __init__(self, tries: int) -> None:
        self.schema_name = ""
        self.is_ready = False
        self.since = 0.0
        self.process = subprocess.Popen(
            [
                sys.executable,
                str(settings.BASE_DIR / "manage.py"),
                "upgrade",
                "--worker",
                "--tries",
                str(tries),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdin  # noqa: S101 - for the type: it is a pipe
        assert self.process.stdout  # noqa: S101 - as above
        self.orders, self.answers = self.process.stdin, self.process.stdout

    def give(self, schema_name: str) -> None:
        """Let it migrate a schema. If it is dead, its answers end, which is noticed there."""
        self.schema_name, self.since = schema_name, time.monotonic()
        with suppress(BrokenPipeError):
            self.orders.write(f"{schema_name}\n")
            self.orders.flush()

    def stop(self) -> int:
        """Let it finish what it has in hand; the exit code."""
        with suppress(BrokenPipeError):
            self.orders.close()
        self.answers.close()
        return self.process.wait()

    def died(self) -> Outcome:
        """The outcome of the schema that it had in hand."""
        error = f"the process ended with {self.stop()} in the middle of it."
        return Outcome(self.schema_name, time.monotonic() - self.since, error)


def run(schema_names: Sequence[str], processes: int, tries: int, note: Callable[[Outcome], None]) -> None:
    """Migrate schemas in so many processes, and `note` the outcome of each as it comes.

    Raises:
        WorkerError: when a process ends before it was ready.
    """
    waiting = deque(schema_names)
    with selectors.DefaultSelector() as selector:

        def start() -> None:
            worker = _Worker(tries)
            selector.register(worker.answers, selectors.EVENT_READ, worker)

        def end(worker: _Worker) -> None:
            selector.unregister(worker.answers)

        try:
            for _ in range(min(processes, len(waiting))):
                start()
            while selector.get_map():
                for key, _events in selector.select():
                    worker: _Worker = key.data
                    line = worker.answers.readline()
                    if not line:
                        end(worker)
                        if not worker.is_ready:
                            raise WorkerError(f"A process could not start: it ended with {worker.stop()}.")
                        note(worker.died())
                        if waiting:
                            start()
                        continue
                    if worker.is_ready:
                        note(Outcome(**json.loads(line)))
                    worker.is_ready = True
                    if waiting:
                        worker.give(waiting.popleft())
                    else:
                        end(worker)
                        worker.stop()
        finally:
            for key in list(selector.get_map().values()):
                key.data.stop()


# --- In the process itself ------------------------------------------------------------------------------------


def work(orders: IO[str], answers: IO[str], tries: int) -> None:
    """Migrate the schemas whose names come in, until there are no more. A stop by the keyboard is for the upgrade:
    what is in hand is finished first.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    migrator = Migrator()
    with suppress(BrokenPipeError):  # the upgrade is gone: so is who wants to know
        print(json.dumps({"ready": True}), file=answers, flush=True)
        for line in orders:
            print(json.dumps(asdict(migrate(migrator, line.strip(), tries))), file=answers, flush=True)


def migrate(migrator: Migrator, schema_name: str, tries: int) -> Outcome:
    """Bring one schema to the newest migration, patiently where a lock is in the way; errors are in the outcome."""
    begin = time.monotonic()
    for number in range(1, tries + 1):
        error = _try(migrator, schema_name)
        if not isinstance(getattr(error, "__cause__", None), WAIT_FOR):
            break
        if number < tries:
            time.sleep(min(LONGEST_PAUSE, 2.0 ** (number - 2)) * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
    text = f"{migrator.at}: {_one_line(error)}" if error else ""
    return Outcome(schema_name, time.monotonic() - begin, text, number)


def _try(migrator: Migrator, schema_name: str) -> Exception | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
            cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [locks.SCHEMA, schema_name])
        migrator.migrate(schema_name)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [locks.SCHEMA, schema_name])
    except Exception as error:  # noqa: BLE001 - a migration may raise anything, and the other schemas go on
        connection.close()  # lets go of the lock, and of a transaction that is in doubt
        return error
    return None


def _one_line(error: Exception) -> str:
    """The first line of an error: those of PostgreSQL go on with the row that was wrong, which is of somebody."""
    if isinstance(error, DatabaseError) and isinstance(error.__cause__, errors.InsufficientPrivilege):
        return sentence_of(error)
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
