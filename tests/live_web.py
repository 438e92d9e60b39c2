"""A real web server on the test database, as the Dockerfile starts it, for tests that stop it or what it leans on."""

import os
import subprocess
import sys
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection

from config.processes import HOST, free_port
from tests.live_worker import wait_until

CSRF = "c" * 32
STARTS_WITHIN = 120
ANSWERS_WITHIN = 60


@dataclass
class Answer:
    """What the server said."""

    status: int
    location: str
    page: str


class LiveWeb:
    """gunicorn with the environment of the tests; names in capitals are further variables."""

    def __init__(self, redis_url: str, log: Path, **environment: str) -> None:
        self.port = free_port()
        database = connection.settings_dict
        own = {
            "DATABASE_URL": f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}",
            "REDIS_URL": redis_url,
            "MEDIA_ROOT": settings.MEDIA_ROOT,
            "MASTER_KEY_FILE": settings.MASTER_KEY_FILE,
            "LOG_LEVEL": "CRITICAL",
        }
        options = ["--bind", f"{HOST}:{self.port}", "--worker-class", "gthread", "--threads", "4"]
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "config.wsgi", *options, "--no-control-socket"],
                env={**os.environ, **own, **environment},
                cwd=settings.BASE_DIR,
                stdout=output,
                stderr=output,
            )
        wait_until(self.is_ready, seconds=STARTS_WITHIN, what="a web server that is ready")

    def is_ready(self, *, within: float = ANSWERS_WITHIN) -> bool:
        try:
            return self._ask("GET", "/health/ready", HOST, "", "", within).status == 200
        except (OSError, HTTPException):
            return False

    def get(self, path: str, *, host: str, cookies: str = "") -> Answer:
        return self._ask("GET", path, host, cookies, "")

    def post(self, path: str, *, host: str, cookies: str = "", **fields: Any) -> Answer:
        """Send a form. Raises OSError or HTTPException when no answer comes within a minute."""
        cookies = "; ".join(filter(None, [f"{settings.CSRF_COOKIE_NAME}={CSRF}", cookies]))
        return self._ask("POST", path, host, cookies, urlencode({**fields, "csrfmiddlewaretoken": CSRF}))

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _ask(
        self, method: str, path: str, host: str, cookies: str, body: str, within: float = ANSWERS_WITHIN
    ) -> Answer:
        client = HTTPConnection(HOST, self.port, timeout=within)
        headers = {"Host": host, "Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            client.request(method, path, body or None, headers)
            got = client.getresponse()
            return Answer(got.status, got.headers.get("Location", ""), got.read().decode())
        finally:
            client.close()
