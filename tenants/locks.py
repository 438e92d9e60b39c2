"""The advisory locks of PostgreSQL for work on the platform itself: every key stands here, so that no two are the same.

What locks inside one municipality has a name in place of a number (elections.actions.lock, elections.data_keys).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection

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


@contextmanager
def try_lock(name: str) -> Iterator[bool]:
    """Whether no other connection works under this name; kept while the block runs, and no longer than the process.

    name: begins with the schema for what is of one municipality, because a name is one for the whole database.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
