"""Hosts for tests that need some; where the system allows none, they are skipped, with the reason."""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts.network import Network, NoHosts
from tests.hosts.platform import Platform
from tests.own_postgres import OwnPostgres


@pytest.fixture
def network() -> Iterator[Network]:
    try:
        with Network() as made:
            yield made
    except NoHosts as problem:
        warnings.warn(f"NOT TESTED on several hosts: {problem}", stacklevel=1)
        pytest.skip(f"NOT TESTED on several hosts: {problem}")


@pytest.fixture
def platform(
    network: Network, committed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Platform]:
    """The hosts with nothing running yet: a test fills its database first, and calls `start`."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    postgres = OwnPostgres(f"test-hosts-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
    try:
        folder = tmp_path / "hosts"
        folder.mkdir()
        made = Platform(network, postgres, folder)
        with made.smtp:
            yield made
    finally:
        for host in network.hosts.values():
            host.kill_programs()
        postgres.remove()
