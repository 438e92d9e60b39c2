"""What the dashboard of 5,000 members costs against that of 50, on the same server: it must not grow with the size."""

import sys
from statistics import median

from bench import world
from bench.planner import p95
from bench.row import Row
from bench.visit import visit

REQUESTS = 200  # of each: the 95th percentile then rests on ten requests above it
WARM_UP = 10
DASHBOARD = "/backoffice/"
VILLAGE = world.City(code="GM9992", name="Dorpstad", host="dorpstad.localhost")


def measure() -> Row:
    """Milliseconds at the 95th percentile of the dashboard page, the two municipalities in turns.

    Each round asks both, now the one first and then the other, so that what else the machine does falls on both.

    Raises:
        RuntimeError: when one of them takes more queries than the other.
    """
    world.add_village(VILLAGE)
    cookies = {city: world.staff_cookie(city) for city in (world.MEETSTAD, VILLAGE)}
    took: dict[world.City, list[float]] = {city: [] for city in cookies}
    with world.server() as port:
        for _request in range(WARM_UP):
            for city, cookie in cookies.items():
                visit(port, city, cookie, DASHBOARD)  # the cache learns what is wrong in each station
        turns = list(cookies.items())
        for _request in range(REQUESTS):
            for city, cookie in turns:
                took[city].append(visit(port, city, cookie, DASHBOARD))
            turns.reverse()
    large, small = (p95(took[city]) for city in cookies)
    middle, of_small = (median(took[city]) for city in cookies)
    queries = [world.queries_of(DASHBOARD, city, cookie) for city, cookie in cookies.items()]
    print(
        f"  p95 {large:.0f} ms and {small:.0f} ms, median {middle:.0f} ms and {of_small:.0f} ms, "
        f"queries {queries[0]} and {queries[1]}",
        file=sys.stderr,
    )
    if queries[0] != queries[1]:
        raise RuntimeError(
            f"the dashboard takes {queries[0]} queries for 5,000 members and {queries[1]} for 50"
        )
    return Row("dashboard_5000_vs_50", large, "ms, p95", "50 members", small, lower_is_better=True)
