"""Reading a spreadsheet that somebody uploaded: Excel (.xlsx), LibreOffice (.ods) or text (.csv), as plain values.

The file itself is opened in a child process with little memory and time (`reader_child.py`), so that a hostile one
ends there. Every refusal is an `ActionError` with a sentence that says what is wrong and what to do.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path, PurePath
from typing import Any, Final

from django.core.files.storage import default_storage
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from elections.documents.child import run_child
from elections.errors import ActionError

MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 100
MAX_SHEET_COLUMNS: Final = 1_500  # the national form is sideways: a column for every polling station
SECONDS: Final = 30
SUFFIXES: Final = (".xlsx", ".xlsm", ".ods", ".csv", ".txt", ".tsv")
ACCEPT: Final = ",".join(SUFFIXES)

CHILD = Path(__file__).with_name("reader_child.py")

REFUSALS: Final[dict[str, str | Promise]] = {
    "type": _(
        "Dit soort bestand kunnen wij niet lezen. Kies een bestand van Excel (.xlsx) of LibreOffice (.ods), of een "
        "CSV-bestand (.csv)."
    ),
    "empty": _("Dit bestand is leeg. Controleer of u het goede bestand hebt gekozen."),
    "password": _(
        "Dit bestand is beveiligd met een wachtwoord. Haal het wachtwoord eraf en kies het bestand opnieuw."
    ),
    "xls": _("Dit is een oud Excel-bestand (.xls). Open het in Excel en sla het op als .xlsx."),
    "xlsb": _("Dit is een binair Excel-bestand (.xlsb). Open het in Excel en sla het op als .xlsx."),
    "ods": _("Dit bestand heet Excel, maar het is van LibreOffice. Geef het een naam die eindigt op .ods."),
    "not_ods": _(
        "Dit bestand heet LibreOffice, maar het is geen LibreOffice-rekenblad. Open het en sla het op als .ods."
    ),
    "strict": _(
        "Dit is een bijzondere soort Excel-bestand (Strict Open XML). Open het in Excel en sla het op als “Excel-"
        "werkmap (.xlsx)”."
    ),
    "markup": _(
        "Dit is een webpagina of een XML-bestand, en geen lijst. Open het in Excel en sla het op als .xlsx."
    ),
    "not_xlsx": _(
        "Dit bestand heet Excel, maar het is geen Excel-bestand. Open het in Excel en sla het op als .xlsx."
    ),
    "not_csv": _(
        "Dit bestand heet CSV, maar het is van Excel of LibreOffice. Geef het de naam .xlsx of .ods, of sla het op "
        "als .csv."
    ),
    "unknown": _("Dit is geen lijst van Excel of LibreOffice, en geen CSV-bestand. Kies een ander bestand."),
    "broken": _(
        "Dit bestand is beschadigd. Open het in Excel of LibreOffice, sla het opnieuw op en probeer het nog eens."
    ),
    "encoding": _(
        "Wij kunnen de letters in dit bestand niet lezen. Sla het op als “CSV UTF-8” of als .xlsx."
    ),
    "rows": _("In dit bestand staan te veel rijen. Het maximum is 20.000. Verdeel het over meer bestanden."),
    "columns": _("In dit bestand staan te veel kolommen. Haal de kolommen weg die u niet nodig hebt."),
    "bomb": _("Dit bestand is te groot om veilig te openen. Zet alleen de gegevens in een nieuw bestand."),
    "gone": _("Dit bestand is er niet meer. Kies het bestand opnieuw."),
}


@dataclass(frozen=True)
class BadCell:
    """A cell without a usable value: a formula that Excel never worked out, or an error such as #N/B."""

    error: str = ""

    @property
    def message(self) -> str:
        """What is wrong, for the person who made the file."""
        if self.error:
            return str(_("In deze cel staat een Excel-fout (%(error)s).") % {"error": self.error})
        return str(
            _(
                "In deze cel staat een formule zonder uitkomst. Open het bestand in Excel en sla het opnieuw op."
            )
        )


Value = str | int | float | bool | date | datetime | time | BadCell | None


@dataclass(frozen=True)
class Row:
    """One row; `number` is the number that Excel shows beside it. `values` is as long as the headers."""

    number: int
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    """A sheet with a heading in its first filled row. Headers are unique: the second "E-mail" is "E-mail (2)".

    `heading_row` is the number of the row with the headings, as Row.number.
    """

    headers: list[str]
    rows: list[Row]
    sheet: str = ""
    heading_row: int = 1


@dataclass(frozen=True)
class Sheet:
    """A sheet as it is. `rows` maps row numbers (from 1) to values without the empty ones at the end."""

    name: str
    names: list[str]
    rows: dict[int, list[Value]]

    def value(self, row: int, column: int) -> Value:
        """The value at row and column, both from 1; None outside what is filled."""
        values = self.rows.get(row, [])
        return values[column - 1] if 0 < column <= len(values) else None


