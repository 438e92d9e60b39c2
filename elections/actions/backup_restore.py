"""Bringing a municipality back from a backup. Platform work: `manage.py backup restore`.

    open the file and check all of it → old schema aside, new one made and filled (one transaction) → upgrade →
    settle what must not happen twice → look whether everything can be read → old schema and its own files gone

Nobody gets in: the municipality is closed from the second step on, until somebody resumes it. Until the last step the
old one lies aside (tenants.backup.aside); whatever fails puts it back. A process that is killed leaves a note on the
schema, and the next restore of this municipality begins with putting it back, or with taking away what was left.
"""

import hmac
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from typing import IO, Any, Final

from django.core.exceptions import SuspiciousFileOperation
from django.db import Error, OperationalError, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django_tenants.utils import get_public_schema_name, schema_context, schema_exists, tenant_context

from elections.actions import backup as backups
from elections.actions.backup_settle import Settled, look_through, settle
from elections.actions.backup_since import Since, since_backup
from tenants import locks, roles
from tenants.backup import rows, schema
from tenants.backup.aside import aside, put_aside, put_back
from tenants.backup.file import BackupError, BackupFile, Hashed, open_backup
from tenants.backup.folder import check_name
from tenants.models import Municipality
from tenants.numbers import counted
from tenants.provisioning import drop_schema
from tenants.storage import private_files
from tenants.tasks import quiet_from
from tenants.upgrade.migrating import Migrator

_AGAIN: Final = "Run the same restore again"
_BLOCK: Final = 1024 * 1024

Tell = Callable[[str], None]


@dataclass
class Restored:
    """What a restore did. `since`: what it undid of the municipality that it replaces."""

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
    since: Since = field(default_factory=Since)

    def as_json(self) -> dict[str, Any]:
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
    """Bring a municipality back as it was when the backup was made, into this database, with its pages closed.

    Parameters:
        replace: also when the municipality is there; everything since the backup is gone then.
        although_deleted: also when the municipality was deleted after the backup.
        tell: gets a line at every step.

    Raises:
        BackupError: when it cannot be done; everything is as it was before, unless it says to run it again.
        MasterKeyUnusable: when the master key file does not open its numbers; likewise.
    """
    begin = time.monotonic()
    with (
        schema_context(get_public_schema_name()),
        open_backup(path, identities) as backup,
        backups.only_one(backup.manifest["code"]),
    ):
        report = Restored(backup.manifest["code"], backup.manifest["made_at"])
        tell(
            f"{path.name}: {backup.manifest['name']} of {report.made_at[:16]} UTC, made by "
            f"{backup.manifest['version']}"
        )
        _check(backup, report.warnings.append)
        check_name(path, report.code, datetime.fromisoformat(report.made_at))
        if told := _break_off(report.code):
            tell(told)
        before = Municipality.objects.filter(code=report.code).first()
        _may_be_restored(backup, before, replace=replace, although_deleted=although_deleted)
        try:
            municipality = _bring_in(backup, before, report, tell)
            _let_go(municipality, backup, tell)
        except BaseException as reason:
            _undo(report.code, reason)
            raise
        _delete_files_of_before(report.code, tell)
    report.seconds = round(time.monotonic() - begin, 1)
    return report


