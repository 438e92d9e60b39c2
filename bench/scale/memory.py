"""What the processes of a server and their connections in PostgreSQL hold."""

import re
from pathlib import Path


def of_workers(pid: int) -> int:
    """The most megabytes that one worker of this gunicorn has for itself."""
    return (
        max(_kilobytes(child, "smaps_rollup", r"^Private_\w+:\s+(\d+)") for child in _children(pid)) // 1024
    )


def of_connections(pid: int) -> tuple[int, int]:
    """How many connections the workers of this gunicorn have in PostgreSQL, and the most megabytes that one has.

    A connection remembers every table that it has seen, in every municipality, until it ends (CONN_MAX_AGE).
    """
    backends = _backends(_ports({child: _sockets(child) for child in _children(pid)}))
    held = [_kilobytes(backend, "status", r"^RssAnon:\s+(\d+)") for backend in backends]
    return len(held), max(held, default=0) // 1024


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _kilobytes(pid: int, name: str, pattern: str) -> int:
    try:
        text = Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return 0  # it has just ended
    return sum(int(found) for found in re.findall(pattern, text, re.M))


def _sockets(pid: int) -> set[str]:
    """The inode numbers of the sockets that a process holds."""
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(entry.readlink())
        except OSError:
            continue  # closed while we looked
        if target.startswith("socket:["):
            found.add(target[8:-1])
    return found


def _ports(sockets: dict[int, set[str]]) -> set[int]:
    """The local TCP ports of these sockets."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    every = set().union(*sockets.values())
    return {int(line[1].rpartition(":")[2], 16) for line in lines if line[9] in every}


def _backends(ports: set[int]) -> list[int]:
    """The processes of PostgreSQL at the other side of connections from these ports."""
    from django.db import connection  # slow import: needs the database's address

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE client_port = ANY(%s)", [list(ports)])
        return [pid for (pid,) in cursor.fetchall()]
