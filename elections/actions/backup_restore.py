"""Bringing a municipality back from a backup. Platform work: `manage.py backup restore`.

    open the file and check all of it → old schema aside, new one made and filled (one transaction) → upgrade →
    settle what must not happen twice → look whether everything can be read → old schema gone, pages open

Nobody gets in before the last step: the municipality is closed from the second step on. Until then the old one lies
aside, in the schema `<name>_aside`, with its rows of the public schema; whatever fails puts it back. A process that is
killed leaves it there, and the next restore of this municipality begins with putting it back.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django_tenants.utils import get_public_schema_name, schema_context, schema_exists, tenant_context
from psycopg import sql

from elections.actions import backup as backups
from elections.actions.backup_settle import Settled, look_through, settle
from elections.models import AuditEvent
from tenants import locks, roles
from tenants.backup import rows, schema
from tenants.backup.file import BackupError, BackupFile, Hashed, open_backup
from tenants.middleware import HOST_SECONDS
from tenants.migrating import Migrator
from tenants.models import Municipality
from tenants.storage import private_files

ASIDE: Final = "_aside"
_BLOCK: Final = 1024 * 1024

Tell = Callable[[str], None]


@dataclass
class Restored:
    """What a restore did; `undone` counts by action what the replaced municipality had in its log since the backup."""

    code: str
    made_at: str
    seconds: float = 0
    rows: int = 0
    files: int = 0
    migrations: int = 0
    log_events: int = 0
    values: int = 0
    warnings: list[str] = field(default_factory=list)
    settled: Settled = field(default_factory=Settled)
    undone: dict[str, int] = field(default_factory=dict)
    erased: list[str] = field(default_factory=list)
    state: str = ""

    def facts(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return asdict(self)


def restore_backup(
    path: Path,
    *,
    identities: Sequence[str] = (),
    replace: bool = False,
    although_deleted: bool = False,
    tell: Tell = lambda _line: None,
) -> Restored:
    """Bring a municipality back as it was when the backup was made, into this database.

    Parameters:
        replace: also when the municipality is there; everything since the backup is gone then.
        although_deleted: also when the municipality was deleted after the backup.
        tell: gets a line at every step.

    Raises:
        BackupError: when it cannot be done; everything is as it was before.
        MasterKeyUnusable: when the master key file does not open its numbers; likewise.
    """
    begin = time.monotonic()
    with (
        schema_context(get_public_schema_name()),
        open_backup(path, identities) as backup,
        _only_one(backup.manifest["code"]),
    ):
        report = Restored(backup.manifest["code"], backup.manifest["made_at"])
        tell(
            f"{path.name}: {backup.manifest['name']} of {report.made_at}, made by {backup.manifest['version']}"
        )
        _check(backup)
        _put_back_broken_off(report.code, tell)
        before = Municipality.objects.filter(code=report.code).first()
        _may_be_restored(backup, before, replace=replace, although_deleted=although_deleted)
        state = rows.state_of(before) if before else rows.state_in(_text(backup, backups.PUBLIC_ROWS))
        written: list[str] = []
        try:
            municipality = _bring_in(backup, before, written, report, tell)
        except BaseException:
            _undo(report.code, before is not None, written)
            raise
        _finish(municipality, backup, state, report)
    report.seconds = round(time.monotonic() - begin, 1)
    return report


def _check(backup: BackupFile) -> None:
    """Refuse what is damaged, is not ours, or is newer than this program."""
    manifest = backup.manifest
    backups.check_seal(backup)
    backup.check_parts()
    backups.check_master_keys(manifest)
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    known = {*loader.disk_migrations}
    newer = [
        f"{app}.{name}"
        for had in manifest["migrations"].values()
        for app, name in had
        if (app, name) not in known
    ]
    if newer:
        raise BackupError(
            f"The backup was made by a newer version: {newer[0]} is unknown here. Install {manifest['version']} first."
        )
    if {tuple(each) for each in backups.migrations_of(get_public_schema_name())} < {
        tuple(each) for each in manifest["migrations"]["public"]
    }:
        raise BackupError("The tables of the platform itself are behind: run `manage.py upgrade` first.")


def _may_be_restored(
    backup: BackupFile, before: Municipality | None, *, replace: bool, although_deleted: bool
) -> None:
    code, name = backup.manifest["code"], backup.manifest["schema"]
    if before is not None and not replace:
        raise BackupError(
            f"{before.display_name} is there. Everything since {backup.manifest['made_at']} would be gone: "
            "make a backup of how it is now, and add --replace."
        )
    if before is not None and before.is_active:
        raise BackupError(
            f"{before.display_name} is open, and would lose what people do now: run `manage.py municipality suspend "
            f"{code}` and wait half a minute."
        )
    if before is not None and before.suspended_at:
        left = before.suspended_at + timedelta(seconds=HOST_SECONDS) - timezone.now()
        if left > timedelta():
            raise BackupError(
                f"{before.display_name} was closed just now, and a web server may still let people in: "
                f"run this again in {left.seconds + 1} seconds."
            )
    if before is None and schema_exists(name):
        raise BackupError(
            f"There is a schema {name} that belongs to no municipality: rename or drop it first."
        )
    former = rows.deleted_since(code, backup.manifest["made_at"])
    if former and not although_deleted:
        raise BackupError(
            f"{former.name} was deleted by {former.begun_by} on {former.begun_at:%Y-%m-%d}, after this backup. "
            f"Bringing its people back needs a decision of the municipality; then add --although-deleted."
        )


def _bring_in(
    backup: BackupFile, before: Municipality | None, written: list[str], report: Restored, tell: Tell
) -> Municipality:
    """Everything that can still be undone."""
    with transaction.atomic(durable=True):
        if before:
            _put_aside(before)
        tell("making tables and rows")
        municipality = rows.put_public_rows(_text(backup, backups.PUBLIC_ROWS))
        report.rows = _make_schema(backup, report)
        schema.mark_unsettled(municipality.schema_name)
    with tenant_context(municipality):
        tell("writing files")
        report.files = _write_files(backup, written)
    report.migrations = _upgrade(municipality, tell)
    with tenant_context(municipality):
        tell("settling mail, sessions and work that was going on")
        report.settled = settle(datetime.fromisoformat(report.made_at), key_share=municipality.key_share)
        tell("looking whether everything can be read")
        report.log_events, report.values = look_through(backup.manifest["log"], report.warnings.append)
    return municipality


def _make_schema(backup: BackupFile, report: Restored) -> int:
    manifest = backup.manifest
    name = manifest["schema"]
    tables = {table: schema.TableCopy(**copy) for table, copy in manifest["tables"].items()}

    def open_rows(table: str) -> IO[bytes]:
        return backup.open(backups.TABLES.format(table))

    text = schema.Definition(_text(backup, backups.BEFORE), _text(backup, backups.AFTER))
    made = schema.make_schema(name, text, tables, manifest["sequences"], open_rows)
    if made.structure != manifest["structure"]:
        if manifest["server"] // 10000 == made.server // 10000:
            raise BackupError("The tables, keys or triggers are not those of the backup.")
        report.warnings.append(
            "PostgreSQL has another version here, so that the text of keys and triggers could not be compared."
        )
    roles.grant(name)
    return sum(copy.rows for copy in tables.values())


def _write_files(backup: BackupFile, written: list[str]) -> int:
    """Write what is not there; a file that is there under its name is the same one, unless its size says otherwise."""
    there = {entry.name: entry.size for entry in private_files.entries()}
    for name in backup.manifest["files"]:
        part = backups.FILES + name
        if there.get(name) == backup.manifest["parts"][part]["size"]:
            continue
        if name not in there:
            written.append(name)
        with backup.open(part) as source, private_files.writing(name) as path, path.open("wb") as target:
            reader = Hashed(source)
            while block := reader.read(_BLOCK):
                target.write(block)
            backup.require_whole(part, reader)
    return len(backup.manifest["files"])


def _upgrade(municipality: Municipality, tell: Tell) -> int:
    """Bring an older schema to the code of now; returns how many migrations ran."""
    tell("upgrading to this version")
    with locks.own_lock(locks.SCHEMA, municipality.schema_name):
        return len(Migrator().migrate(municipality.schema_name))


def _finish(municipality: Municipality, backup: BackupFile, state: dict[str, Any], report: Restored) -> None:
    """From here on there is no way back: the old schema goes, and the pages open."""
    name = municipality.schema_name
    strangers: set[str] = set()
    if schema_exists(name + ASIDE):
        report.undone, report.erased = _undone(name + ASIDE, report.made_at)
        with tenant_context(municipality):
            strangers = set(backups.stored_names()) - backup.manifest["files"].keys()
    with transaction.atomic():
        _drop(name + ASIDE)
        schema.mark_settled(name)
        rows.close_deletion(municipality.code)
        rows.put_state(municipality, state)
    with tenant_context(municipality):
        for stored in strangers:
            private_files.delete(stored)
    report.state = municipality.status


def _undone(aside: str, made_at: str) -> tuple[dict[str, int], list[str]]:
    """What happened in the replaced municipality after the backup, by its own log, and whom it erased since."""
    log = sql.Identifier(aside, AuditEvent._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT action, count(*) FROM {} WHERE at > %s GROUP BY action ORDER BY action").format(
                log
            ),
            [made_at],
        )
        counts = dict(cursor.fetchall())
        cursor.execute(
            sql.SQL("SELECT object_id FROM {} WHERE at > %s AND action = 'member.erase' ORDER BY id").format(
                log
            ),
            [made_at],
        )
        return counts, [number for (number,) in cursor.fetchall()]


def _put_aside(municipality: Municipality) -> None:
    """Rename the schema, and write the rows of the public schema on it."""
    name = municipality.schema_name
    kept = rows.public_rows(municipality)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        cursor.execute(
            sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(name + ASIDE))
        )
        cursor.execute(
            sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(name + ASIDE), sql.Literal(kept))
        )


def _undo(code: str, was_there: bool, written: Sequence[str]) -> None:
    """Take away what was brought in, and put back what was there."""
    name = code.lower()
    municipality = Municipality.objects.filter(code=code).first()
    if municipality:
        with tenant_context(municipality):
            for stored in written:
                private_files.delete(stored)
    if was_there:
        _put_back(name)
    elif municipality:
        _take_away(name)


@transaction.atomic
def _take_away(name: str) -> None:
    """Remove a municipality that only a restore made, without its files: the next restore finds those."""
    _drop(name)
    Municipality.objects.filter(schema_name=name).delete()


def _put_back(name: str) -> bool:
    """Put a schema back that lies aside, with its rows; False when there is none."""
    if not schema_exists(name + ASIDE):
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(%s::regnamespace, 'pg_namespace')", [name + ASIDE])
        kept = cursor.fetchone()[0]
        _drop(name)
        cursor.execute(
            sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(name + ASIDE), sql.Identifier(name))
        )
        cursor.execute(sql.SQL("COMMENT ON SCHEMA {} IS NULL").format(sql.Identifier(name)))
        municipality = rows.put_public_rows(kept)
        rows.put_state(municipality, rows.state_in(kept))
    return True


def _put_back_broken_off(code: str, tell: Tell) -> None:
    name = code.lower()
    if _put_back(name):
        tell("An earlier restore was broken off; the municipality is put back as it was before that.")
    elif schema.is_unsettled(name):
        _take_away(name)
        tell("An earlier restore was broken off; what it left is taken away.")


def _drop(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))


@contextmanager
def _only_one(code: str) -> Iterator[None]:
    with locks.own_lock(locks.RESTORE, code, wait=False) as is_ours:
        if not is_ours:
            raise BackupError(f"Another restore of {code} is at work: wait until it has ended.")
        yield


def _text(backup: BackupFile, part: str) -> str:
    return backup.read(part).decode()
