"""`manage.py status`: what a system administrator looks at first."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from elections.queries.platform_status import platform_status


class Command(BaseCommand):
    help = (
        "Look at every part of the platform now: servers, queues, clock, workers, disk, tables, mail and jobs."
        " Exit code 1 when something needs attention. Names codes of municipalities, and nothing of anybody."
    )
    requires_system_checks: list[str] = []  # it must tell what is down, also when that fails a check

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object, for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = platform_status()
        if options["json"]:
            self.stdout.write(
                json.dumps({"ok": all(line.ok for line in lines), "parts": [asdict(line) for line in lines]})
            )
        else:
            for line in lines:
                style = self.style.SUCCESS if line.ok else self.style.ERROR
                self.stdout.write(
                    f"{style('ok       ' if line.ok else 'ATTENTION')}  {line.part:<15} {line.text}"
                )
        if not all(line.ok for line in lines):
            sys.exit(1)
