"""Where a drill works: a database and a folder of its own, with the code of the municipality in their name.

A drill that is killed leaves them, with names and addresses in them. The next drill of this platform throws them away,
and `municipality traces` names them.
"""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db import connection
from psycopg import sql

from tenants import locks
from tenants.backup.file import BackupError

DRILLS: Final = "zitting_drill_"
"""How the name of each begins."""
_FOUND: Final = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY datname"


@dataclass(frozen=True)
class DrillPlace:
    """A database on our server that is empty, and a folder in TMPDIR that is."""

    database: str
    folder: Path


@contextmanager
def drill_place(code: str) -> Iterator[DrillPlace]:
    """A place for a drill of one municipality, which is gone after the block; first what killed drills left goes.

    Raises BackupError when no database can be made.
    """
    prefix = _prefix()
    own: Any = connection.get_new_connection(connection.get_connection_params())
    try:
        own.autocommit = True
        _throw_away_leftovers(own, prefix)
        name = f"{prefix}{code.lower()}_{secrets.token_hex(6)}"
        place = DrillPlace(name, Path(tempfile.gettempdir()) / name)
        try:
            own.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.Error as problem:
            raise BackupError(
                f"No database can be made for the drill ({problem}): the owner of the database needs CREATEDB."
            ) from problem
        try:
            place.folder.mkdir(mode=0o700)
            yield place
        finally:
            shutil.rmtree(place.folder, ignore_errors=True)
            _drop(own, name)
    finally:
        own.close()


def drill_traces(code: str) -> list[str]:
    """What drills of one municipality have or left on this server of the database, and in TMPDIR of this machine."""
    prefix = f"{_prefix()}{code.lower()}_"
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, [prefix])
        databases = [f"database {name} of a drill" for (name,) in cursor.fetchall()]
    return databases + [f"folder {path} of a drill" for path in _folders(prefix)]


def _prefix() -> str:
    """With the number of our database: another platform on the same server has drills of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        return f"{DRILLS}{cursor.fetchone()[0]}_"


def _throw_away_leftovers(own: Any, prefix: str) -> None:
    """Unless another drill is at work, which what looks like a leftover may belong to."""
    if own.execute("SELECT pg_try_advisory_lock(%s)", (locks.DRILL,)).fetchone()[0]:
        for (name,) in own.execute(_FOUND, (prefix,)).fetchall():
            _drop(own, name)
        for path in _folders(prefix):
            shutil.rmtree(path, ignore_errors=True)
        own.execute("SELECT pg_advisory_lock_shared(%s)", (locks.DRILL,))
        own.execute("SELECT pg_advisory_unlock(%s)", (locks.DRILL,))
    else:
        own.execute("SELECT pg_advisory_lock_shared(%s)", (locks.DRILL,))


def _folders(prefix: str) -> list[Path]:
    return sorted(Path(tempfile.gettempdir()).glob(f"{prefix}*"))


def _drop(own: Any, name: str) -> None:
    own.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
