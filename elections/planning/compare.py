"""Two assignments side by side."""

from collections.abc import Iterable

from elections.planning.instance import Instance, Placement
from elections.planning.result import Comparison


def compare(instance: Instance, before: Iterable[Placement], after: Iterable[Placement]) -> Comparison:
    """Who moves, who comes in, who goes out, and what it does to the points of each rule."""
    raise NotImplementedError
