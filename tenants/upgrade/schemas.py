"""Which schemas of a database are behind this code, and which are ahead of it. Reads only."""

from dataclasses import dataclass, field
from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import get_public_schema_name, schema_context
from psycopg import sql

from tenants import locks, roles
from tenants.numbers import counted

Key = tuple[str, str]


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

    @property
    def lag(self) -> str:
        """How many are behind, for people."""
        verb = "is" if len(self.behind) == 1 else "are"
        return f"{len(self.behind)} of {counted(self.total, 'schema')} {verb} behind"


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
