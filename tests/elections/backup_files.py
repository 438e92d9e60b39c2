"""What the tests of backups have alike: a municipality worth losing, and looking at what came back."""

import hashlib
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django_tenants.utils import tenant_context
from psycopg import sql

from elections import secrets
from elections.actions.audit import seal_events
from elections.actions.backup_settle import FELL_DUE
from elections.enums import SecretKind
from elections.models import Member
from tenants import provisioning
from tenants.models import Municipality, MunicipalityStatus
from tenants.storage import private_files

BSN = "123456782"
FILE = "uploads/documents/abc.txt"
CONTENT = b"een bestand"
KILLED_RESTORE = """
import os, signal
os.environ["MASTER_KEY_FILE"], os.environ["MEDIA_ROOT"] = {key!r}, {media!r}
os.environ["BACKUP_SIGNERS"] = {signers!r}
import django
django.setup()
from pathlib import Path
from elections.actions import backup_restore

def tell(line):
    if line.startswith({step!r}):
        os.kill(os.getpid(), signal.SIGKILL)

assert "%s"
backup_restore.restore_backup(Path({path!r}), replace=True, tell=tell)
"""
LOG = {"elections_auditevent", "elections_auditseal", "elections_auditsealedrow"}


def make_precious(municipality: Municipality) -> Member:
    """A member with a BSN and a file in storage; everything that fell due is done, the log is sealed."""
    with tenant_context(municipality):
        member = Member.objects.order_by("pk").first()
        assert member is not None
        secrets.set_secret(member, SecretKind.BSN, BSN, by=None)
        with private_files.writing(FILE) as path:
            path.write_bytes(CONTENT)
        for step in FELL_DUE:
            step()
        seal_events()
    return member


def run(*arguments: object) -> str:
    """What `manage.py backup` says."""
    output = StringIO()
    call_command("backup", *map(str, arguments), stdout=output, stderr=output)
    return output.getvalue()


def make(folder: Path, code: str = "GM0001") -> Path:
    """A backup that anybody can read, in a folder that is made when it is not there."""
    folder.mkdir(exist_ok=True)
    run("make", code, folder, "--plain")
    return max(folder.glob(f"{code}-*.tar"))


def counts(schema: str) -> dict[str, int]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema])
        names = [name for (name,) in cursor.fetchall()]
        found = {}
        for name in names:
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, name)))
            found[name] = cursor.fetchone()[0]
    return found


def dump_digest(schema: str) -> str:
    """Everything in a schema, tables and rows."""
    return hashlib.sha256(provisioning.dump_schema(schema).encode()).hexdigest()


def suspend(municipality: Municipality) -> None:
    """Close it, as an operator does before a restore."""
    provisioning.configure(municipality, status=MunicipalityStatus.SUSPENDED)


def lose(municipality: Municipality) -> None:
    """As after a disaster: the schema, the rows and the files are gone."""
    with tenant_context(municipality):
        private_files.delete_folder("")
    provisioning.drop_schema(municipality.schema_name)
    Municipality.objects.filter(pk=municipality.pk).delete()


def stored() -> dict[str, Any]:
    """The files of the municipality at work, by name, with their sizes."""
    return {entry.name: entry.size for entry in private_files.entries()}
