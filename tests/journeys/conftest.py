"""The stage of a browser journey: a whole demo that runs, a browser, and every mail it sends."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from config.processes import free_port
from elections.demo.authenticators import demo_seed
from tests.factories import app_code

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
# Some violations never reach the console; this event tells of each.
POLICY_WATCH = """document.addEventListener("securitypolicyviolation", (stopped) =>
  console.error(`CSP: ${stopped.effectiveDirective} stopped ${stopped.blockedURI}`));"""
# What htmx says of a request that a newer one took the place of; one that fails says htmx:sendError too.
REPLACED = ("htmx:afterRequest,", "htmx:sendAbort,")
START_SECONDS = 240
MAIL_SECONDS = 45


@dataclass
class Stage:
    """Where the demo answers, and the environment in which its commands run."""

    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """Run manage.py beside the demo; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            env=os.environ | self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def address(self, host: str, path: str = "/") -> str:
        return f"http://{host}{self.environment['PUBLIC_PORT']}{path}"

    def mail(self, to: str, containing: str, *, after: float = 0) -> str:
        """The text of the newest mail to an address that came after a moment; waits for it."""
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            with urllib.request.urlopen(f"{self.environment['MAILBOX_URL']}/email") as answer:
                mails = json.load(answer)
            for mail in reversed(mails):
                addressed = any(person["address"] == to for person in mail["to"])
                if addressed and containing in mail["subject"] + mail["text"] and _moment(mail) >= after:
                    return str(mail["text"])
            time.sleep(0.3)
        raise AssertionError(f"no mail to {to} with {containing!r}")


