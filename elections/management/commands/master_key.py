"""`manage.py master_key`: the keys above all data keys."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django_tenants.utils import tenant_context

from elections import master_keys
from elections.actions.master_key import data_keys_by_municipality, drop_master_key, rewrap_data_keys
from elections.management.chosen import municipalities_with
from tenants.database_problems import sentence_of
from tenants.numbers import counted


class Command(BaseCommand):
    help = "Make, look at and replace the master keys in MASTER_KEY_FILE. Without them no secret can be read again."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", metavar="COMMAND")
        commands.add_parser(
            "make", help="make the file when there is none; also what happens without COMMAND"
        )
        commands.add_parser("rotate", help="add a new key and make it the active one; the old ones stay")
        rewrap = commands.add_parser("rewrap", help="put data keys under the active key; may be repeated")
        rewrap.add_argument(
            "codes", nargs="*", type=str.upper, metavar="CODE", help="of these municipalities; default all"
        )
        commands.add_parser("status", help="which data key is under which master key")
        shares = commands.add_parser("shares", help="add shares: each new municipality needs one")
        shares.add_argument(
            "count", nargs="?", type=int, choices=range(1, 10_001), metavar="COUNT", default=100
        )
        drop = commands.add_parser("drop", help="take a key out of the file that nothing needs any more")
        drop.add_argument("name")

    def handle(self, *args: Any, command: str | None, **options: Any) -> None:
        try:
            getattr(self, f"_{command or 'make'}")(**options)
        except (master_keys.MasterKeyUnusable, master_keys.MasterKeyNeeded) as problem:
            raise CommandError(str(problem)) from problem

    def _make(self, **_options: Any) -> None:
        made = master_keys.make_master_key_file(settings.MASTER_KEY_FILE)
        self.stdout.write(f"{settings.MASTER_KEY_FILE} {'is made' if made else 'was there already'}.")

    def _rotate(self, **_options: Any) -> None:
        name = master_keys.add_master_key()
        self.stdout.write(f"{name} is the active master key. Back up the file now.")
        self.stdout.write("Then restart what reads the file, and run `manage.py master_key rewrap`.")

    def _rewrap(self, *, codes: list[str], **_options: Any) -> None:
        failed = []
        for municipality in municipalities_with(codes):
            with tenant_context(municipality):
                try:
                    count = rewrap_data_keys()
                except (master_keys.MasterKeyUnusable, DatabaseError) as problem:
                    # One municipality stops only itself.
                    failed.append(municipality.code)
                    told = sentence_of(problem) if isinstance(problem, DatabaseError) else problem
                    self.stderr.write(f"{municipality.code}  {told}")
                else:
                    self.stdout.write(f"{municipality.code}  {counted(count, 'data key')} moved")
        if failed:
            raise CommandError(f"Not done: {', '.join(failed)}.")

    def _status(self, **_options: Any) -> None:
        active, names = master_keys.master_key_names()
        shares = master_keys.share_numbers()
        found = data_keys_by_municipality()
        for municipality, keys in found:
            for key in keys:
                current = "current" if key.is_current else "former"
                share = master_keys.share_of(bytes(key.wrapped))
                known = key.master_key_id in names and share in {None, *shares}
                self.stdout.write(
                    f"{municipality.code}  data key {key.key_id} ({current})  under {key.master_key_id}"
                    f"  {'no share' if share is None else f'share {share}'}"
                    f"{'' if known else '  MISSING FROM THE FILE'}"
                )
        given = {municipality.key_share for municipality, _keys in found} - {None}
        self.stdout.write(
            f"{counted(len(shares), 'share')}  {len(shares & given)} of them given to a municipality"
        )
        for name in names:
            count = sum(key.master_key_id == name for _municipality, keys in found for key in keys)
            self.stdout.write(f"{name}  {counted(count, 'data key')}{'  active' if name == active else ''}")

    def _shares(self, *, count: int, **_options: Any) -> None:
        master_keys.add_shares(count)
        self.stdout.write(
            f"{counted(count, 'share is', 'shares are')} added; {len(master_keys.share_numbers())} in all."
        )
        self.stdout.write("Back up the file now, and restart what reads it.")

    def _drop(self, *, name: str, **_options: Any) -> None:
        drop_master_key(name)
        self.stdout.write(f"{name} is gone. Backups that were made under it can be read with its copy only.")
