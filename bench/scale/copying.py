"""Give municipalities the rows of another one: filling them by the demo's story would take seconds each."""

from collections.abc import Iterable
from typing import Any, Final

from psycopg import sql

# The list of migrations is the schema's own. Keys and what they close hold for one municipality alone; without them
# a copy has no BSN, no IBAN and no authenticator's seed, which no page that is measured opens.
LEFT_OUT: Final = ("django_migrations", "elections_datakey", "elections_membersecret")

_COLUMNS: Final = """
SELECT c.table_name, array_agg(c.column_name::text ORDER BY c.ordinal_position)
FROM information_schema.columns c JOIN pg_tables t ON t.schemaname = c.table_schema AND t.tablename = c.table_name
WHERE c.table_schema = %s AND c.is_generated = 'NEVER' AND c.table_name <> ALL(%s)
GROUP BY c.table_name ORDER BY c.table_name
"""
_SEQUENCES: Final = (
    "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = %s AND last_value IS NOT NULL"
)
_EMPTY: Final = sql.SQL("DELETE FROM {target}")
_COPY: Final = sql.SQL(
    "INSERT INTO {target} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {source}"
)
_ANALYZE: Final = sql.SQL("ANALYZE {target}")


def copy_rows(source: str, targets: Iterable[str]) -> None:
    """Replace all rows of the schemas `targets` by those of `source`, and let the planner know them.

    The role must be a superuser: triggers and foreign keys are left out, since the source has passed them.
    """
    from django.db import connection, transaction  # slow import: needs the database's address

    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [source, list(LEFT_OUT)])
        columns = dict(cursor.fetchall())
        cursor.execute(_SEQUENCES, [source])
        sequences = cursor.fetchall()
        filled = [table for table in columns if _has_rows(cursor, source, table)]
        cursor.execute("SET session_replication_role = replica")
        try:
            for target in targets:
                with transaction.atomic():
                    _copy(cursor, source, target, columns, filled)
                    for name, value in sequences:
                        cursor.execute("SELECT setval(%s, %s)", [f'"{target}"."{name}"', value])
        finally:
            cursor.execute("SET session_replication_role = origin")


def _has_rows(cursor: Any, schema: str, table: str) -> bool:
    cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(schema, table)))
    return bool(cursor.fetchone()[0])


def _copy(cursor: Any, source: str, target: str, columns: dict[str, list[str]], filled: list[str]) -> None:
    """Bring one municipality the rows, in one message to the server."""
    parts: list[sql.Composed] = [_EMPTY.format(target=sql.Identifier(target, table)) for table in columns]
    for table in filled:
        names = {
            "target": sql.Identifier(target, table),
            "source": sql.Identifier(source, table),
            "columns": sql.SQL(", ").join(map(sql.Identifier, columns[table])),
        }
        parts += [_COPY.format(**names), _ANALYZE.format(**names)]
    cursor.execute(sql.SQL("; ").join(parts))