def _check(backup: BackupFile, warn: Tell) -> None:
    """Refuse what is damaged, is not ours, or is newer than this program; warn of another SECRET_KEY."""
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
    proof = backups.secret_key_proof(manifest["schema"], manifest["made_at"])
    if not hmac.compare_digest(manifest.get("secret_key", proof), proof):
        warn(
            "SECRET_KEY is not that of the backup: links in mails and calendars, codes in printed letters, recovery "
            "codes and keys of training sites of then do not work. Put the old one back, or give people new ones."
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
            f"{before.display_name} is there. Everything since {backup.manifest['made_at'][:16]} UTC would be gone: "
            "make a backup of how it is now, and add --replace."
        )
    if before is not None and before.is_active:
        raise BackupError(
            f"{before.display_name} is open, and would lose what people do now: run `manage.py municipality suspend "
            f"{code}` and wait a quarter of an hour."
        )
    if before is not None and before.suspended_at:
        left = quiet_from(before.suspended_at) - timezone.now()
        if left > timedelta():
            raise BackupError(
                f"{before.display_name} was closed just now, and a task of before may still be at work: "
                f"run this again in {counted(ceil(left.total_seconds()), 'second')}."
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


def _bring_in(backup: BackupFile, before: Municipality | None, report: Restored, tell: Tell) -> Municipality:
    """Everything that can still be undone."""
    with transaction.atomic(durable=True):
        if before:
            put_aside(before)
        tell("making tables and rows")
        municipality = rows.put_public_rows(
            _text(backup, backups.PUBLIC_ROWS), made_at=datetime.fromisoformat(report.made_at)
        )
        report.rows = _make_schema(backup, report)
        with tenant_context(municipality):
            there = {entry.name: entry.size for entry in private_files.entries()}
        schema.mark_unsettled(municipality.schema_name, backup.manifest["files"].keys() - there)
    with tenant_context(municipality):
        tell("writing files")
        report.files = _write_files(backup, there)
    report.migrations = _upgrade(municipality, tell)
    made_at, log = datetime.fromisoformat(report.made_at), backup.manifest["log"]
    with tenant_context(municipality):
        if before:
            report.since = since_backup(aside(municipality.schema_name), made_at, log)
        tell("settling mail, sessions and work that was going on")
        report.settled = settle(made_at, report.since, key_share=municipality.key_share)
        tell("looking whether everything can be read")
        report.log_events, report.values = look_through(log, report.warnings.append)
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


def _write_files(backup: BackupFile, there: dict[str, int]) -> int:
    """Write what is not there as the backup has it."""
    for name in backup.manifest["files"]:
        part = backups.FILES + name
        if there.get(name) == backup.manifest["parts"][part]["size"] and _is_whole(backup, part, name):
            continue
        with backup.open(part) as source, private_files.writing(name) as path, path.open("wb") as target:
            reader = Hashed(source)
            while block := reader.read(_BLOCK):
                target.write(block)
            backup.require_whole(part, reader)
    return len(backup.manifest["files"])


def _is_whole(backup: BackupFile, part: str, name: str) -> bool:
    """Whether the file that is there is that of the backup; one that cannot be read is not.

    Read also from a bucket: what a bucket says of an object by itself is no SHA-256, and not that of every server.
    """
    try:
        with private_files.open(name, "rb") as source:
            reader = Hashed(source)
            # Whoever writes there meanwhile could make it grow without end.
            while reader.size <= backup.manifest["parts"][part]["size"] and reader.read(_BLOCK):
                pass
        backup.require_whole(part, reader)
    except (BackupError, OSError):
        return False
    return True


def _upgrade(municipality: Municipality, tell: Tell) -> int:
    """Bring an older schema to the code of now; returns how many migrations ran."""
    tell("upgrading to this version")
    with locks.own_lock(locks.SCHEMA, municipality.schema_name):
        return len(Migrator().migrate(municipality.schema_name))


def _let_go(municipality: Municipality, backup: BackupFile, tell: Tell) -> None:
    """The old schema goes, in one transaction; after it there is no way back. Its own files follow."""
    name = municipality.schema_name
    strangers: set[str] = set()
    if schema_exists(aside(name)):
        tell("taking away what was there")
        with tenant_context(municipality):
            strangers = set(backups.stored_names()) - backup.manifest["files"].keys()
    try:
        with transaction.atomic():
            locks.wait_briefly()
            drop_schema(aside(name))
            if strangers:
                schema.mark_unsettled(name, strangers, is_done=True)
            else:
                schema.mark_settled(name)
            rows.close_deletion(municipality.code)
    except OperationalError as problem:
        raise BackupError(
            f"The old tables of {municipality.code} cannot be taken away, as when somebody is at work in them "
            f"({_line(problem)}). It is as it was before. {_AGAIN}."
        ) from problem


def _delete_files_of_before(code: str, tell: Tell) -> None:
    if not schema.unsettled(code.lower()):
        return
    tell("deleting files of after the backup")
    try:
        _break_off(code)
    except OSError as problem:
        raise BackupError(
            f"{code} is back, and files of after the backup cannot be deleted: {problem}. {_AGAIN}."
        ) from problem


def _undo(code: str, reason: BaseException) -> None:
    """Everything as it was before; otherwise BackupError."""
    try:
        _break_off(code)
    except (OSError, Error) as problem:
        raise BackupError(
            f"The restore of {code} failed ({_line(reason)}), and not everything is as it was ({_line(problem)}). "
            f"{_AGAIN}; it begins by putting back what was there."
        ) from reason
    if isinstance(reason, (OSError, SuspiciousFileOperation)):
        raise BackupError(f"{code} is as it was before, because of a file: {reason}.") from reason


def _break_off(code: str) -> str:
    """End a restore that did not end: put back what was there, or take away what it left. Returns what was done."""
    name = code.lower()
    left = schema.unsettled(name)
    if left:
        with schema_context(name):
            for stored in left.files:
                # What a link leads to is not of this municipality: no restore wrote there.
                with suppress(SuspiciousFileOperation):
                    private_files.delete(stored)
    if left and left.is_done:
        schema.mark_settled(name)
        return "An earlier restore was broken off at its end; the files that it left are deleted."
    if put_back(name):
        return "An earlier restore was broken off; the municipality is put back as it was before that."
    if left:
        _take_away(name)
        return "An earlier restore was broken off; what it left is taken away."
    return ""


@transaction.atomic
def _take_away(name: str) -> None:
    """Remove a municipality that only a restore made."""
    locks.wait_briefly()
    drop_schema(name)
    Municipality.objects.filter(schema_name=name).delete()


def _line(problem: BaseException) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0]


def _text(backup: BackupFile, part: str) -> str:
    return backup.read(part).decode()
