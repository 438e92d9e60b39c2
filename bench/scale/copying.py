"""Give municipalities the rows of another one: filling them by the demo's story would take seconds each."""

from collections.abc import Iterable
from typing import Final

# The list of migrations is the schema's own. Keys and what they close hold for one municipality alone; without them
# a copy has no BSN, no IBAN and no authenticator's seed, which no page that is measured opens.
LEFT_OUT: Final = ("django_migrations", "elections_datakey", "elections_membersecret")

_COLUMNS: Final = """
SELECT c.table_name, string_agg(quote_ident(c.column_name), ', ' ORDER BY c.ordinal_position)
FROM information_schema.columns c JOIN pg_tables t ON t.schemaname = c.table_schema AND t.tablename = c.table_name
WHERE c.table_schema = %s AND c.is_generated = 'NEVER' AND c.table_name <> ALL(%s)
GROUP BY c.table_name ORDER BY c.table_name
"""
_SEQUENCES: Final = (
    "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = %s AND last_value IS NOT NULL"
)


def copy_rows(source: str, targets: Iterable[str]) -> None:
    """Replace all rows of the schemas `targets` by those of `source`, and let the planner know them.

    The role must be a superuser: triggers and foreign keys are left out, since the source has passed them.
    """
    from django.db import connection  # slow import: Django may only load when the database has an address

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
                cursor.execute(_copy(source, target, columns, filled, sequences))
        finally:
            cursor.execute("SET session_replication_role = origin")


def _has_rows(cursor: object, schema: str, table: str) -> bool:
    cursor.execute(f'SELECT EXISTS (SELECT FROM "{schema}"."{table}")')  # type: ignore[attr-defined]
    return bool(cursor.fetchone()[0])  # type: ignore[attr-defined]


def _copy(
    source: str, target: str, columns: dict[str, str], filled: list[str], sequences: list[tuple[str, int]]
) -> str:
    """The statements for one municipality, as one text: they are one transaction."""
    return ";".join(
        [
            *(f'DELETE FROM "{target}"."{table}"' for table in columns),
            *(
                f'INSERT INTO "{target}"."{table}" ({columns[table]}) OVERRIDING SYSTEM VALUE '
                f'SELECT {columns[table]} FROM "{source}"."{table}"'
                for table in filled
            ),
            *(f'SELECT setval(\'"{target}"."{name}"\', {value})' for name, value in sequences),
            *(f'ANALYZE "{target}"."{table}"' for table in filled),
        ]
    )
