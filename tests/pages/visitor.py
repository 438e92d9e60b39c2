"""Somebody at a browser whose every address Django answers in this process, at a moment that the test chooses.

The clock of Django stands still at `Clock.now`; that of the browser runs on, so that nothing in it waits for ever.
"""

import contextvars
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Route, expect

from tests.conftest import MunicipalityClient
from tests.journeys.conftest import AXE_RULES, POLICY_WATCH

# What Django reads of a request; the rest is the browser's own business.
HEADERS = ("accept", "referer", "hx-request", "hx-target", "hx-current-url", "x-csrftoken")
# A browser follows a redirect out of reach of `Page.route`: the next address is asked for by a page instead.
TO_NEXT_PAGE = '<!doctype html><title>…</title><meta http-equiv="refresh" content="0; url={}">'


@dataclass
class Clock:
    """The moment at which Django is asked."""

    now: datetime

    def set(self, moment: str) -> None:
        """moment: in UTC, such as "2026-10-25 01:59"."""
        self.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    def stands_still(self) -> Any:
        return time_machine.travel(self.now, tick=False)


@dataclass
class Visitor:
    """One person at one municipality. `seen` keeps every text that their browser was given.

    is_checked: whether each page is looked at by axe and for its width; false where other tests do.
    """

    page: Page
    client: MunicipalityClient
    clock: Clock
    is_checked: bool = True
    seen: list[tuple[str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _here: contextvars.Context = field(default_factory=contextvars.copy_context)

    @property
    def host(self) -> str:
        return f"https://{self.client.municipality.primary_domain}"

    def listen(self) -> None:
        """Answer every address, and gather what the content policy stops and what goes wrong in scripts."""
        self.page.add_init_script(POLICY_WATCH)
        self.page.on("console", lambda line: line.type == "error" and self.complaints.append(line.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route("**/*", self._answer)

    def log_in(self, user: Any) -> None:
        """Whole, at the moment of the clock, bound to this browser."""
        with self.clock.stands_still():
            self.client.log_in(user)

    def go(self, path: str) -> None:
        self.page.goto(self.host + path)
        self.look()

    def click(self, name: str, *, role: str = "button") -> None:
        """Press a button or follow a link by the name people see, then look at the page that comes."""
        before = self.page.evaluate("performance.timeOrigin")
        self.page.get_by_role("main").get_by_role(role, name=name).first.click()  # type: ignore[arg-type]
        self.page.wait_for_function(
            "before => performance.timeOrigin !== before && document.querySelector('h1')", arg=before
        )
        self.look()

    def look(self) -> None:
        """One heading, and nothing that keeps anybody out: by axe, the content policy and the width of a phone."""
        expect(self.page.locator("h1")).to_have_count(1)
        self.page.wait_for_load_state()
        assert not self.complaints, f"{self.page.url}: {self.complaints}"
        if not self.is_checked:
            return
        found = Axe().run(self.page, options=AXE_RULES)
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        wide, here = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= here, f"{self.page.url}: {wide} pixels wide"

    def text(self) -> str:
        return self.page.get_by_role("main").inner_text()

    def style(self, selector: str, name: str) -> str:
        """What the browser made of the style sheets, such as "rgb(122, 31, 92)"."""
        return str(self.page.locator(selector).first.evaluate(f"element => getComputedStyle(element).{name}"))

    def _answer(self, route: Route) -> None:
        # The browser's loop has connections of its own; this is the one of the test, with its transaction.
        self._here.copy().run(self._give, route)

    def _give(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if f"https://{address.netloc}" != self.host:
            self.complaints.append(f"asked {route.request.url}")
            route.abort()
        elif address.path.startswith(settings.STATIC_URL):
            found = finders.find(address.path[len(settings.STATIC_URL) :])
            route.fulfill(path=found) if found else route.fulfill(status=404)
        else:
            self._fulfil(route, self._ask(route, address.path, address.query))

    def _ask(self, route: Route, path: str, query: str) -> Any:
        sent = route.request.headers
        with self.clock.stands_still():
            return self.client.generic(
                route.request.method,
                f"{path}?{query}" if query else path,
                route.request.post_data_buffer or b"",
                content_type=sent.get("content-type", ""),
                headers={name: sent[name] for name in HEADERS if name in sent},
            )

    def _fulfil(self, route: Route, answer: Any) -> None:
        body = answer.content if not answer.streaming else b"".join(answer.streaming_content)
        if answer.headers.get("Content-Type", "").startswith("text/"):
            self.seen.append((route.request.url, body.decode()))
        if 300 <= answer.status_code < 400 and not route.request.is_navigation_request():
            route.fulfill(status=204)  # a script that asked for news after its session was over
        elif 300 <= answer.status_code < 400:
            route.fulfill(content_type="text/html", body=TO_NEXT_PAGE.format(answer.headers["Location"]))
        else:
            headers = dict(answer.headers.items())
            route.fulfill(status=answer.status_code, headers=headers, body=body)
