"""The two spreadsheets that go with importing members: an empty template, and the faults that were found."""

import io
from typing import Final

import xlsxwriter
from django.utils.translation import gettext as _

from elections.enums import PositionKind
from elections.imports.member_columns import ImportField
from elections.imports.member_file import Fault

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

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


def fault_list(faults: list[Fault]) -> bytes:
    """An xlsx file with row, column and fault; without the values, among which could be a BSN."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    )
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
    book.close()
    return buffer.getvalue()


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
