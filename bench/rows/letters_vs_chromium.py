"""The product's own way of making letters against a browser that prints them, and against two other programs."""

import sys

from bench import letter_peers
from bench.row import Row


def measure() -> Row:
    """Letters per second: a job on all cores against headless Chromium, one letter after the other.

    ReportLab and Typst go to the screen: they print the same words, without rows, numbers or files. Typst, in machine
    code, is the limit.
    """
    product, chromium = letter_peers.product_beside(letter_peers.chromium)
    print(
        f"  one after the other on one core: ReportLab {letter_peers.reportlab():.1f} letters/s (no PDF/UA),"
        f" Typst {letter_peers.typst():.1f} letters/s (PDF/UA-1)",
        file=sys.stderr,
    )
    return Row("letters_vs_chromium", product, "letters/s", "headless Chromium", chromium)
