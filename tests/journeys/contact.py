"""What the journey of letters and messages needs of files, of the keyboard and of long jobs."""

import base64
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pypdfium2
from playwright.sync_api import Locator, Route, expect

from tests.journeys.conftest import Screen

JOB_SECONDS = 120
MOST_TABS = 150
# Fetched by the page itself: with its cookies, and under the names of hosts that only the browser knows.
FETCH = """async (path) => {
  const answer = await fetch(path);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return [answer.headers.get("content-type"), btoa(text)];
}"""


@dataclass(frozen=True)
class Person:
    """A member of the demo: with what they log in, where their mail goes, and where they work."""

    name: str
    informal_name: str
    username: str
    email: str
    station: str


def small_pdf(folder: Path, name: str) -> Path:
    """A PDF of one empty page."""
    path = folder / name
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(path)
    return path


def false_pdf(folder: Path, name: str) -> Path:
    """A text that calls itself a PDF."""
    path = folder / name
    path.write_text("Dit is geen PDF, maar zo heet het wel.\n" * 20)
    return path


def fetched(person: Screen, path: str) -> tuple[str, bytes]:
    """The media type and the content that an address gives to this person."""
    media_type, content = person.page.evaluate(FETCH, path)
    return str(media_type), base64.b64decode(content)


def pdf_words(content: bytes) -> str:
    """All text in a PDF, with one space between words."""
    with pypdfium2.PdfDocument(io.BytesIO(content)) as pdf:
        pages = [page.get_textpage().get_text_bounded() for page in pdf]
    return re.sub(r"\s+", " ", " ".join(pages))


def address_of(link: Locator) -> str:
    """Where a link leads to."""
    return link.get_attribute("href") or ""


def send_and_watch(person: Screen, button: str) -> None:
    """Send a form with a file, held up on its way: the progress shows, and the next page comes by itself."""
    held: list[Route] = []
    here = person.page.url
    person.page.route(
        here, lambda route: held.append(route) if route.request.method == "POST" else route.continue_()
    )
    person.page.get_by_role("button", name=button).first.click()
    expect(person.page.get_by_text("Het bestand wordt verstuurd")).to_be_visible()
    expect(person.page.get_by_label("Voortgang van het versturen")).to_be_visible()
    person.page.wait_for_timeout(1)  # lets the held request come in
    held[0].continue_()
    person.page.unroute(here)


def tab_to(person: Screen, wanted: Locator) -> None:
    """With the Tab key only."""
    for _stop in range(MOST_TABS):
        if wanted.evaluate("part => part === document.activeElement"):
            return
        person.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {wanted}")


def type_into(person: Screen, label: str, text: str) -> None:
    """Tab to a field and type in it."""
    tab_to(person, person.page.get_by_label(label).first)
    person.page.keyboard.type(text)


def press_on(person: Screen, wanted: Locator) -> None:
    """Tab to a link or button, press Enter, and look at the page that comes."""
    tab_to(person, wanted)
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    person.check()


def make_letters(team: Screen) -> None:
    """Make what is new or changed, and publish it; the team sees first what members will read."""
    team.go("/backoffice/letter/")
    team.click("Maak ")
    ready = team.page.get_by_role("link", name=re.compile(r"Publiceer \d+ brie"))
    expect(ready).to_be_visible(timeout=JOB_SECONDS * 1000)
    team.check()
    team.go("/backoffice/letter/changes/")
    expect(team.page.locator("td li").first).to_be_visible()
    team.click("Naar publiceren", role="link")
    team.click("Publiceer ")
