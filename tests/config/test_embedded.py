import os
import shutil

import psycopg
import pytest
import redis

from config import embedded, embedded_folders
from config.processes import LaunchError, is_alive

PROFILE = f"test-embedded-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


@pytest.fixture
def home(monkeypatch):
    """The folder of a profile that only these tests use; its servers are stopped afterwards."""
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    embedded.remove(PROFILE)
    yield embedded_folders.home_of(PROFILE)
    embedded.remove(PROFILE)
    (embedded_folders.ROOT / "var" / f"{PROFILE}.lock").unlink()


def test_servers_start_answer_and_stop(home):
    servers = embedded.ensure(PROFILE)
    with psycopg.connect(servers.database_url) as connection:
        assert connection.execute("SHOW max_locks_per_transaction").fetchone() == ("256",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
    with redis.from_url(servers.redis_url) as connection:
        assert connection.ping()
    pids = [process.pid for process in servers.started]
    servers.stop()
    assert len(pids) == 2
    assert not any(map(is_alive, pids))


def test_running_servers_are_used_again_with_their_data(home):
    first = embedded.ensure(PROFILE)
    with psycopg.connect(first.database_url) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    second = embedded.ensure(PROFILE)
    assert (second.database_url, second.redis_url, second.started) == (
        first.database_url,
        first.redis_url,
        [],
    )
    first.stop()
    third = embedded.ensure(PROFILE)
    with psycopg.connect(third.database_url) as connection:
        assert connection.execute("SELECT to_regclass('kept') IS NOT NULL").fetchone() == (True,)
    third.stop()


def test_pid_file_of_a_crash_is_no_obstacle(home):
    servers = embedded.ensure(PROFILE)
    for process in servers.started:
        process.kill()
        process.wait()
    assert (home / "postgres" / "postmaster.pid").exists()
    again = embedded.ensure(PROFILE)
    with psycopg.connect(again.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    again.stop()


def test_data_of_another_version_is_refused_with_advice(home):
    embedded.ensure(PROFILE).stop()
    (home / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(LaunchError, match="is of PostgreSQL 12"):
        embedded.ensure(PROFILE)


def test_chosen_binaries_must_be_postgresql(home, monkeypatch, tmp_path):
    shutil.rmtree(home / "postgres", ignore_errors=True)
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(LaunchError, match="has no initdb"):
        embedded.ensure(PROFILE)


def test_addresses_in_the_environment_win(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/db")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    servers = embedded.ensure("never-made")
    assert servers.environment() == {
        "DATABASE_URL": "postgres://elsewhere/db",
        "REDIS_URL": "redis://elsewhere",
    }
    assert not (embedded_folders.ROOT / "var" / "never-made").exists()
