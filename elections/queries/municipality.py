"""What a system administrator sees of all municipalities at once: state, size, members and the age of the tables."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django_tenants.utils import schema_context
from psycopg import sql

from elections.models import Member, User
from tenants.links import absolute_url
from tenants.models import Municipality
from tenants.storage import private_files
from tenants.upgrade import overview

BATCH: Final = 50
"""Schemas in one statement; each takes locks on three tables and their indexes."""


@dataclass(frozen=True)
class MunicipalityFacts:
    """One municipality from outside. Sizes in bytes; moments in UTC.

    tables: its newest migration. is_behind: this code has newer ones, or its schema is missing.
    last_login: of a member or a colleague; None for never.
    """

    code: str
    name: str
    status: str
    suspended_at: datetime | None
    delete_from: date | None
    address: str
    tables: str
    is_behind: bool
    members: int
    last_login: datetime | None
    schema_bytes: int
    file_bytes: int

    def as_json(self) -> dict[str, Any]:
        """The same with texts and numbers only; moments in ISO 8601."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
        }


def municipality_facts() -> list[MunicipalityFacts]:
    """All municipalities in the order of their codes, with one statement for each `BATCH` of them and one for sizes."""
    everybody = list(Municipality.objects.order_by("code").prefetch_related("domains"))
    view = overview()
    behind = {lag.schema_name for lag in view.behind} | set(view.without_tables)
    sizes = schema_sizes()
    readable = [each.schema_name for each in everybody if each.schema_name not in view.without_tables]
    counts = {row[0]: row[1:] for row in _counts(readable)}
    found = []
    for municipality in everybody:
        domain = next(each.domain for each in municipality.domains.all() if each.is_primary)
        municipality.primary_domain = domain
        members, last_login, tables = counts.get(municipality.schema_name, (0, None, None))
        found.append(
            MunicipalityFacts(
                code=municipality.code,
                name=municipality.display_name,
                status=municipality.status,
                suspended_at=municipality.suspended_at,
                delete_from=municipality.delete_from,
                address=absolute_url(municipality, "/"),
                tables=tables or "",
                is_behind=municipality.schema_name in behind,
                members=members,
                last_login=last_login,
                schema_bytes=sizes.get(municipality.schema_name, 0),
                file_bytes=_file_bytes(municipality.schema_name),
            )
        )
    return found


def schema_sizes() -> dict[str, int]:
    """Bytes of every schema with its indexes and large values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, sum(pg_total_relation_size(c.oid)) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' GROUP BY n.nspname"
        )
        return {name: int(size) for name, size in cursor.fetchall()}


def _counts(schema_names: Sequence[str]) -> Iterable[tuple[str, int, datetime | None, str | None]]:
    """Of each schema: members who are active, the last log-in, and the newest migration."""
    one = sql.SQL(
        "SELECT {name}, (SELECT count(*) FROM {member} WHERE is_active), (SELECT max(last_login) FROM {user}),"
        " (SELECT max(name) FROM {migrations} WHERE app = {app})"
    )
    with connection.cursor() as cursor:
        for start in range(0, len(schema_names), BATCH):
            parts = [
                one.format(
                    name=sql.Literal(name),
                    app=sql.Literal(Member._meta.app_label),
                    member=sql.Identifier(name, Member._meta.db_table),
                    user=sql.Identifier(name, User._meta.db_table),
                    migrations=sql.Identifier(name, "django_migrations"),
                )
                for name in schema_names[start : start + BATCH]
            ]
            cursor.execute(sql.SQL(" UNION ALL ").join(parts))
            yield from cursor.fetchall()


def _file_bytes(schema_name: str) -> int:
    with schema_context(schema_name):
        return sum(entry.size for entry in private_files.entries())
