"""Making a backup of one municipality, and looking whether one is whole. Platform work: `manage.py backup`.

First the picture of the database, then the files: a file never changes under its name, so what the rows of the picture
point to is there, or was deleted since. The numbers of people stay encrypted; the master key file is not in it.
"""

import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.crypto import salted_hmac
from django_tenants.utils import get_public_schema_name, schema_context, tenant_context
from psycopg import sql

from elections import master_keys
from elections.models import AuditSeal, DataKey
from tenants import locks
from tenants.backup import rows, schema, seal
from tenants.backup.file import BackupError, BackupFile, BackupWriter, file_name, open_backup, write_backup
from tenants.backup.folder import check_name
from tenants.models import Municipality
from tenants.storage import private_files

PUBLIC_ROWS: Final = "public.json"
BEFORE: Final = "schema/before.sql"
AFTER: Final = "schema/after.sql"
TABLES: Final = "tables/{}.copy.gz"
FILES: Final = "files/"


@dataclass
class KnownDefinitions:
    """Texts that make tables, by structure: in one run most municipalities share one."""

    texts: dict[str, tuple[str, schema.Definition]] = field(default_factory=dict)

    def of(self, structure: str, schema_name: str) -> schema.Definition:
        """The text for a schema of this structure; pg_dump is asked only for the first."""
        if structure not in self.texts:
            self.texts[structure] = (schema_name, schema.definition(schema_name))
        name, text = self.texts[structure]
        return text.renamed(name, schema_name)


@dataclass(frozen=True)
class MadeBackup:
    """A backup that was made: what is in it, and how long it took."""

    path: Path
    size: int
    rows: int
    files: int
    gone: int
    """Files that were deleted between the picture of the database and their turn."""
    seconds: float


def make_backup(
    municipality: Municipality,
    folder: Path,
    *,
    recipients: Sequence[str],
    known: KnownDefinitions | None = None,
    is_kept: bool = True,
) -> MadeBackup:
    """Make a backup of a municipality in `folder`; people go on working meanwhile.

    Parameters:
        recipients: public keys of age to encrypt it for; none leaves names and addresses readable.
        known: shared by the backups of one run.
        is_kept: it counts as the newest backup of this municipality; False for one that is thrown away.

    Raises:
        BackupError and ProvisioningError (no pg_dump): nothing is left behind then. A municipality whose restore was
            broken off is refused: its own rows lie aside, and the file would look like any other.
    """
    signer = seal.Signer()
    begin, made_at = time.monotonic(), datetime.now(UTC)
    path = folder / file_name(municipality.code, made_at, encrypted=bool(recipients))
    with schema_context(get_public_schema_name()), only_one(municipality.code):
        if schema.unsettled(municipality.schema_name):
            raise BackupError(
                f"A restore of {municipality.code} was broken off. "
                "Run `manage.py backup restore` again, and make the backup after it."
            )
        with write_backup(path, recipients) as writer:
            writer.add_bytes(PUBLIC_ROWS, rows.public_rows(municipality).encode())
            facts = _database(municipality, writer, known or KnownDefinitions())
            with tenant_context(municipality):
                files, gone = _files(writer)
            facts |= {
                "code": municipality.code,
                "schema": municipality.schema_name,
                "name": municipality.display_name,
                "made_at": made_at.isoformat(),
                "version": version(),
                "secret_key": secret_key_proof(municipality.schema_name, made_at.isoformat()),
                "files": files,
            }
            writer.finish(facts, signer.seal)
        if is_kept:
            # Nobody asked it anything while the file was written and encrypted, which can take an hour.
            connection.close_if_unusable_or_obsolete()
            Municipality.objects.filter(pk=municipality.pk).update(backed_up_at=made_at)
    count = sum(table["rows"] for table in facts["tables"].values())
    return MadeBackup(path, path.stat().st_size, count, len(files), gone, time.monotonic() - begin)


@contextmanager
def only_one(code: str) -> Iterator[None]:
    """Make or bring back one backup of a municipality at a time: each would wait for, or spoil, what the other reads.

    Raises BackupError when another is at work.
    """
    with locks.own_lock(locks.RESTORE, code, wait=False) as is_ours:
        if not is_ours:
            raise BackupError(
                f"Another backup or restore of {code} is at work: wait until it has ended, and run this again."
            )
        yield


