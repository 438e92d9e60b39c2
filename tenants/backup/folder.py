"""The backups in a folder, known by their names alone: whoever keeps them need not be able to read them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tenants.backup.drill_place import DRILLS
from tenants.backup.file import PARTIAL, BackupError
from tenants.models import FormerMunicipality, Municipality

_NAME: Final = re.compile(r"(GM\d{4})-(\d{8}T\d{6}Z)\.tar(\.age)?")
_MOMENT: Final = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class KeptBackup:
    """A backup in a folder. `deleted`: its municipality is deleted, so that this must go when its term is over."""

    path: Path
    code: str
    made_at: datetime
    size: int
    encrypted: bool
    deleted: bool

    @property
    def remark(self) -> str:
        """What an operator should know about it."""
        return "DELETED" if self.deleted else ""

    def as_json(self) -> dict[str, Any]:
        """The same with texts and numbers only; the moment in ISO 8601, UTC."""
        return {
            "file": self.path.name,
            "code": self.code,
            "made_at": self.made_at.isoformat(),
            "size": self.size,
            "encrypted": self.encrypted,
            "deleted": self.deleted,
        }


def kept_backups(folder: Path) -> list[KeptBackup]:
    """The backups in a folder, by municipality, newest first. Raises BackupError when there is no such folder."""
    if not folder.is_dir():
        raise BackupError(f"There is no folder {folder}.")
    gone = set(FormerMunicipality.objects.values_list("code", flat=True)) - set(
        Municipality.objects.values_list("code", flat=True)
    )
    found = []
    for path in folder.iterdir():
        if match := _NAME.fullmatch(path.name):
            moment = datetime.strptime(match[2], _MOMENT).replace(tzinfo=UTC)
            found.append(
                KeptBackup(path, match[1], moment, path.stat().st_size, bool(match[3]), match[1] in gone)
            )
    found.sort(key=lambda each: each.made_at, reverse=True)
    return sorted(found, key=lambda each: each.code)


def check_name(path: Path, code: str, made_at: datetime) -> None:
    """Refuse a backup that has the name of another one; a name of one's own choice is fine.

    Whoever can write in the folder of backups cannot make one, but could put an old one, or that of another
    municipality, in the place of the one that somebody wants back.

    code, made_at: as the file itself says, in UTC. Raises BackupError.
    """
    match = _NAME.fullmatch(path.name)
    if match and match.groups()[:2] != (code, f"{made_at:{_MOMENT}}"):
        raise BackupError(
            f"{path.name} is the backup of {code} of {made_at:%Y-%m-%d %H:%M:%S} UTC under the name of another one: "
            "somebody changed its name. Take another backup, or give it back its own name if this is the one you want."
        )


def leftovers(folder: Path, before: datetime) -> list[Path]:
    """What a backup or a drill left in a folder that was killed there, as far as it is from before a moment."""
    return [
        path
        for path in (*folder.glob(f".GM*{PARTIAL}"), *folder.glob(f"{DRILLS}*/"))
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before
    ]


def outdated(backups: Iterable[KeptBackup], before: datetime) -> list[KeptBackup]:
    """Those made before a moment; of a municipality that is not deleted the newest one stays, however old it is."""
    newest: dict[str, datetime] = {}
    backups = list(backups)
    for each in backups:
        newest[each.code] = max(each.made_at, newest.get(each.code, each.made_at))
    return [
        each
        for each in backups
        if each.made_at < before and (each.deleted or each.made_at < newest[each.code])
    ]
