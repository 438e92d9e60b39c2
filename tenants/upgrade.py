"""Bringing the tables of all municipalities to the newest migration, while the old and the new code both run.

`migrate_schemas` of django-tenants goes through every schema, also when there is nothing to do: two minutes and more
with 342 municipalities. Here one query tells who is behind, and only those are migrated, in processes of their own that
take the next schema from a list. One that fails is told at the end; the others go on, and the next run does the rest.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import get_public_schema_name, schema_context
from psycopg import sql

from tenants import locks, roles
from tenants.upgrade_workers import TRIES, Outcome, WorkerError, run

MOST_PROCESSES: Final = 4
"""As many as run without being asked: the database has pages to serve too."""

logger = logging.getLogger(__name__)
Key = tuple[str, str]
Tell = Callable[[Outcome, int, int], None]
Begin = Callable[["Overview"], None]


class UpgradeError(RuntimeError):
    """The upgrade cannot run; the message says what to do."""


@dataclass(frozen=True)
class Lag:
    """A schema that misses something.

    missing: names of migrations, such as elections.0028_something, in the order in which they will run.
    needs_rights: the runtime role may not read every table (after `pg_restore`, or after a run that was cut off), or
        has more rights than it should (after a version that gave more).
    """

    schema_name: str
    missing: tuple[str, ...]
    needs_rights: bool = False


@dataclass
class Overview:
    """Where the schemas of a database stand, seen from this code.

    total: how many schemas there are, the public one included. behind: public first, then by code.
    without_tables: municipalities whose schema is not there. ahead: schemas that had migrations of newer code.
    is_empty: nothing has been installed in this database yet.
    """

    total: int
    behind: list[Lag] = field(default_factory=list)
    without_tables: list[str] = field(default_factory=list)
    ahead: list[str] = field(default_factory=list)
    is_empty: bool = False


@dataclass
class Report:
    """What came of an upgrade: of each schema that was behind, and where all stand now."""

    outcomes: list[Outcome]
    after: Overview

    @property
    def failed(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.error]

    @property
    def is_complete(self) -> bool:
        return not self.failed and not self.after.behind


def overview() -> Overview:
    """Compare what ran in each schema with the migrations of this code, in one query over all their tables.

    Reads only. Works in an empty database too, where the public schema misses everything.
    """
    order = _in_order(_migrations())
    public = get_public_schema_name()
    with schema_context(public):
        with_tables, without_tables = _schemas()
        applied = _applied(with_tables)
        other_rights = roles.schemas_with_other_rights(with_tables)
    view = Overview(total=len(with_tables), without_tables=without_tables, is_empty=not applied)
    for schema_name in sorted(with_tables, key=lambda name: (name != public, name)):
        had = applied.get(schema_name, set())
        missing = tuple(f"{app}.{name}" for app, name in order if (app, name) not in had)
        if missing or schema_name in other_rights:
            view.behind.append(Lag(schema_name, missing, schema_name in other_rights))
        if _is_ahead(had):
            view.ahead.append(schema_name)
    return view


def can_serve() -> bool:
    """Whether this code may get requests, by two small queries of what all municipalities share.

    New code may not before its upgrade, nor while that is at work on the municipalities: public goes first. The code of
    a release before may, on tables that are newer than it knows. One municipality that is behind stops only itself.
    """
    public = get_public_schema_name()
    had = _applied([public]).get(public, set())
    if any(key not in had for key in _in_order(_migrations())):
        return False
    return _is_ahead(had) or not locks.is_held(locks.UPGRADE)


def upgrade(
    *, processes: int = 0, tries: int = TRIES, begin: Begin | None = None, tell: Tell | None = None
) -> Report:
    """Migrate every schema that is behind: public first, then the municipalities side by side, suspended ones too.

    Can be stopped and run again at any moment: each migration is one transaction and is written down in it.

    Parameters:
        processes: how many schemas are migrated at the same time; 0 for `default_processes`.
        tries: how often a schema is tried while somebody else holds a lock that it needs.
        begin: called with where all stand, before anything is done.
        tell: called after each schema with its outcome, how many are done and how many there are.

    Raises:
        UpgradeError: when another upgrade runs on this database, when the public schema cannot be migrated, or when
            no process can be started.
    """
    outcomes: list[Outcome] = []
    with _only_one():
        view = overview()
        if begin:
            begin(view)
        waiting = [lag.schema_name for lag in view.behind]
        total = len(waiting)

        def note(outcome: Outcome) -> None:
            outcomes.append(outcome)
            if outcome.error:
                logger.error("upgrade of %s failed: %s", outcome.schema_name, outcome.error)
            if tell:
                tell(outcome, len(outcomes), total)

        try:
            if waiting[:1] == [get_public_schema_name()]:
                run([waiting.pop(0)], 1, tries, note)
                if outcomes[0].error:
                    raise UpgradeError(
                        f"No municipality was touched, because the public schema failed: {outcomes[0].error}"
                    )
            run(waiting, processes or default_processes(), tries, note)
        except WorkerError as error:
            raise UpgradeError(str(error)) from error
        return Report(outcomes, overview())


def default_processes() -> int:
    """As many as this process may use cores, MOST_PROCESSES at most."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(MOST_PROCESSES, cores)


@cache
def _migrations() -> MigrationLoader:
    """Those of this code, which do not change while it runs; no database is asked."""
    return MigrationLoader(None)


def _in_order(loader: MigrationLoader) -> list[Key]:
    """Every migration of this code, in the order in which Django runs them in an empty schema."""
    order: dict[Key, None] = {}
    for leaf in loader.graph.leaf_nodes():
        order.update(dict.fromkeys(loader.graph.forwards_plan(leaf)))
    return list(order)


def _is_ahead(had: set[Key]) -> bool:
    """Whether a schema with these migrations has had one that is newer than this code."""
    newest: dict[str, str] = {}
    for app, name in _migrations().disk_migrations:
        newest[app] = max(name, newest.get(app, name))
    return any(app in newest and name > newest[app] for app, name in had)


def _schemas() -> tuple[list[str], list[str]]:
    """The schemas that can be migrated, public among them, and those of municipalities that have no tables.

    Asks for no more than the name: the table of municipalities may itself be behind.
    """
    public = get_public_schema_name()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NULL", [f"{public}.tenants_municipality"])
        if cursor.fetchone()[0]:
            return [public], []
        cursor.execute(
            "SELECT schema_name, to_regclass(format('%I.django_migrations', schema_name)) IS NOT NULL"
            " FROM tenants_municipality ORDER BY schema_name"
        )
        found = cursor.fetchall()
    with_tables = [name for name, has_tables in found if has_tables]
    return [public, *with_tables], [name for name, has_tables in found if not has_tables]


def _applied(schema_names: list[str]) -> dict[str, set[Key]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NULL", [f"{get_public_schema_name()}.django_migrations"])
        if cursor.fetchone()[0]:
            return {}
        parts = [
            sql.SQL("SELECT {}, app, name FROM {}").format(
                sql.Literal(name), sql.Identifier(name, "django_migrations")
            )
            for name in schema_names
        ]
        cursor.execute(sql.SQL(" UNION ALL ").join(parts))
        applied: dict[str, set[Key]] = {}
        for schema_name, app, name in cursor.fetchall():
            applied.setdefault(schema_name, set()).add((app, name))
    return applied


@contextmanager
def _only_one() -> Iterator[None]:
    with locks.own_lock(locks.UPGRADE, wait=False) as is_ours:
        if not is_ours:
            raise UpgradeError(
                "Another upgrade is running on this database. Wait until it has ended; this one changed nothing."
            )
        yield
