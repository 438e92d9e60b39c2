"""A browser that talks to Django itself: no server, so that each page of a rolled-back world can be looked at."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page, Route

from tests.conftest import MunicipalityClient
from tests.journeys.conftest import AXE_RULES, browser_type_launch_args

__all__ = ["browser_type_launch_args"]

DESK: Final = {"width": 1280, "height": 900}
# WCAG 2.2, 1.4.10: no scrolling in two directions at 320 pixels. 640: a window of 1280 pixels at 200 %.
ZOOMED: Final = {"width": 640, "height": 450}
NARROW: Final = {"width": 320, "height": 640}
TOOLS: Final = (Path(__file__).parent / "keyboard.js").read_text(encoding="utf-8")
# Style sheets and pictures that Django makes itself.
OF_A_PAGE: Final = re.compile(r'<(?:link|img|script)[^>]+(?:href|src)="(/[^"?]*)')
SHEET: Final = os.environ.get("CONTACT_SHEET", "")


@dataclass
class Viewer:
    """Looks at answers of Django in a browser. `faults` says in words what is wrong with one."""

    page: Page
    client: MunicipalityClient
    answer: Any = None
    parts: dict[str, Any] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"https://{self.client.municipality.primary_domain}"

    def listen(self) -> None:
        self.page.route("**/*", self._give)

    def show(self, answer: Any, path: str) -> None:
        """Open an answer that Django gave already, at its own address."""
        for part in set(OF_A_PAGE.findall(answer.content.decode())) - self.parts.keys():
            if not part.startswith(settings.STATIC_URL):
                self.parts[part] = self.client.get(part)
        self.answer = answer
        self.page.goto(self.host + path)
        self.answer = None

    def faults(self, answer: Any, path: str, *, name: str) -> list[str]:
        """What keeps somebody out: by axe, in width, and with the keyboard alone."""
        found = []
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(DESK)
        self.show(answer, path)
        self._picture(name, "desk")
        found += self._axe("light")
        found += self.page.evaluate(TOOLS)["faults"]
        found += self._keyboard()
        for size in (ZOOMED, NARROW):
            self.page.set_viewport_size(size)
            width = self.page.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                found.append(f"{width} pixels wide in a window of {size['width']}")
        self._picture(name, "narrow")
        self.page.emulate_media(color_scheme="dark")
        found += self._axe("narrow and dark")
        return found

    def _axe(self, when: str) -> list[str]:
        result = Axe().run(self.page, options=AXE_RULES)
        return [
            f"{when}: {each['id']} {[node['target'] for node in each['nodes']][:3]}"
            for each in result.response["violations"]
        ]

    def _keyboard(self) -> list[str]:
        """Tab from the top until the page is through: everything gets its turn, and shows that it has it."""
        expected = self.page.evaluate("zittingKeyboard.expected()")
        found = []
        for _step in range(3 * len(expected) + 20):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate("zittingKeyboard.here()")
            if stop is None:
                break
            if not stop["visible"]:
                found.append(f"no visible focus on {stop['what']}")
        missed = self.page.evaluate("zittingKeyboard.missed()")
        return sorted(set(found)) + [f"the keyboard does not reach {what}" for what in missed]

    def _picture(self, name: str, size: str) -> None:
        if SHEET:
            Path(SHEET).mkdir(parents=True, exist_ok=True)
            path = Path(SHEET) / f"{name.replace(':', '-')}.{size}.png"
            self.page.screenshot(path=path, full_page=True)

    def _give(self, route: Route) -> None:
        """Runs in the browser's loop, where Django has other connections: everything was fetched before."""
        path = urlsplit(route.request.url).path
        if route.request.is_navigation_request() and self.answer is not None:
            _fulfil(route, self.answer)
        elif path in self.parts:
            _fulfil(route, self.parts[path])
        elif path.startswith(settings.STATIC_URL) and (
            found := finders.find(path[len(settings.STATIC_URL) :])
        ):
            route.fulfill(path=found)
        else:
            route.fulfill(status=204)


def _fulfil(route: Route, answer: Any) -> None:
    # Tools of the test run in the page; that the policy holds is for the journeys and test_headers.
    headers = {k: v for k, v in answer.headers.items() if not k.startswith("Content-Security-Policy")}
    route.fulfill(status=200, headers=headers, body=answer.content)


@pytest.fixture(scope="session", autouse=True)
def _one_thread(browser: Browser) -> None:
    """The browser's loop runs in the thread of Django, between its calls.

    It starts before the first connection to the database: with and without a loop, Django has different ones.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # no other tests run in this process


@pytest.fixture
def viewer(browser: Browser) -> Iterator[Callable[[MunicipalityClient], Viewer]]:
    """`viewer(client)`: a browser in which every address of the municipality is answered by this client."""
    contexts = []

    def make(client: MunicipalityClient) -> Viewer:
        context = browser.new_context(viewport=DESK, locale="nl-NL", reduced_motion="reduce")
        contexts.append(context)
        made = Viewer(context.new_page(), client)
        made.listen()
        return made

    yield make
    for context in contexts:
        context.close()
