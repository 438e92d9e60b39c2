"""Finds the best assignment with HiGHS; greedy is its start and its fallback."""

from elections.planning.greedy import as_result, settle
from elections.planning.instance import Instance
from elections.planning.result import Method, Result
from elections.planning.tables import Diary, Tables
from elections.planning.watch import Progress, SolverFailed, Watch


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
