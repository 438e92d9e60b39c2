"""A command that meets other tables than its own, or no database, says so in a sentence."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.conf import settings

COMMANDS = ("municipality list", "audit verify", "backup list .")


def manage(command: str, address: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DATABASE_URL": address, "DATABASE_OWNER_URL": address}
    return subprocess.run(
        [sys.executable, "manage.py", *command.split()],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_tables_that_are_not_there(command):
    # The database of the server's own administration has none of our tables.
    done = manage(command, urlsplit(os.environ["DATABASE_URL"])._replace(path="/postgres").geturl())
    assert done.returncode == 1
    assert "manage.py upgrade" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_database_that_does_not_answer(command):
    done = manage(command, "postgres://nobody@127.0.0.1:1/nothing")
    assert done.returncode == 1
    assert "The database does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_traceback_for_who_asks():
    done = manage("municipality --traceback list", "postgres://nobody@127.0.0.1:1/nothing")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
