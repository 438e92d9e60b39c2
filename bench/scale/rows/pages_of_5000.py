"""The three heaviest pages of a large city, 5,000 members and 200 stations of 3 day parts, while everybody works."""

import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Final

from bench import world
from bench.planner import p95
from bench.row import Row
from bench.scale import load, memory
from bench.scale.rows.p95_342_vs_1 import SERVER
from bench.scale.world import large_city, small_cities
from bench.world import queries_of, staff_cookie

USERS: Final = 300
# Each of the 300 opens a page about once in a minute and a half; more than two cores can do would measure the queue.
RATE: Final = float(os.environ.get("RATE", "3.5"))
SECONDS: Final = int(os.environ.get("SECONDS", "60"))
QUERIES: Final = 25
# Page and the milliseconds that nineteen in twenty must stay under.
PAGES: Final = {"/backoffice/": 300, "/backoffice/member/": 300, "/backoffice/board/": 800}


def measure() -> list[Row]:
    """Milliseconds at the 95th percentile of each page against its bar, and the most queries that one takes.

    Meanwhile 300 people work elsewhere.

    Raises:
        RuntimeError: when an answer is not a page (200).
    """
    city, cities = large_city(), small_cities()
    cookie = staff_cookie(city)
    visits = load.Visits(load.people(cities, USERS))
    took: dict[str, list[float]] = defaultdict(list)
    with world.server_process(*SERVER) as (port, pid):
        colleague = load.Person(city, cookie, tuple(PAGES))
        load.closed_loop(port, visits, clients=4, number=USERS)
        for page in PAGES:
            load.view(port, colleague, page)
        begin = memory.of_workers(pid)
        with _at_work(port, colleague, took):
            others = load.open_loop(port, visits, rate=RATE, seconds=SECONDS)
        end = memory.of_workers(pid)
    queries_of("/backoffice/", city, cookie)  # this process learns which municipality the host name is
    queries = {page: queries_of(page, city, cookie) for page in PAGES}
    print(
        f"  {USERS} people elsewhere: {others.per_second:.1f} requests/s, p95 {others.p95:.0f} ms;"
        f" worker {begin} MB after warming up, {end} MB at the end",
        file=sys.stderr,
    )
    for page, count in queries.items():
        print(
            f"  {page}: {count} queries, p95 {p95(took[page]):.0f} ms over {len(took[page])}", file=sys.stderr
        )
    most = max(queries.values())
    return [
        Row(_name(page), p95(took[page]), "ms, p95", "the bar", bar, lower_is_better=True)
        for page, bar in PAGES.items()
    ] + [Row("queries_of_5000", most, "queries of one page", "the bar", QUERIES, lower_is_better=True)]


@contextmanager
def _at_work(port: int, colleague: load.Person, took: dict[str, list[float]]) -> Iterator[None]:
    """A colleague of the large city opens the pages in turn, with half a second in between, as long as this lasts."""
    over = Event()

    def work() -> None:
        while not over.is_set():
            for page in colleague.pages:
                took[page].append(load.view(port, colleague, page))
                over.wait(0.5)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        try:
            yield
        finally:
            over.set()
        done.result()  # raises what went wrong in it


def _name(page: str) -> str:
    return f"{page.strip('/').rpartition('/')[2].replace('backoffice', 'dashboard')}_of_5000"
