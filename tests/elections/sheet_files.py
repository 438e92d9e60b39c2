"""Spreadsheets made by hand for tests: with the odd insides that real programs and hostile people give them."""

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from xml.sax.saxutils import escape

import xlsxwriter

ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = "META-INF/manifest.xml"
SHEET = "xl/worksheets/sheet1.xml"


def xlsx(rows: Iterable[Sequence[object]], *, title: str = "Leden", before: Sequence[str] = ()) -> bytes:
    """A workbook with these rows; `before`: names of empty sheets in front of it."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "d-m-yyyy", "strings_to_formulas": False})
    for name in before:
        book.add_worksheet(name)
    sheet = book.add_worksheet(title)
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def ods_cell(value: object, attributes: str = "") -> str:
    """One cell as LibreOffice writes it."""
    if value is None or value == "":
        return f"<table:table-cell {attributes}/>"
    if isinstance(value, int | float):
        typed = f'office:value-type="float" office:value="{value}"'
    elif hasattr(value, "isoformat"):
        typed = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    else:
        typed = 'office:value-type="string"'
    return f"<table:table-cell {typed} {attributes}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def ods_row(values: Iterable[object], attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(map(ods_cell, values))}</table:table-row>"


def ods_table(rows: str, *, name: str = "Leden", style: str = "ta1") -> str:
    return f'<table:table table:name="{name}" table:style-name="{style}">{rows}</table:table>'


def ods_book(tables: str, *, head: str = "", manifest: str = "", media_type: str = ODS_TYPE) -> bytes:
    """An OpenDocument spreadsheet around tables. Style "ta1" is visible, style "ta2" is hidden."""
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{shown}"/>'
        "</style:style>"
        for name, shown in (("ta1", "true"), ("ta2", "false"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<office:document-content {ODS_NAMES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", media_type, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr(MANIFEST, manifest or "<manifest/>")
    return buffer.getvalue()


def ods(rows: Iterable[Sequence[object]]) -> bytes:
    """An OpenDocument spreadsheet with these rows."""
    return ods_book(ods_table("".join(map(ods_row, rows))))


def repacked(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same archive with one part changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            new.writestr(item.filename, change(content) if item.filename == part else content)
    return buffer.getvalue()


def archive_of(**parts: bytes) -> bytes:
    """A zip with these parts; `__` in a name stands for a slash and `_` for a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return buffer.getvalue()
