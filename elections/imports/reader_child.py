"""The child process that opens a spreadsheet. Run as a script by `elections.imports.reader`, never imported.

A spreadsheet comes from outside: a small file can ask for gigabytes of memory or make the parser hang. So it is
opened here, with limits that the operating system keeps, and only plain values go back. This file knows neither
Django nor the rest of Zitting, so that it starts fast and holds nothing worth stealing.

Standard input: the bytes of the file. First argument: the wishes as JSON. Standard output: JSON lines; first
`{"sheet", "sheets", "kind"}`, then `[row number, [values]]` for every row that is not empty, last `{"end": true}`
or `{"refused": code}`.
"""

import csv
import io
import json
import re
import resource
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from itertools import islice
from pathlib import Path
from typing import Any

MEBIBYTE = 1024 * 1024
MEMORY_BYTES = 512 * MEBIBYTE
CPU_SECONDS = 30
MAX_UNPACKED_BYTES = 50 * MEBIBYTE
MAX_RATIO = 100
MAX_PARTS = 200
MAX_OUTPUT_BYTES = 48 * MEBIBYTE
MAX_CELL_LENGTH = 5000
LAST_EXCEL_ROW = 1_048_576
SMALL_ENOUGH_BYTES = MEBIBYTE  # below this, how well a file was packed does not matter

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
OTHER_MAGIC = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")
# Signs that no screen shows: control, without width, and those that turn the direction of a text (CWE-451).
UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff"
    r"\ud800-\udfff]"
)
DELIMITERS = (";", ",", "\t", "|")
MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta")
TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
MANIFEST = "META-INF/manifest.xml"
ODS_MEDIA_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"

Row = tuple[int, list[Any]]


class Refused(Exception):
    """The file is not taken; the argument is a code that `elections.imports.reader` puts into words."""


def limit_resources() -> None:
    """Memory, processor time and files, kept by the operating system."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def kind_of(data: bytes, suffix: str) -> str:
    """Say "xlsx", "ods" or "csv", by what the file holds; the suffix must agree."""
    if not data.strip():
        raise Refused("empty")
    if data.startswith(OLE_MAGIC):
        raise Refused("password" if "EncryptedPackage".encode("utf-16-le") in data else "xls")
    if data.startswith(ZIP_MAGIC):
        return kind_of_archive(data, suffix)
    if suffix in (".xlsx", ".xlsm"):
        raise Refused("not_xlsx")
    if suffix in (".xls", ".ods"):
        raise Refused("xls" if suffix == ".xls" else "broken")
    if data.startswith(OTHER_MAGIC):
        raise Refused("unknown")
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:20].lower().startswith(MARKUP):
        raise Refused("markup")
    return "csv"


def kind_of_archive(data: bytes, suffix: str) -> str:
    """Say "xlsx" or "ods". Refuse a zip that would unpack to more than a spreadsheet can be, or that is none.

    Reads only the table of contents, and the first bytes that say what an OpenDocument file is.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            check_sizes(parts)
            media_type = archive.read("mimetype") if "mimetype" in names else b""
            manifest = archive.read(MANIFEST) if media_type and MANIFEST in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused("broken") from error
    if b"encryption-data" in manifest or any(part.flag_bits & 1 for part in parts):
        raise Refused("password")
    is_ods = media_type.strip() == ODS_MEDIA_TYPE and "content.xml" in names
    if suffix in TEXT_SUFFIXES:
        raise Refused("not_csv" if is_ods or "xl/workbook.xml" in names else "unknown")
    if is_ods:
        if suffix != ".ods":
            raise Refused("ods")
        return "ods"
    if suffix == ".ods":
        raise Refused("not_ods")
    if "xl/workbook.xml" not in names:
        raise Refused("xlsb" if "xl/workbook.bin" in names else "not_xlsx")
    return "xlsx"


