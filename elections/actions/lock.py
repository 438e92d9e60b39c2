"""A lock for what has no row to lock: giving out numbers, or starting something that may run only once."""

from django.db import connection

from tenants.context import current_schema


def hold_lock(purpose: str) -> None:
    """Wait until nobody else in this municipality holds the lock for `purpose`; kept until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{current_schema()}:{purpose}"]
        )
