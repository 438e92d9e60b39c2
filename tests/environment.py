"""Loaded by pytest before Django (`-p tests.environment`): the settings of a test run, and real servers to run on."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from config.embedded import ensure

VAR = Path(__file__).resolve().parent.parent / "var" / "test"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("TESTING", "1")
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0" * 40)
os.environ.setdefault("VAR_DIR", str(VAR))

if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
    # The controller of a parallel run starts them; its workers inherit the addresses.
    servers = ensure("test")
    os.environ.setdefault("DATABASE_URL", servers.database_url)
    os.environ.setdefault("REDIS_URL", servers.redis_url)

if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    # They share one server, and their municipalities have the same names: each has its own numbered database.
    address = urlsplit(os.environ["REDIS_URL"])
    number = 1 + int(worker.removeprefix("gw")) % 14
    os.environ["REDIS_URL"] = address._replace(path=f"/{number}").geturl()
