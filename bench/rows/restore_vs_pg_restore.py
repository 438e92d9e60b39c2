"""How long a municipality of 10,000 members is away when it is brought back, everything checked.

Test 17 of the security reference asks for 5 minutes at most. Beside it: `pg_restore` of the same schema, which looks at
nothing but the syntax, and brings neither addresses nor files.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django_tenants.utils import tenant_context

from bench import world
from bench.row import Row
from elections import secrets
from elections.actions.audit import seal_events
from elections.actions.backup import make_backup
from elections.actions.backup_restore import restore_backup
from elections.enums import SecretKind
from elections.models import Member
from tenants import provisioning
from tenants.backup.seal import new_pair
from tenants.models import Municipality, MunicipalityStatus
from tenants.storage import private_files

CITY = world.City(code="GM9994", name="Terugstad", host="terugstad.localhost")
FILES = 2000
LETTER = b"%PDF-1.7 " + bytes(30_000)


def measure() -> Row:
    """Seconds for the whole of a restore, and for pg_restore.

    Raises:
        RuntimeError: when something is not in order after the restore, or it took longer than 5 minutes.
    """
    world.add_metropolis(CITY)
    municipality = Municipality.objects.get(code=CITY.code)
    with tenant_context(municipality):
        members = list(Member.objects.all())
        numbers = [(member, SecretKind.IBAN, _iban(member.pk)) for member in members]
        secrets.set_many_secrets(numbers, by=None)
        for number in range(FILES):
            private_files.save(f"letters/{number}.pdf", ContentFile(LETTER))
        seal_events()
    municipality = Municipality.objects.get(pk=municipality.pk)
    provisioning.configure(municipality, status=MunicipalityStatus.SUSPENDED)
    settings.BACKUP_SIGNING_KEY, public = new_pair()
    settings.BACKUP_SIGNERS = [public]
    with tempfile.TemporaryDirectory() as folder:
        made = make_backup(municipality, Path(folder), recipients=())
        plain = _pg_restore(municipality.schema_name, Path(folder))
        done = restore_backup(made.path, replace=True)
    print(
        f"  {len(members)} members, {done.rows} rows, {done.files} files: backup {made.seconds:.0f} s, "
        f"{made.size / 1e6:.0f} MB; {done.log_events} events, {done.values} encrypted values read",
        file=sys.stderr,
    )
    if done.warnings or done.seconds > 300:
        raise RuntimeError(f"{done.seconds} s; {done.warnings}")
    return Row(
        "restore_vs_pg_restore",
        done.seconds,
        f"s, {len(members)} members",
        "pg_restore of the schema, unchecked",
        plain,
        lower_is_better=True,
    )


def _pg_restore(schema_name: str, folder: Path) -> float:
    """The seconds that pg_restore takes for the schema, in a database of its own."""
    dump, name = folder / "schema.dump", f"{connection.settings_dict['NAME']}_plain"
    programs, environment = provisioning.pg_dump_path().parent, provisioning.pg_environment()

    def run(program: str, *arguments: str) -> None:
        subprocess.run([programs / program, *arguments], env=environment, check=True)

    run("pg_dump", "--format=custom", f"--schema={schema_name}", "--no-owner", f"--file={dump}")
    run("createdb", name)
    try:
        for extension in ("btree_gist", "pg_trgm", "unaccent"):
            run("psql", "--quiet", "--dbname", name, "--command", f"CREATE EXTENSION {extension}")
        # What is in the public schema stays out of the measurement: both restores find it there.
        run("pg_dump", "--schema=public", "--schema-only", "--no-owner", f"--file={folder / 'public.sql'}")
        run("psql", "--quiet", "--output=/dev/null", f"--dbname={name}", f"--file={folder / 'public.sql'}")
        begin = time.monotonic()
        run("pg_restore", "--no-owner", f"--dbname={name}", str(dump))
        return time.monotonic() - begin
    finally:
        run("dropdb", "--force", name)


def _iban(number: int) -> str:
    """An invented IBAN that is valid."""
    account = f"{number:010d}"
    check = 98 - int(f"{'ABNA'.translate(_LETTERS)}{account}{'NL'.translate(_LETTERS)}00") % 97
    return f"NL{check:02d}ABNA{account}"


_LETTERS = {ord(letter): str(ord(letter) - 55) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
