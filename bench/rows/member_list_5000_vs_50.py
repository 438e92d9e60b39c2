"""What the member list of 5,000 costs against that of 50, on the same server: opening, searching, a bulk action."""

import sys
from collections.abc import Callable

from bench import world
from bench.colleague import Colleague
from bench.planner import p95
from bench.row import Row

REQUESTS = 100  # of each: the 95th percentile then rests on five requests above it
WARM_UP = 6
VILLAGE = world.City(code="GM9993", name="Lijstdorp", host="lijstdorp.localhost")
STEPS: dict[str, Callable[[Colleague], float]] = {
    "list": Colleague.open_list,
    "search": Colleague.search,
    "label everybody": Colleague.label_everybody,
}


def measure() -> Row:
    """Milliseconds at the 95th percentile of the step that grows most, the two municipalities in turns.

    The bar is a ratio of 0.5: twice as long at most. The bulk action is asked and done: at 5,000 members it gives a
    label to all of them, or takes it away.

    Raises:
        RuntimeError: when a step takes more queries for the one than for the other.
    """
    world.add_village(VILLAGE)
    cities = (world.MEETSTAD, VILLAGE)
    cookies = {city: world.staff_cookie(city) for city in cities}
    took: dict[str, dict[world.City, list[float]]] = {step: {city: [] for city in cities} for step in STEPS}
    with world.server() as port:
        people = [Colleague(city, cookies[city], port) for city in cities]
        for number in range(WARM_UP + REQUESTS):
            for person in people:
                for step, act in STEPS.items():
                    spent = act(person)
                    if number >= WARM_UP:
                        took[step][person.city].append(spent)
            people.reverse()
    rows = {step: [p95(took[step][city]) for city in cities] for step in STEPS}
    queries = [_queries(Colleague(city, cookies[city], None)) for city in cities]
    for step, (large, small) in rows.items():
        print(
            f"  {step}: p95 {large:.0f} ms and {small:.0f} ms, factor {large / small:.2f}, "
            f"queries {queries[0][step]} and {queries[1][step]}",
            file=sys.stderr,
        )
    if queries[0] != queries[1]:
        raise RuntimeError(f"queries for 5,000 members {queries[0]}, for 50 {queries[1]}")
    worst, (large, small) = max(rows.items(), key=lambda item: item[1][0] / item[1][1])
    return Row(
        "member_list_5000_vs_50", large, f"ms, p95, {worst}", "50 members", small, lower_is_better=True
    )


def _queries(person: Colleague) -> dict[str, int]:
    from django.db import connection  # slow import: Django may only load when the database has an address
    from django.test.utils import CaptureQueriesContext  # slow import: as above

    found = {}
    for step, act in STEPS.items():
        act(person)
        with CaptureQueriesContext(connection) as asked:
            act(person)
        found[step] = len(asked)
    return found
