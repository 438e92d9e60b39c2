"""How much sooner a municipality is ready than when its schema is migrated."""

import time
from collections.abc import Callable
from statistics import median

from django.db import connection

from bench.row import Row
from elections.actions.municipality import open_municipality
from tenants import provisioning
from tenants.models import Domain, Municipality

ROUNDS = 5
CODE = "GM9980"
SCHEMA = CODE.lower()
DOMAIN = "meetdorp.localhost"


def measure(rounds: int = ROUNDS) -> Row:
    """Seconds for all that `municipality create` does but its mail, against django-tenants' own way of making a tenant.

    Both run in this process, by turns, on the same server, without the start of Python. Ours also checks, hands out a
    share of the key and writes the log; theirs is only two rows and `migrate_schemas`. The SQL text is there already,
    as it is for every municipality but the first after a release: that one pays for a migration too.
    """
    connection.set_schema_to_public()
    provisioning.schema_sql()
    made, migrated = [], []
    for _round in range(rounds):
        made.append(_seconds(_copy))
        migrated.append(_seconds(_migrate))
    return Row(
        "create_municipality_vs_migrate",
        median(made),
        "s a municipality",
        "migrate_schemas for one schema",
        median(migrated),
        lower_is_better=True,
    )


def _copy() -> None:
    open_municipality(code=CODE, name="Meetdorp", domain=DOMAIN)


def _migrate() -> None:
    municipality = Municipality.objects.create(code=CODE, schema_name=SCHEMA, name="Meetdorp")
    Domain.objects.create(domain=DOMAIN, tenant=municipality)
    provisioning.migrate_schema(SCHEMA)


def _seconds(make: Callable[[], None]) -> float:
    begin = time.perf_counter()
    make()
    taken = time.perf_counter() - begin
    provisioning.drop_schema(SCHEMA)
    Municipality.objects.filter(code=CODE).delete()
    return taken
