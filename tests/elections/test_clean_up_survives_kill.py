"""A clean-up that is killed has removed whole chunks, each with its line in the log; the next one removes the rest."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from elections.actions.retention import clean_up
from elections.enums import SignInMethod
from elections.models import AuditEvent, SignIn
from elections.queries.retention import CLEANED
from tests import factories

ROWS, CHUNK, WHOLE_CHUNKS = 200, 20, 3

# Kills itself inside the fourth chunk: its rows are deleted then, its line is not written and nothing is committed.
PROGRAM = f"""
import os, signal
import django
django.setup()
from django_tenants.utils import schema_context
from elections.actions import retention

retention.CHUNK = {CHUNK}
record, written = retention.audit.record, []

def record_or_die(*args, **kwargs):
    if len(written) == {WHOLE_CHUNKS}:
        os.kill(os.getpid(), signal.SIGKILL)
    written.append(record(*args, **kwargs))

retention.audit.record = record_or_die
with schema_context("%s"):
    retention.clean_up()
"""


def test_killed_clean_up_left_whole_chunks_and_goes_on(committed):
    user = factories.make_user()
    old = timezone.now() - timedelta(days=400)
    SignIn.objects.bulk_create(
        SignIn(user=user, at=old, method=SignInMethod.EMAIL_CODE) for _row in range(ROWS)
    )
    database = connection.settings_dict
    address = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    killed = subprocess.run(
        [sys.executable, "-c", PROGRAM % connection.schema_name],
        env={**os.environ, "DATABASE_URL": address},
        cwd=settings.BASE_DIR,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    _wait_until_alone()
    assert SignIn.objects.count() == ROWS - WHOLE_CHUNKS * CHUNK
    assert _logged() == WHOLE_CHUNKS * CHUNK
    assert clean_up() is False
    assert SignIn.objects.count() == 0
    assert _logged() == ROWS


def _wait_until_alone() -> None:
    """The server notices a moment later that a client is dead; until then the locks of its last chunk stand."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    end = time.monotonic() + 60
    with connection.cursor() as cursor:
        cursor.execute(others)
        while cursor.fetchone() != (0,) and time.monotonic() < end:
            time.sleep(0.1)
            cursor.execute(others)


def _logged() -> int:
    return sum(event.details["rows"] for event in AuditEvent.objects.filter(action=CLEANED))
