"""Proving that a backup can be brought back: into a database of its own, which is thrown away afterwards.

The restore is the very command that somebody would give after a disaster, in a process of its own, with an empty
database and an empty folder for files. Nothing of the drill is sent or seen: no worker looks there, and a bell that
rings wakes one for the real municipality, where nothing new waits.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection, transaction
from django_tenants.utils import tenant_context

from elections import audit
from elections.actions.backup import make_backup
from elections.enums import AuditResult
from tenants.backup.drill_place import DrillPlace, drill_place
from tenants.backup.file import BackupError
from tenants.models import Municipality

COMMAND: Final = "backup"
DATABASE_OPTIONS: Final = ("sslmode", "sslrootcert", "options")


@dataclass(frozen=True)
class Drill:
    """What a drill found. `seconds`: from an empty database until everything was checked."""

    report: dict[str, Any]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether everything came back and could be read."""
        return not self.report["warnings"]


def drill(
    municipality: Municipality, path: Path | None = None, *, identity_file: Path | None = None
) -> Drill:
    """Bring a backup back in a database of its own, look whether all of it is there, and throw it away.

    The log of the municipality tells of it (BIO2 8.13.04).

    Parameters:
        path: the backup; none makes a new one, which goes afterwards.
        identity_file: with the secret key of an encrypted backup.

    Raises BackupError: when the restore fails; its message is that of the restore.
    """
    try:
        with drill_place(municipality.code) as place:
            if path is None:
                path = make_backup(municipality, place.folder, recipients=(), is_kept=False).path
            done = _drill(path, identity_file, place)
        if done.report["code"] != municipality.code:
            raise BackupError(
                f"{path.name} is a backup of {done.report['code']}, not of {municipality.code}."
            )
    except BackupError:
        _record(municipality, AuditResult.REFUSED, seconds=0)
        raise
    _record(municipality, AuditResult.OK if done.passed else AuditResult.REFUSED, seconds=round(done.seconds))
    return done


def _drill(path: Path, identity_file: Path | None, place: DrillPlace) -> Drill:
    environment = os.environ | {
        "DATABASE_URL": _address(place.database),
        "DATABASE_OWNER_URL": "",
        "MEDIA_ROOT": str(place.folder / "media"),
        "S3_BUCKET": "",
        "MASTER_KEY_FILE": str(settings.MASTER_KEY_FILE),
        "BACKUP_SIGNERS": ",".join(settings.BACKUP_SIGNERS),
        "SECRET_KEY": settings.SECRET_KEY,
    }
    begin = time.monotonic()
    _run(["upgrade"], environment)
    identity = [f"--identity-file={identity_file}"] if identity_file else []
    answer = _run([COMMAND, "restore", str(path), "--json", *identity], environment)
    return Drill(json.loads(answer), time.monotonic() - begin)


def _address(name: str) -> str:
    """The address of another database on our server."""
    database = connection.settings_dict
    user = ":".join(quote(part, safe="") for part in (database["USER"], database["PASSWORD"]) if part)
    place = f"{database['HOST']}:{database['PORT']}".rstrip(":")
    options = {key: value for key, value in database["OPTIONS"].items() if key in DATABASE_OPTIONS}
    return f"postgres://{user}@{place}/{name}?{urlencode(options, quote_via=quote)}"


def _run(arguments: list[str], environment: dict[str, str]) -> str:
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise BackupError(f"The drill failed at `{arguments[0]}`: {lines[-1] if lines else done.returncode}")
    return done.stdout


@transaction.atomic
def _record(municipality: Municipality, result: AuditResult, *, seconds: int) -> None:
    with tenant_context(municipality):
        audit.record(
            "municipality.drill", by=None, label=municipality.display_name, result=result, seconds=seconds
        )
