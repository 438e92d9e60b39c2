"""Asking one server outside: what it sends slowly does not hold us."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
from urllib3.exceptions import TimeoutError as TransportTimeout

from elections.one_host import dress

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n"
DRIPS = 30
# A drop comes well within the time of one wait, and all of them together take several times as long.
TIMEOUT, PAUSE = 1.0, 0.2


class Refused(Exception):
    """What the caller wants raised."""


@contextmanager
def serving(before: bytes, drop: bytes, after: bytes) -> Iterator[tuple[str, threading.Event]]:
    """A server that sends `before`, then `drop` again and again with a pause, then `after`.

    Gives its address, and what is set once all drops are sent.
    """
    left, sent = threading.Event(), threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with listener.accept()[0] as client:
            client.recv(65536)
            try:
                client.sendall(before)
                for _number in range(DRIPS if drop else 0):
                    if left.wait(PAUSE):
                        return
                    client.sendall(drop)
                sent.set()
                client.sendall(after)
                left.wait(PAUSE)
            except OSError:
                return

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", sent
    finally:
        left.set()
        thread.join()
        listener.close()


def get(url: str) -> requests.Response:
    with requests.Session() as session:
        dress(session, url, Refused, timeout=TIMEOUT)
        return session.get(f"{url}/")


def test_answer_in_time_is_read() -> None:
    with serving(HEAD + b"\r\n", b"", b"ja") as (url, _sent):
        assert get(url).text == "ja"


@pytest.mark.parametrize(
    ("before", "drop", "after"),
    [
        pytest.param(HEAD + b"X-Slow: ", b"x", b"\r\n\r\nja", id="header"),
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + b"\r\nja", id="continue"),
        pytest.param(HEAD.replace(b": 2", b": 32") + b"\r\n", b"x", b"ja", id="body"),
    ],
)
def test_answer_that_comes_drop_by_drop_is_given_up(before: bytes, drop: bytes, after: bytes) -> None:
    with serving(before, drop, after) as (url, sent):
        with pytest.raises((requests.Timeout, TransportTimeout, Refused)):
            get(url)
        assert not sent.is_set()
