"""`manage.py data_key`: the key that the numbers of one municipality are encrypted with."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import tenant_context

from elections.actions.data_key import RotationRuns, damaged_values, key_uses, rotate_data_key
from elections.management.chosen import municipality_with
from elections.master_keys import MasterKeyUnusable
from tenants.numbers import counted


class Command(BaseCommand):
    help = (
        "Look at the data keys of a municipality, or replace them. Exit code 1 when a value cannot be opened."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
        status = commands.add_parser(
            "status", help="how many values are under which key, and which are damaged"
        )
        rotate = commands.add_parser(
            "rotate", help="encrypt everything with a new key; finishes a killed run"
        )
        rotate.add_argument(
            "--start-anew", action="store_true", help="make a new key also when a former run is not finished"
        )
        for each in (status, rotate):
            each.add_argument("code", type=str.upper, help="CBS code of the municipality")

    def handle(self, *args: Any, command: str, code: str, **options: Any) -> None:
        municipality = municipality_with(code)
        try:
            with tenant_context(municipality):
                damaged = getattr(self, f"_{command}")(**options)
        except (MasterKeyUnusable, RotationRuns) as problem:
            raise CommandError(str(problem)) from problem
        for bound_to in damaged:
            self.stderr.write(f"cannot be opened: {bound_to}")
        if damaged:
            raise CommandError(
                f"{counted(len(damaged), 'value')} cannot be opened; restore what is damaged from a backup or wipe it."
            )

    def _status(self, **_options: Any) -> list[str]:
        uses = key_uses()
        if not uses:
            self.stdout.write("No data key yet: it comes with the first BSN, IBAN or other secret.")
        for use in uses:
            state = "current" if use.key.is_current else "former"
            self.stdout.write(
                f"data key {use.key.key_id} ({state})  under {use.key.master_key_id}  {counted(use.values, 'value')}"
            )
        return damaged_values()

    def _rotate(self, *, start_anew: bool, **_options: Any) -> list[str]:
        def progress(done: int, total: int) -> None:
            self.stdout.write(f"{done} of {total}")
            self.stdout.flush()

        rotation = rotate_data_key(start_anew=start_anew, progress=progress)
        if rotation.resumed:
            self.stdout.write("An earlier run was not finished; this one finished it.")
        destroyed = ", ".join(map(str, rotation.destroyed)) or "none"
        self.stdout.write(
            f"data key {rotation.key_id} is current; {counted(rotation.resealed, 'value')} encrypted anew; "
            f"former keys destroyed: {destroyed}"
        )
        return rotation.damaged