def check_backup(path: Path, identities: Sequence[str]) -> dict[str, Any]:
    """The manifest of a backup that has its own name and of which every part is whole. Raises BackupError."""
    with open_backup(path, identities) as backup:
        check_name(path, backup.manifest["code"], datetime.fromisoformat(backup.manifest["made_at"]))
        backup.check_parts()
        return backup.manifest


def check_seal(backup: BackupFile) -> None:
    """Refuse a file that was not made by one of BACKUP_SIGNERS: its text is run as the owner of the database.

    Raises:
        BackupError: when the seal is not of one of them, or there are none.
    """
    if not seal.is_sealed(backup.sealed, backup.seal):
        raise BackupError(
            "The seal of this backup is not of one of BACKUP_SIGNERS: somebody else made or changed it, or it was made "
            "with a key whose public key is not among them any more."
        )


def check_master_keys(manifest: dict[str, Any]) -> None:
    """Raises MasterKeyUnusable when the master key file lacks a key that the data keys of the backup are under."""
    _active, names = master_keys.master_key_names()
    if missing := sorted(set(manifest["master_keys"]) - set(names)):
        raise master_keys.MasterKeyUnusable(
            f"The master key file has no key {missing[0]}: add it from the copy of when this backup was made."
        )


def secret_key_proof(schema_name: str, made_at: str) -> str:
    """What tells a restore whether SECRET_KEY is that of the backup: a digest keyed by it, other for every backup."""
    return salted_hmac(f"zitting.backup:{schema_name}", made_at, algorithm="sha256").hexdigest()


def migrations_of(schema_name: str) -> list[list[str]]:
    """The migrations that a schema has had, as [app, name]."""
    with schema_context(schema_name):
        return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations())


def version() -> str:
    """The version of this program."""
    with (Path(settings.BASE_DIR) / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def stored_names() -> Iterator[str]:
    """Every file of the municipality at work."""
    for entry in private_files.entries():
        yield entry.name


def _database(municipality: Municipality, writer: BackupWriter, known: KnownDefinitions) -> dict[str, Any]:
    name = municipality.schema_name
    public = migrations_of(get_public_schema_name())
    with schema.picture(name) as cursor:
        structure = schema.structure(cursor, name)

        def keep(table: str, packed: IO[bytes], size: int) -> None:
            writer.add(TABLES.format(table), packed, size)

        tables = schema.copy_rows(cursor, name, keep)
        cursor.execute(
            sql.SQL("SELECT app, name FROM {} ORDER BY 1, 2").format(
                sql.Identifier(name, "django_migrations")
            )
        )
        migrations = [list(row) for row in cursor.fetchall()]
        facts = {
            "structure": structure,
            "tables": {table: asdict(copy) for table, copy in tables.items()},
            "sequences": schema.sequences(cursor, name),
            "server": schema.server_version(cursor),
            "migrations": {"public": public, "municipality": migrations},
            **_keys_and_log(cursor, name),
        }
        # While the tables are held: no migration may come between their text and their rows.
        text = known.of(structure, name)
    writer.add_bytes(BEFORE, text.before.encode())
    writer.add_bytes(AFTER, text.after.encode())
    return facts


def _keys_and_log(cursor: Any, schema_name: str) -> dict[str, Any]:
    """Under which master keys the data keys are, and the head of the log: read by name, as tables may be older ones."""
    asked = {
        "master_keys": "SELECT DISTINCT master_key_id FROM {} ORDER BY 1",
        "log": "SELECT number, digest FROM {} ORDER BY number DESC LIMIT 1",
    }
    tables = {"master_keys": DataKey._meta.db_table, "log": AuditSeal._meta.db_table}
    found = {}
    for what, text in asked.items():
        cursor.execute(sql.SQL(text).format(sql.Identifier(schema_name, tables[what])))
        found[what] = cursor.fetchall()
    return {
        "master_keys": [name for (name,) in found["master_keys"]],
        "log": dict(zip(("seal", "digest"), found["log"][0], strict=True)) if found["log"] else None,
    }


def _files(writer: BackupWriter) -> tuple[dict[str, str], int]:
    """Add every file; returns the SHA-256 of each, and how many were deleted meanwhile."""
    sums, gone = {}, 0
    try:
        names = list(stored_names())
    except OSError as problem:
        raise BackupError(f"The files cannot be listed: {problem.strerror or problem}.") from problem
    for name in names:
        try:
            with private_files.open(name, "rb") as source:
                sums[name] = writer.add(FILES + name, source, source.size)
        except FileNotFoundError:
            gone += 1
    return sums, gone
