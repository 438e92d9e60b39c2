"""Speaking HTTP with one server outside that a system administrator named, and with no other.

What comes back is never trusted to say where to go next: a request to another host, a redirect, an answer that is too
long or takes too long are refused (OWASP ASVS 5.0 rows 1.3.6 and 13.2.4). So nobody who answers can make us call a
server of the internal network.
"""

import http.client
import io
import socket
import time
from contextlib import closing
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection

MAX_BYTES: Final = 256 * 1024
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def address_fault(address: str, what: str) -> str:
    """Why `address` cannot be trusted as that of one server; empty when it can. For system administrators.

    Plain http is accepted for a server on this very machine, and only under DEBUG, TESTING or in the demo.

    what: how the sentence begins, such as "The issuer".
    """
    try:
        parts = urlsplit(address)
        port_is_right = parts.port != 0
    except ValueError:
        return f"{what} is not a web address."
    local = (settings.DEBUG or settings.TESTING or settings.DEMO) and parts.hostname in LOOPBACK
    if (
        not parts.hostname
        or not port_is_right
        or (parts.scheme != "https" and not (local and parts.scheme == "http"))
    ):
        return f"{what} must be an https address."
    if parts.query or parts.fragment or "@" in parts.netloc or "?" in address or "#" in address:
        return f"{what} must be an address without a user name, “?” or “#”."
    return ""


def origin_of(address: str) -> str:
    """Scheme, host and port of an address, such as "https://login.microsoftonline.com"."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()


class _TimedReader(io.RawIOBase):
    """Reads from a socket until a moment of `time.monotonic`: each wait takes no longer than what is left."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self.sock, self.deadline = sock, deadline
        self.raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("an answer that takes too long")
        self.sock.settimeout(left)
        return self.raw.readinto(buffer)

    def close(self) -> None:
        self.raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """Status, headers and body in the time that the socket was given for one wait.

    A server that sends its headers byte by byte begins a new wait with each.
    """

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(sock, time.monotonic() + (sock.gettimeout() or 0)))


class _Connection(HTTPConnection):
    response_class = _TimedResponse


class _SecureConnection(HTTPSConnection):
    response_class = _TimedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class OneHost(HTTPAdapter):
    """Goes to one origin only, follows no redirect, and reads no more and no longer than is sane."""

    def __init__(self, origin: str, refusal: type[Exception], *, timeout: float) -> None:
        """
        origin: as `origin_of` gives it.
        refusal: what is raised, with a text for the log, when an answer breaks one of the rules.
        timeout: seconds for all together: connecting, sending and the whole answer.
        """
        super().__init__()
        self.origin, self.refusal, self.timeout = origin, refusal, timeout

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def send(self, request: requests.PreparedRequest, *_args: Any, **options: Any) -> requests.Response:
        if origin_of(request.url or "") != self.origin:
            raise self.refusal("an address at another host than the one that was set")
        deadline = time.monotonic() + self.timeout
        options |= {"stream": True, "timeout": Timeout(total=self.timeout)}
        response = super().send(request, **options)
        with closing(response.raw):
            if 300 <= response.status_code < 400:
                raise self.refusal("a redirect")
            body = self._read(response, deadline)
        response.raw = io.BytesIO(body)
        return response

    def _read(self, response: requests.Response, deadline: float) -> bytes:
        body = bytearray()
        while part := response.raw.read1(MAX_BYTES, decode_content=False):
            body += part
            if len(body) > MAX_BYTES:
                raise self.refusal("an answer that is too long")
            if time.monotonic() > deadline:
                raise self.refusal("an answer that takes too long")
        return bytes(body)


def dress(session: requests.Session, address: str, refusal: type[Exception], *, timeout: float) -> None:
    """Let `session` speak with the server of `address` alone; see `OneHost`."""
    # Neither a .netrc nor a proxy of this machine has a say in where numbers and secrets go.
    session.trust_env = False
    session.headers["Accept-Encoding"] = "identity"
    for scheme in ("https://", "http://"):
        session.mount(scheme, OneHost(origin_of(address), refusal, timeout=timeout))
