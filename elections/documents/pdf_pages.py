"""Pictures of the pages of a PDF, for a preview on every device: a phone shows no PDF inside a page."""

import io
from threading import Lock
from typing import Final

import pypdfium2

MOST_PAGES: Final = 4
DOTS_PER_POINT: Final = 1.25  # 744 pixels across A4
# PDFium holds the state of its library in one place: it serves one document at a time.
_ONE_AT_A_TIME: Final = Lock()


def page_pictures(pdf: bytes) -> list[bytes]:
    """The first pages of a PDF that we made ourselves, as PNG.

    Never for a PDF of somebody else: this reads it in the process of the website.
    """
    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
        pictures = []
        for number in range(min(len(document), MOST_PAGES)):
            buffer = io.BytesIO()
            picture = document[number].render(scale=DOTS_PER_POINT).to_pil().convert("RGB")
            picture.quantize(32).save(buffer, "PNG", optimize=True)
            pictures.append(buffer.getvalue())
    return pictures
