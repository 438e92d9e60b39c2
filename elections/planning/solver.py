"""Finds the best assignment with HiGHS; greedy is its start and its fallback."""

import time
from collections.abc import Callable

from elections.planning.greedy import as_result, settle
from elections.planning.instance import Instance
from elections.planning.result import Method, Result
from elections.planning.tables import Diary, Tables

# Seconds since the start, the gap so far and the number of filled places; False asks to stop.
Progress = Callable[[float, float | None, int], bool]
TELL_EVERY = 1.0


class SolverFailed(Exception):
    """HiGHS ended in a way that leaves nothing to use."""


class Watch:
    """The time that is left, and the word of who waits for it."""

    def __init__(self, seconds: float, progress: Progress | None) -> None:
        self.begin = time.monotonic()
        self.seconds = seconds
        self.progress = progress
        self.cancelled = False
        self.gap: float | None = None
        self.filled = 0
        self._told = float("-inf")

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.begin

    @property
    def left(self) -> float:
        return max(0.0, self.seconds - self.elapsed)

    def must_stop(self) -> bool:
        """Tell how far it is, about once a second; true when time is up or somebody cancelled."""
        if self.progress and not self.cancelled and self.elapsed - self._told >= TELL_EVERY:
            self._told = self.elapsed
            self.cancelled = not self.progress(self.elapsed, self.gap, self.filled)
        return self.cancelled or self.left <= 0


def solve(
    instance: Instance, *, seconds: float = 60, threads: int = 2, progress: Progress | None = None
) -> Result:
    """The best assignment that `seconds` allow. It never returns nothing and never breaks a hard rule.

    `progress` is called about once a second, in the thread of the caller. The same instance gives the same answer as
    long as time does not run out. InstanceError when the instance contradicts itself.
    """
    watch = Watch(seconds, progress)
    instance.validate()
    tables = Tables(instance)
    start = settle(tables)
    watch.filled = len(start)
    found, bound, method, failure = start, None, Method.GREEDY, ""
    if not watch.must_stop():
        try:
            from elections.planning.search import search  # noqa: PLC0415 - slow import: HiGHS, may be missing

            found, bound, solved = search(tables, start, watch, threads)
            Diary(tables, found)  # says so when a rule is broken
            method = Method.HIGHS if solved else Method.GREEDY
        except (ImportError, SolverFailed, ValueError, RuntimeError, MemoryError) as error:
            found, bound, method, failure = start, None, Method.GREEDY, f"{type(error).__name__}: {error}"
    return as_result(tables, found, method, watch.elapsed, bound, cancelled=watch.cancelled, failure=failure)
