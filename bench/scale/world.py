"""The world of `make bench-scale`: every municipality of the country on one platform, 50,000 members in all.

One is a large city (5,000 members, 200 polling stations); the others are equal, so that what a page costs does not
differ with where it is asked. All are made as in production (`tenants.provisioning`); the city and one of the others
are filled as the demo is, and the rest gets the rows of that other one (bench.scale.copying).
"""

import csv
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench import world
from bench.scale.copying import copy_rows
from bench.world import City

MUNICIPALITIES: Final = 342
MEMBERS: Final = 50_000
LARGE: Final = {"stations": 200, "chairs": 700, "members": 2850, "counters": 1050, "reserves": 400}
SMALL: Final = {"stations": 6, "chairs": 20, "members": 76, "counters": 26, "reserves": 10}
SUFFIX: Final = ".scale.localhost"


@dataclass
class Spent:
    """Where the time of the run went: what, and how many seconds."""

    parts: list[tuple[str, float]]

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        """Say what is being done and remember how long it took."""
        print(f"{what} ...", file=sys.stderr, flush=True)
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.parts.append((what, time.perf_counter() - begin))


spent = Spent([])


def cities() -> list[City]:
    """The municipalities of this run; the first is the large city. CITIES=20 takes the first 20 of them.

    They come from the file MUNICIPALITIES, with columns `code` and `naam`, or are invented.
    """
    path = os.environ.get("MUNICIPALITIES", "")
    if path:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            pairs = [(line["code"], line["naam"]) for line in csv.DictReader(file)]
    else:
        pairs = [(f"GM{number:04}", f"Plaats {number}") for number in range(1, MUNICIPALITIES + 1)]
    count = int(os.environ.get("CITIES") or len(pairs))
    return [City(code, name, code.lower() + SUFFIX) for code, name in pairs[:count]]


def large_city() -> City:
    """The one with 5,000 members and 200 polling stations."""
    return cities()[0]


def small_cities() -> list[City]:
    """The others, which are equal."""
    return cities()[1:]


def build() -> None:
    """Make the world in an empty database; with KEEP=1 the one of the run before, if municipalities and tables fit."""
    if os.environ.get("KEEP") and _is_there():
        return
    with spent.on("empty database"):
        world.make_database()
    _make_municipalities()
    _fill()


def _is_there() -> bool:
    world.use_database()
    from django.db import DatabaseError, connection  # slow import: needs the database's address

    from tenants.models import Municipality, SchemaDump  # slow import: as above
    from tenants.provisioning import migrations_fingerprint  # slow import: as above

    try:
        if not SchemaDump.objects.filter(fingerprint=migrations_fingerprint()).exists():
            return False
        there = set(Municipality.objects.values_list("code", flat=True))
    except DatabaseError:
        return False
    finally:
        connection.close()  # the database may be made anew
    return {city.code for city in cities()} <= there


def _make_municipalities() -> None:
    from tenants import provisioning  # slow import: needs the database's address

    every = cities()
    with spent.on("template of an empty municipality"):
        provisioning.schema_sql()
    with spent.on(f"make {len(every)} municipalities"):
        for city in every:
            provisioning.create_municipality(code=city.code, name=city.name, domain=city.host)


def _fill() -> None:
    from elections.demo.story import Size, fill  # slow import: needs the database's address
    from tenants.models import Municipality  # slow import: as above

    model, *copies = small_cities()
    for city, size in ((large_city(), LARGE), (model, SMALL)):
        with spent.on(f"fill {city.name} with {sum(size.values()) - size['stations']} members"):
            fill(Municipality.objects.get(code=city.code), Size(**size), chapter="assigned")
    with spent.on(f"copy the rows of {model.name} to {len(copies)} others"):
        copy_rows(model.code.lower(), [city.code.lower() for city in copies])
