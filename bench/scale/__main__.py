"""`make bench-scale`: all municipalities of the country on one platform, measured unattended in one go.

    MUNICIPALITIES=path.csv   their codes and names (columns `code` and `naam`); without it 342 invented ones
    CITIES=20                 the first so many, to work on the bench itself
    ONLY=name,name            some of the rows; KEEP=1 uses the world of the run before

The rows are the modules of bench/scale/rows, in the order of ROWS. They go to bench/scale/results.json and to the
screen, with the time that each part took.
"""

import importlib
import json
import os
import pkgutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bench.__main__ import prepare_environment, table
from bench.row import Row
from bench.scale import rows, world

RESULTS: Final = Path(__file__).parent / "results.json"
# First what only reads, last what changes the tables of every municipality. A row that is not named comes at the end.
ROWS: Final = (
    "p95_342_vs_1",
    "pages_of_5000",
    "create_municipality_vs_migrate",
    "upgrade_noop_vs_executor",
    "upgrade_one_vs_executor",
)


def main() -> int:
    """Make the world and run the rows; 0 when all of them could be measured, 1 when one could not."""
    chosen = [name for name in os.environ.get("ONLY", "").split(",") if name]
    names = [name for name in every_row() if not chosen or name in chosen]
    if len(names) < len(chosen):
        print(f"No such row. There are: {', '.join(every_row())}")
        return 2
    prepare_environment("bench-scale")
    world.build()
    measured, failed = [], []
    for name in names:
        with world.spent.on(name):
            try:
                measured += rows_of(name)
            except Exception as error:  # noqa: BLE001 - the other rows are measured, and the exit code tells
                failed.append(f"{name}: {type(error).__name__}: {error}")
                print(failed[-1], file=sys.stderr, flush=True)
    report(measured, failed)
    return 1 if failed else 0


def every_row() -> list[str]:
    """The modules that can be measured, in order."""
    found = sorted(module.name for module in pkgutil.iter_modules(rows.__path__))
    return sorted(found, key=lambda name: ROWS.index(name) if name in ROWS else len(ROWS))


def rows_of(name: str) -> list[Row]:
    """What a module measures: one row, or more that come from the same work."""
    result = importlib.import_module(f"{rows.__name__}.{name}").measure()
    return [result] if isinstance(result, Row) else list(result)


def report(measured: list[Row], failed: list[str]) -> None:
    """Write the results, and print them with where the time went."""
    parts = world.spent.parts
    RESULTS.write_text(
        json.dumps(
            {
                "municipalities": len(world.cities()),
                "rows": [asdict(row) for row in measured],
                "failed": failed,
                "seconds": {what: round(seconds, 1) for what, seconds in parts},
            },
            indent=2,
        )
        + "\n"
    )
    print(table(measured))
    print("\nWhere the time went:")
    for what, seconds in parts:
        print(f"{seconds:8.1f} s  {what}")
    print(f"{sum(seconds for _what, seconds in parts):8.1f} s  in all")
    for line in failed:
        print(f"NOT MEASURED  {line}")


if __name__ == "__main__":
    sys.exit(main())
