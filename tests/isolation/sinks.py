"""Every place where a number could come out, each with a way to look into it.

`Sinks` listens while a test works: logs at DEBUG of all loggers, the log of the database server with every statement,
real Redis as cache and as broker. Its probes give bytes; `tests.isolation.canaries.leaks` looks into them.
"""

import contextlib
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import redis
from celery import current_app
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.utils.log import AdminEmailHandler
from django_tenants.utils import schema_context, tenant_context

from config.metrics import exposition
from elections.actions.platform_figures import keep_platform_figures
from tenants import provisioning
from tests.isolation.canaries import file_parts, mail_parts, response_parts

ADMIN = "beheer@zitting.example"


class Sinks:
    """What comes out while a test works. Use as a context manager, with real commits."""

    def __init__(self, municipalities: list[Any], folder: Path, django_settings: Any) -> None:
        self.municipalities = municipalities
        self.folder = folder
        self.settings = django_settings
        self.responses: list[Any] = []
        self.temporary = folder / "tmp"
        self.log_file = folder / "debug.log"
        self.redis_url = _redis_url()
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> "Sinks":
        self.settings.ADMINS = [("Beheer", ADMIN)]
        self.settings.METRICS_TOKEN, self.settings.REDIS_URL = "t" * 32, self.redis_url
        self.settings.CACHES = {
            "default": settings.CACHES["default"]
            | {"BACKEND": "tenants.cache_seal.SealedCache", "LOCATION": self.redis_url}
        }
        self._send_tasks_to_redis()
        self._use_own_temporary_folder()
        self._log_everything()
        self._let_server_log_everything()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._stack.close()

    # Where things come out -------------------------------------------------------------------------------------

    def probes(self) -> dict[str, Callable[[], Iterator[bytes]]]:
        """Name to probe, for all twelve sinks."""
        return {
            "pages": lambda: self._parts_of_responses("body"),
            "headers": lambda: self._parts_of_responses("headers"),
            "mail": lambda: self._mails(to_admin=False),
            "pdf": lambda: self._media(".pdf"),
            "sheets": lambda: self._parts_of_responses("file"),
            "logs": lambda: iter([self.log_file.read_bytes()]),
            "figures": self._figures,
            "error reports": lambda: self._mails(to_admin=True),
            "redis": self._redis_values,
            "database": self._database,
            "server": self._server,
            "disk": self._disk,
        }

    def _parts_of_responses(self, kind: str) -> Iterator[bytes]:
        for response in self.responses:
            for part, data in response_parts(response):
                if part == kind:
                    yield data

    def _mails(self, *, to_admin: bool) -> Iterator[bytes]:
        for message in mail.outbox:
            if (ADMIN in message.to) == to_admin:
                yield from mail_parts(message.message())

    def _media(self, suffix: str) -> Iterator[bytes]:
        for path in _files(Path(settings.MEDIA_ROOT)):
            if path.suffix == suffix:
                yield from file_parts(path.read_bytes())

    def _figures(self) -> Iterator[bytes]:
        """What Prometheus reads, counted anew."""
        with schema_context("public"):
            keep_platform_figures()
        yield exposition().content

    def _redis_values(self) -> Iterator[bytes]:
        """Names and values of all keys: cache entries, queues with their messages, results."""
        client = redis.Redis.from_url(self.redis_url)
        readers: dict[bytes, Callable[[bytes], Any]] = {
            b"string": client.get,
            b"list": lambda key: client.lrange(key, 0, -1),
            b"set": client.smembers,
            b"zset": lambda key: client.zrange(key, 0, -1),
            b"hash": client.hgetall,
        }
        for key in client.scan_iter():
            yield key
            # DUMP may be compressed; the values themselves are not.
            yield client.dump(key) or b""
            value = readers[client.type(key)](key)
            for each in value if isinstance(value, list | set) else [value]:
                yield from chain(*each.items()) if isinstance(each, dict) else [_decoded(each)]

    def _database(self) -> Iterator[bytes]:
        """All schemas as pg_dump writes them, and what sessions hold, messages to people included."""
        yield provisioning.dump_schema("public").encode()
        for municipality in self.municipalities:
            yield provisioning.dump_schema(municipality.schema_name).encode()
            with tenant_context(municipality):
                for session in Session.objects.all():
                    yield str(SessionStore().decode(session.session_data)).encode()

    def _server(self) -> Iterator[bytes]:
        """Statements with parameters in the server's own log, and what it says that connections are doing."""
        with _server_log().open("rb") as file:
            file.seek(self._server_log_start)
            yield file.read()
        with connection.cursor() as cursor:
            cursor.execute("SELECT query FROM pg_stat_activity WHERE datname = current_database()")
            yield from (row[0].encode() for row in cursor.fetchall())

    def _disk(self) -> Iterator[bytes]:
        for path in [*_files(Path(settings.MEDIA_ROOT)), *_files(self.temporary)]:
            yield str(path.relative_to(self.folder)).encode()
            yield path.read_bytes()

    # Listening ---------------------------------------------------------------------------------------------------

    def _send_tasks_to_redis(self) -> None:
        before = (current_app.conf.broker_url, current_app.conf.task_always_eager)
        self._stack.callback(lambda: _point_tasks(*before))
        _point_tasks(self.redis_url, False)
        redis.Redis.from_url(self.redis_url).flushdb()

    def _use_own_temporary_folder(self) -> None:
        self.temporary.mkdir()
        before = (tempfile.tempdir, os.environ.get("TMPDIR"))
        tempfile.tempdir = os.environ["TMPDIR"] = str(self.temporary)
        # Every upload goes through a file there, however small.
        self.settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

        def put_back() -> None:
            tempfile.tempdir = before[0]
            os.environ.pop("TMPDIR")
            if before[1]:
                os.environ["TMPDIR"] = before[1]

        self._stack.callback(put_back)

    def _log_everything(self) -> None:
        """Every logger at DEBUG, to a file; errors also as the HTML report that Django mails to its administrators."""
        to_file = logging.FileHandler(self.log_file)
        to_file.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s %(args)s"))
        to_admin = AdminEmailHandler(include_html=True)
        to_admin.setLevel(logging.ERROR)
        known = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
        for logger in [logging.root, *known]:
            self._stack.callback(logger.setLevel, logger.level)
            logger.setLevel(logging.DEBUG)
            if logger is logging.root or not logger.propagate:
                for handler in (to_file, to_admin):
                    logger.addHandler(handler)
                    self._stack.callback(logger.removeHandler, handler)
        self._stack.callback(to_file.close)
        self._stack.callback(setattr, connection, "force_debug_cursor", connection.force_debug_cursor)
        connection.force_debug_cursor = True

    def _let_server_log_everything(self) -> None:
        self._server_log_start = _server_log().stat().st_size
        with connection.cursor() as cursor:
            cursor.execute("SET log_statement = 'all'; SET log_parameter_max_length = -1")
            cursor.execute("SET log_min_duration_statement = 0; SET log_parameter_max_length_on_error = -1")
        self._stack.callback(_let_server_log_normally)


def _let_server_log_normally() -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET log_statement; RESET log_parameter_max_length")
        cursor.execute("RESET log_min_duration_statement; RESET log_parameter_max_length_on_error")


def _server_log() -> Path:
    return Path(settings.VAR_DIR) / "postgres.log"


def _redis_url() -> str:
    """A Redis database of this process alone: tests run side by side."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return f"{settings.REDIS_URL.rsplit('/', 1)[0]}/{1 + worker % 14}"


def _point_tasks(broker_url: str, eager: bool) -> None:
    current_app.conf.broker_url = broker_url
    current_app.conf.task_always_eager = eager
    current_app._after_fork()  # forget the connections to the other broker


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _decoded(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
