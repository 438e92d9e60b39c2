"""Where a municipality lies while an older one comes back in its place: its schema under another name.

Its rows of the public schema are written on it, so that nothing else is needed to put it back.
"""

from django.db import connection, transaction
from django_tenants.utils import schema_exists
from psycopg import sql

from tenants.backup import rows
from tenants.locks import wait_briefly
from tenants.models import Municipality
from tenants.provisioning import drop_schema


def aside(schema_name: str) -> str:
    """The name of the schema while it lies aside."""
    return f"{schema_name}_aside"


def put_aside(municipality: Municipality) -> None:
    """Rename its schema, inside the caller's transaction. Raises OperationalError when somebody is at work there."""
    name = municipality.schema_name
    kept = rows.public_rows(municipality)
    wait_briefly()
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(aside(name)))
        )
        cursor.execute(
            sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(aside(name)), sql.Literal(kept))
        )


def put_back(schema_name: str) -> bool:
    """Put a schema back that lies aside, in place of what is there; False when there is none.

    Raises OperationalError when somebody is at work in what is there.
    """
    if not schema_exists(aside(schema_name)):
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        wait_briefly()
        cursor.execute("SELECT obj_description(%s::regnamespace, 'pg_namespace')", [aside(schema_name)])
        kept = cursor.fetchone()[0]
        drop_schema(schema_name)
        cursor.execute(
            sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(
                sql.Identifier(aside(schema_name)), sql.Identifier(schema_name)
            )
        )
        cursor.execute(sql.SQL("COMMENT ON SCHEMA {} IS NULL").format(sql.Identifier(schema_name)))
        rows.put_public_rows(kept)
    return True
