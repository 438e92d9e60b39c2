"""A colleague at work in the member list over HTTP: opens it, searches, and does something with everybody in it."""

import re
import time
from http.client import HTTPConnection
from typing import Final
from urllib.parse import urlencode

from bench.world import City

LIST: Final = "/backoffice/member/"
SELECTION: Final = "/backoffice/member-selection/"
LABEL: Final = "/backoffice/member-selection/label/"
SEARCHES: Final = ("an", "er", "06 1", "10", "de", "@")
_TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_SEALED: Final = re.compile(r'name="selection" value="([^"]+:[^"]+)"')
_FOUND: Final = re.compile(r'name="all" value="(\d+)"')


class Colleague:
    """One colleague with a session. `port`: of the server; None asks the same code in this process."""

    def __init__(self, city: City, session: str, port: int | None) -> None:
        self.city, self.session, self.port = city, session, port
        self.csrf, self.found, self.turn = "", "0", 0
        self.cookies = dict([session.split("=", 1)])

    def open_list(self) -> float:
        """The list as after a click in the menu; the milliseconds it took. So do the others."""
        took, page = self._ask(LIST)
        self.csrf = _only(_TOKEN, page)
        self.found = _only(_FOUND, page)
        return took

    def search(self) -> float:
        """Look for a part of a name, a number or a phone number: another one each time."""
        self.turn += 1
        return self._ask(f"{LIST}?{urlencode({'q': SEARCHES[self.turn % len(SEARCHES)]})}")[0]

    def label_everybody(self) -> float:
        """Tick the whole list, look at the page that asks, and give everybody a label or take it away again."""
        self.turn += 1
        asked, page = self._ask(SELECTION, action="label", all=self.found, query="")
        remove = "yes" if self.turn % 2 else "no"
        done, _page = self._ask(LABEL, selection=_only(_SEALED, page), name="meting", remove=remove)
        return asked + done

    def _ask(self, path: str, **form: str) -> tuple[float, str]:
        if self.port is None:
            return self._ask_here(path, form)
        headers = {"Host": self.city.host, "Cookie": _written(self.cookies)}
        body = None
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({**form, "csrfmiddlewaretoken": self.csrf})
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        started = time.perf_counter()
        connection.request("POST" if form else "GET", path, body=body, headers=headers)
        response = connection.getresponse()
        page = response.read().decode()
        took = (time.perf_counter() - started) * 1000
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        connection.close()
        if response.status != (302 if path == LABEL else 200):
            raise RuntimeError(f"{path} of {self.city.name} answered {response.status}")
        return took, page

    def _ask_here(self, path: str, form: dict[str, str]) -> tuple[float, str]:
        from django.test import Client  # slow import: Django may only load when the database has an address

        client = Client(headers={"host": self.city.host, "cookie": self.session})
        answer = client.post(path, form) if form else client.get(path)
        if answer.status_code != (302 if path == LABEL else 200):
            raise RuntimeError(f"{path} of {self.city.name} answered {answer.status_code}")
        return 0, answer.content.decode()


def _written(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _only(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    if not found:
        raise RuntimeError(f"the page has no {pattern.pattern}")
    return found[1]
