"""What a municipality costs to make where there are hundreds already."""

from bench.row import Row
from bench.rows import create_municipality_vs_migrate

ROUNDS = 2  # migrating takes half a minute each time


def measure() -> Row:
    """The row of `make bench`, in this database."""
    return create_municipality_vs_migrate.measure(rounds=ROUNDS)
