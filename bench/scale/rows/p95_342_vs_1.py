"""What a page costs on a platform of 342 municipalities against one: it must not grow with their number."""

import os
import sys
from contextlib import ExitStack

from bench import world
from bench.row import Row
from bench.scale import load, memory
from bench.scale.world import small_cities

# As in the Dockerfile, on two cores. More than one visitor at a time for each core: waiting is in the figures.
SERVER = ("--workers", "2", "--worker-class", "gthread", "--threads", "4")
CLIENTS = 4
CONNECTIONS = 8  # one for each of those threads
ROUNDS = 3
SECONDS = int(os.environ.get("SECONDS", "15"))  # of each round


def measure() -> list[Row]:
    """Requests a second, p95 in milliseconds and megabytes of a worker, at all municipalities against one.

    The same number of people with a session opens the same pages, spread over 1, 50 and all municipalities. Each
    number has a server of its own; they take turns, so that what else the machine does falls on all.

    What a connection learns about the tables of a municipality it knows until it ends. With one municipality it has
    learned that after a page, with hundreds first after some minutes, so each server is warmed up for its own number.
    """
    cities = small_cities()
    sizes = sorted({1, min(50, len(cities)), len(cities)})
    visits = {size: load.Visits(load.people(cities[:size], 2 * len(cities))) for size in sizes}
    answers = {size: load.Answers() for size in sizes}
    with ExitStack() as stack:
        servers = {size: stack.enter_context(world.server_process(*SERVER)) for size in sizes}
        begin = {size: _warm_up(servers[size], visits[size], size) for size in sizes}
        for _round in range(ROUNDS):
            for size in sizes:
                port = servers[size][0]
                answers[size].add(load.closed_loop(port, visits[size], clients=CLIENTS, seconds=SECONDS))
            sizes.reverse()
        end = {size: memory.of_workers(pid) for size, (_port, pid) in servers.items()}
        connections = {size: memory.of_connections(pid) for size, (_port, pid) in servers.items()}
    for size in sorted(sizes):
        number, largest = connections[size]
        print(
            f"  {size:3} municipalities: {answers[size].per_second:5.1f} requests/s, p95 {answers[size].p95:.0f} ms"
            f" over {len(answers[size].took)}; worker {begin[size]} MB after warming up, {end[size]} MB at the end;"
            f" {number} connections, the largest {largest} MB in PostgreSQL",
            file=sys.stderr,
        )
    every = max(sizes)
    against = "one municipality"
    return [
        Row("p95_342_vs_1", answers[every].p95, "ms, p95", against, answers[1].p95, lower_is_better=True),
        Row("requests_342_vs_1", answers[every].per_second, "requests/s", against, answers[1].per_second),
        Row("memory_342_vs_1", end[every], "MB a worker", against, end[1], lower_is_better=True),
    ]


def _warm_up(server: tuple[int, int], visits: load.Visits, municipalities: int) -> int:
    """Let everybody open a page, and most connections meet every municipality; the megabytes of a worker after that."""
    port, pid = server
    number = max(len(visits), 3 * CONNECTIONS * municipalities // 2)
    load.closed_loop(port, visits, clients=CLIENTS, number=number)
    return memory.of_workers(pid)