def read_table(source: str | Path, original_name: str) -> Table:
    """The rows under the headings of an uploaded spreadsheet.

    Parameters:
        source: the name of the file in the municipality's private storage, or a Path on this machine.
        original_name: what the sender called it; its suffix must agree with what the file holds.

    Returns:
        The table of the first visible sheet that is not empty. The heading is the first row with two or more
        filled cells, so that a title above it does no harm; a file with one column starts at its first row.

    Raises:
        ActionError: with a sentence for the sender, when the file cannot or may not be read: of a wrong kind,
            locked, damaged, empty, over 20,000 rows or 100 columns, or too heavy.
    """
    about, lines = _read(source, original_name, sheets=(), max_rows=MAX_ROWS + 1, max_columns=MAX_COLUMNS)
    numbered = list(lines)
    start = next((at for at, (_number, values) in enumerate(numbered) if _filled(values) > 1), 0)
    width = max(len(values) for _number, values in numbered[start:])
    heading = numbered[start][1]
    body = [
        Row(number, tuple(values) + (None,) * (width - len(values)))
        for number, values in numbered[start + 1 :]
    ]
    if not body:
        raise ActionError(
            str(_("In dit bestand staan alleen kolomkoppen. Er zijn geen rijen om in te lezen."))
        )
    return Table(_unique_headers(heading, width), body, about["sheet"], numbered[start][0])


def read_sheet(source: str | Path, original_name: str, *, sheets: tuple[str, ...] = ()) -> Sheet:
    """One sheet of an uploaded spreadsheet as a raw grid, for forms that are not a table.

    Parameters:
        source, original_name: as for `read_table`.
        sheets: names of the sheet that is wanted, best first; without a match the first visible one with content.

    Raises:
        ActionError: as for `read_table`, but up to 1,500 columns.
    """
    about, lines = _read(
        source, original_name, sheets=sheets, max_rows=MAX_ROWS, max_columns=MAX_SHEET_COLUMNS
    )
    return Sheet(about["sheet"], about["sheets"], dict(lines))


def as_text(value: Value) -> str:
    """A value as a person would read it in the sheet; a `BadCell` is empty, a date is "17-3-1960"."""
    if value is None or isinstance(value, BadCell):
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, datetime):
        return f"{value.day}-{value.month}-{value.year} {value:%H:%M}"
    if isinstance(value, date):
        return f"{value.day}-{value.month}-{value.year}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value)


def _read(
    source: str | Path, original_name: str, *, sheets: tuple[str, ...], max_rows: int, max_columns: int
) -> tuple[dict[str, Any], Iterator[tuple[int, list[Value]]]]:
    suffix = PurePath(original_name.lower()).suffix
    if suffix == ".xls":
        raise refusal("xls")
    if suffix not in SUFFIXES:
        raise refusal("type")
    wishes = {"suffix": suffix, "sheets": sheets, "max_rows": max_rows, "max_columns": max_columns}
    output = run_child(CHILD, json.dumps(wishes), _bytes_of(source), seconds=SECONDS)
    lines = output.splitlines()
    end = json.loads(lines[-1]) if lines and lines[-1].endswith(b"}") else {}
    if "refused" in end:
        raise refusal(end["refused"])
    if "end" not in end:
        raise refusal("bomb")
    return json.loads(lines[0]), map(_decoded_row, lines[1:-1])


def _bytes_of(source: str | Path) -> bytes:
    try:
        if isinstance(source, Path):
            return source.read_bytes()
        with default_storage.open(source, "rb") as file:
            return file.read()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise refusal("gone") from error


def refusal(code: str) -> ActionError:
    """The error that tells why a file is refused; `code` is a key of REFUSALS."""
    return ActionError(str(REFUSALS[code]))


def _decoded_row(line: bytes) -> tuple[int, list[Value]]:
    number, values = json.loads(line)
    return number, [_decoded(value) if isinstance(value, dict) else value for value in values]


def _decoded(value: dict[str, Any]) -> Value:
    kind, content = next(iter(value.items()))
    if kind == "d":
        return date.fromisoformat(content)
    if kind == "m":
        return datetime.fromisoformat(content)
    if kind == "t":
        return time.fromisoformat(content)
    return BadCell(content if kind == "e" else "")


def _filled(values: list[Value]) -> int:
    return sum(value is not None for value in values)


def _unique_headers(heading: list[Value], width: int) -> list[str]:
    headers: list[str] = []
    seen: dict[str, int] = {}
    for index in range(width):
        text = " ".join(as_text(heading[index]).split())[:100] if index < len(heading) else ""
        text = text or str(_("Kolom %(letter)s") % {"letter": column_letter(index)})
        seen[text.lower()] = seen.get(text.lower(), 0) + 1
        headers.append(text if seen[text.lower()] == 1 else f"{text} ({seen[text.lower()]})")
    return headers


def column_letter(index: int) -> str:
    """The letter that Excel shows above the column at `index` (from 0): A, B, ..., Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
