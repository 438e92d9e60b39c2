"""What an assignment is worth: one place for the points of every rule."""

from collections.abc import Iterable

from elections.planning.instance import Instance, Placement
from elections.planning.result import Score


def score(instance: Instance, placements: Iterable[Placement]) -> Score:
    """The points of `placements` together with the fixed ones; hard rules are not looked at."""
    raise NotImplementedError
