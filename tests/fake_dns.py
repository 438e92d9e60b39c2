"""A real DNS server on loopback that knows a few TXT records, and can keep silent.

with FakeDns({"_dmarc.example.nl": ["v=DMARC1; p=reject"]}) as server:
    settings.DNS_SERVERS = [server.address]
"""

import socketserver
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class FakeDns:
    """The server, for as long as the block lasts. is_silent: it hears questions and never answers."""

    def __init__(self, texts: Mapping[str, Sequence[str]]) -> None:
        self.texts = dict(texts)
        self.is_silent = False
        owner = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                data, socket = self.request
                if not owner.is_silent:
                    socket.sendto(owner.answer(data), self.client_address)

        self._server = socketserver.UDPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def answer(self, data: bytes) -> bytes:
        """The reply to one question, in the format of the wire."""
        question = dns.message.from_wire(data)
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.RA
        name = question.question[0].name
        texts = self.texts.get(str(name).rstrip("."))
        if texts is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        else:
            # A string of the DNS holds 255 bytes; a longer text is cut in more of them.
            quoted = [
                " ".join(f'"{text[start : start + 255]}"' for start in range(0, len(text), 255))
                for text in texts
            ]
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *quoted))
        return reply.to_wire()
