"""Helpers for tests of the log: filling it, and changing it behind the back of every guard."""

from django.db import connection

from elections import audit
from elections.models import AuditEvent

TABLES = ("elections_auditevent", "elections_auditseal", "elections_auditsealedrow")


def record_some(number: int = 3) -> list[AuditEvent]:
    """Events "Lid 0", "Lid 1", ... of the system itself."""
    return [
        audit.record("member.update", by=None, label=f"Lid {each}", fields=["email"])
        for each in range(number)
    ]


def as_superuser(sql: str, *parameters: object) -> None:
    """Change the log as only a superuser can: without triggers, and so without foreign keys."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET session_replication_role = origin")
