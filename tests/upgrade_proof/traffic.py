"""Visitors of all municipalities, five times a second: people who look around, and colleagues who add a member.

On a machine that cannot keep up they come as fast as it lets two of them in at a time: what is looked for are answers
that fail, not how much it can bear.
"""

import http.client
import itertools
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from lxml import html

PER_SECOND: Final = 5
PATIENCE: Final = 30
"""Seconds after which a visitor gives up: the answer failed."""
AT_ONCE: Final = 2
NEW_MEMBER: Final = "/backoffice/member/create/"
PAGES: Final = (
    ("", "/login/"),
    ("member", "/"),
    ("colleague", "/backoffice/member/"),
    ("colleague", NEW_MEMBER),
    ("member", "/personal-data/"),
    ("colleague", "/backoffice/"),
)


@dataclass
class Traffic:
    """Goes on until it is stopped. ports: the web servers, asked by turns; more can be added while it runs.

    towns: as old_world.py prints them. answered: how many good answers each web server gave. written: members added.
    """

    towns: list[dict[str, str]]
    ports: list[int]
    failures: list[str] = field(default_factory=list)
    answered: Counter[int] = field(default_factory=Counter)
    written: Counter[int] = field(default_factory=Counter)
    longest: float = 0.0

    def __post_init__(self) -> None:
        self._stopped = threading.Event()
        self._counting = threading.Lock()
        self._places = threading.Semaphore(AT_ONCE)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Let them come, until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Let nobody come any more, and wait for the answers that are under way."""
        self._stopped.set()
        self._thread.join()

    def visit_once(self) -> None:
        """Every page, in every municipality, at every web server, one after another."""
        for port, town, (who, path) in itertools.product(self.ports, self.towns, PAGES):
            self._visit(port, town, who, path)

    def _run(self) -> None:
        next_at = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as visitors:
            for number in itertools.count():
                self._places.acquire()
                if self._stopped.wait(max(0.0, next_at - time.monotonic())):
                    return
                next_at = max(next_at + 1 / PER_SECOND, time.monotonic())
                who, path = PAGES[number % len(PAGES)]
                round_ = number // len(PAGES)  # all pages of one municipality, then those of the next
                port, town = self.ports[round_ % len(self.ports)], self.towns[round_ % len(self.towns)]
                visit = visitors.submit(self._visit, port, town, who, path)
                visit.add_done_callback(lambda _visit: self._places.release())

    def _visit(self, port: int, town: dict[str, str], who: str, path: str) -> None:
        begin = time.monotonic()
        cookie = f"__Host-session={town[who]}" if who else ""
        failure, added = "", path == NEW_MEMBER
        try:
            body = _ask(port, town["host"], path, cookie, expected=200)
            if added:
                _add_member(port, town["host"], cookie, body)
        except (OSError, http.client.HTTPException, UnexpectedAnswer) as error:
            failure = f"{town['host']}{path} at {port}: {type(error).__name__} {error}"
        with self._counting:
            self.longest = max(self.longest, time.monotonic() - begin)
            if failure:
                self.failures.append(failure)
            else:
                self.answered[port] += 1
                self.written[port] += added


class UnexpectedAnswer(Exception):
    """A status or a page that is not what a visitor came for."""


def _ask(
    port: int, host: str, path: str, cookie: str, *, expected: int, form: dict[str, str] | None = None
) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {"Host": host, "Cookie": cookie}
    if form is None:
        connection.request("GET", path, headers=headers)
    else:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST", path, urlencode(form), headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != expected:
        raise UnexpectedAnswer(f"status {answer.status}")
    return body


def _add_member(port: int, host: str, cookie: str, body: bytes) -> None:
    """Send the form as the page gave it, with a name: 302 when the member is there."""
    page = html.fromstring(body)
    fields = {
        each.get("name"): each.get("value") or ""
        for each in page.xpath("//main//form//input[@name]")
        if each.get("type") not in ("checkbox", "radio", "file", "submit")
    }
    token = fields.get("csrfmiddlewaretoken")
    if token is None:
        raise UnexpectedAnswer("a page without the form")
    form = fields | {"last_name": "Verbouwing", "initials": "V."}
    _ask(port, host, NEW_MEMBER, f"{cookie}; __Host-csrf={token}", expected=302, form=form)
