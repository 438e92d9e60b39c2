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

READ_ONLY: Final = ("django_migrations",)
_EVERYTHING: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")


def grant(schema_name: str, role: str | None = None) -> None:
    """Give the runtime role exactly what it needs in a schema, and take away what it had besides.

    SELECT, INSERT, UPDATE and DELETE on tables; SELECT and INSERT on those of the log (APPEND_ONLY_TABLES); SELECT
    on the list of migrations; USAGE of sequences; EXECUTE of the functions that may touch the log (OWNER_FUNCTIONS),
    which nobody else may call.

    role: default the user of DATABASE_URL, when DATABASE_OWNER_URL is another one.
    """
    role = settings.RUNTIME_ROLE if role is None else role
    if not role:
        return
    names = {"schema": sql.Identifier(schema_name), "role": sql.Identifier(role)}
    with transaction.atomic(), connection.cursor() as cursor:
        for text in (
            "REVOKE ALL ON SCHEMA {schema} FROM {role}",
            "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}",
            "REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {role}",
            "GRANT USAGE ON SCHEMA {schema} TO {role}",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        ):
            cursor.execute(sql.SQL(text).format(**names))
        for table in _tables(cursor, schema_name):
            cursor.execute(
                sql.SQL("GRANT {rights} ON {schema}.{table} TO {role}").format(
                    rights=sql.SQL(", ").join(sql.SQL(right) for right in _rights(table)),
                    table=sql.Identifier(table),
                    **names,
                )
            )
        for function in _functions(cursor, schema_name):
            for text in ("REVOKE ALL ON FUNCTION {} FROM PUBLIC", "GRANT EXECUTE ON FUNCTION {} TO {}"):
                cursor.execute(sql.SQL(text).format(sql.SQL(function), sql.Identifier(role)))


def grant_after_migration(*, schema_name: str, **_kwargs: Any) -> None:
    """Receiver of django-tenants' `schema_migrated`: tables that a migration made get their rights."""
    grant(schema_name)


def _rights(table: str) -> tuple[str, ...]:
    if table in READ_ONLY:
        return ("SELECT",)
    return ("SELECT", "INSERT") if table in settings.APPEND_ONLY_TABLES else _EVERYTHING


def _tables(cursor: Any, schema_name: str) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", [schema_name])
    return [name for (name,) in cursor.fetchall()]


def _functions(cursor: Any, schema_name: str) -> list[str]:
    """The functions of the owner, each as `schema.name(types)`."""
    cursor.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = %s AND p.prosecdef AND p.proname = ANY(%s)",
        [schema_name, list(settings.OWNER_FUNCTIONS)],
    )
    return [name for (name,) in cursor.fetchall()]
