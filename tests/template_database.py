"""A test database that is already migrated: the first one of a server is kept, and the next ones are copies of it.

Migrating takes half a minute, copying less than a second. A copy is of exactly these migrations and municipalities:
its name holds a digest of them and of the code that turns them into schemas. Nothing of a test is ever in it.
"""

import hashlib
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.migrations.loader import MigrationLoader

from tenants import models, provisioning, roles
from tests import factories

PREFIX = "template_zitting_"
LOCK = 0x5A495454 + 1
"""Key of the advisory lock that lets one process at a time make or copy it, whichever database it tests on."""


def make_database(make: Callable[[], Any], fill: Callable[[], None], *, fresh: bool) -> Any:
    """Do `make`, Django's `setup_databases`, and `fill`, or copy what they made before; the outcome of `make`.

    Parameters:
        fresh: the database is new; one that was used before has rows of other tests and becomes no template.
    """
    with _server() as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        template = _name()
        is_there = _exists(server, template)
        test = connection.settings_dict["TEST"]
        test["TEMPLATE"] = template if is_there else None
        made = make()
        if not (fresh and is_there):
            fill()
        if fresh and not is_there and _name() == template:  # no migration was saved meanwhile
            connections.close_all()
            _drop_older(server)
            _copy(server, template, connection.settings_dict["NAME"])
            test["TEMPLATE"] = template
        return made


def renew_database() -> bool:
    """Put a new copy of the template in the place of the database, whoever is still connected with it.

    False, and nothing is done, when there is no template: a run with newer migrations puts its own in place.
    """
    connections.close_all()
    name, template = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["TEMPLATE"]
    if not template:
        return False
    fresh = f"{name}_fresh"
    with _server() as server:
        try:
            _drop(server, fresh)
            _copy(server, fresh, template)
        except DatabaseError:
            return False
        _drop(server, name)
        server.execute(f'ALTER DATABASE "{fresh}" RENAME TO "{name}"')
    return True


@contextmanager
def _server() -> Iterator[Any]:
    """A cursor outside every test database."""
    with connection._nodb_cursor() as cursor:
        yield cursor


def _name() -> str:
    """The name of the template of these migrations, municipalities and code."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    digest = hashlib.sha256(django.__version__.encode())
    files = [inspect.getfile(type(migration)) for _key, migration in sorted(loader.disk_migrations.items())]
    filling = Path(__file__).with_name("conftest.py")
    modules = [inspect.getfile(module) for module in (provisioning, roles, models)]
    for file in [*files, *modules, __file__, filling]:
        # With its name: a migration that was renumbered is another one to Django.
        digest.update(Path(file).name.encode() + Path(file).read_bytes())
    digest.update(repr([settings.RUNTIME_ROLE, factories.JUINEN, factories.ZONNEILAND]).encode())
    return PREFIX + digest.hexdigest()[:24]


def _exists(server: Any, name: str) -> bool:
    server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return server.fetchone() is not None


def _drop_older(server: Any) -> None:
    server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    for (name,) in server.fetchall():
        _drop(server, name)


def _drop(server: Any, name: str) -> None:
    server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _copy(server: Any, name: str, template: str) -> None:
    server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
