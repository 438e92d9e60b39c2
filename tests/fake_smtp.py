"""A real mail server on loopback that counts what it took, and that can misbehave in every way that SMTP knows.

    with FakeSmtp() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        server.behaviour = Behaviour.CLOSE_AFTER_CONTENT
        ...
        assert server.copies("anna@voorbeeld.example") == 1

`python -m tests.fake_smtp` runs one that takes everything, in a process of its own; it prints its port.
"""

import asyncio
import socket
import sys
import threading
from collections import Counter
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from enum import Enum, auto
from types import TracebackType
from typing import Final, Self

HOST: Final = "127.0.0.1"
HANG_SECONDS: Final = 60
CONTENT_LIMIT: Final = 16 * 1024 * 1024


class Behaviour(Enum):
    """What the server does with the mails that come in while it is set."""

    ACCEPT = auto()
    REFUSE_CONNECTION = auto()  # 554 instead of a greeting
    REFUSE_RECIPIENT = auto()  # 550 to RCPT
    LATER_RECIPIENT = auto()  # 451 to RCPT, as grey-listing does
    CLOSE_BEFORE_CONTENT = auto()  # gone instead of the answer 354 to DATA
    LATER_AFTER_CONTENT = auto()  # 451 once it has the content
    REFUSE_CONTENT = auto()  # 554 once it has the content
    HANG_AFTER_CONTENT = auto()  # takes the mail, and says nothing for a minute
    CLOSE_AFTER_CONTENT = auto()  # takes the mail, and is gone without an answer
    CLOSE_AFTER_ANSWER = auto()  # takes the mail, answers 250, and is gone


_ANSWERS_TO_RECIPIENT: Final = {
    Behaviour.REFUSE_RECIPIENT: b"550 no such user on mx1.internal\r\n",
    Behaviour.LATER_RECIPIENT: b"451 try again later\r\n",
}


@dataclass(frozen=True)
class Taken:
    """One mail to one address that the server took."""

    recipient: str
    message_id: str
    subject: str
    content: bytes = b""


class FakeSmtp:
    """The server, for as long as the block lasts; it runs in a thread of its own.

    behaviour: may be changed at any moment.
    listening: a socket of the caller's to listen on, in the place of one on loopback.
    taken: every mail that a receiver would find in the mailbox, in order.
    connections: how many were made.
    """

    def __init__(
        self, behaviour: Behaviour = Behaviour.ACCEPT, *, listening: socket.socket | None = None
    ) -> None:
        self.behaviour = behaviour
        self.taken: list[Taken] = []
        self.connections = 0
        self._listening = listening or socket.create_server((HOST, 0))
        self.host, self.port = self._listening.getsockname()[:2]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        listening = asyncio.start_server(self._serve, sock=self._listening, limit=CONTENT_LIMIT)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def copies(self, recipient: str) -> int:
        """How many mails this address got."""
        return sum(mail.recipient == recipient for mail in self.taken)

    def per_recipient(self) -> Counter[str]:
        """How many mails each address got."""
        return Counter(mail.recipient for mail in self.taken)

    def per_message_id(self) -> Counter[str]:
        """How many copies of each mail came in."""
        return Counter(mail.message_id for mail in self.taken)

    def _take(self, recipients: list[str], content: bytes) -> None:
        headers = BytesHeaderParser().parsebytes(content)
        self.taken += [
            Taken(recipient, str(headers["Message-ID"]), str(headers["Subject"]), content)
            for recipient in recipients
        ]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client (RFC 5321), until it says goodbye or one of both is gone."""
        self.connections += 1
        try:
            if self.behaviour is Behaviour.REFUSE_CONNECTION:
                writer.write(b"554 no service\r\n")
            else:
                await self._converse(reader, writer)
            await writer.drain()
        except (
            asyncio.IncompleteReadError,
            asyncio.CancelledError,
            ConnectionError,
        ):  # cancelled: the end of the block
            writer.transport.abort()
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipients: list[str] = []
        writer.write(b"220 fake.localhost ESMTP\r\n")
        while True:
            line = (await reader.readuntil(b"\r\n")).decode().strip()
            verb = line[:4].upper()
            if verb == "QUIT":
                writer.write(b"221 bye\r\n")
                return
            if verb == "RCPT":
                answer = _ANSWERS_TO_RECIPIENT.get(self.behaviour, b"250 OK\r\n")
                if answer.startswith(b"250"):
                    recipients.append(line.partition("<")[2].partition(">")[0])
            elif verb == "DATA":
                answer = await self._data(recipients, reader, writer)
                recipients = []
            else:
                answer = b"250-fake.localhost\r\n250 8BITMIME\r\n" if verb == "EHLO" else b"250 OK\r\n"
            writer.write(answer)
            if verb == "DATA" and self.behaviour is Behaviour.CLOSE_AFTER_ANSWER:
                return

    async def _data(
        self, recipients: list[str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bytes:
        if self.behaviour is Behaviour.CLOSE_BEFORE_CONTENT:
            raise ConnectionAbortedError
        writer.write(b"354 go on\r\n")
        content = await reader.readuntil(b"\r\n.\r\n")
        if self.behaviour is Behaviour.LATER_AFTER_CONTENT:
            return b"451 try again later\r\n"
        if self.behaviour is Behaviour.REFUSE_CONTENT:
            return b"554 looks like spam\r\n"
        self._take(recipients, content)
        if self.behaviour is Behaviour.HANG_AFTER_CONTENT:
            await asyncio.sleep(HANG_SECONDS)
        if self.behaviour is Behaviour.CLOSE_AFTER_CONTENT:
            raise ConnectionAbortedError
        return b"250 taken\r\n"


if __name__ == "__main__":
    with FakeSmtp() as running:
        sys.stdout.write(f"{running.port}\n")
        sys.stdout.flush()
        threading.Event().wait()
