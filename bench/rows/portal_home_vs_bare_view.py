"""How much of a bare view's speed the member's home page keeps."""

from bench import world
from bench.row import Row


def measure() -> Row:
    """Requests per second of the portal's home against the bare view, same server, same session."""
    cookie = world.member_cookie()
    with world.server() as port:
        home, bare = world.requests_per_second(port, {"/": cookie, "/bare/": cookie}, requests=60)
    return Row("portal_home_vs_bare_view", home, "requests/s", "one-query view", bare)
