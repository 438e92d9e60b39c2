"""Reading an OpenDocument spreadsheet (.ods, ISO/IEC 26300), row by row.

For `reader_child`, which loads this file beside it: it knows neither Django nor the rest of Zitting. The file comes
from outside, so a DTD is refused (and with it every entity), and a row that is told to be repeated a million times is
given one by one, for the caller to stop.
"""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

MAX_SPACES = 5000
LAST_ROW = 1_048_576
SHEET_DEPTH = 4  # document-content, body, spreadsheet, table: a table inside a cell is no sheet
MAX_WIDTH = 20_000  # more columns than any sheet has

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
CELL = f"{TABLE}table-cell"
CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"


def sheet_rows(data: bytes, *, repeat: bool) -> Iterator[tuple[str, int, list[Any]]]:
    """Name of the sheet, row number and values, of every visible sheet; first a row 0 without values.

    repeat: give a row that stands there a thousand times a thousand times; whoever asks stops when there are too many.
    """
    from defusedxml.ElementTree import iterparse  # noqa: PLC0415 - slow import: only this kind of file needs it

    hidden: set[str] = set()
    path: list[Any] = []
    sheet, number = "", 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("content.xml") as content:
        for event, element in iterparse(content, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                path.append(element)
                if element.tag == f"{TABLE}table" and len(path) == SHEET_DEPTH:
                    name = element.get(f"{TABLE}name", "") or "?"
                    sheet, number = "" if element.get(f"{TABLE}style-name") in hidden else name, 0
                    if sheet:
                        yield sheet, 0, []
                continue
            path.pop()
            if element.tag == f"{STYLE}table-properties" and element.get(f"{TABLE}display") == "false":
                hidden.add(path[-1].get(f"{STYLE}name"))
            elif element.tag == f"{TABLE}table-row" and not any(outer.tag == CELL for outer in path):
                times, values = repeated(element, "rows"), row_values(element) if sheet else []
                for time in range(times if repeat else 1) if values else ():
                    yield sheet, number + time + 1, values
                number += times
                path[-1].remove(element)


def row_values(row: Any) -> list[Any]:
    """The values of one row, without the empty cells at its end."""
    values: list[Any] = []
    gap = 0
    for cell in row:
        if cell.tag not in (CELL, f"{TABLE}covered-table-cell"):
            continue
        value, times = cell_value(cell), repeated(cell, "columns")
        if value is None:
            gap += times
            continue
        if len(values) + gap + times > MAX_WIDTH:
            raise ValueError("a row is too wide")
        values += [None] * gap + [value] * times
        gap = 0
    return values


def cell_value(cell: Any) -> Any:
    """The value of one cell, a formula without a value and an error as a dictionary, as `reader_child.encoded`."""
    kind = cell.get(f"{OFFICE}value-type", "")
    text = "\n".join(map(paragraph_text, cell.findall(f"{TEXT}p")))
    if cell.get(f"{CALC}value-type") == "error":
        return {"e": text}
    if kind in ("float", "percentage", "currency"):
        return float(cell.get(f"{OFFICE}value"))
    if kind == "date":
        return datetime.fromisoformat(cell.get(f"{OFFICE}date-value"))
    if kind == "boolean":
        return cell.get(f"{OFFICE}boolean-value") == "true"
    if not kind and not text and cell.get(f"{TABLE}formula"):
        return {"f": 1}
    return text or cell.get(f"{OFFICE}string-value") or None


def paragraph_text(part: Any) -> str:
    """The text of a paragraph, in which runs of spaces, tabs and line ends are elements of their own."""
    text = part.text or ""
    for child in part:
        if child.tag == f"{TEXT}s":
            text += " " * min(int(child.get(f"{TEXT}c", "1")), MAX_SPACES)
        else:
            text += {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}.get(child.tag) or paragraph_text(child)
        text += child.tail or ""
    return text


def repeated(element: Any, what: str) -> int:
    """How often a row or cell stands there."""
    return min(max(int(element.get(f"{TABLE}number-{what}-repeated", "1")), 1), LAST_ROW)
