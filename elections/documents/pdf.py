"""Making PDFs. The one place that knows WeasyPrint.

Every PDF is PDF/UA-1: tagged, titled and in Dutch. Nothing is fetched but our own fonts and the municipality's
logo. Fonts, style sheets and images are loaded once per process: most of a plain call is loading those anew. What
letters have in common is worked out once: see elections.documents.pdf_reuse.
"""

import base64
import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from elections.documents.pdf_reuse import Reuse
from tenants import house_style
from tenants.context import current_municipality
from tenants.models import DEFAULT_ACCENT, Logo, Municipality

LANGUAGE: Final = "nl"
VARIANT: Final = "pdf/ua-1"
LOGO_PREFIX: Final = "data:image/png;base64,"
FONT_SCHEME: Final = "font:"
FONT_FOLDER: Final = Path("@fontsource/source-sans-3/files")
# The latin-ext files hold the hyphen of broken words and letters such as ı and ş.
FONTS: Final = frozenset(
    f"source-sans-3-{subset}-{weight}-normal.woff2"
    for subset in ("latin", "latin-ext")
    for weight in (400, 600)
)
# What every document looks like. A document with more to it names its own sheet: each costs every document time.
BASE_SHEETS: Final = ("fonts", "letter")
MAX_CACHED_IMAGES: Final = 64
# Municipalities, with an accent and a set of style sheets. A worker makes letters for few municipalities at a time.
MOST_IN_REUSE: Final = 4
# A web process has threads; the fonts and the cache of images serve one document at a time.
_ONE_AT_A_TIME: Final = Lock()

# Nine lines per letter at level INFO tell nothing.
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)


class PdfError(Exception):
    """A document could not be made. The message is for the log, not for the screen."""


class ClosedFetcher(URLFetcher):
    """Gives our fonts and the logo, and stops the document at anything else.

    WeasyPrint's own fetcher reads files and the network: one `<link>` would put /etc/passwd in a letter.
    """

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The font or picture at `url`; ValueError for every address that is not on the list."""
        name = url.removeprefix(FONT_SCHEME)
        if url.startswith(FONT_SCHEME) and name in FONTS:
            body = (Path(settings.NODE_MODULES) / FONT_FOLDER / name).read_bytes()
            return URLFetcherResponse(url, body, {"Content-Type": "font/woff2"})
        if url.startswith(LOGO_PREFIX):
            return super().fetch(url, headers)
        raise ValueError(f"address not allowed: {url[:80]}")


class _Engine:
    """What all documents of one process share."""

    def __init__(self) -> None:
        self.fetcher = ClosedFetcher()
        self.fonts = FontConfiguration()
        self.images: dict[str, Any] = {}
        self._sheets: dict[str, CSS] = {}
        self._reuse: dict[tuple[str, ...], Reuse] = {}
        self.sheets(BASE_SHEETS)

    def sheet(self, css: str) -> CSS:
        return CSS(string=css, font_config=self.fonts, url_fetcher=self.fetcher)

    def sheets(self, names: tuple[str, ...]) -> list[CSS]:
        for name in names:
            if name not in self._sheets:
                self._sheets[name] = self.sheet(style_sheet(name))
        return [self._sheets[name] for name in names]

    def reuse(self, names: tuple[str, ...]) -> Reuse:
        if names not in self._reuse and len(self._reuse) >= MOST_IN_REUSE:
            del self._reuse[next(iter(self._reuse))]
        return self._reuse.setdefault(names, Reuse())

    def write(self, html: str, *, accent: str, sheets: tuple[str, ...] = (), alike: str = "") -> bytes:
        """`alike`: the schema of the municipality among whose documents this one may share; "" for one alone."""
        if len(self.images) > MAX_CACHED_IMAGES:
            self.images.clear()
        document = HTML(string=html, url_fetcher=self.fetcher)
        reuse = self.reuse((alike, accent, *sheets)).in_use() if alike else nullcontext()
        with _collecting_later(), reuse:
            return document.write_pdf(
                stylesheets=[*self.sheets(BASE_SHEETS + sheets), _accent_sheet(accent)],
                font_config=self.fonts,
                cache=self.images,
                pdf_variant=VARIANT,
            )


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Without the garbage collector: it would walk through the growing tree of boxes many times and find nothing.

    Saves a tenth of the time. Once it is on again it finds the whole document in its youngest generation.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    return _Engine()


@lru_cache(maxsize=64)
def _accent_sheet(accent: str) -> CSS:
    return _engine().sheet(house_style.css(accent))


def warm_up() -> None:
    """Load fonts and style sheets, so that the first document of this process is as fast as the next."""
    _engine().write(f'<html lang="{LANGUAGE}"><title>-</title><p>-</p></html>', accent=DEFAULT_ACCENT)


def render_pdf(
    template: str,
    context: dict[str, Any],
    title: str,
    *,
    sheets: tuple[str, ...] = (),
    alike: bool = False,
) -> bytes:
    """Make a PDF/UA-1 document for the municipality at work.

    template: an HTML template that extends "pdf/base.html". Values are escaped like on any page.
    context: what it shows; `municipality`, `logo` (an address or "") and `title` are added.
    title: what a reader's window and a screen reader call the document.
    sheets: names of style sheets in static/css/pdf, beside the base ones.
    alike: whether many documents are made that say nearly the same. They take half the time, as some of their sentences
        stay in the memory of this process; never for a document with a secret, such as a code.

    Raises PdfError when the document asks for something outside the list, NoMunicipality in the public schema.
    """
    html = document_html(template, context, title)
    municipality = current_municipality()
    # What is kept holds names: it never serves another municipality, also where both look the same.
    among = municipality.schema_name if alike else ""
    try:
        with _ONE_AT_A_TIME:
            return _engine().write(html, accent=municipality.accent, sheets=sheets, alike=among)
    except FatalURLFetchingError as error:
        # A BaseException: passed on it would end the worker in place of this one letter.
        raise PdfError(str(error)) from error
    except Exception as error:  # WeasyPrint raises anything on odd input; one letter must not stop the others
        raise PdfError(f"{type(error).__name__}: {error}") from error


def document_html(template: str, context: dict[str, Any], title: str) -> str:
    """The page behind `render_pdf`, without style sheets."""
    municipality = current_municipality()
    frame = {"municipality": municipality, "logo": _logo(municipality), "title": title, "language": LANGUAGE}
    with translation.override(LANGUAGE):
        return render_to_string(template, {**context, **frame})


def style_sheet(name: str) -> str:
    """The text of one style sheet of documents."""
    return (Path(settings.BASE_DIR) / "static" / "css" / "pdf" / f"{name}.css").read_text(encoding="utf-8")


def _logo(municipality: Municipality) -> str:
    version = municipality.logo_version
    return _logo_address(municipality.pk, version) if version else ""


@lru_cache(maxsize=64)
def _logo_address(municipality_id: int, _version: str) -> str:
    png = Logo.objects.filter(pk=municipality_id).values_list("png", flat=True).first()
    return LOGO_PREFIX + base64.b64encode(bytes(png)).decode() if png else ""
