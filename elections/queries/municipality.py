"""What a system administrator sees of all municipalities at once: state, size, members and the age of the tables."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from psycopg import sql

from elections.enums import MailKind, StaffRole
from elections.models import Invitation, Member, OutboxMail, User
from tenants.backup.schema import unsettled_schemas
from tenants.links import absolute_url
from tenants.models import FormerMunicipality, Municipality
from tenants.storage import private_files
from tenants.upgrade.schemas import Overview, overview

HALF_DELETED: Final = "half deleted"
HALF_RESTORED: Final = "half restored"
NO_TABLES: Final = "no tables"
REMEDIES: Final = {
    HALF_DELETED: "unless that is at work now, `manage.py municipality delete {code}` finishes it.",
    HALF_RESTORED: "unless that is at work now, give the same `manage.py backup restore` again.",
    NO_TABLES: "its schema is gone: docs/operations.md, “What is not in order”.",
}
"""What to do about each trouble."""

BATCH: Final = 50
"""Schemas in one statement; each takes locks on three tables and their indexes."""


@dataclass(frozen=True)
class MunicipalityFacts:
    """One municipality from outside. Sizes in bytes; moments in UTC.

    trouble: empty, or a key of `REMEDIES`. tables: its newest migration. is_behind: this code has newer ones.
    last_login: of a member or a colleague; None for never.
    """

    code: str
    name: str
    status: str
    trouble: str
    suspended_at: datetime | None
    delete_from: date | None
    address: str
    tables: str
    is_behind: bool
    members: int
    last_login: datetime | None
    schema_bytes: int

    @property
    def remedy(self) -> str:
        """What to do about its trouble; empty without one."""
        return remedy_of(self.trouble, self.code)

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
    behind = {lag.schema_name for lag in view.behind}
    troubled = troubles(view)
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
                trouble=troubled.get(municipality.code, ""),
                suspended_at=municipality.suspended_at,
                delete_from=municipality.delete_from,
                address=absolute_url(municipality, "/"),
                tables=tables or "",
                is_behind=municipality.schema_name in behind,
                members=members,
                last_login=last_login,
                schema_bytes=sizes.get(municipality.schema_name, 0),
            )
        )
    return found


def remedy_of(trouble: str, code: str) -> str:
    """What to do about a trouble of the municipality with this code; empty without one."""
    return REMEDIES[trouble].format(code=code) if trouble else ""


def troubles(view: Overview) -> dict[str, str]:
    """The municipalities that somebody must do something about, by code, each with a key of `REMEDIES`.

    One that is being restored or deleted right now is among them: nobody can tell before the command has ended.

    view: of `tenants.upgrade.schemas.overview`.
    """
    found = {name.upper(): NO_TABLES for name in view.without_tables}
    found |= {name.upper(): HALF_RESTORED for name in unsettled_schemas()}
    unfinished = FormerMunicipality.objects.filter(deleted_at=None).values_list("code", flat=True)
    return found | dict.fromkeys(unfinished, HALF_DELETED)


def administrator_invitations() -> list[OutboxMail]:
    """The mails with invitations of administrators that were not accepted and still work, oldest first."""
    open_ones = Invitation.objects.open().filter(user__role=StaffRole.ADMINISTRATOR).values("uuid")
    mails = OutboxMail.objects.filter(kind=MailKind.STAFF_INVITATION, reference__in=open_ones)
    return list(mails.order_by("created_at"))


def file_bytes() -> int:
    """Bytes of every file of the municipality at work, which is a walk through its folder or bucket.

    Raises OSError when that cannot be read.
    """
    return sum(entry.size for entry in private_files.entries())


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
