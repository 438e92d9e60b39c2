"""What the commands about a connection of one municipality to a server outside have alike."""

import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.views.decorators.debug import sensitive_variables
from django_tenants.utils import tenant_context

from elections.errors import ActionError
from elections.management.chosen import municipality_with


class ConnectionCommand(BaseCommand):
    """Runs the method of a subcommand, `_show` for "show", in the municipality whose code was given.

    unavailable: what the other side's absence raises; shown to the operator as a sentence, as a refusal is.
    """

    unavailable: type[Exception]

    def handle(self, *args: Any, command: str, code: str, **options: Any) -> None:
        with tenant_context(municipality_with(code)):
            try:
                getattr(self, f"_{command}")(**options)
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
            except (ActionError, OSError, self.unavailable) as error:
                raise CommandError(str(error)) from error


@sensitive_variables()
def read_secret(path: Path | None) -> str:
    """From a file or standard input: an argument would show in the list of processes and the shell's history."""
    text = sys.stdin.readline() if path is None or str(path) == "-" else path.read_text()
    return text.strip()
