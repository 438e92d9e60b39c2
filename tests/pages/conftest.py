"""A browser that talks to Django itself: no server, so that each page of a rolled-back world can be looked at."""

import asyncio
import logging
import mimetypes
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page, Route

from tests.conftest import MunicipalityClient
from tests.journeys.conftest import AXE_RULES, browser_type_launch_args

__all__ = ["browser_type_launch_args"]

HERE: Final = Path(__file__).parent
TOOLS: Final = [
    AXE_SCRIPT,
    *((HERE / name).read_text(encoding="utf-8") for name in ("keyboard.js", "sight.js")),
]
AXE: Final = "options => axe.run(options).then(result => result.violations)"
AXE_OPTIONS: Final = AXE_RULES | {"resultTypes": ["violations"]}
# Of contrast, what was seen is seen; and in high contrast, axe reads colours that are not the ones that are drawn.
AXE_SHAPES: Final = AXE_OPTIONS | {"rules": {"color-contrast": {"enabled": False}}}
AXE_COLOURS: Final = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}

DESK: Final = {"width": 1280, "height": 900}
# WCAG 2.2, 1.4.4: a window of 1280 by 900 at 200 %. 1.4.10: no scrolling in two directions at 320 pixels.
ZOOMED: Final = {"width": 640, "height": 450}
NARROW: Final = {"width": 320, "height": 640}
PLAIN: Final = {"color_scheme": "light", "forced_colors": "none", "contrast": "no-preference"}
DARK: Final = PLAIN | {"color_scheme": "dark"}
MORE_CONTRAST: Final = PLAIN | {"contrast": "more"}
HIGH_CONTRAST: Final = PLAIN | {"color_scheme": "dark", "forced_colors": "active"}

STYLE_SHEET: Final = re.compile(r'<link rel="stylesheet" href="(/[^"?]*)[^"]*"( media="print")?>')
# Pictures that Django makes itself.
PICTURE: Final = re.compile(r'<(?:link|img|source)[^>]+(?:href|src|srcset)="(/[^"?]*)')
SHEET: Final = os.environ.get("CONTACT_SHEET", "")


