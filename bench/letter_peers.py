"""The same appointment letters, printed in five ways: two pages, a logo, a table, an own font and tags.

The speed of a machine drifts by a seventh within minutes. So a reference is measured twice, right before and right
after the product, and counts with the letters and seconds of both. BENCH_LETTERS says how many letters the product
makes (the long run is 5,000: all there are, so for one row).
"""

import base64
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from statistics import harmonic_mean
from typing import TYPE_CHECKING, Any, Final

from lxml import html

from bench import world

if TYPE_CHECKING:
    from elections.models import ElectionEvent, Job, User

Outline = list[dict[str, Any]]

WARM_UP: Final = 40
LETTERS: Final = int(os.environ.get("BENCH_LETTERS", "240"))
# Of each of the two times that a reference is measured.
PLAIN_LETTERS: Final = 25
PEER_LETTERS: Final = 40
GIVE_UP_SECONDS: Final = 1_800
TYPST: Final = Path(__file__).parent / "letter.typ"


@contextmanager
def _in_city() -> Iterator["ElectionEvent"]:
    """Work in the municipality of the bench, with the event that letters are made for."""
    from django_tenants.utils import tenant_context  # slow import: needs the bench's database

    from elections.models import ElectionEvent  # slow import: as above
    from tenants.models import Municipality  # slow import: as above

    with tenant_context(Municipality.objects.get(code=world.CODE)):
        yield ElectionEvent.objects.get(archived_at=None)


def product_beside(reference: Callable[[], float]) -> tuple[float, float]:
    """Letters per second of the product, and of a reference that is measured right before and right after it."""
    before = reference()
    speed = product()
    return speed, harmonic_mean([before, reference()])


def product() -> float:
    """Letters per second of the job on all cores, with rows, numbers and files; the memory goes to the screen."""
    from elections.actions.job import cancel_job  # slow import: needs the bench's database
    from elections.actions.letter import make_letters  # slow import: as above
    from elections.models import User  # slow import: as above

    with _in_city() as event, world.workers() as pid:
        administrator = User.objects.filter(role="administrator").get()
        job = make_letters(event, by=administrator)
        first, started = _wait_for(job, WARM_UP)
        before, made = world.memory(pid), 0
        while True:
            last, ended = _wait_for(job, min(first + LETTERS - made, job.total))
            made += last - first
            if made >= LETTERS or last < job.total:
                break
            job, first = _make_again(job, event, by=administrator), 0
        print(
            f"  workers together {before} MB after {WARM_UP} letters, {world.memory(pid)} MB after {made} more",
            file=sys.stderr,
        )
        if not job.is_finished:
            cancel_job(job, by=administrator)
        return made / (ended - started)


def plain_loop() -> float:
    """One WeasyPrint call per letter, with the same HTML, style sheets and fonts, also as PDF/UA.

    As somebody writes it who reads the first page of the manual: fonts and sheets are loaded for each letter. Nothing
    of the product's own way is at work here, see elections.documents.pdf_reuse.
    """
    from weasyprint import HTML  # slow import: as the product

    from elections.documents.pdf import VARIANT, ClosedFetcher  # slow import: as above

    pages = _pages(PLAIN_LETTERS)
    return _per_second(
        pages, lambda page: HTML(string=page, url_fetcher=ClosedFetcher()).write_pdf(pdf_variant=VARIANT)
    )


def chromium() -> float:
    """One browser and one page that loads and prints the letters one after the other, with tags."""
    from playwright.sync_api import sync_playwright  # slow import: only this row starts a browser

    pages = _pages(PEER_LETTERS)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        addresses = _on_disk(Path(folder), pages)
        browser = playwright.chromium.launch(executable_path=_chromium())
        page = browser.new_page()

        def print_letter(address: str) -> None:
            page.goto(address)
            page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)

        print_letter(addresses[0])
        speed = _per_second(addresses, print_letter)
        browser.close()
    return speed


@cache
def typst() -> float:
    """Typst, written for the same letter: what a typesetter in machine code can do. PDF/UA-1 as well."""
    import typst as compiler  # slow import: only installed for the bench

    from elections.documents.pdf import FONT_FOLDER  # slow import: as above

    with tempfile.TemporaryDirectory() as folder:
        _truetype_fonts(Path(folder), _node_modules() / FONT_FOLDER)
        (Path(folder) / "logo.png").write_bytes(_logo())
        shutil.copy(TYPST, folder)
        engine = compiler.Compiler(Path(folder) / TYPST.name, root=folder, font_paths=[folder])

        def print_letter(letter: Outline) -> None:
            engine.compile(sys_inputs={"letter": json.dumps(letter)}, format="pdf", pdf_standards=["ua-1"])

        letters = [_outline(page) for page in _pages(PEER_LETTERS)]
        print_letter(letters[0])
        return _per_second(letters, print_letter)


