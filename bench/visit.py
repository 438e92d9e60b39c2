"""One page opened over HTTP by somebody with a session."""

import time
from http.client import HTTPConnection

from bench.world import City


def visit(port: int, city: City, cookie: str, path: str) -> float:
    """Open a page; the milliseconds until all of it was there.

    Raises:
        RuntimeError: when the answer is no page.
    """
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    started = time.perf_counter()
    connection.request("GET", path, headers={"Host": city.host, "Cookie": cookie})
    response = connection.getresponse()
    response.read()
    took = (time.perf_counter() - started) * 1000
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"{path} of {city.name} answered {response.status}")
    return took
