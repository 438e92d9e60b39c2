"""`manage.py upgrade`: bring the tables of every municipality to this code's newest migration."""

import os
import signal
import sys
import time
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from tenants.numbers import counted
from tenants.upgrade.run import UpgradeError, default_processes, upgrade
from tenants.upgrade.schemas import Overview, overview
from tenants.upgrade.workers import LOCK_SECONDS, TRIES, Outcome, work


class Command(BaseCommand):
    help = (
        "Migrate the schemas that are behind: public first, then the municipalities, several at a time. Old and new"
        " web servers both work meanwhile. It can be stopped and run again; with nothing to do it takes no time."
        " Exit code 1 when a schema is still behind afterwards."
    )
    requires_system_checks: list[str] = []  # where tables are behind the code, a check may not work yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--check", action="store_true", help="change nothing; exit code 1 when a schema is behind"
        )
        what.add_argument(
            "--plan", action="store_true", help="change nothing; show what would run, and where"
        )
        what.add_argument(
            "--worker", action="store_true", help=SUPPRESS
        )  # one of the processes of an upgrade
        parser.add_argument(
            "--processes",
            type=_at_least_one,
            default=0,
            help=f"how many schemas are migrated at the same time; default {default_processes()} on this machine",
        )
        parser.add_argument(
            "--tries",
            type=_at_least_one,
            default=TRIES,
            help=f"how often a schema is tried while something holds a lock for more than {LOCK_SECONDS} seconds;"
            " default %(default)s, with growing pauses",
        )

    def handle(self, *args: Any, check: bool, plan: bool, worker: bool, **options: Any) -> None:
        if worker:
            # What comes in are schemas, and what goes out is what became of them.
            answers = os.fdopen(os.dup(1), "w")
            os.dup2(2, 1)  # what a migration prints is no answer
            work(sys.stdin, answers, options["tries"])
            return
        try:
            if check or plan:
                self._look(check=check)
            else:
                self._upgrade(options["processes"], options["tries"])
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {str(error).splitlines()[0]}") from error
        except UpgradeError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as stop:
            raise CommandError(
                "Stopped; what was at work is finished. Run `manage.py upgrade` again: it does what is left.",
                returncode=128 + signal.SIGINT,
            ) from stop

    def _look(self, *, check: bool) -> None:
        view = overview()
        if view.is_empty:
            text = "The database is empty: `manage.py upgrade` makes the tables."
            if check:
                raise CommandError(text)
            self.stdout.write(text)
            return
        schemas: dict[tuple[str, ...], list[str]] = {}
        for lag in view.behind:
            rights = ("rights of the runtime role",) if lag.needs_rights else ()
            schemas.setdefault((*lag.missing, *rights), []).append(lag.schema_name)
        for missing, names in schemas.items():
            self.stdout.write(f"{names[0]} misses:" if len(names) == 1 else f"{len(names)} schemas miss:")
            for name in missing:
                self.stdout.write(f"  {name}")
            if len(names) > 1:
                self.stdout.write(f"  in {', '.join(names)}")
        self._warn(view)
        if check and view.behind:
            raise CommandError(f"{view.lag}. Run `manage.py upgrade`.")
        if not view.behind:
            self.stdout.write(_up_to_date(view))

    def _upgrade(self, processes: int, tries: int) -> None:
        begin = time.monotonic()
        report = upgrade(processes=processes, tries=tries, begin=self._begin, tell=self._tell)
        self._warn(report.after)
        if report.is_complete and not report.outcomes:
            self.stdout.write(_up_to_date(report.after))
            return
        self.stdout.write(
            f"{len(report.outcomes) - len(report.failed)} upgraded, {len(report.failed)} failed,"
            f" {counted(report.after.total, 'schema')} in all, {time.monotonic() - begin:.1f} s."
        )
        if not report.is_complete:
            left = {lag.schema_name for lag in report.after.behind} | {
                one.schema_name for one in report.failed
            }
            raise CommandError(
                f"Still behind: {', '.join(sorted(left))}. Do not start the new code yet;"
                " take away the cause above and run `manage.py upgrade` again: it does only these."
            )

    def _begin(self, view: Overview) -> None:
        """So that nobody wonders whether it does something: the first schema that is ready may be a minute away."""
        if view.is_empty:
            self.stdout.write("public: making the tables, which may take a minute.")
        elif view.behind:
            self.stdout.write(f"{view.lag}.")
        self.stdout.flush()

    def _tell(self, outcome: Outcome, done: int, total: int) -> None:
        tries = f", {outcome.tries} tries" if outcome.tries > 1 else ""
        what = f"FAILED at {outcome.error}" if outcome.error else "upgraded"
        self.stdout.write(f"[{done}/{total}] {outcome.schema_name} {what} ({outcome.seconds:.1f} s{tries})")
        self.stdout.flush()

    def _warn(self, view: Overview) -> None:
        if view.without_tables:
            self.stderr.write(
                f"Skipped, because there is no schema for them: {', '.join(view.without_tables)}."
                " See `manage.py municipality list`."
            )
        if view.ahead:
            self.stderr.write(f"Newer than this code: {', '.join(view.ahead)}.")


def _up_to_date(view: Overview) -> str:
    return f"All {view.total} schemas are up to date." if view.total > 1 else "The only schema is up to date."


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text} is not a number of 1 or more")
    return int(text)
