"""What the log of the platform may tell, as lines for people or as JSON for machines."""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

from django import db
from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import Error as DatabaseError
from pythonjsonlogger.json import JsonFormatter

from tenants.request_ids import request_id

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

# The paths that open something for whoever has them: an invitation works for weeks, a calendar until it is off, and an
# application shows what somebody told of themselves.
_KEYS = re.compile(r"(/(?:application|invitation|password/reset|calendar)/)[^/\s\"'?<]+")
_DIAGNOSIS: Final = ("sqlstate", "table_name", "column_name", "constraint_name")


def without_rows(text: str, error: BaseException | None) -> str:
    """The text without what the database said about the values of a row that it refused.

    Of its mistakes only the number and the names of table, column and constraint stay (OWASP ASVS 5.0 row 16.2.5).
    """
    for each in _with_causes(error):
        if not isinstance(each, (db.Error, DatabaseError)):
            continue
        diagnosis = getattr(each if isinstance(each, DatabaseError) else each.__cause__, "diag", None)
        known = [(name, getattr(diagnosis, name, None)) for name in _DIAGNOSIS]
        told = ", ".join(f"{name} {value}" for name, value in known if value) or type(each).__name__
        for said in filter(None, (repr(each), str(each))):
            text = text.replace(said, told)
    return text


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__]


class Discreet(logging.Filter):
    """Take out of a line what would let its reader in, and what a refused row held (rows 14.2.1, 16.2.5; BIO2 8.15.02).

    Django writes the path of a request that it refuses, and some paths are keys; Celery writes what a task raised.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Every line goes on, without keys and rows; `template` keeps the text into which values were filled."""
        text = record.getMessage()
        hidden = _KEYS.sub(r"\1•••", without_rows(text, record.exc_info[1] if record.exc_info else None))
        if hidden != text:
            record.template = record.msg
            record.msg, record.args = hidden, ()
        return True


class Origin(logging.Filter):
    """Tell of each line for which municipality it was written, and by which request or task."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every line goes on, with `municipality` and `request`; both empty where there is none."""
        schema = connection.schema_name if apps.models_ready else settings.PUBLIC_SCHEMA_NAME
        record.municipality = "" if schema == settings.PUBLIC_SCHEMA_NAME else schema
        record.request_id = request_id.get()
        return True


class Line(logging.Formatter):
    """A line for people."""

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - the name of logging
        """The traceback of a mistake and of those that caused it, without rows of the database."""
        return without_rows(super().formatException(ei), ei[1])


class Json(JsonFormatter):
    """One JSON object per line, in UTC, for a collector of logs."""

    def __init__(self) -> None:
        super().__init__(json_ensure_ascii=False)

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - the name of logging
        """The traceback of a mistake and of those that caused it, without rows of the database."""
        return without_rows(str(super().formatException(ei)), ei[1])

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """These fields only: what Django and Celery hang on a record holds whole requests and arguments of tasks."""
        log_data |= {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "municipality": getattr(record, "municipality", ""),
            "request_id": getattr(record, "request_id", ""),
            "message": record.message,
        }
        if "exc_info" in message_dict:
            log_data["exception"] = message_dict["exc_info"]
