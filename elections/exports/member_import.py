"""The two spreadsheets that go with importing members: an empty template, and the sender's list with its faults."""

import io
from collections import defaultdict
from typing import Final

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from elections import secrets
from elections.enums import PositionKind
from elections.exports.sheet import LONGEST_CELL
from elections.imports.member_columns import ImportField, Mapping
from elections.imports.member_file import Fault
from elections.imports.reader import Table, as_text
from elections.person_numbers import looks_secret, without_person_numbers

FAULT_HEADING: Final = gettext_noop("Fout")
SECRET_FIELDS: Final = frozenset({ImportField.BSN, ImportField.IBAN})
LOOK_ALIKES: Final = frozenset(
    {ImportField.NUMBER, ImportField.PHONE, ImportField.BIRTH_DATE, ImportField.TRAINED_ON}
)
# A BSN whose zero Excel dropped has so many; no number of a person or an account has fewer.
FEWEST_DIGITS: Final = 8
# Of a heading, and of a cell with a fault.
COLOURS: Final = ("#E9EDF2", "#FDE8E8")

# An invented person, who shows how each column is filled in. No BSN or IBAN: an example gets copied.
EXAMPLE: Final = {
    ImportField.NUMBER: "",
    ImportField.INITIALS: "A.B.",
    ImportField.FIRST_NAME: "Anna",
    ImportField.INFIX: "van der",
    ImportField.LAST_NAME: "Voorbeeld",
    ImportField.BIRTH_DATE: "17-3-1980",
    ImportField.EMAIL: "anna@voorbeeld.example",
    ImportField.PHONE: "06 12345678",
    ImportField.STREET: "Dorpsstraat",
    ImportField.HOUSE_NUMBER: "12",
    ImportField.HOUSE_ADDITION: "A",
    ImportField.POSTCODE: "1234 AB",
    ImportField.CITY: "Juinen",
    ImportField.IS_OWN_STAFF: "nee",
    ImportField.EARLIER_ELECTIONS: "3",
    ImportField.TRAINED_ON: "12-1-2026",
    ImportField.LABELS: "ervaren, heeft auto",
}


def member_template() -> bytes:
    """An xlsx file with a heading for every field that can be read in, an example, and an explanation."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    heading = book.add_format({"bold": True, "bg_color": "#E9EDF2", "border": 1})
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(_("Leden"))
    sheet.freeze_panes(1, 0)
    example = EXAMPLE | {
        ImportField.QUALIFIED_FOR: f"{PositionKind.CHAIR.label}, {PositionKind.MEMBER.label}"
    }
    for column, field in enumerate(ImportField):
        # Text cells keep the zero in front of a phone number, and a date as it was typed.
        sheet.set_column(column, column, max(14, len(field.label) + 4), text)
        sheet.write_string(0, column, str(field.label), heading)
        sheet.write_string(1, column, str(example.get(field, "")), text)
    _explain(book)
    book.close()
    return buffer.getvalue()


def file_with_faults(table: Table, faults: list[Fault], mapping: Mapping) -> bytes:
    """The sender's own list as an xlsx file with a column "Fout" in front, and a second sheet with every fault.

    Each row has the number that it has in the sender's file, and each cell with a fault has a colour. A BSN or IBAN
    is hidden, whatever column it stands in: a file in a download folder is no place for it. Zitting can read the
    mended file in again; it knows the columns, and asks for the numbers that are hidden.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    _write_list(book, table, faults, mapping)
    _write_faults(book, faults)
    book.close()
    return buffer.getvalue()


def _write_list(book: xlsxwriter.Workbook, table: Table, faults: list[Fault], mapping: Mapping) -> None:
    heading, faulty = (book.add_format({"bold": True, "bg_color": colour, "border": 1}) for colour in COLOURS)
    told: dict[int, list[str]] = defaultdict(list)
    marked = {(fault.row, fault.column) for fault in faults}
    for fault in faults:
        told[fault.row].append(f"{fault.column}: {fault.message}" if fault.column else fault.message)
    # A column "Fout" of an earlier time is replaced.
    columns = [index for index, header in enumerate(table.headers) if header != _(FAULT_HEADING)]
    sheet = book.add_worksheet(_("Leden"))
    sheet.freeze_panes(table.heading_row, 1)
    sheet.set_column(0, 0, 60)
    sheet.set_column(1, len(columns), 18)
    top = table.heading_row - 1
    sheet.write_string(top, 0, _(FAULT_HEADING), heading)
    for place, index in enumerate(columns, start=1):
        sheet.write_string(top, place, table.headers[index], heading)
    for row in table.rows:
        if row.number in told:
            sheet.write_string(row.number - 1, 0, " · ".join(told[row.number])[:LONGEST_CELL], faulty)
        for place, index in enumerate(columns, start=1):
            is_faulty = (row.number, table.headers[index]) in marked
            text = _shown(as_text(row.values[index]), mapping.get(index, ""), is_faulty=is_faulty)
            if text or is_faulty:
                sheet.write_string(row.number - 1, place, text[:LONGEST_CELL], faulty if is_faulty else None)
    last = table.rows[-1].number - 1 if table.rows else top
    sheet.autofilter(top, 0, last, len(columns))


def _shown(text: str, field: str, *, is_faulty: bool) -> str:
    """A cell as it may leave Zitting.

    One in eleven phone numbers and dates could be a BSN by its digits, so a good one stays.
    """
    if text and field in SECRET_FIELDS:
        return secrets.MASK
    few_digits = sum(map(str.isdigit, text)) < FEWEST_DIGITS
    if few_digits or (field in LOOK_ALIKES and not is_faulty):
        return text
    return secrets.MASK if looks_secret(text) else without_person_numbers(text)


def _write_faults(book: xlsxwriter.Workbook, faults: list[Fault]) -> None:
    """Row, column and fault; without the values, among which could be a BSN."""
    sheet = book.add_worksheet(_("Fouten"))
    heading = book.add_format({"bold": True, "bg_color": "#E9EDF2", "border": 1})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 1, 26)
    sheet.set_column(2, 2, 90)
    for column, word in enumerate((_("Rij"), _("Kolom"), _("Wat is er mis?"))):
        sheet.write_string(0, column, word, heading)
    for row, fault in enumerate(faults, start=1):
        sheet.write_number(row, 0, fault.row)
        sheet.write_string(row, 1, fault.column)
        sheet.write_string(row, 2, fault.message)
    sheet.autofilter(0, 0, max(1, len(faults)), 2)


def _explain(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet(_("Uitleg"))
    sheet.set_column(0, 0, 110)
    choices = ", ".join(str(kind.label) for kind in PositionKind)
    for row, sentence in enumerate(
        (
            _("Zet op het blad “Leden” één persoon per rij. Haal de voorbeeldrij weg."),
            _(
                "Alleen de achternaam is verplicht. Kolommen die u niet gebruikt, mag u leeg laten of weghalen."
            ),
            _("Een rij met een lidnummer dat wij al kennen, wijzigt dat lid. Een lege cel wist niets."),
            _("Schrijf een datum als 17-3-1980."),
            _("Kan werken als: %(choices)s. Meer functies? Zet er een komma tussen.") % {"choices": choices},
            _("Werkt bij de gemeente: ja of nee."),
            _("BSN en IBAN worden bij het inlezen versleuteld. Daarna ziet niemand ze meer op het scherm."),
        )
    ):
        sheet.write_string(row, 0, sentence)
