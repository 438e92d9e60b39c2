"""How long a release waits for the tables when nothing changed, with all municipalities."""

from statistics import median

from bench.row import Row
from bench.scale.upgrading import EXECUTOR, UPGRADE, seconds_of

ROUNDS = 3


def measure() -> Row:
    """Seconds of the whole command, against django-tenants' own with as many processes; that one is asked once."""
    return Row(
        "upgrade_noop_vs_executor",
        median(seconds_of(UPGRADE) for _round in range(ROUNDS)),
        "s, nothing to do",
        "migrate_schemas --executor=multiprocessing",
        seconds_of(EXECUTOR),
        lower_is_better=True,
    )
