"""The appointment letter as a PDF: one letter, and its place in private storage."""

from datetime import date
from typing import Final

from django.utils import timezone

from elections.documents.pdf import render_pdf
from elections.models import AppointmentLetter
from elections.queries.letter_facts import LetterFacts

FOLDER: Final = "letters"


def render_letter(facts: LetterFacts, *, number: str, dated: date | None = None) -> bytes:
    """The PDF of one letter.

    number: as printed, e.g. "2027-0012".
    dated: the date at the top; today in the active time zone when left out.
    """
    return render_pdf(
        "pdf/appointment_letter.html",
        {"letter": facts, "number": number, "dated": dated or timezone.localdate()},
        title=f"Benoemingsbrief {number}",
        alike=True,
    )


def letter_file_name(letter: AppointmentLetter, digest: str) -> str:
    """Where this letter with this text is kept: the same name at every try, another one when the text changes."""
    return f"{FOLDER}/{letter.event.uuid}/{letter.uuid}/{digest[:16]}.pdf"