def check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive by what its table of contents says of its parts."""
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES:
        raise Refused("bomb")
    if unpacked > SMALL_ENOUGH_BYTES and unpacked > MAX_RATIO * max(packed, 1):
        raise Refused("bomb")


def clean(text: str) -> str:
    """Text without characters that no database or screen wants."""
    return UNSEEN.sub("", text).replace("\u00a0", " ").strip()[:MAX_CELL_LENGTH]


def encoded(value: Any, data_type: str = "") -> Any:
    """A value as JSON; what JSON does not know becomes an object with one letter as its key."""
    if data_type == "e":
        return {"e": str(value)}
    if isinstance(value, dict):
        return value
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, datetime):
        if value.time() == time():
            return {"d": value.date().isoformat()}
        return {"m": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, time):
        return {"t": value.isoformat()}
    if isinstance(value, timedelta):
        return str(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and value == value and abs(value) != float("inf"):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return clean(str(value)) or None


def trimmed(values: list[Any]) -> list[Any]:
    """The row without the empty cells at its end."""
    length = len(values)
    while length and values[length - 1] is None:
        length -= 1
    return values[:length]


def xlsx_rows(data: bytes, wanted: list[str]) -> Iterator[dict[str, Any] | Row]:
    """What is in the wanted sheet, else in the first visible sheet that is not empty."""
    from openpyxl import load_workbook  # noqa: PLC0415 - slow import: a csv file does without it

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if b"purl.oclc.org/ooxml" in archive.read("xl/workbook.xml"):
            raise Refused("strict")
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise Refused("empty")
    chosen = next((sheet for name in wanted for sheet in visible if sheet.title == name), None)
    if chosen is None:
        chosen = next((sheet for sheet in visible if has_content(sheet)), visible[0])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = archive.read(chosen._worksheet_path.lstrip("/"))
    holds_formulas = b"<f>" in part or b"<f " in part or b":f>" in part or b":f " in part
    yield {"sheet": chosen.title, "sheets": [sheet.title for sheet in visible], "kind": "xlsx"}
    chosen.reset_dimensions()
    if not holds_formulas:
        for number, row in enumerate(chosen.iter_rows(), start=1):
            yield number, trimmed([encoded(cell.value, cell.data_type) for cell in row])
        return
    formulas = load_workbook(io.BytesIO(data), read_only=True)[chosen.title]
    formulas.reset_dimensions()
    for number, (row, sources) in enumerate(
        zip(chosen.iter_rows(), formulas.iter_rows(), strict=True), start=1
    ):
        yield (
            number,
            trimmed(
                [
                    {"f": 1}
                    if cell.value is None and source.data_type == "f"
                    else encoded(cell.value, cell.data_type)
                    for cell, source in zip(row, sources, strict=True)
                ]
            ),
        )


def has_content(sheet: Any) -> bool:
    """Whether one of the first rows of the sheet holds something."""
    sheet.reset_dimensions()
    return any(cell.value is not None for row in islice(sheet.iter_rows(), 200) for cell in row)


def ods_rows(data: bytes, wanted: list[str]) -> Iterator[dict[str, Any] | Row]:
    """As `xlsx_rows`, of an OpenDocument spreadsheet; in two turns, so that one row at a time is in memory."""
    ods = beside("reader_ods")
    filled: dict[str, bool] = {}
    for name, _number, values in ods.sheet_rows(data, repeat=False):
        filled[name] = filled.get(name, False) or bool(values)
    if not filled:
        raise Refused("empty")
    chosen = next((name for name in wanted if name in filled), None)
    if chosen is None:
        chosen = next((name for name, has_values in filled.items() if has_values), next(iter(filled)))
    yield {"sheet": chosen, "sheets": list(filled), "kind": "ods"}
    for name, number, values in ods.sheet_rows(data, repeat=True):
        if name == chosen and values:
            yield number, trimmed([encoded(value) for value in values])


def beside(name: str) -> Any:
    """The module in a file beside this one: a script that runs isolated does not find it by itself."""
    spec = spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None  # noqa: S101 - for the type checker
    assert spec.loader is not None  # noqa: S101 - for the type checker
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def csv_rows(data: bytes) -> Iterator[dict[str, Any] | Row]:
    """The records of a text file with `;`, `,` or tabs, in UTF-8, UTF-16 with a mark, or Windows-1252."""
    text = decoded(data)
    first_line, _, rest = text.partition("\n")
    announced = re.fullmatch(r"sep=(.)\r?", first_line)
    if announced:
        text = rest
    csv.field_size_limit(MEBIBYTE)
    delimiter = announced[1] if announced else best_delimiter(text)
    if not announced and best_delimiter(unwrapped := without_wrapping(text)) != delimiter:
        text, delimiter = unwrapped, best_delimiter(unwrapped)
    yield {"sheet": "", "sheets": [], "kind": "csv"}
    start = 2 if announced else 1
    try:
        for number, record in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=start
        ):
            yield number, trimmed([clean(value) or None for value in record])
    except csv.Error as error:
        raise Refused("broken") from error


def decoded(data: bytes) -> str:
    """The text, by trying the encodings from strict to lenient."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in data:
        raise Refused("unknown")
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return unscrambled(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise Refused("encoding")


def unscrambled(text: str) -> str:
    """The text of a file that was taken for Windows-1252 once and saved as UTF-8: "MÃ¼ller" was "Müller"."""
    try:
        return text.encode("cp1252").decode()
    except UnicodeError:
        return text


def without_wrapping(text: str) -> str:
    """The text of a list that was saved as text twice: every line is one long text in quotes. Else as it was."""
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter="\0"))
    except csv.Error:
        return text
    filled = [record for record in records if any(record)]
    wrapped = text.lstrip().startswith('"') and all(len(record) == 1 for record in filled)
    return "\n".join(record[0] if record else "" for record in records) if wrapped else text


