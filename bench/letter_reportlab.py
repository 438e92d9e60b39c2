"""The appointment letter with ReportLab: the plainest program that prints the same words in the same font."""

from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Image, Paragraph, SimpleDocTemplate, Table

ACCENT = HexColor("#154273")
FONT, BOLD = "Letter", "LetterBold"


def register_fonts(fonts: dict[int, Path]) -> None:
    """Load the two weights of the letter, once."""
    pdfmetrics.registerFont(TTFont(FONT, str(fonts[400])))
    pdfmetrics.registerFont(TTFont(BOLD, str(fonts[600])))


def print_letter(letter: list[dict[str, Any]], logo: bytes) -> bytes:
    """The PDF of one letter."""
    plain = ParagraphStyle("p", fontName=FONT, fontSize=10.5, leading=15, spaceAfter=7)
    styles = {
        "p": plain,
        "li": ParagraphStyle("li", plain, bulletIndent=0, leftIndent=14),
        "h1": ParagraphStyle("h1", plain, fontName=BOLD, fontSize=15, leading=19, textColor=ACCENT),
        "h2": ParagraphStyle("h2", plain, fontName=BOLD, fontSize=11.5, textColor=ACCENT),
    }
    story: list[Any] = [Image(BytesIO(logo), width=17 * mm, height=17 * mm, hAlign="LEFT")]
    for part in letter:
        if part["kind"] == "table":
            rows = [[Paragraph(cell, plain) for cell in row] for row in part["rows"]]
            story.append(Table(rows, repeatRows=1))
        else:
            bullet = "•" if part["kind"] == "li" else None
            story.append(Paragraph(part["text"], styles[part["kind"]], bulletText=bullet))
    content = BytesIO()
    SimpleDocTemplate(
        content, pagesize=A4, leftMargin=25 * mm, rightMargin=25 * mm, title="Benoemingsbrief"
    ).build(story)
    return content.getvalue()
