"""The stand-in for the BRP as the tests use it: running for one test, and a connection of the municipality to it."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from elections.actions.brp_connection import authorise, set_connection
from elections.demo.brp_stand_in import KEY, PATH, StandIn, server_for
from elections.enums import BrpSubject, SecretKind
from elections.models import BrpConnection
from elections.secrets import set_secret

PURPOSE = "BRPACT-Benoemen leden stembureau"
NUMBERS = ("999993653", "999990408", "111222333", "123456782")


@contextmanager
def running(register: StandIn, *, certificate: Any = None) -> Iterator[str]:
    """The address of a running stand-in, without "/personen". certificate: a PEM file with which it speaks TLS."""
    server = server_for(register)
    scheme = "http"
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"{scheme}://127.0.0.1:{server.server_port}{PATH.removesuffix('/personen')}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def connect(url: str, *, subjects: Any = BrpSubject.values, key: str = KEY, **more: Any) -> BrpConnection:
    """Connect the municipality at work, and switch it on."""
    set_connection(url=url, key=key, **more)
    return authorise(
        purpose=PURPOSE, processing="Zitting@Ledenbestand", subjects=subjects, is_active=True, by=None
    )


def with_number(member: Any, number: str, register: StandIn | None = None, **person: Any) -> Any:
    """Give `member` this number, and tell the register who that is when it is given."""
    set_secret(member, SecretKind.BSN, number, by=None)
    if register is not None:
        register.people[number] = {"burgerservicenummer": number} | person
    return member