def _moment(mail: dict[str, Any]) -> float:
    return time.mktime(time.strptime(mail["time"][:19], "%Y-%m-%dT%H:%M:%S"))


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """The demo of `make demo` when JOURNEY=running, otherwise an empty one of our own."""
    if os.environ.get("JOURNEY") == "running":
        names = ("PUBLIC_PORT", "MAILBOX_URL", "DATABASE_URL", "REDIS_URL", "EMAIL_URL")
        if "MAILBOX_URL" not in os.environ:
            pytest.exit("The demo does not run. Start it first: make demo", returncode=1)
        yield Stage({name: os.environ[name] for name in names})
        return
    port, mailbox = free_port(), free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "TESTING", "SECRET_KEY", "VAR_DIR")
    }
    environment |= {
        "DEMO_PROFILE": "journey", "DEMO_EMPTY": "1", "PORT": str(port), "MAILBOX_PORT": str(mailbox),
        "MAP_TILES_URL": "",  # no journey asks anything of another host
    }  # fmt: skip
    python = [sys.executable, "-m", "config.demo"]
    subprocess.run([*python, "reset"], env=environment, check=True, stdout=subprocess.DEVNULL)
    demo = subprocess.Popen(
        [*python, "start"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        _wait_until_announced(demo)
        yield Stage(_environment_of(python, environment))
    finally:
        demo.terminate()
        demo.wait(60)


def _wait_until_announced(demo: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + START_SECONDS
    printed = []
    for line in demo.stdout or ():
        printed.append(line)
        if "Stop with Ctrl-C" in line:
            return
        assert time.monotonic() < deadline, "".join(printed)
    raise AssertionError("the demo ended: " + "".join(printed))


def _environment_of(python: list[str], environment: dict[str, str]) -> dict[str, str]:
    shown = subprocess.run(
        [*python, "run", "--", sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"],
        env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return dict(json.loads(shown.stdout))


@dataclass
class Town:
    """A municipality of this journey alone, with its first administrator."""

    host: str
    name: str
    administrator: str


@pytest.fixture
def town(stage: Stage) -> Town:
    """A new municipality, made as a system administrator makes one."""
    number = random.randint(9200, 9899)  # a code that the CBS never gave out
    host, name = f"reis{number}.localhost", f"Reisdorp {number}"
    administrator = f"hoofd@reis{number}.example"
    stage.manage(
        "municipality", "create", "--code", f"GM{number}", "--name", name, "--domain", host,
        "--admin-name", "Hilde Hoofd", "--admin-email", administrator,
    )  # fmt: skip
    return Town(host, name, administrator)


@pytest.fixture
def demodam(stage: Stage) -> str:
    """The host of Demodam: a municipality of the demo with more than a thousand people who have an account."""
    stage.manage("demo", "--only", "Demodam")
    return "demodam.localhost"


@pytest.fixture
def zonneiland(stage: Stage) -> str:
    """The host of Zonneiland: a small public body of the demo in which everybody has a place and a letter."""
    stage.manage("demo", "--only", "Zonneiland")
    return "zonneiland.localhost"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, quiet on a closed network."""
    switches = ["--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--no-first-run", "--disable-dev-shm-usage"]  # fmt: skip
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    # Without one, Playwright looks for a browser that it downloaded itself.
    found = {"executable_path": program} if program else {}
    return browser_type_launch_args | found | {"args": switches}


@dataclass
class Screen:
    """A person at a browser. Every page they stop at is checked: axe, the console and the content policy.

    is_first: false for who walks where somebody walked before, on the same kind of screen; axe saw those pages.
    """

    page: Page
    stage: Stage
    host: str
    complaints: list[str] = field(default_factory=list)
    seed: str = ""
    is_first: bool = True

    def listen(self) -> None:
        """Gather errors in the console, mistakes in scripts, what the content policy stops and reports of that."""
        self.page.add_init_script(POLICY_WATCH)
        self.page.on(
            "console",
            lambda line: (
                self.complaints.append(line.text)
                if line.type == "error" and not line.text.startswith(REPLACED)
                else None
            ),
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "request", lambda sent: self.complaints.append(sent.url) if "/csp-report/" in sent.url else None
        )

    def go(self, path: str) -> None:
        self.page.goto(self.stage.address(self.host, path))
        self.check()

    def click(self, name: str, *, role: str = "button", exact: bool = False) -> None:
        """Press a button or follow a link by the name people see, then look at the page that comes."""
        self.page.get_by_role(role, name=name, exact=exact).first.click()  # type: ignore[arg-type]
        self.page.wait_for_load_state()
        self.check()

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=False).first.fill(value)

    def check(self) -> None:
        """Nothing on this page may keep anybody out, and nothing may break the content policy."""
        expect(self.page.locator("h1")).to_have_count(1)
        complaints = list(self.complaints)  # axe, which runs in the page, is no part of it
        if self.is_first:
            found = Axe().run(self.page, options=AXE_RULES)
            assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        self.complaints.clear()
        assert not complaints, f"{self.page.url}: {complaints}"

    def log_in(self, username: str, password: str, email: str) -> None:
        """Password, then the code from the mail, or from the app of a colleague of the demo."""
        self.go("/login/")
        self.fill("Gebruikersnaam", username)
        self.fill("Wachtwoord", password)
        asked = time.time() - 1
        self.click("Inloggen", exact=True)
        by_app = self.page.get_by_label("Code uit uw authenticator-app").count()
        seed = self.seed or demo_seed(username)
        code = fresh_app_code(seed) if by_app else code_in(self.stage.mail(email, "code", after=asked))
        self.fill("code", code)
        self.page.get_by_role("main").get_by_role("button").first.click()
        self.page.wait_for_load_state()
        self.check()

    def set_up_app(self) -> None:
        """Take an authenticator app into use, by typing its seed instead of scanning."""
        self.go("/authenticator/")
        self.click("Stel de app in")
        self.seed = (self.page.locator("#seed").text_content() or "").replace(" ", "")
        self.fill("Code uit uw authenticator-app", fresh_app_code(self.seed))
        self.click("Neem de app in gebruik")
        expect(self.page.locator(".z-recovery-codes li")).to_have_count(10)
        self.click("Ik heb de codes bewaard", role="link")


_used: set[tuple[str, str]] = set()


def fresh_app_code(seed: str) -> str:
    """What the app shows, once: a code works one time, so a second log-in waits for the next half minute."""
    while (used := (seed, app_code(seed))) in _used:
        time.sleep(1)
    _used.add(used)
    return used[1]


def code_in(text: str) -> str:
    """The six digits of a log-in mail."""
    found = re.search(r"\b(\d{3}) ?(\d{3})\b", text)
    assert found, text
    return found[1] + found[2]


def link_in(text: str) -> str:
    """The first address in a mail."""
    found = re.search(r"https?://\S+", text)
    assert found, text
    return found[0]


@pytest.fixture
def screen(browser: Browser, stage: Stage) -> Iterator[Callable[..., Screen]]:
    """Make a person at a browser of their own: `screen(host)` at a desk, `screen(host, phone=True)` on a phone."""

    contexts: list[BrowserContext] = []
    people: list[Screen] = []

    def make(host: str, *, phone: bool = False, is_first: bool = True) -> Screen:
        context = browser.new_context(viewport=PHONE if phone else DESKTOP, locale="nl-NL", has_touch=phone)
        contexts.append(context)
        made = Screen(context.new_page(), stage, host, is_first=is_first)
        made.listen()
        people.append(made)
        return made

    yield make
    left = [(person.page.url, person.complaints) for person in people if person.complaints]
    for context in contexts:
        context.close()
    assert not left, f"complaints after the last check: {left}"
