"""`make bench`: measure each row against a named peer in the same run; `ONLY=name,name` for some.

Every module in bench/rows has `measure() -> Row`. A ratio above 1 means better than the reference.
The rows go to bench/results.json and as a table to the screen.
"""

import importlib
import json
import os
import pkgutil
import sys
from dataclasses import asdict
from pathlib import Path

from bench import rows
from bench.row import Row
from config.embedded import ensure

RESULTS = Path(__file__).parent / "results.json"


def main() -> int:
    """Run the rows; 0 when all of them could be measured."""
    names = sorted(module.name for module in pkgutil.iter_modules(rows.__path__))
    only = [name for name in os.environ.get("ONLY", "").split(",") if name]
    unknown = sorted({*only} - {*names})
    if unknown:
        print(f"No row {', '.join(unknown)}. There are: {', '.join(names)}")
        return 2
    prepare_environment()
    from bench import world  # slow import: Django may only load when the servers have addresses

    world.build()
    measured = []
    for name in only or names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        measured.append(importlib.import_module(f"bench.rows.{name}").measure())
    RESULTS.write_text(json.dumps([asdict(row) for row in measured], indent=2) + "\n")
    print(table(measured))
    return 0


def prepare_environment(profile: str = "bench") -> None:
    """Start servers with safety on power loss switched on, as in production, and point Django at them."""
    servers = ensure(profile)
    var = Path(__file__).parent.parent / "var" / profile
    os.environ.update(
        servers.environment(),
        DJANGO_SETTINGS_MODULE="bench.settings",
        SECRET_KEY="only-for-the-bench-" + "0" * 40,
        VAR_DIR=str(var),
        TESTING="1",
        LOG_LEVEL="WARNING",
    )


def table(measured: list[Row]) -> str:
    """The rows as text, one line each."""
    lines = [f"{'row':34} {'value':>12} {'reference':>12} {'ratio':>8}  unit, against"]
    lines += [
        f"{row.name:34} {row.value:12.3f} {row.reference_value:12.3f} {row.ratio:8.2f}  {row.unit}, {row.reference}"
        for row in measured
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
