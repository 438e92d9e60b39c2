"""How long one migration takes in all municipalities."""

from bench.row import Row
from bench.scale.upgrading import EXECUTOR, UPGRADE, put_back, seconds_of


def measure() -> Row:
    """Seconds of the whole command, against django-tenants' own with as many processes, for the same migration."""
    taken = []
    for command in (UPGRADE, EXECUTOR):
        put_back()
        taken.append(seconds_of(command))
    return Row(
        "upgrade_one_vs_executor",
        taken[0],
        "s for one migration",
        "migrate_schemas --executor=multiprocessing",
        taken[1],
        lower_is_better=True,
    )
