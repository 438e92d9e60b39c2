"""Rows of text as a file for a spreadsheet program. Every cell is text; none of them is a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from tempfile import NamedTemporaryFile
from typing import Final

import xlsxwriter

# A cell that begins so is a formula to a spreadsheet program (OWASP ASVS 5.0 row 1.2.10).
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
# What a cell of XLSX can hold, with some room.
LONGEST_CELL: Final = 32_000

Rows = Iterable[list[str]]


def as_csv(rows: Rows) -> Iterator[str]:
    """The file line by line, with the separator and the mark that Dutch spreadsheet programs expect."""
    yield "\ufeff"
    for row in rows:
        line = io.StringIO()
        csv.writer(line, delimiter=";", quoting=csv.QUOTE_ALL).writerow([_harmless(cell) for cell in row])
        yield line.getvalue()


def as_xlsx(rows: Rows, title: str, *, columns: int) -> "NamedTemporaryFile[bytes]":  # type: ignore[valid-type]
    """The file as a temporary one that goes when it is closed; memory does not grow with the rows.

    title: of the sheet. columns: how many there are; the first row is the heading.
    """
    file = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 (the answer closes it)
    book = xlsxwriter.Workbook(
        file.name, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(columns - 1, 0), 22)
    bold = book.add_format({"bold": True})
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell[:LONGEST_CELL], None if number else bold)
    book.close()
    return file


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
