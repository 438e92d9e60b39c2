"""Hosts on this machine, each with a network and a name of its own, joined by a switch: Linux network namespaces.

Nothing of it is on the network of the machine itself, and all of it is gone with the process that made it.
"""

import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from config.processes import LIBC, stop_with_parent

CLONE_NEWUTS = 0x04000000
CLONE_NEWNET = 0x40000000
SUBNET = "10.77.0"
BEGIN = 'hostname "$1" && ip link set lo up && echo ready && exec sleep infinity'


class NoHosts(Exception):
    """This machine lets us make no hosts: the reason, for whoever reads why a test was skipped."""


class Host:
    """A network namespace with a name; a process that sleeps keeps it. `address` is empty for the switch."""

    def __init__(self, name: str, address: str = "") -> None:
        self.name, self.address = name, address
        self.programs: list[subprocess.Popen[bytes]] = []
        self._holder = subprocess.Popen(
            [_tool("unshare"), "--net", "--uts", "sh", "-c", BEGIN, "sh", name],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=stop_with_parent(signal.SIGKILL),
        )
        assert self._holder.stdout is not None
        assert self._holder.stderr is not None
        if self._holder.stdout.readline() != "ready\n":
            self._holder.wait()
            raise NoHosts(f"a network namespace cannot be made here: {self._holder.stderr.read().strip()}")

    @property
    def pid(self) -> int:
        return self._holder.pid

    @contextmanager
    def inside(self) -> Iterator[None]:
        """This thread is on the host: sockets that it opens and programs that it starts stay there."""
        kinds = {"net": CLONE_NEWNET, "uts": CLONE_NEWUTS}
        before = {kind: os.open(f"/proc/thread-self/ns/{kind}", os.O_RDONLY) for kind in kinds}
        try:
            for kind, flag in kinds.items():
                _enter(f"/proc/{self.pid}/ns/{kind}", flag)
            yield
        finally:
            for kind, flag in kinds.items():
                _check(_libc().setns(before[kind], flag))
                os.close(before[kind])

    def run(self, *command: str) -> None:
        """Run a command on this host until it ends."""
        with self.inside():
            subprocess.run(command, check=True, capture_output=True)

    def start(self, command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        """Start a program on this host, as the first of a process group of its own; options as for Popen."""
        with self.inside():
            started = subprocess.Popen(
                command, start_new_session=True, preexec_fn=stop_with_parent(signal.SIGKILL), **options
            )
        self.programs.append(started)
        return started

    def kill_programs(self) -> None:
        """All programs of this host at once."""
        for program in self.programs:
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
        self.programs.clear()

    def end(self) -> None:
        self.kill_programs()
        self._holder.kill()
        self._holder.communicate()


class Network:
    """A switch with hosts on it, for as long as the block lasts.

    Raises NoHosts where the system does not allow it: outside Linux, and for another user than root.
    """

    def __enter__(self) -> Self:
        self.hosts: dict[str, Host] = {}
        if os.geteuid() != 0:
            raise NoHosts("only root may make network namespaces with servers in them: run these as root")
        self.switch = Host("switch")
        try:
            for command in ("link add br0 type bridge", "link set br0 up"):
                self._switch(command)
        except (subprocess.CalledProcessError, NoHosts) as problem:
            self.switch.end()
            raise NoHosts(f"a switch between namespaces cannot be made here: {problem}") from None
        return self

    def __exit__(self, *_error: object) -> None:
        for host in [*self.hosts.values(), self.switch]:
            host.end()

    def add(self, name: str) -> Host:
        """A new host, with the next address."""
        number = len(self.hosts) + 1
        host = self.hosts[name] = Host(name, f"{SUBNET}.{number}")
        self._switch(f"link add {name} type veth peer name eth0 netns {host.pid}")
        self._switch(f"link set {name} master br0 up")
        host.run(_tool("ip"), "address", "add", f"{host.address}/24", "dev", "eth0")
        host.run(_tool("ip"), "link", "set", "eth0", "up")
        return host

    def cut_power(self, host: Host) -> None:
        """Nothing goes out of the host any more, not even that its connections end; then its programs die."""
        self.unplug(host)
        host.kill_programs()

    def unplug(self, host: Host) -> None:
        """Take the cable out."""
        self._switch(f"link set {host.name} down")

    def plug_in(self, host: Host) -> None:
        self._switch(f"link set {host.name} up")

    def _switch(self, command: str) -> None:
        self.switch.run(_tool("ip"), *command.split())


def _tool(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise NoHosts(f"there is no `{name}` here (Linux: util-linux, iproute2)")
    return found


def _libc() -> ctypes.CDLL:
    if LIBC is None:
        raise NoHosts("network namespaces are of Linux")
    return ctypes.CDLL(None, use_errno=True)


def _enter(path: str, flag: int) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        _check(_libc().setns(handle, flag))
    finally:
        os.close(handle)


def _check(answer: int) -> None:
    if answer:
        raise OSError(ctypes.get_errno(), "setns")
