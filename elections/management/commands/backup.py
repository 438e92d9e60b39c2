"""`manage.py backup`: backups of municipalities, one file each, and bringing them back."""

import json
import os
import shutil
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django_tenants.utils import tenant_context

from elections.actions.backup import KnownDefinitions, MadeBackup, check_backup, make_backup
from elections.actions.backup_drill import drill
from elections.actions.backup_restore import Restored, restore_backup
from elections.actions.erase_again import erase_again
from elections.management.chosen import municipalities_with, municipality_with
from elections.master_keys import MasterKeyUnusable
from elections.queries.erase_again import unknown_here
from tenants.backup.file import BackupError, new_identity, read_identities
from tenants.backup.folder import kept_backups, leftovers, outdated
from tenants.backup.seal import Signer, new_pair
from tenants.database_problems import sentence_of
from tenants.models import Municipality
from tenants.numbers import counted
from tenants.provisioning import ProvisioningError

ERASE = "manage.py backup erase"
PROBLEMS = (BackupError, MasterKeyUnusable, ProvisioningError, DatabaseError, SuspiciousFileOperation)


class Command(BaseCommand):
    help = "Make backups of municipalities, look at them, bring one back, and prove that one can be brought back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

        make = commands.add_parser(
            "make", help="one file for each municipality; people go on working meanwhile"
        )
        make.add_argument("code", nargs="?", type=str.upper, metavar="CODE")
        make.add_argument("folder", type=Path, metavar="FOLDER")
        make.add_argument("--all", action="store_true", dest="everybody", help="in place of CODE")
        make.add_argument(
            "--plain", action="store_true", help="not encrypted: everybody who has the file can read it"
        )
        make.add_argument(
            "--newer-than",
            type=int,
            default=0,
            metavar="HOURS",
            help="with --all: pass over who has a backup that is newer and noted, so that a stopped run goes on",
        )

        show = commands.add_parser("list", help="the backups in a folder")
        show.add_argument("folder", type=Path, metavar="FOLDER")
        show.add_argument("--json", action="store_true", dest="as_json")

        check = commands.add_parser("check", help="read all of a backup and compare it with its sums")
        check.add_argument("files", nargs="+", type=Path, metavar="FILE")

        restore = commands.add_parser("restore", help="bring a municipality back as it was")
        restore.add_argument("file", type=Path, metavar="FILE")
        restore.add_argument("--replace", action="store_true", help="also when it is there, and closed")
        restore.add_argument("--although-deleted", action="store_true", help="also when it was deleted since")
        restore.add_argument("--json", action="store_true", dest="as_json", help="the report as JSON")

        rehearse = commands.add_parser(
            "drill", help="bring one back in a database of its own, and throw that away"
        )
        rehearse.add_argument("code", type=str.upper, metavar="CODE")
        rehearse.add_argument("file", nargs="?", type=Path, metavar="FILE", help="default: a new backup")

        erase = commands.add_parser("erase", help="erase again who was erased, and came back with a backup")
        erase.add_argument("code", type=str.upper, metavar="CODE")
        erase.add_argument(
            "members",
            nargs="*",
            type=UUID,
            metavar="UUID",
            help="others, by the lines of zitting.audit of then",
        )

        self._add_upkeep(commands)
        for each in (check, restore, rehearse):
            each.add_argument(
                "--identity-file", type=Path, metavar="FILE", help="secret key that opens the backup"
            )

    def _add_upkeep(self, commands: Any) -> None:
        prune = commands.add_parser(
            "prune",
            help="delete old ones, and what killed ones and killed drills left; the newest of each stays",
        )
        prune.add_argument("folder", type=Path, metavar="FOLDER")
        prune.add_argument("--days", type=int, required=True, help="keep what is younger")
        prune.add_argument("--dry-run", action="store_true", help="only say which")

        key = commands.add_parser(
            "key", help="make a pair of keys: the secret one in FILE, the public one on screen"
        )
        key.add_argument("file", type=Path, metavar="FILE")
        commands.add_parser("signing-key", help="make the key that seals backups; prints two lines for .env")

    def handle(self, *args: Any, command: str, **options: Any) -> None:
        with _readable_problems():
            getattr(self, f"_{command.replace('-', '_')}")(**options)

    def _make(
        self,
        *,
        code: str | None,
        folder: Path,
        everybody: bool,
        plain: bool,
        newer_than: int,
        **_options: Any,
    ) -> None:
        if everybody == (code is not None):
            raise CommandError("Give the code of a municipality, or --all.")
        recipients = [] if plain else settings.BACKUP_RECIPIENTS
        if not recipients and not plain:
            raise CommandError("Set BACKUP_RECIPIENTS to a public key (see `backup key`), or add --plain.")
        Signer()  # without its key not one can be made
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}. Make it, or mount it where this command runs.")
        begin = time.monotonic()
        chosen = municipalities_with([code] if code else [])
        recent = _recent(folder, newer_than) if newer_than else {}
        known, failed, made = KnownDefinitions(), [], 0
        for municipality in chosen:
            made_at, noted = recent.get(municipality.code), municipality.backed_up_at
            # One that is not noted was killed at its end, or somebody else put it there.
            if made_at and noted and noted >= made_at:
                continue
            try:
                self._tell_made(
                    municipality, make_backup(municipality, folder, recipients=recipients, known=known)
                )
                made += 1
            except PROBLEMS as problem:
                # One municipality stops only itself.
                failed.append(municipality.code)
                self.stderr.write(f"{municipality.code}  {problem}")
        self.stdout.write(f"{made} made, {len(failed)} failed in {time.monotonic() - begin:.0f} s")
        if failed:
            raise CommandError(f"No backup of {', '.join(failed)}. Mend it and run this again.")

    def _tell_made(self, municipality: Municipality, made: MadeBackup) -> None:
        gone = f", {counted(made.gone, 'file')} deleted meanwhile" if made.gone else ""
        self.stdout.write(
            f"{municipality.code}  {made.path.name}  {made.size / 1e6:.1f} MB  {counted(made.rows, 'row')}  "
            f"{counted(made.files, 'file')}{gone}  {made.seconds:.1f} s"
        )
        self.stdout.flush()

    def _list(self, *, folder: Path, as_json: bool, **_options: Any) -> None:
        found = kept_backups(folder)
        if as_json:
            self.stdout.write(json.dumps([each.as_json() for each in found]))
            return
        for each in found:
            self.stdout.write(
                f"{each.code}  {each.made_at:%Y-%m-%d %H:%M} UTC  {each.size / 1e6:8.1f} MB  "
                f"{'encrypted' if each.encrypted else 'READABLE ':<9}  {each.remark:<12} {each.path.name}"
            )

    def _check(self, *, files: list[Path], identity_file: Path | None, **_options: Any) -> None:
        identities = _identities(identity_file)
        failed = 0
        for path in files:
            try:
                manifest = check_backup(path, identities)
            except BackupError as problem:
                failed += 1
                self.stderr.write(f"{path.name}  {problem}")
            else:
                count = sum(table["rows"] for table in manifest["tables"].values())
                self.stdout.write(
                    f"{path.name}  whole  {manifest['code']}  {manifest['made_at'][:16]}  "
                    f"version {manifest['version']}  {counted(count, 'row')}  {counted(len(manifest['files']), 'file')}"
                )
        if failed:
            raise CommandError(f"{failed} of {counted(len(files), 'backup')} cannot be used.")

    def _restore(
        self,
        *,
        file: Path,
        replace: bool,
        although_deleted: bool,
        identity_file: Path | None,
        as_json: bool,
        **_options: Any,
    ) -> None:
        report = restore_backup(
            file,
            identities=_identities(identity_file),
            replace=replace,
            although_deleted=although_deleted,
            tell=self.stderr.write if as_json else self.stdout.write,
        )
        if as_json:
            self.stdout.write(json.dumps(report.as_json()))
            return
        self._tell_restored(report)
        if report.warnings:
            raise CommandError("The municipality is back, and something in it is not in order: see above.")

    def _tell_restored(self, report: Restored) -> None:
        settled, since = report.settled, report.since
        for line in (
            f"{report.code} is back as of {report.made_at[:16]} UTC, in {report.seconds:.0f} s: "
            f"{counted(report.rows, 'row')}, {counted(report.files, 'file')}, "
            f"{counted(report.migrations, 'migration')} run.",
            f"Read: {counted(report.log_events, 'event')} of the log against the seals, "
            f"{counted(report.values, 'encrypted value')}.",
            f"Held: {counted(settled.mails, 'mail is', 'mails are')} uncertain; the team decides which go. "
            f"{counted(settled.jobs, 'job')} stopped, {counted(settled.sessions, 'session')} ended.",
            *(f"Undone since: {action}  {count}" for action, count in since.undone.items()),
            *(f"ERASED SINCE (AVG article 17): member {uuid}" for uuid in since.erased),
            *(
                f"HAS ACCESS OR A ROLE AGAIN that was taken away since: colleague {uuid}"
                for uuid in since.colleagues
            ),
            *(
                [f"WORK AGAIN: {counted(since.recovery_codes, 'recovery code')} used since"]
                if since.recovery_codes
                else []
            ),
            *(f"WARNING: {warning}" for warning in report.warnings),
            *(
                [f"Erase {counted(len(since.erased), 'member')} again: `{ERASE} {report.code}`."]
                if since.erased
                else []
            ),
            f"Its pages are closed: `manage.py municipality resume {report.code}` opens them.",
        ):
            self.stdout.write(line)

    def _erase(self, *, code: str, members: list[UUID], **_options: Any) -> None:
        municipality = municipality_with(code)
        with tenant_context(municipality):
            unknown = unknown_here(members)
        done, refused = erase_again(municipality, members)
        for uuid in unknown:
            self.stderr.write(f"member {uuid} is not known here: added after the backup, or a typing mistake")
        for problem in refused:
            self.stderr.write(problem)
        self.stdout.write(f"{counted(done, 'member')} erased again, {len(refused)} not.")
        if refused:
            raise CommandError("The team takes the places of these away; then run this again.")

    def _drill(self, *, code: str, file: Path | None, identity_file: Path | None, **_options: Any) -> None:
        municipality = municipality_with(code)
        done = drill(municipality, file, identity_file=identity_file)
        report = done.report
        self.stdout.write(
            f"{code}  backup of {report['made_at'][:16]} UTC brought back in {done.seconds:.0f} s: "
            f"{counted(report['rows'], 'row')} equal, {counted(report['files'], 'file')}, "
            f"{counted(report['log_events'], 'event')} of the log under the seals, "
            f"{counted(report['values'], 'encrypted value')} opened. Thrown away."
        )
        for warning in report["warnings"]:
            self.stderr.write(f"WARNING: {warning}")
        if not done.passed:
            raise CommandError("The drill found something that is not in order: see above.")

    def _prune(self, *, folder: Path, days: int, dry_run: bool, **_options: Any) -> None:
        now = datetime.now(UTC)
        old = outdated(kept_backups(folder), now - timedelta(days=days))
        found = [each.path for each in old] + leftovers(folder, now - timedelta(days=1))
        for path in found:
            if not dry_run and path.is_dir():
                shutil.rmtree(path)
            elif not dry_run:
                path.unlink(missing_ok=True)
            self.stdout.write(f"{'would delete' if dry_run else 'deleted'}  {path.name}")
        self.stdout.write(counted(len(found), "backup"))

    def _key(self, *, file: Path, **_options: Any) -> None:
        secret, public = new_identity()
        try:
            with open(file, "x", opener=_private) as target:
                target.write(f"# public key: {public}\n{secret}\n")
        except OSError as problem:
            raise CommandError(f"{file} cannot be made: {problem.strerror}.") from problem
        self.stdout.write(f"BACKUP_RECIPIENTS={public}")
        self.stderr.write(
            f"Keep {file} away from this server: who has it and the master key can read every backup."
        )

    def _signing_key(self, **_options: Any) -> None:
        secret, public = new_pair()
        self.stdout.write(f"BACKUP_SIGNING_KEY={secret}\nBACKUP_SIGNERS={public}")


def _recent(folder: Path, hours: int) -> dict[str, datetime]:
    since = datetime.now(UTC) - timedelta(hours=hours)
    return {each.code: each.made_at for each in kept_backups(folder) if each.made_at >= since}


def _identities(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        return read_identities(path.read_text())
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandError(f"The identity file {path} cannot be read.") from problem


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextmanager
def _readable_problems() -> Iterator[None]:
    try:
        yield
    except DatabaseError as problem:
        raise CommandError(sentence_of(problem)) from problem
    except PROBLEMS as problem:
        raise CommandError(str(problem).strip()) from problem
