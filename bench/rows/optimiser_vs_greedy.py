"""What the optimiser makes of a city that greedy does not: points for wishes and rules, places apart."""

from bench.planning_peers import run
from bench.row import Row

SECONDS = 60


def measure() -> Row:
    """The objective of the optimiser against that of greedy, for the same city of Amsterdam's size."""
    ours, fast = run("ours", "amsterdam", SECONDS), run("greedy", "amsterdam", SECONDS)
    print(ours)
    print(fast)
    return Row("optimiser_vs_greedy", ours.objective, "points", "greedy", fast.objective)
