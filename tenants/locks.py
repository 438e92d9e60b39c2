"""The advisory locks of PostgreSQL for work on the platform itself: every key stands here, so that no two are the same.

What locks inside one municipality has the name of its purpose in place of a number (`hold_lock`, `try_lock`); the
schema goes before it, because a lock is one for the whole database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection

from tenants.context import current_schema

TEMPLATE: Final = 0x5A495454
"""One process at a time makes the empty schema."""
KEY_SHARE: Final = 0x5A495456
"""One transaction at a time hands out the number of a share of the master key."""
SCHEMA: Final = 0x5A495457
"""With the name of a schema: who migrates it. A process that lost its upgrade may still be at work there."""
UPGRADE: Final = 0x5A495458
"""One upgrade at a time runs on a database."""
RESTORE: Final = 0x5A49545B
"""With the code of a municipality: one backup or restore of it at a time."""
DRILL: Final = 0x5A49545C
"""Every drill shares it, so that none throws away what another is working in."""
LOCK_TIMEOUT: Final = "10s"


def wait_briefly() -> None:
    """In the transaction at work: wait no longer than `LOCK_TIMEOUT` for whoever is at work in a table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])


@contextmanager
def own_lock(key: int, name: str = "", *, wait: bool = True) -> Iterator[bool]:
    """Hold a lock on a connection of its own: migrating closes the ordinary one, which would let go of it.

    It ends with this process, whatever becomes of that.

    Parameters:
        name: what the lock is of, for a key that is used with names.
        wait: until whoever has it lets go; otherwise the block gets False when somebody has it.
    """
    function = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    what = "(%s, hashtext(%s))" if name else "(%s)"
    with connection.wrap_database_errors:
        own: Any = connection.get_new_connection(connection.get_connection_params())
    try:
        own.autocommit = True
        (answer,) = own.execute(f"SELECT {function}{what}", (key, name) if name else (key,)).fetchone()
        yield wait or answer
    finally:
        own.close()


def is_held(key: int) -> bool:
    """Whether somebody has the nameless lock of `key` on this database now; asking is in nobody's way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted"
            " AND (l.classid, l.objid, l.objsubid) = (0, %s, 1))",
            [key],
        )
        return bool(cursor.fetchone()[0])


def hold_lock(purpose: str, *, shared: bool = False) -> None:
    """Wait until nobody else in this municipality holds the lock for `purpose`; kept until the transaction ends.

    shared: next to any number of others who share it; then only who holds it alone is waited for.
    """
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [_name(purpose)])


@contextmanager
def try_lock(purpose: str) -> Iterator[bool]:
    """Whether no other connection works for `purpose` in this municipality; kept while the block runs, and no longer
    than the process."""
    name = _name(purpose)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def _name(purpose: str) -> str:
    return f"{current_schema()}:{purpose}"
