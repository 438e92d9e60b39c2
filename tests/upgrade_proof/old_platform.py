"""A platform as it runs today: the code of the last release, its tables, people in them and a web server."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg

from config.processes import HOST, free_port, stop_with_parent, wait_until
from tests import last_release

NEW_CODE: Final = Path(__file__).resolve().parents[2]
DATABASE: Final = f"zitting_upgrade_proof_{os.getpid()}"


def is_there() -> bool:
    """Whether this checkout knows the commit of the last release; one of a single commit does not."""
    found = subprocess.run(
        ["git", "cat-file", "-e", f"{last_release.COMMIT}^{{commit}}"],  # noqa: S607
        cwd=NEW_CODE,
        capture_output=True,
        check=False,
    )
    return found.returncode == 0


class Platform:
    """Old and new code beside each other, on one database.

    towns: the municipalities as old_world.py prints them.
    """

    def __init__(self, folder: Path, count: int) -> None:
        self.old_code = folder / "old"
        address = os.environ["DATABASE_URL"]
        self.database_url = urlsplit(address)._replace(path=f"/{DATABASE}").geturl()
        with _server(address) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{DATABASE}"')
        archive = subprocess.run(
            ["git", "archive", last_release.COMMIT],  # noqa: S607
            cwd=NEW_CODE,
            capture_output=True,
            check=True,
        )
        self.old_code.mkdir()
        # The module tarfile unpacks safely from Python 3.11.4 only; we run from 3.11.
        subprocess.run(["tar", "-x"], cwd=self.old_code, input=archive.stdout, check=True)  # noqa: S607
        (self.old_code / "node_modules").symlink_to(NEW_CODE / "node_modules")
        self.variables = {
            "DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "WARNING",
            "MASTER_KEY_FILE": f"{folder / 'master-key.json'}",
            "SECRET_KEY": "only-for-the-proof-" + "0" * 40,
            "TESTING": "1",
            "VAR_DIR": f"{folder / 'var'}",
        }
        Path(self.variables["VAR_DIR"], "static").mkdir(parents=True)
        program = Path(__file__).with_name("old_world.py")
        made = self._run(self.old_code, [f"{program}", f"{count}"])
        if made.returncode:
            raise RuntimeError(f"The old code could not make its municipalities:\n{made.stderr[-2000:]}")
        self.towns: list[dict[str, str]] = json.loads(made.stdout)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the new code."""
        return self._run(NEW_CODE, ["manage.py", *arguments])

    @contextmanager
    def web(self, code: Path) -> Iterator[int]:
        """The port of a web server of the old or the new code."""
        port = free_port()
        process = subprocess.Popen(
            [
                *(
                    sys.executable,
                    "-m",
                    "gunicorn",
                    "config.wsgi",
                    "--bind",
                    f"{HOST}:{port}",
                    "--workers",
                    "2",
                ),
                *("--log-level", "warning", "--no-control-socket"),
            ],
            env=self._environment(code),
            cwd=code,
            preexec_fn=stop_with_parent(15),
        )
        try:
            wait_until(lambda: _answers(port), 60, f"the web server of {code}", process)
            yield port
        finally:
            process.terminate()
            process.wait()

    @contextmanager
    def connection(self) -> Iterator[Any]:
        with psycopg.connect(self.database_url, autocommit=True) as made:
            yield made

    def remove(self) -> None:
        with _server(os.environ["DATABASE_URL"]) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')

    def _environment(self, code: Path) -> dict[str, str]:
        return {**os.environ, **self.variables, "PYTHONPATH": f"{code}"}

    def _run(self, code: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", *arguments],
            env=self._environment(code),
            cwd=code,
            capture_output=True,
            text=True,
            check=False,
        )


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://{HOST}:{port}/health/live", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def _server(address: str) -> Iterator[Any]:
    with psycopg.connect(address, dbname="postgres", autocommit=True) as made:
        yield made
