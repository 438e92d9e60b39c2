"""Two roles of the database: the owner makes and changes tables, the runtime role only works in them.

Web servers and workers connect as the runtime role (DATABASE_URL). Whoever takes one over can read and write what
the product can, but cannot change the log, drop a table or switch a trigger off. Commands that change schemas
connect as the owner (DATABASE_OWNER_URL; manage.py says which commands). Where there is no owner's address the two
are one role, and nothing is granted.
"""

from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

# What commands of the owner run or act upon: SQL in the text that new municipalities are made from, or shares of others
# in the note of a deletion, would have the owner do the work of whoever takes over a web server.
READ_ONLY: Final = ("django_migrations", "tenants_schemadump", "tenants_formermunicipality", "tenants_domain")
# Likewise of a municipality: who it is, which share of the master key file goes when it leaves, and whether and since
# when it is closed, which is what a restore and a deletion wait for. When it was backed up, and since when
# it is here while it never was, is for who looks after it.
FIXED_COLUMNS: Final = {
    "tenants_municipality": (
        *("id", "code", "schema_name", "key_share"),
        *("status", "suspended_at", "delete_from", "backed_up_at", "created_at"),
    )
}
_EVERYTHING: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
# Only what was given to the role itself is too much here: that is what `grant` takes away.
_OTHER_RIGHTS: Final = """
    WITH runtime AS (SELECT oid FROM pg_roles WHERE rolname = %(role)s)
    SELECT DISTINCT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname = ANY(%(schemas)s) AND (
        NOT has_table_privilege(%(role)s, c.oid, 'SELECT')
        OR c.relname = ANY(%(kept)s) AND EXISTS (
            SELECT FROM aclexplode(c.relacl) given JOIN runtime ON runtime.oid = given.grantee
            WHERE given.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')
                OR given.privilege_type = 'INSERT' AND c.relname = ANY(%(read)s))
        OR c.relname = ANY(%(read)s) AND EXISTS (
            SELECT FROM pg_attribute a, aclexplode(a.attacl) given JOIN runtime ON runtime.oid = given.grantee
            WHERE a.attrelid = c.oid AND given.privilege_type = 'UPDATE'
                AND c.relname || '.' || a.attname = ANY(%(fixed)s)))
"""


def grant(schema_name: str, role: str | None = None) -> None:
    """Give the runtime role exactly what it needs in a schema, and take away what it had besides.

    SELECT, INSERT, UPDATE and DELETE on tables; SELECT and INSERT on those of the log (APPEND_ONLY_TABLES); SELECT
    on READ_ONLY; SELECT, and UPDATE of other columns, where there are FIXED_COLUMNS; USAGE of sequences; EXECUTE of
    the functions that may touch the log (OWNER_FUNCTIONS), which nobody else may call.

    role: default the user of DATABASE_URL, when DATABASE_OWNER_URL is another one.
    """
    role = settings.RUNTIME_ROLE if role is None else role
    if not role:
        return
    names = {"schema": sql.Identifier(schema_name), "role": sql.Identifier(role)}
    with transaction.atomic(), connection.cursor() as cursor:
        for text in (
            # Given to everybody in a database that PostgreSQL 14 or older made.
            "REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",
            "REVOKE ALL ON SCHEMA {schema} FROM {role}",
            "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}",
            "REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {role}",
            "GRANT USAGE ON SCHEMA {schema} TO {role}",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        ):
            cursor.execute(sql.SQL(text).format(**names))
        for rights, tables in _tables_by_rights(cursor, schema_name).items():
            cursor.execute(
                sql.SQL("GRANT {rights} ON {tables} TO {role}").format(
                    rights=sql.SQL(", ").join(sql.SQL(right) for right in rights),
                    tables=sql.SQL(", ").join(sql.Identifier(schema_name, table) for table in tables),
                    **names,
                )
            )
        for table, columns in _free_columns(cursor, schema_name).items():
            cursor.execute(
                sql.SQL("GRANT UPDATE ({columns}) ON {table} TO {role}").format(
                    columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
                    table=sql.Identifier(schema_name, table),
                    **names,
                )
            )
        for function in _functions(cursor, schema_name):
            for text in ("REVOKE ALL ON FUNCTION {} FROM PUBLIC", "GRANT EXECUTE ON FUNCTION {} TO {}"):
                cursor.execute(sql.SQL(text).format(sql.SQL(function), sql.Identifier(role)))


def schemas_with_other_rights(schema_names: list[str], role: str | None = None) -> set[str]:
    """Those of these schemas that have a table which the runtime role may not read, or has more rights in than `grant`
    gives, as of a version before.

    role: as for `grant`.
    """
    role = settings.RUNTIME_ROLE if role is None else role
    if not role:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            _OTHER_RIGHTS,
            {
                "schemas": schema_names,
                "role": role,
                "kept": [*READ_ONLY, *FIXED_COLUMNS, *settings.APPEND_ONLY_TABLES],
                "read": [*READ_ONLY, *FIXED_COLUMNS],
                "fixed": [
                    f"{table}.{column}" for table, columns in FIXED_COLUMNS.items() for column in columns
                ],
            },
        )
        return {name for (name,) in cursor.fetchall()}


def grant_after_migration(*, schema_name: str, **_kwargs: Any) -> None:
    """Receiver of django-tenants' `schema_migrated`: tables that a migration made get their rights."""
    grant(schema_name)


def _rights(table: str) -> tuple[str, ...]:
    if table in READ_ONLY or table in FIXED_COLUMNS:
        return ("SELECT",)
    return ("SELECT", "INSERT") if table in settings.APPEND_ONLY_TABLES else _EVERYTHING


def _tables_by_rights(cursor: Any, schema_name: str) -> dict[tuple[str, ...], list[str]]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", [schema_name])
    tables: dict[tuple[str, ...], list[str]] = {}
    for (table,) in cursor.fetchall():
        tables.setdefault(_rights(table), []).append(table)
    return tables


def _free_columns(cursor: Any, schema_name: str) -> dict[str, list[str]]:
    """The columns of the tables in FIXED_COLUMNS that may change."""
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = %s AND table_name = ANY(%s) ORDER BY ordinal_position",
        [schema_name, list(FIXED_COLUMNS)],
    )
    found: dict[str, list[str]] = {}
    for table, column in cursor.fetchall():
        if column not in FIXED_COLUMNS[table]:
            found.setdefault(table, []).append(column)
    return found


def _functions(cursor: Any, schema_name: str) -> list[str]:
    """The functions of the owner, each as `schema.name(types)`."""
    cursor.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = %s AND p.prosecdef AND p.proname = ANY(%s)",
        [schema_name, list(settings.OWNER_FUNCTIONS)],
    )
    return [name for (name,) in cursor.fetchall()]
