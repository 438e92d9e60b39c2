"""How near the optimiser gets to what is possible at the size of Amsterdam, in a minute on two cores."""

import os

from bench.planning_peers import METHODS, Outcome, run
from bench.row import Row

SECONDS = 60
LIMIT = 0.5  # % of the objective
NEVER = 100.0  # no gap: the solver was not reached


def measure() -> Row:
    """The proven gap in % against the limit; beside it the same city by greedy and by plain models."""
    outcomes = {method: run(method, "amsterdam", SECONDS) for method in METHODS}
    show(outcomes)
    gap = outcomes["ours"].gap
    return Row(
        "optimiser_amsterdam",
        max(NEVER if gap is None else gap, 0.001),
        "% of the objective at most to be won",
        "the limit",
        LIMIT,
        lower_is_better=True,
    )


def show(outcomes: dict[str, Outcome]) -> None:
    """A line for each method, and how busy the machine is."""
    print(f"  load {os.getloadavg()[0]:.1f}; Juinen: {run('ours', 'juinen', SECONDS)}")
    for outcome in outcomes.values():
        print(outcome)
