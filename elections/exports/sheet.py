"""Rows of text as a file for a spreadsheet program. Every cell is text; none of them is a formula."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from tempfile import NamedTemporaryFile
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

# A cell that begins so is a formula to a spreadsheet program (OWASP ASVS 5.0 row 1.2.10).
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
# What a cell of XLSX can hold, with some room.
LONGEST_CELL: Final = 32_000
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS_TYPE: Final = "application/vnd.oasis.opendocument.spreadsheet"
CSV_TYPE: Final = "text/csv; charset=utf-8"
# The formats, as the ending of a file.
XLSX, ODS, CSV = "xlsx", "ods", "csv"

# What XML 1.0 cannot hold at all.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ODS_BEGIN: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2"'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    "<office:body><office:spreadsheet><table:table table:name={title}>"
    '<table:table-column table:number-columns-repeated="{columns}"/>'
)
_ODS_END: Final = "</table:table></office:spreadsheet></office:body></office:document-content>"
_ODS_MANIFEST: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.2"'
    ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)


@dataclass(frozen=True)
class Sheet:
    """A list to write. title: of the sheet. rows: without the headings; they are read once."""

    title: str
    headings: list[str]
    rows: Iterable[list[str]]

    def __iter__(self) -> Iterator[list[str]]:
        yield self.headings
        yield from self.rows


def as_csv(rows: Sheet) -> Iterator[str]:
    """The file line by line, with the separator and the mark that Dutch spreadsheet programs expect."""
    yield "\ufeff"
    for row in rows:
        line = io.StringIO()
        csv.writer(line, delimiter=";", quoting=csv.QUOTE_ALL).writerow([_harmless(cell) for cell in row])
        yield line.getvalue()


def as_xlsx(rows: Sheet) -> "NamedTemporaryFile[bytes]":  # type: ignore[valid-type]
    """The file as a temporary one that goes when it is closed; memory does not grow with the rows."""
    file = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 (the answer closes it)
    book = xlsxwriter.Workbook(
        file.name, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(rows.title)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(rows.headings) - 1, 0), 22)
    bold = book.add_format({"bold": True})
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell[:LONGEST_CELL], None if number else bold)
    book.close()
    return file


def as_ods(rows: Sheet) -> "NamedTemporaryFile[bytes]":  # type: ignore[valid-type]
    """The file in the format of LibreOffice (OpenDocument 1.2), as `as_xlsx`.

    Written row by row: the libraries for this format hold every cell in memory at the same time.
    """
    begin = _ODS_BEGIN.format(title=quoteattr(rows.title), columns=max(len(rows.headings), 1))
    file = NamedTemporaryFile(suffix=".ods")  # noqa: SIM115 (the answer closes it)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        # First and not packed, so that a program knows the format from the first bytes (OpenDocument part 3, 3.3).
        archive.writestr("mimetype", ODS_TYPE, compress_type=zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _ODS_MANIFEST)
        with archive.open("content.xml", "w", force_zip64=True) as content:
            content.write(begin.encode())
            for row in rows:
                cells = "".join(_ods_cell(cell[:LONGEST_CELL]) for cell in row)
                content.write(f"<table:table-row>{cells}</table:table-row>".encode())
            content.write(_ODS_END.encode())
    file.seek(0)
    return file


def _ods_cell(cell: str) -> str:
    """A cell of text: a program calculates only what stands in the attribute `table:formula`."""
    lines = _NOT_XML.sub("", cell).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    text = "".join(f"<text:p>{escape(line).replace(chr(9), '<text:tab/>')}</text:p>" for line in lines)
    return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
