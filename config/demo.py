"""The demo on one machine: servers, data, web server, workers, clock and mailbox, in one foreground program.

    python -m config.demo start          what `make demo` does
    python -m config.demo reset          throw the data away
    python -m config.demo run -- CMD     a command with the settings of the demo, whether it runs or not

`PORT` (8000), `MAILBOX_PORT` (8025), `DATABASE_URL`, `REDIS_URL` and every variable of the settings may be given in
the environment. `VERBOSE=1` shows all that the programs print instead of warnings only. `DEMO_PROFILE` names another
folder for the data, `DEMO_EMPTY=1` leaves the municipalities out: so the browser journey gets a demo of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import textwrap
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from config import catalogue, embedded
from config.processes import HOST, LaunchError, free_port, is_port_free
from config.supervisor import Program, Supervisor

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PROFILE = os.environ.get("DEMO_PROFILE") or "demo"
DEMO = ROOT / "var" / PROFILE
FILES = DEMO / "files"
LOGS = ROOT / "var" / "log" if PROFILE == "demo" else DEMO / "log"
RUNNING = DEMO / "running.json"


def start() -> int:
    """Prepare what is missing, run the demo until Ctrl-C, and return the exit code."""
    port, mailbox_port = int(os.environ.get("PORT") or 8000), int(os.environ.get("MAILBOX_PORT") or 8025)
    _refuse_taken_port(port)
    if not is_port_free(mailbox_port):
        mailbox_port = free_port()
    smtp_port, register_port = free_port(), free_port()
    print("Starting PostgreSQL and Valkey ...", flush=True)
    servers = embedded.ensure(PROFILE).as_runtime()
    try:
        environment = _environment(servers, port) | {
            "EMAIL_URL": os.environ.get("EMAIL_URL") or f"smtp://{HOST}:{smtp_port}",
            "MAILBOX_URL": f"http://localhost:{mailbox_port}",
        }
        accounts = _prepare(environment, register_port)
        _remember(environment)
        supervisor = Supervisor(
            _programs(port, smtp_port, mailbox_port, register_port),
            environment,
            LOGS,
            verbose=bool(os.environ.get("VERBOSE")),
        )
        return supervisor.run(lambda: _answers(port), lambda: _announce(environment, accounts))
    finally:
        RUNNING.unlink(missing_ok=True)
        servers.stop()


def reset() -> int:
    """Delete all data of the demo. Returns the exit code."""
    if RUNNING.exists() and _answers(int(json.loads(RUNNING.read_text())["PORT"])):
        raise LaunchError("The demo is running. Stop it first (Ctrl-C), then run `make demo-reset` again.")
    if os.environ.get("DATABASE_URL"):
        raise LaunchError("DATABASE_URL is set: empty that database yourself. Nothing was deleted.")
    embedded.remove(PROFILE)
    shutil.rmtree(DEMO, ignore_errors=True)
    print("The data of the demo is gone. `make demo` starts over.")
    return 0


def run(command: Sequence[str]) -> int:
    """Run a command with the settings of the demo; the servers are started for it when they do not run."""
    if not command:
        raise LaunchError("Which command? For example: python -m config.demo run -- python manage.py check")
    servers = embedded.ensure(PROFILE).as_runtime()
    try:
        environment = _environment(servers, int(os.environ.get("PORT") or 8000))
        if RUNNING.exists():
            environment |= json.loads(RUNNING.read_text())
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        servers.stop()


def _programs(port: int, smtp_port: int, mailbox_port: int, register_port: int) -> list[Program]:
    cores = os.cpu_count() or 2
    # In a container the demo often runs as root; its workers need not say so.
    python = [sys.executable, "-W", "ignore:You're running the worker with superuser", "-m"]
    worker = [*python, "celery", "--app", "config", "--quiet", "worker", "--loglevel", "INFO"]
    worker += ["--without-gossip", "--without-mingle"]
    beat = [*python, "celery", "--app", "config", "--quiet", "beat", "--loglevel", "WARNING"]
    web = [
        *python,
        "gunicorn",
        "config.wsgi",
        "--bind",
        f"{HOST}:{port}",
        "--workers",
        f"{max(2, cores)}",
        # Browsers keep connections open that they do not use; they must not keep a whole worker.
        "--worker-class",
        "gthread",
        "--threads",
        "4",
        "--preload",
        "--no-control-socket",
    ]
    node = shutil.which("node", path=f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}") or "node"
    mailbox = [node, f"{ROOT / 'node_modules/maildev/bin/maildev'}", "--silent"]
    mailbox += ["--ip", HOST, "--smtp", f"{smtp_port}", "--web-ip", HOST, "--web", f"{mailbox_port}"]
    mailbox += ["--mail-directory", f"{DEMO / 'mail'}"]
    # In place of the BRP, which no demo is connected to.
    register = [*python, "elections.demo.brp_stand_in", "--port", f"{register_port}"]
    register += ["--people", f"{FILES / 'brp-people.json'}"]
    return [
        Program("mailbox", mailbox),
        Program("register", register),
        Program("web", web),
        # Log-in codes have a worker of their own: they never wait behind letters.
        Program("urgent", [*worker, "--queues", "urgent", "--concurrency", "1", "--hostname", "urgent@demo"]),
        Program(
            "worker",
            [*worker, "--queues", "default", "--concurrency", f"{cores}", "--hostname", "default@demo"],
        ),
        Program("beat", beat),
    ]


def _environment(servers: embedded.Servers, port: int) -> dict[str, str]:
    """Settings of the demo; what is in the environment already wins."""
    FILES.mkdir(parents=True, exist_ok=True)
    (DEMO / "mail").mkdir(exist_ok=True)
    defaults = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": _secret_key(),
        "VAR_DIR": f"{FILES}",
        "HTTPS": "0",
        "DEMO": "1",
        "PORT": f"{port}",
        "PUBLIC_PORT": f":{port}",
        "PYTHONUNBUFFERED": "1",
    }
    return defaults | os.environ | servers.environment() | {"PORT": f"{port}"}


def _secret_key() -> str:
    file = FILES / "secret-key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(60))
    return file.read_text()


def _prepare(environment: Mapping[str, str], register_port: int) -> str:
    """Bring texts, static files, tables and data up to date. Returns the log-ins as the demo prints them."""
    catalogue.compile_all()
    _when_changed(
        "static files",
        (ROOT / "static", ROOT / "package-lock.json"),
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        environment,
    )
    migrations = [app / "migrations" for app in (ROOT / "tenants", ROOT / "elections")]
    if os.environ.get("DATABASE_URL"):
        (FILES / ".tables").unlink(missing_ok=True)
    _when_changed(
        "tables",
        (*migrations, ROOT / "tenants" / "roles.py", ROOT / "requirements.txt"),
        [sys.executable, "manage.py", "upgrade"],
        environment,
    )
    print("Filling the demo, where it is empty ...", flush=True)
    options = ["--empty"] if os.environ.get("DEMO_EMPTY") else []
    options += ["--register-url", f"http://{HOST}:{register_port}/haalcentraal/api/brp"]
    # What it prints is shown: without a line of the log for everything that it makes.
    quiet = {**environment, "LOG_LEVEL": "WARNING"}
    return _call([sys.executable, "manage.py", "demo", *options], quiet, follow=True)


def _when_changed(
    what: str,
    sources: Sequence[Path],
    command: Sequence[str],
    environment: Mapping[str, str],
) -> None:
    """Run a step only when the files it reads are not those of the last time."""
    files = [file for source in sources for file in (source, *source.rglob("[!_]*")) if file.suffix != ".pyc"]
    states = [f"{file} {file.stat().st_mtime_ns}" for file in sorted(files) if file.is_file()]
    stamp, now = FILES / f".{what.replace(' ', '-')}", hashlib.sha256("\n".join(states).encode()).hexdigest()
    if states and not (stamp.exists() and stamp.read_text() == now):
        print(f"Preparing the {what} ...", flush=True)
        _call(command, environment)
        stamp.write_text(now)


def _call(command: Sequence[str], environment: Mapping[str, str], *, follow: bool = False) -> str:
    """Run a step to its end and return what it printed.

    With `follow`, lines that end in dots are progress: they go to the screen at once. Raises LaunchError with the
    last lines of a step that fails.
    """
    lines = []
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as step:
        for line in step.stdout or ():
            if follow and line.rstrip().endswith("..."):
                print(line, end="", flush=True)
            else:
                lines.append(line)
    if step.returncode:
        raise LaunchError(f"{' '.join(command)} failed:\n\n{''.join(lines[-60:])}")
    return "".join(lines)


def _refuse_taken_port(port: int) -> None:
    if is_port_free(port):
        return
    if RUNNING.exists() and _answers(port):
        raise LaunchError(
            f"The demo already runs, on port {port}. Stop that one first (Ctrl-C in its window)."
        )
    raise LaunchError(f"Port {port} is in use by another program. Choose another: PORT={port + 1} make demo")


def _remember(environment: Mapping[str, str]) -> None:
    """Write down what other commands (the browser journey, the pictures) need to find the running demo."""
    addresses = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_URL", "MAILBOX_URL")
    names = [name for name in ("PORT", "PUBLIC_PORT", *addresses) if name in environment]
    RUNNING.touch(mode=0o600)
    RUNNING.write_text(json.dumps({name: environment[name] for name in names}, indent=2))


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/health/live", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _announce(environment: Mapping[str, str], accounts: str) -> None:
    lines = textwrap.dedent(accounts).strip().splitlines()
    lines += ["", f"All mail, log-in codes too:  {environment['MAILBOX_URL']}"]
    lines += [f"Logs:                        {LOGS.relative_to(ROOT)}/", "", "Stop with Ctrl-C."]
    width = max(map(len, lines))
    print(f"\n┌{'─' * (width + 4)}┐")
    for line in lines:
        print(f"│  {line:<{width}}  │")
    print(f"└{'─' * (width + 4)}┘\n", flush=True)


def main() -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m config.demo", description="The demo of Zitting.")
    parser.add_argument("action", choices=["start", "reset", "run"])
    parser.add_argument("command", nargs="*", help="for run: the command, after --")
    options = parser.parse_args()
    try:
        if options.action == "run":
            return run(options.command)
        return {"start": start, "reset": reset}[options.action]()
    except LaunchError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
