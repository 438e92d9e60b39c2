"""How much of a bare view's speed the list of 5,000 members keeps."""

from bench import world
from bench.row import Row


def measure() -> Row:
    """Requests per second of the member list against the bare view, same server, same session."""
    cookie = world.staff_cookie()
    with world.server() as port:
        members, bare = world.requests_per_second(
            port, {"/backoffice/member/": cookie, "/bare/": cookie}, requests=40
        )
    return Row("member_list_vs_bare_view", members, "requests/s", "one-query view", bare)