def best_delimiter(text: str) -> str:
    """The delimiter that makes the most columns that the first rows agree on."""

    def score(delimiter: str) -> tuple[int, int]:
        sample = io.StringIO(text[:64_000], newline="")
        try:
            widths = Counter(
                len(row) for row in islice(csv.reader(sample, delimiter=delimiter), 30) if any(row)
            )
        except csv.Error:
            return 0, 0
        width, rows = widths.most_common(1)[0] if widths else (1, 0)
        return (rows * 100 // widths.total(), width) if width > 1 else (0, 0)

    return max(DELIMITERS, key=score)


BOOKS = {"xlsx": xlsx_rows, "ods": ods_rows}


def write(rows: Iterator[dict[str, Any] | Row], max_rows: int, max_columns: int) -> None:
    """Send the rows that hold something, and stop at the first that is one too many."""
    written = filled = 0
    for row in rows:
        if isinstance(row, tuple):
            number, values = row
            if number > LAST_EXCEL_ROW:
                raise Refused("broken")
            if not values:
                continue
            filled += 1
            if filled > max_rows:
                raise Refused("rows")
            if len(values) > max_columns:
                raise Refused("columns")
            line = json.dumps([number, values])
        else:
            line = json.dumps(row)
        written += len(line)
        if written > MAX_OUTPUT_BYTES:
            raise Refused("bomb")
        sys.stdout.write(line + "\n")
    if not filled:
        raise Refused("empty")


def main() -> None:
    """Read standard input, write the values or the reason of refusal."""
    limit_resources()
    wishes = json.loads(sys.argv[1])
    try:
        data = sys.stdin.buffer.read()
        kind = kind_of(data, wishes["suffix"])
        rows = csv_rows(data) if kind == "csv" else BOOKS[kind](data, wishes["sheets"])
        write(rows, wishes["max_rows"], wishes["max_columns"])
        answer: dict[str, Any] = {"end": True}
    except Refused as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        answer = {"refused": "bomb"}
    except Exception:  # noqa: BLE001 - whatever a parser trips over, the file is not a spreadsheet we can read
        answer = {"refused": "broken"}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
