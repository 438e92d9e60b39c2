"""The upgrade itself: public first, and then the municipalities that are behind, in processes of their own.

One that fails is told at the end; the others go on, and the next run does the rest.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django_tenants.utils import get_public_schema_name

from tenants import locks
from tenants.upgrade.schemas import Overview, overview
from tenants.upgrade.workers import TRIES, Outcome, WorkerError, run

MOST_PROCESSES: Final = 4
"""As many as run without being asked: the database has pages to serve too."""
logger = logging.getLogger(__name__)
Tell = Callable[[Outcome, int, int], None]
Begin = Callable[[Overview], None]


class UpgradeError(RuntimeError):
    """The upgrade cannot run; the message says what to do."""


@dataclass
class Report:
    """What came of an upgrade: of each schema that was behind, and where all stand now."""

    outcomes: list[Outcome]
    after: Overview

    @property
    def failed(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.error]

    @property
    def is_complete(self) -> bool:
        return not self.failed and not self.after.behind


def upgrade(
    *, processes: int = 0, tries: int = TRIES, begin: Begin | None = None, tell: Tell | None = None
) -> Report:
    """Migrate every schema that is behind: public first, then the municipalities side by side, suspended ones too.

    Can be stopped and run again at any moment: each migration is one transaction and is written down in it.

    Parameters:
        processes: how many schemas are migrated at the same time; 0 for `default_processes`.
        tries: how often a schema is tried while somebody else holds a lock that it needs.
        begin: called with where all stand, before anything is done.
        tell: called after each schema with its outcome, how many are done and how many there are.

    Raises:
        UpgradeError: when another upgrade runs on this database, when the public schema cannot be migrated, or when
            no process can be started.
    """
    outcomes: list[Outcome] = []
    with _only_one():
        view = overview()
        if begin:
            begin(view)
        waiting = [lag.schema_name for lag in view.behind]
        total = len(waiting)

        def note(outcome: Outcome) -> None:
            outcomes.append(outcome)
            if outcome.error:
                logger.error("upgrade of %s failed: %s", outcome.schema_name, outcome.error)
            if tell:
                tell(outcome, len(outcomes), total)

        try:
            if waiting[:1] == [get_public_schema_name()]:
                run([waiting.pop(0)], 1, tries, note)
                if outcomes[0].error:
                    raise UpgradeError(
                        f"No municipality was touched, because the public schema failed: {outcomes[0].error}"
                    )
            run(waiting, processes or default_processes(), tries, note)
        except WorkerError as error:
            raise UpgradeError(str(error)) from error
        return Report(outcomes, overview())


def default_processes() -> int:
    """As many as this process may use cores, MOST_PROCESSES at most."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(MOST_PROCESSES, cores)


@contextmanager
def _only_one() -> Iterator[None]:
    with locks.own_lock(locks.UPGRADE, wait=False) as is_ours:
        if not is_ours:
            raise UpgradeError(
                "Another upgrade is running on this database. Wait until it has ended; this one changed nothing."
            )
        yield
