"""The instant preview: every place gets the best person that is left."""

from elections.planning.instance import Instance
from elections.planning.result import Result


def greedy(instance: Instance) -> Result:
    """A good assignment in about a second; the scarcest seats choose first."""
    raise NotImplementedError
