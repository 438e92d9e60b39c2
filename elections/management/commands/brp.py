"""`manage.py brp`: where the members of a municipality are looked up in the population register, and with which key."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.views.decorators.debug import sensitive_variables

from elections import brp
from elections.actions.brp_connection import set_connection, switch_off
from elections.brp import BrpUnavailable
from elections.management.connection import ConnectionCommand, read_secret
from elections.models import BrpConnection
from elections.queries.brp import connection


class Command(ConnectionCommand):
    help = "Connect a municipality to the BRP (Haal Centraal BRP Personen API 2). Its administrators switch it on."
    unavailable = BrpUnavailable

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
        change = commands.add_parser("set", help="set the address and the key")
        change.add_argument("code", type=str.upper)
        change.add_argument("--url", required=True, help="of the API, up to and without /personen")
        change.add_argument(
            "--key-file", type=Path, help="file with the API key; “-” or nothing: standard input"
        )
        change.add_argument("--keep-key", action="store_true", help="keep the key that is known")
        change.add_argument(
            "--oin", default="", help="the number of the organisation, for the header x-origin-oin"
        )
        change.add_argument(
            "--ca-file", default="", help="PEM file with the root of the server, when it is private"
        )
        change.add_argument(
            "--certificate-file",
            default="",
            help="PEM file with our certificate and its key, when it is asked",
        )
        for name, text in (
            ("show", "the connection, and whether it is on"),
            ("off", "stop asking; findings stay"),
            ("check", "send a question about nobody, and report whether we are let in"),
        ):
            commands.add_parser(name, help=text).add_argument("code", type=str.upper)

    @sensitive_variables("key")
    def _set(self, *, key_file: Path | None, keep_key: bool, **options: Any) -> None:
        key = "" if keep_key else read_secret(key_file)
        names = ("url", "oin", "ca_file", "certificate_file")
        set_connection(key=key, **{name: options[name] for name in names})
        self._show()

    def _show(self, **_options: Any) -> None:
        found = _find()
        facts = {
            "address": found.url,
            "key": "set" if hasattr(found, "key") else "missing",
            "OIN": found.oin or "-",
            "root": found.ca_file or "those of the system",
            "certificate": found.certificate_file or "-",
            "purpose": found.purpose or "-",
            "asks": ", ".join(brp.fields_for(found.subjects)) if found.subjects else "nothing",
            "active": "yes" if found.is_active else "no",
        }
        for label, value in facts.items():
            self.stdout.write(f"{label:<13}{value}")

    def _off(self, **_options: Any) -> None:
        switch_off()
        self._show()

    def _check(self, **_options: Any) -> None:
        found = _find()
        brp.probe(found)
        self.stdout.write(f"{found.url} answers, and takes our key. Which fields it allows is not tested.")


def _find() -> BrpConnection:
    found = connection()
    if found is None:
        raise CommandError("This municipality has no connection to the BRP.")
    return found
