"""Finds the best assignment with HiGHS; greedy is its start and its fallback."""

from collections.abc import Callable

from elections.planning.instance import Instance
from elections.planning.result import Result

# Seconds since the start, the gap so far and the number of filled places; False asks to stop.
Progress = Callable[[float, float | None, int], bool]


def solve(
    instance: Instance, *, seconds: float = 60, threads: int = 2, progress: Progress | None = None
) -> Result:
    """The best assignment that `seconds` allow. It never returns nothing and never breaks a hard rule.

    `progress` is called about once a second. InstanceError when the instance contradicts itself.
    """
    raise NotImplementedError
