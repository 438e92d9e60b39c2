"""Polling stations from a file: the national form 1.7 (sideways: one station per column) or a plain table.

Fields are found by their name in the format, not by their place: forms and exports order them differently.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from elections.accessibility import ACCESSIBILITY_FIELDS, STEP_FREE
from elections.enums import StationKind
from elections.errors import ActionError
from elections.imports import station_values as values
from elections.imports.reader import BadCell, Sheet, Value, column_letter, read_sheet, read_table
from elections.models.venue import NO_BAG_ID

MAX_STATIONS: Final = 2_000  # Amsterdam, the largest, has about 600
SHEET: Final = "Attributen"
HELP_HEADINGS: Final = frozenset({"verplicht (ja/nee)", "opmerkingen", "format", "voorbeeld"})

NUMBER: Final = "Nummer stembureau"
NAME: Final = "Naam stembureau"
OPENS, CLOSES = "Openingstijd", "Sluitingstijd"

# The format's fields that we keep, with the place where: "station.x", "venue.x", "accessibility" or a line's own.
FIELDS: Final[Mapping[str, tuple[str, values.Reader]]] = {
    "Gemeente": ("municipality_name", values.text(100)),
    "CBS gemeentecode": ("municipality_code", values.municipality_code),
    NUMBER: ("number", values.number),
    NAME: ("station.name", values.text(200)),
    "Type stembureau": ("station.kind", values.choice(*StationKind.values)),
    "Gebruiksdoel van het gebouw": ("venue.purpose", values.text(200)),
    "Website locatie": ("venue.website", values.url),
    "BAG Nummeraanduiding ID": ("venue.bag_id", values.bag_id),
    "Straatnaam": ("venue.street", values.text(100)),
    "Huisnummer": ("venue.house_number", values.text(20)),
    "Huisletter": ("venue.house_letter", values.text(5)),
    "Huisnummertoevoeging": ("venue.house_number_addition", values.text(10)),
    "Postcode": ("venue.postcode", values.postcode),
    "Plaats": ("venue.city", values.text(80)),
    "Extra adresaanduiding": ("venue.address_note", values.remark(300)),
    "X": ("venue.rd_x", values.decimal(0, 300_000, 10)),
    "Y": ("venue.rd_y", values.decimal(300_000, 620_000, 10)),
    "Latitude": ("venue.latitude", values.decimal(-90, 90, 16)),
    "Longitude": ("venue.longitude", values.decimal(-180, 180, 16)),
    OPENS: ("opens_at", values.moment),
    CLOSES: ("closes_at", values.moment),
    **{
        name: (f"accessibility.{name}", values.choice(*options))
        for name, options in ACCESSIBILITY_FIELDS.items()
    },
    "Extra toegankelijkheidsinformatie": ("venue.accessibility_note", values.remark(2000)),
    "Overige informatie": ("station.note", values.remark(2000)),
    "Tellocatie": ("station.is_counting_place", values.yes_no),
    "Contactgegevens gemeente": ("station.contact", values.text(500)),
    "Verkiezingswebsite gemeente": ("station.website", values.url),
}

# What municipalities call these fields in lists of their own.
OTHER_NAMES: Final = {
    "nummer": NUMBER,
    "stembureaunummer": NUMBER,
    "naam": NAME,
    "stembureau": NAME,
    "stemlokaal": NAME,
    "type": "Type stembureau",
    "soort": "Type stembureau",
    "straat": "Straatnaam",
    "toevoeging": "Huisnummertoevoeging",
    "woonplaats": "Plaats",
    "bag id": "BAG Nummeraanduiding ID",
    "breedtegraad": "Latitude",
    "lengtegraad": "Longitude",
    "gemeentecode": "CBS gemeentecode",
}
_BY_NAME: Final = {name.casefold(): name for name in FIELDS} | OTHER_NAMES


@dataclass(frozen=True)
class Fault:
    """Something in the file that stops the import. `place` is a row or column as the spreadsheet shows it."""

    place: str
    field: str
    message: str


@dataclass
class StationLine:
    """One station of the file. `station` and `venue` hold only what the file fills in.

    `opens_at` and `closes_at` are local times without zone, on the date in the file.
    """

    place: str
    number: int | None = None
    municipality_name: str = ""
    municipality_code: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    station: dict[str, Any] = field(default_factory=dict)
    venue: dict[str, Any] = field(default_factory=dict)
    accessibility: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.station.get("name", "")

    @property
    def address(self) -> str:
        """Street, number and town as in the file; the extra words when there is no street."""
        number = self.venue.get("house_number", "") + self.venue.get("house_letter", "")
        street = f"{self.venue.get('street') or self.venue.get('address_note', '')} {number}".strip()
        return ", ".join(part for part in (street, self.venue.get("city", "")) if part)

    @property
    def kind(self) -> str:
        return str(StationKind(self.station.get("kind", StationKind.REGULAR)).label)

    @property
    def step_free(self) -> str:
        return self.accessibility.get(STEP_FREE, "")

    def fault(self, name: str, message: str) -> None:
        self.faults.append(Fault(self.place, name, message))


@dataclass
class StationFile:
    """What a file holds. `ignored` are its columns that Zitting does not keep."""

    lines: list[StationLine]
    ignored: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[Fault]:
        return [fault for line in self.lines for fault in line.faults]


def read_stations(source: Any, original_name: str) -> StationFile:
    """Read the stations of an uploaded file; wrong values become faults of their line.

    Raises:
        ActionError: when the file cannot be read at all, has no stations, no field with their names, or over 2,000.
    """
    sheet = read_sheet(source, original_name, sheets=(SHEET,))
    found = _sideways(sheet) if _is_sideways(sheet) else _plain(source, original_name)
    if not found.lines:
        raise ActionError(_("In dit bestand staan geen stembureaus. Vul ze in en kies het bestand opnieuw."))
    _refuse_numbers_twice(found.lines)
    return found


def _field_name(heading: Value) -> str | None:
    """The name in the format that a heading stands for; None for a heading we do not know."""
    if heading is None or isinstance(heading, BadCell):
        return None
    return _BY_NAME.get(" ".join(str(heading).split()).casefold())


def _is_sideways(sheet: Sheet) -> bool:
    known = {_field_name(sheet.value(row, 1)) for row in sheet.rows} - {None}
    return len(known) >= 3


def _sideways(sheet: Sheet) -> StationFile:
    fields: dict[int, str] = {}
    ignored = []
    first_row = next(row for row in sorted(sheet.rows) if _field_name(sheet.value(row, 1)))
    for row in sorted(sheet.rows):
        name = _field_name(sheet.value(row, 1))
        if name and name not in fields.values():
            fields[row] = name
        elif row > first_row and sheet.value(row, 1) is not None and _filled_beside(sheet, row):
            ignored.append(str(sheet.value(row, 1)).strip()[:100])
    _require_name(set(fields.values()))
    width = max(len(cells) for cells in sheet.rows.values())
    lines = []
    for column in range(_first_station_column(sheet), width + 1):
        cells = {name: sheet.value(row, column) for row, name in fields.items()}
        if any(_is_filled(cell) for cell in cells.values()):
            lines.append(_line(_("kolom %(letter)s") % {"letter": column_letter(column - 1)}, cells))
            _refuse_too_many(len(lines))
    return StationFile(lines, ignored)


def _first_station_column(sheet: Sheet) -> int:
    """The column after the explaining ones: F in the form as published, earlier when someone removed those."""
    headings = {
        column: str(sheet.value(row, column)).strip().casefold()
        for row in sorted(sheet.rows)[:1]
        for column in range(1, 8)
    }
    return max([1, *(column for column, heading in headings.items() if heading in HELP_HEADINGS)]) + 1


def _filled_beside(sheet: Sheet, row: int) -> bool:
    first = _first_station_column(sheet)
    return any(_is_filled(cell) for cell in sheet.rows[row][first - 1 :])


def _plain(source: Any, original_name: str) -> StationFile:
    table = read_table(source, original_name)
    names: dict[int, str] = {}
    ignored = []
    for index, heading in enumerate(table.headers):
        name = _field_name(heading)
        if name and name not in names.values():
            names[index] = name
        elif any(_is_filled(row.values[index]) for row in table.rows):
            ignored.append(heading)
    _require_name(set(names.values()))
    lines = []
    for row in table.rows:
        cells = {name: row.values[index] for index, name in names.items()}
        if any(_is_filled(cell) for cell in cells.values()):
            lines.append(_line(_("rij %(number)s") % {"number": row.number}, cells))
            _refuse_too_many(len(lines))
    return StationFile(lines, ignored)


def _require_name(names: set[str]) -> None:
    if NAME not in names:
        raise ActionError(
            _(
                "Wij vinden geen kolom “%(name)s” in dit bestand. Gebruik de namen van het landelijke formulier."
            )
            % {"name": NAME}
        )


def _refuse_too_many(count: int) -> None:
    if count > MAX_STATIONS:
        raise ActionError(
            _(
                "In dit bestand staan meer dan 2.000 stembureaus. Controleer of u het goede bestand hebt gekozen."
            )
        )


def _is_filled(cell: Value) -> bool:
    return cell is not None and str(cell).strip() != ""


def _line(place: str, cells: Mapping[str, Value]) -> StationLine:
    line = StationLine(place=place)
    for name, cell in cells.items():
        target, read = FIELDS[name]
        try:
            value = read(cell)
        except values.WrongValue as error:
            line.fault(name, str(error))
            continue
        if value is None:
            continue
        group, _dot, key = target.partition(".")
        if key:
            getattr(line, group)[key] = value
        else:
            setattr(line, target, value)
    _check_line(line, cells)
    return line


def _check_line(line: StationLine, cells: Mapping[str, Value]) -> None:
    """The rules of the format over more than one field."""
    faulty = {fault.field for fault in line.faults}
    if not line.name and NAME not in faulty:
        line.fault(NAME, _("Vul de naam van het stembureau in."))
    if NUMBER in cells and line.number is None and NUMBER not in faulty:
        line.fault(NUMBER, _("Vul het nummer van het stembureau in."))
    if line.venue.get("bag_id") == NO_BAG_ID and not (
        line.venue.get("address_note") or line.venue.get("street")
    ):
        line.fault("Extra adresaanduiding", _("Zonder BAG-nummer moet hier het adres of de plek staan."))
    for one, other, keys in _pairs():
        if (keys[0] in line.venue) != (keys[1] in line.venue) and not faulty & {one, other}:
            line.fault(
                one if keys[0] not in line.venue else other,
                _("Vul zowel %(one)s als %(other)s in.") % {"one": one, "other": other},
            )
    if faulty & {OPENS, CLOSES}:
        return
    if (line.opens_at is None) != (line.closes_at is None):
        line.fault(
            OPENS if line.opens_at is None else CLOSES,
            _("Vul zowel de openingstijd als de sluitingstijd in."),
        )
    elif line.opens_at and line.closes_at and line.closes_at <= line.opens_at:
        line.fault(CLOSES, _("De sluitingstijd moet na de openingstijd liggen."))


def _pairs() -> Iterator[tuple[str, str, tuple[str, str]]]:
    yield "X", "Y", ("rd_x", "rd_y")
    yield "Latitude", "Longitude", ("latitude", "longitude")


def _refuse_numbers_twice(lines: list[StationLine]) -> None:
    """One number per station: the format gives every station, every day and every opening time a number of its own.

    Lines of different municipalities may share a number; the import asks which municipality is meant.
    """
    first: dict[tuple[str, int], str] = {}
    for line in lines:
        if line.number is None:
            continue
        earlier = first.setdefault((line.municipality_code, line.number), line.place)
        if earlier != line.place:
            line.fault(
                NUMBER,
                _("Nummer %(number)s staat ook in %(place)s.") % {"number": line.number, "place": earlier},
            )
