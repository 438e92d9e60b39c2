"""Run a handful of programs in the foreground, and leave none of them behind.

Each program has a session of its own, so Ctrl-C reaches only us: we stop them one by one, in reverse order. What
they print goes to a file each; warnings and errors are shown as well. A program that ends by itself is started
again, unless it keeps ending: then everything stops and its last lines are shown.
"""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from config.processes import stop_with_parent

RESTARTS = 3
RESTART_SECONDS = 60
STOP_SECONDS = 10
COLOURS = (36, 33, 35, 34, 32)
QUIET = re.compile(rb"\b(INFO|DEBUG)\b")


@dataclass
class Program:
    """One program to keep running. `stop_signal` asks it to end; after STOP_SECONDS it is killed."""

    name: str
    command: Sequence[str]
    stop_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    log: IO[bytes] | None = None
    starts: list[float] = field(default_factory=list)


class Supervisor:
    """Starts programs, follows what they print, restarts them, and stops them all."""

    def __init__(
        self,
        programs: Sequence[Program],
        environment: Mapping[str, str],
        logs: Path,
        *,
        verbose: bool = False,
    ) -> None:
        self.programs = list(programs)
        self.environment = dict(environment)
        self.logs = logs
        self.verbose = verbose
        self.selector = selectors.DefaultSelector()
        self.stop_asked = False

    def run(self, is_ready: Callable[[], bool], when_ready: Callable[[], None]) -> int:
        """Keep the programs running until someone asks to stop. Returns the exit code.

        `when_ready` is called once, as soon as `is_ready` answers True; it is asked a few times a second.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        announced = False
        try:
            for program in self.programs:
                self._start(program)
            while not self.stop_asked:
                self._pass_on_output(0.2)
                if not announced and is_ready():
                    announced = True
                    when_ready()
                for program in self.programs:
                    if not self.stop_asked and not self._keep_running(program):
                        return 1
            return 0
        finally:
            self._stop_all()

    def _ask_to_stop(self, *_signal: object) -> None:
        if self.stop_asked:
            for program in self.programs:
                _signal_all(program, signal.SIGKILL)
        elif sys.stdout.isatty():
            print("\nStopping ...", flush=True)
        self.stop_asked = True

    def _start(self, program: Program) -> None:
        program.starts.append(time.monotonic())
        program.log = program.log or (self.logs / f"{program.name}.log").open("ab")
        program.process = subprocess.Popen(
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environment,
            start_new_session=True,
            preexec_fn=stop_with_parent(signal.SIGTERM),
        )
        assert program.process.stdout is not None  # noqa: S101 - it is a pipe
        os.set_blocking(program.process.stdout.fileno(), False)
        self.selector.register(program.process.stdout, selectors.EVENT_READ, program)

    def _keep_running(self, program: Program) -> bool:
        """Start a program again that ended. False when it ended too often to go on."""
        if program.process is None or program.process.poll() is None:
            return True
        code = program.process.returncode
        self._pass_on_output(0)
        _signal_all(program, signal.SIGKILL)
        recent = [start for start in program.starts if start > time.monotonic() - RESTART_SECONDS]
        file = self.logs / f"{program.name}.log"
        if len(recent) > RESTARTS:
            last_lines = file.read_text(errors="replace").splitlines()[-20:]
            print(
                f"\n{program.name} keeps stopping (exit code {code}). Its last lines in {file}:\n",
                file=sys.stderr,
            )
            print("\n".join(last_lines), file=sys.stderr, flush=True)
            return False
        print(f"{program.name} stopped (exit code {code}) and is started again; see {file}.", flush=True)
        self._start(program)
        return True

    def _pass_on_output(self, seconds: float) -> None:
        for key, _events in self.selector.select(seconds):
            lines = key.fileobj.read()
            if not lines:
                self.selector.unregister(key.fileobj)
                key.fileobj.close()
                continue
            key.data.log.write(lines)
            key.data.log.flush()
            self._show(key.data, lines)

    def _show(self, program: Program, lines: bytes) -> None:
        colour = COLOURS[self.programs.index(program) % len(COLOURS)]
        prefix = f"{program.name:<8}| ".encode()
        if sys.stdout.isatty():
            prefix = b"\033[%dm%s\033[0m" % (colour, prefix)
        for line in lines.splitlines():
            if line.strip() and (self.verbose or not QUIET.search(line[:100])):
                sys.stdout.buffer.write(prefix + line + b"\n")
        sys.stdout.flush()

    def _stop_all(self) -> None:
        for program in reversed(self.programs):
            if program.process and program.process.poll() is None:
                program.process.send_signal(program.stop_signal)
        deadline = time.monotonic() + STOP_SECONDS
        for program in self.programs:
            while program.process and program.process.poll() is None and time.monotonic() < deadline:
                self._pass_on_output(0.05)
            _signal_all(program, signal.SIGKILL)
            if program.process:
                program.process.wait()
            if program.log:
                program.log.close()
        self.selector.close()


def _signal_all(program: Program, number: signal.Signals) -> None:
    """Send a signal to the program and to everything it started."""
    if program.process:
        try:
            os.killpg(program.process.pid, number)
        except (ProcessLookupError, PermissionError):
            return
