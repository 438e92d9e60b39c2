"""What the planning board of 600 stations and 5,000 members costs above a bare view: the first view and one move."""

import sys

from bench import world
from bench.planner import Planner, p95, peak_memory
from bench.row import Row

STATIONS = 600
REQUESTS = 40
CITY = world.City(code="GM9991", name="Planstad", host="planstad.localhost")


def measure() -> Row:
    """Milliseconds at the 95th percentile of first views and moves together, against the bare view.

    Same server, same session. Each separately, the number of queries and the memory go to the screen.
    """
    world.add_city(CITY, stations=STATIONS)
    cookie = world.staff_cookie(CITY)
    views, moves, bare = [], [], []
    with world.server_process() as (port, pid):
        planner = Planner(port, CITY, cookie)
        planner.view_bare()
        cold = planner.view_board()  # the cache learns what is wrong in each station
        for _request in range(REQUESTS):
            views.append(planner.view_board())
            moves.append(planner.move())
            bare.append(planner.view_bare())
        memory = peak_memory(pid)
    of_view, of_move = planner.queries()
    print(
        f"  first view {p95(views):.0f} ms (with an empty cache {cold:.0f} ms), move {p95(moves):.0f} ms,"
        f" queries {of_view} and {of_move}, peak memory {memory} MB",
        file=sys.stderr,
    )
    return Row(
        "board_vs_bare_view",
        p95([*views, *moves]),
        "ms, p95 of view and move",
        "one-query view",
        p95(bare),
        lower_is_better=True,
    )