@dataclass
class Viewer:
    """Looks at answers of Django in a browser. `faults` says in words what is wrong with one."""

    page: Page
    client: MunicipalityClient
    answer: Any = None
    parts: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"https://{self.client.municipality.primary_domain}"

    def listen(self) -> None:
        self.page.route("**/*", self._give)
        self.page.on("pageerror", self._complain)

    def leave(self) -> None:
        self.page.goto("about:blank")
        self.page.unroute_all()
        self.page.remove_listener("pageerror", self._complain)

    def show(self, answer: Any, path: str) -> None:
        """Open an answer that Django gave already, at its own address."""
        text = answer.content.decode()
        for part in set(STYLE_SHEET.findall(text)) | {(name, "") for name in PICTURE.findall(text)}:
            self._fetch(part[0])
        # One answer for a page and its forty style sheets: each costs a journey between browser and test.
        text = STYLE_SHEET.sub(
            lambda found: f"<style{found[2] or ''}>{self.parts[found[1]][1].decode()}</style>", text
        )
        self.answer = text.encode()
        self.page.goto(self.host + path)
        self.answer = None

    def faults(self, answer: Any, path: str, *, name: str) -> list[str]:
        """What keeps somebody out: by axe, by what can be seen at each size, and with the keyboard alone."""
        found = self._see("desk", DESK, PLAIN, answer=answer, path=path)
        found += self._axe("desk") + self.page.evaluate("zittingKeyboard.faultsOfOrder()")
        self._has_new_colours()
        self._picture(name, "desk")
        found += self._walk()
        found += self._see("200 %", ZOOMED, PLAIN)
        self._picture(name, "zoom")
        found += self._said("200 %", "zittingKeyboard.faultsOfAll()")
        found += self._see("320 pixels", NARROW, PLAIN)
        found += self._axe("320 pixels", AXE_OPTIONS if self._has_new_colours() else AXE_SHAPES)
        self._picture(name, "narrow")
        for setting, media in (("dark", DARK), ("more contrast", MORE_CONTRAST)):
            self.page.emulate_media(**media)
            if self._has_new_colours():
                found += self._axe(setting, AXE_COLOURS)
        self._picture(name, "dark")
        found += self._see("high contrast", ZOOMED, HIGH_CONTRAST) + self._axe("high contrast", AXE_SHAPES)
        found += self._said("high contrast", "zittingSight.faultsOfForcedColours()")
        found += self._said("high contrast", "zittingKeyboard.faultsOfAll()")
        self._picture(name, "contrast")
        return sorted(set(found + self.complaints))

    def _see(self, when: str, size: Any, media: Any, *, answer: Any = None, path: str = "") -> list[str]:
        self.page.emulate_media(**media)
        self.page.set_viewport_size(size)
        if answer is not None:
            self.complaints.clear()
            self.show(answer, path)
        return self._said(when, "zittingSight.faults()")

    def _has_new_colours(self) -> bool:
        return bool(self.page.evaluate("zittingSight.hasNewColours()"))

    def _said(self, when: str, question: str) -> list[str]:
        return [f"{when}: {fault}" for fault in self.page.evaluate(question)]

    def _axe(self, when: str, options: Any = AXE_OPTIONS) -> list[str]:
        return [
            f"{when}: {each['id']} {[node['target'] for node in each['nodes']][:3]}"
            for each in self.page.evaluate(AXE, options)
        ]

    def _walk(self) -> list[str]:
        """Tab from the top until the page is through: everything gets its turn, and shows that it has it."""
        self.page.evaluate("zittingKeyboard.openAll()")
        for _time in range(5):
            for _step in range(self.page.evaluate("zittingKeyboard.begin()") if not _time else 20):
                self.page.keyboard.press("Tab")
            if self.page.evaluate("zittingKeyboard.isThrough()"):
                break
        found = self._said("Tab", "zittingKeyboard.faults()")
        self.page.evaluate("zittingKeyboard.closeAll()")
        return found

    def _picture(self, name: str, size: str) -> None:
        if SHEET:
            Path(SHEET).mkdir(parents=True, exist_ok=True)
            path = Path(SHEET) / f"{name.replace(':', '-')}.{size}.png"
            self.page.screenshot(path=path, full_page=True)

    def _fetch(self, path: str) -> None:
        """Before the browser asks: its loop has other connections to the database than the test."""
        if path in self.parts:
            return
        if path.startswith(settings.STATIC_URL):
            self.parts[path] = _static(path)
        else:
            answer = self.client.get(path)
            self.parts[path] = (answer.headers.get("Content-Type", ""), answer.content)

    def _give(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if route.request.is_navigation_request() and self.answer is not None:
            # Tools of the test run in the page; that the policy holds is for the journeys and test_headers.
            route.fulfill(content_type="text/html; charset=utf-8", body=self.answer)
            return
        if path.startswith(settings.STATIC_URL):
            self._fetch(path)
        kind, body = self.parts.get(path, ("", b""))
        route.fulfill(content_type=kind, body=body) if body else route.fulfill(status=204)

    def _complain(self, error: Any) -> None:
        self.complaints.append(f"mistake in a script: {error}")


@cache
def _static(path: str) -> tuple[str, bytes]:
    found = Path(finders.find(path[len(settings.STATIC_URL) :]))
    content = found.read_bytes()
    if found.suffix == ".css":  # it will stand in the page, where "../" is somewhere else
        content = content.replace(b'url("../', f'url("{path.rsplit("/", 2)[0]}/'.encode())
    return mimetypes.guess_type(found.name)[0] or "", content


@pytest.fixture(scope="session", autouse=True)
def _one_thread(browser: Browser) -> Iterator[None]:
    """The browser's loop runs in the thread of Django, between its calls.

    It starts before the first connection to the database: with and without a loop, Django has different ones.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # no other tests run in this process
    logging.disable(logging.WARNING)  # every answer to a mistake would be a line
    run = asyncio.run  # a page that asks the DNS has a loop of its own; one thread holds one
    with ThreadPoolExecutor(1) as beside, pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "run", lambda work: beside.submit(run, work).result())
        yield


@pytest.fixture(scope="session")
def window(browser: Browser) -> Iterator[Page]:
    """One window for all pages, with axe and the questions of these tests in each."""
    context = browser.new_context(viewport=DESK, locale="nl-NL", reduced_motion="reduce")  # type: ignore[arg-type]
    for tool in TOOLS:
        context.add_init_script(tool)
    yield context.new_page()
    context.close()


@pytest.fixture
def viewer(window: Page) -> Iterator[Callable[[MunicipalityClient], Viewer]]:
    """`viewer(client)`: looks at pages that this client was given. All clients of a test are of one municipality."""
    made: list[Viewer] = []

    def make(client: MunicipalityClient) -> Viewer:
        if not made:
            made.append(Viewer(window, client))
            made[0].listen()
        made[0].client = client
        return made[0]

    yield make
    for each in made:
        each.leave()
