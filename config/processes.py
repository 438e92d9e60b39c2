"""Start programs that stop together with the program that started them, and ask after them."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

HOST = "127.0.0.1"
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

Answer = TypeVar("Answer")


class LaunchError(Exception):
    """Something cannot run here; the message tells a person what to do."""


def stop_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: Linux sends this signal to the new program when the one that starts it is gone.

    So nothing is left running after `kill -9` or a closed terminal. Start such a program from the main thread only:
    Linux looks at the thread. Other systems have no such service; there an orderly stop is needed.
    """
    return partial(_ask_for_signal, os.getpid(), stop_signal)


def _ask_for_signal(parent: int, stop_signal: signal.Signals) -> None:
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != parent:
            os._exit(1)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended but was not collected by its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    state = Path(f"/proc/{pid}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return not Path("/proc/self").exists()


def command_line(pid: int) -> str:
    """The program and its arguments, to tell a server from a stranger that got the number of a dead one."""
    file = Path(f"/proc/{pid}/cmdline")
    if file.exists():
        return file.read_text().replace("\0", " ")
    command = ["ps", "-p", str(pid), "-o", "command="]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def free_port() -> int:
    """A TCP port on this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_port_free(port: int) -> bool:
    """Whether a server can listen on this TCP port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def wait_until(
    ready: Callable[[], Answer | None],
    seconds: float,
    message: str,
    process: subprocess.Popen[bytes] | None = None,
) -> Answer:
    """Ask until `ready` answers something true, and return it.

    Raises LaunchError with the message when the seconds are over, or when the process has ended.
    """
    deadline = time.monotonic() + seconds
    while not (answer := ready()):
        if time.monotonic() > deadline or (process and process.poll() is not None):
            raise LaunchError(message)
        time.sleep(0.02)
    return answer