@cache
def reportlab() -> float:
    """ReportLab, with the paragraphs and tables of the same letter; it makes no PDF/UA."""
    from bench import letter_reportlab  # slow import: only installed for the bench
    from elections.documents.pdf import FONT_FOLDER  # slow import: as above

    letters = [_outline(page) for page in _pages(PEER_LETTERS)]
    logo = _logo()
    with tempfile.TemporaryDirectory() as folder:
        letter_reportlab.register_fonts(_truetype_fonts(Path(folder), _node_modules() / FONT_FOLDER))
        return _per_second(letters, lambda letter: letter_reportlab.print_letter(letter, logo))


def _per_second(things: list[Any], act: Callable[[Any], object]) -> float:
    started = time.perf_counter()
    for thing in things:
        act(thing)
    return len(things) / (time.perf_counter() - started)


def _make_again(job: "Job", event: "ElectionEvent", *, by: "User") -> "Job":
    """All letters anew, as after another signatory: the city has fewer letters than a long run asks for."""
    from elections.actions.letter import make_letters  # slow import: needs the bench's database

    while not job.is_finished:
        time.sleep(0.05)
        job.refresh_from_db()
    event.signatory = f"Ondertekenaar na taak {job.pk}"
    event.save(update_fields=["signatory"])
    return make_letters(event, by=by)


def _wait_for(job: "Job", done: int) -> tuple[int, float]:
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while job.done < done:
        if time.monotonic() > deadline:
            raise RuntimeError(f"the workers made {job.done} letters of {done}")
        time.sleep(0.25)
        job.refresh_from_db()
    return job.done, time.perf_counter()


@cache
def _pages(count: int) -> list[str]:
    """The first letters as whole HTML pages, with their style sheets inside."""
    from django.utils import timezone  # slow import: needs the settings

    from elections.documents.pdf import BASE_SHEETS, document_html, style_sheet  # slow import: as above
    from elections.models import Assignment  # slow import: needs the bench's database
    from elections.queries.letter_facts import letter_facts  # slow import: as above
    from tenants.context import current_municipality  # slow import: as above
    from tenants.house_style import css  # slow import: as above

    with _in_city() as event:
        members = Assignment.objects.of_event(event).values_list("member", flat=True).distinct()
        facts = list(letter_facts(event, sorted(members)[: 2 * count]).values())[:count]
        sheets = [*map(style_sheet, BASE_SHEETS), css(current_municipality().accent)]
        style = "".join(f"<style>{sheet}</style>" for sheet in sheets)
        pages = [
            document_html(
                "pdf/appointment_letter.html",
                {"letter": letter, "number": f"2027-{number:04d}", "dated": timezone.localdate()},
                title=f"Benoemingsbrief {number}",
            )
            for number, letter in enumerate(facts, start=1)
        ]
    return [page.replace("</head>", f"{style}</head>") for page in pages]


def _on_disk(folder: Path, pages: list[str]) -> list[str]:
    """The letters as files beside the fonts, which a browser loads once."""
    from elections.documents.pdf import FONT_FOLDER, FONT_SCHEME  # slow import: as above

    for font in (_node_modules() / FONT_FOLDER).glob("source-sans-3-latin*-normal.woff2"):
        shutil.copy(font, folder)
    addresses = []
    for number, page in enumerate(pages):
        path = folder / f"{number}.html"
        path.write_text(page.replace(FONT_SCHEME + "source", "source"), encoding="utf-8")
        addresses.append(path.as_uri())
    return addresses


def _truetype_fonts(folder: Path, source: Path) -> dict[int, Path]:
    """The two weights of the letter as TrueType files, for programs that do not read woff2."""
    from fontTools.ttLib import TTFont  # slow import: only here

    made = {}
    for weight in (400, 600):
        font = TTFont(source / f"source-sans-3-latin-{weight}-normal.woff2")
        font.flavor = None
        made[weight] = folder / f"{weight}.ttf"
        font.save(made[weight])
    return made


def _logo() -> bytes:
    from elections.documents.pdf import LOGO_PREFIX  # slow import: needs the bench's database

    found = re.search(rf'{LOGO_PREFIX}([^"]+)"', _pages(1)[0])
    if not found:
        raise RuntimeError("the letter of the bench has no logo")
    return base64.b64decode(found[1])


def _outline(page: str) -> Outline:
    """What a letter says, as a list of headings, paragraphs, items and tables."""
    found: Outline = []
    for element in html.fromstring(page).iter("h1", "h2", "p", "li", "table"):
        if element.tag == "table":
            rows = [[" ".join(cell.text_content().split()) for cell in row] for row in element.iter("tr")]
            found.append({"kind": "table", "rows": rows})
        else:
            found.append({"kind": element.tag, "text": " ".join(element.text_content().split())})
    return found


def _node_modules() -> Path:
    from django.conf import settings  # slow import: needs the settings

    return Path(settings.NODE_MODULES)


def _chromium() -> str:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
