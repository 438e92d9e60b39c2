"""What a search of the optimiser and whoever waits for it tell each other."""

import time
from collections.abc import Callable

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
