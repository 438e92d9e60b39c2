"""A test database that is already migrated: the first one of a server is kept, and the next ones are copies of it.

Migrating takes half a minute, copying less than a second. A copy is of exactly these migrations: its name holds a
digest of them and of the code that turns them into the text of a schema. Nothing of a test is ever in it.
"""

import hashlib
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from tenants import provisioning, roles

PREFIX = "template_zitting_"
LOCK = 0x5A495454 + 1
"""Key of the advisory lock that lets one process at a time make or copy it, whichever database it tests on."""


def make_database(make: Callable[[], Any], *, fresh: bool) -> Any:
    """Do `make`, Django's `setup_databases`, with the template of these migrations; keep one if there is none.

    Parameters:
        fresh: the database is new; one that was used before has rows of other tests and becomes no template.
    """
    test = connection.settings_dict["TEST"]
    with _server() as server:
        template = _name()
        if _exists(server, template):
            test["TEMPLATE"] = template
            return make()
        made = make()
        if fresh and _name() == template:  # no migration was saved meanwhile
            provisioning.schema_sql()
            connections.close_all()
            _drop_older(server)
            server.execute(f'CREATE DATABASE "{template}" TEMPLATE "{connection.settings_dict["NAME"]}"')
        return made


@contextmanager
def _server() -> Iterator[Any]:
    """A cursor outside every test database, with the lock until the end."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield cursor


def _name() -> str:
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    digest = hashlib.sha256(django.__version__.encode())
    files = [inspect.getfile(type(migration)) for _key, migration in sorted(loader.disk_migrations.items())]
    for file in [*files, inspect.getfile(provisioning), inspect.getfile(roles), __file__]:
        digest.update(Path(file).read_bytes())
    digest.update(settings.RUNTIME_ROLE.encode())
    return PREFIX + digest.hexdigest()[:24]


def _exists(server: Any, name: str) -> bool:
    server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return server.fetchone() is not None


def _drop_older(server: Any) -> None:
    server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    for (name,) in server.fetchall():
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
