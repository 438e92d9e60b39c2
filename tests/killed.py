"""A process that is killed in the middle of its work, on the database of the tests."""

import os
import signal
import subprocess
import sys
import time

from django.conf import settings
from django.db import connection


def run_until_killed(program: str) -> None:
    """Run `program`, Python that kills itself with SIGKILL; "%s" in it is the schema of the municipality at work.

    Comes back when the database has noticed: until then the locks of the dead process stand.
    """
    database = connection.settings_dict
    address = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    killed = subprocess.run(
        [sys.executable, "-c", program % connection.schema_name],
        env={**os.environ, "DATABASE_URL": address},
        cwd=settings.BASE_DIR,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    end = time.monotonic() + 60
    with connection.cursor() as cursor:
        cursor.execute(others)
        while cursor.fetchone() != (0,) and time.monotonic() < end:
            time.sleep(0.1)
            cursor.execute(others)
