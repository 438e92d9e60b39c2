"""Commands that migrate every municipality of the world, as a system administrator gives them, and the way back."""

import subprocess
import sys
import time
from typing import Final

from django.conf import settings

PROCESSES: Final = 2
"""Of both: what the multiprocessing executor of django-tenants takes unless a setting says otherwise."""
UPGRADE: Final = ("upgrade", "--processes", f"{PROCESSES}")
EXECUTOR: Final = ("migrate_schemas", "--executor=multiprocessing", "--verbosity=0")


def seconds_of(arguments: tuple[str, ...]) -> float:
    """How long a command takes, Python and Django included; afterwards nobody may be behind."""
    from tenants.upgrade.schemas import overview  # slow import: needs the database's address

    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    taken = time.perf_counter() - begin
    left = overview().behind
    if left:
        raise RuntimeError(f"{len(left)} schemas are still behind after {arguments[0]}")
    return taken


def put_back() -> None:
    """Undo the newest migration of elections in every municipality, by the SQL that Django makes for it."""
    from django.db import connection  # slow import: needs the database's address
    from django.db.migrations.loader import MigrationLoader  # slow import: as above

    from tenants.models import Municipality  # slow import: as above

    connection.set_schema_to_public()
    schema_names = list(Municipality.objects.values_list("schema_name", flat=True))
    connection.set_schema(schema_names[0])
    loader = MigrationLoader(connection)
    (newest,) = loader.graph.leaf_nodes("elections")
    lines = loader.collect_sql([(loader.graph.nodes[newest], True)])
    statements = [line for line in lines if not line.startswith("--")]
    for schema_name in schema_names:
        connection.set_schema(schema_name)
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            cursor.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", newest)
    connection.set_schema_to_public()
