"""Files for spreadsheet programs: no cell is a formula, whatever it begins with, in any of the three formats."""

import csv
import io
import zipfile

import pytest
from defusedxml import ElementTree
from openpyxl import load_workbook

from elections.exports import sheet

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
ATTACK = "cmd|' /C calc'!A0"


def rows_of(cell):
    return sheet.Sheet("Leden", ["Naam", "Plaats"], [[cell, "Juinen"]])


def xlsx_cells(rows):
    with sheet.as_xlsx(rows) as file:
        book = load_workbook(file.name)
        return [cell for row in book.active.iter_rows(min_row=2) for cell in row]


def ods_cells(rows):
    with sheet.as_ods(rows) as file, zipfile.ZipFile(file) as archive:
        tree = ElementTree.fromstring(archive.read("content.xml"))
    return list(tree.iter(f"{TABLE}table-cell"))


def words(cell):
    return "\n".join("".join(line.itertext()) for line in cell.iter(f"{TEXT}p"))


def test_there_are_twelve_signs_that_begin_a_formula():
    assert len(set(sheet.FORMULA_SIGNS)) == 12


@pytest.mark.parametrize("sign", sheet.FORMULA_SIGNS)
def test_formula_in_csv_is_text(sign):
    text = "".join(sheet.as_csv(rows_of(sign + ATTACK)))
    row = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))[1]
    assert row == ["'" + sign + ATTACK, "Juinen"]


@pytest.mark.parametrize("sign", sheet.FORMULA_SIGNS)
def test_formula_in_xlsx_is_text(sign):
    first, _second = xlsx_cells(rows_of(sign + ATTACK))
    assert first.data_type == "s"
    assert ATTACK in first.value


@pytest.mark.parametrize("sign", sheet.FORMULA_SIGNS)
def test_formula_in_ods_is_text(sign):
    cells = ods_cells(rows_of(sign + ATTACK))
    assert all(cell.get(f"{OFFICE}value-type") == "string" for cell in cells)
    assert not [name for cell in cells for name in cell.attrib if name == f"{TABLE}formula"]
    assert ATTACK in words(cells[2])


def test_ods_says_first_what_it_is_and_keeps_what_people_wrote():
    rows = [['<b>"Özdemir" & co</b>\nregel twee'], ["x\x00\x0b\ud800y"], [""]]
    with (
        sheet.as_ods(sheet.Sheet('Leden & "co"', ["Opmerking"], rows)) as file,
        zipfile.ZipFile(file) as archive,
    ):
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype").decode() == sheet.ODS_TYPE
        tree = ElementTree.fromstring(archive.read("content.xml"))
    (table,) = tree.iter(f"{TABLE}table")
    assert table.get(f"{TABLE}name") == 'Leden & "co"'
    found = [words(cell) for cell in tree.iter(f"{TABLE}table-cell")]
    assert found == ["Opmerking", '<b>"Özdemir" & co</b>\nregel twee', "xy", ""]
