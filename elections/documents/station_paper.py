"""The papers of polling stations as PDFs."""

from django.utils.text import slugify

from elections.documents.pdf import render_pdf
from elections.enums import StationPaperKind
from elections.queries.station_paper import StationPaper
from tenants.context import current_municipality

TITLES = {
    StationPaperKind.DOSSIER: "Stembureaumap",
    StationPaperKind.BADGES: "Naamkaartjes",
    StationPaperKind.PRESENCE_LIST: "Presentielijst",
    StationPaperKind.CONTACT_SHEET: "Contactlijst",
}
FILE_NAMES = {
    StationPaperKind.DOSSIER: "stembureaumap",
    StationPaperKind.BADGES: "naamkaartjes",
    StationPaperKind.PRESENCE_LIST: "presentielijst",
    StationPaperKind.CONTACT_SHEET: "contactlijst",
}
_SLUG_LENGTH = 60


def render_station_paper(kind: StationPaperKind, paper: StationPaper) -> bytes:
    """One paper of one station as a PDF."""
    template = f"pdf/station_{kind.value}.html"
    context = {"paper": paper, "badges_per_sheet": BADGES_PER_SHEET, "words": current_municipality().words}
    return render_pdf(template, context, title=f"{TITLES[kind]} {paper.title}"[:200], sheets=("station",))


def station_file_name(kind: StationPaperKind, paper: StationPaper) -> str:
    """What the file is called: "stembureaumap-012-de-brink.pdf"; of a station, never of a person."""
    name = slugify(paper.name)[:_SLUG_LENGTH].strip("-")
    return "-".join(filter(None, (FILE_NAMES[kind], f"{paper.number:03d}", name))) + ".pdf"


BADGES_PER_SHEET = 8
