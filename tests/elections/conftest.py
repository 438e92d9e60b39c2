"""Servers of one test alone, which may die: the broker of tasks, and the receiver of mail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_smtp import FakeSmtp
from tests.live_worker import LiveBroker, broker_of_product


@pytest.fixture
def broker(committed: None, tmp_path: Path) -> Iterator[LiveBroker]:
    server = LiveBroker(tmp_path)
    with broker_of_product(server.url):
        yield server
    server.kill()


@pytest.fixture
def smtp() -> Iterator[FakeSmtp]:
    with FakeSmtp() as server:
        yield server
