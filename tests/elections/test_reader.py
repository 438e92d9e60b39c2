"""Spreadsheets as people send them: right, wrong and hostile. Every file is made here."""

import io
import time
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from elections.errors import ActionError
from elections.imports.reader import BadCell, Row, as_text, column_letter, read_sheet, read_table

HEADING = ["Achternaam", "E-mail"]
CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def workbook(rows, *, title="Leden", other_sheets=()):
    """The bytes of an xlsx file with these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for name in other_sheets:
        book.create_sheet(name)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def repacked(data, part, change):
    """An xlsx file whose `part` is put through `change`."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content) if name == part else content)
    return buffer.getvalue()


def saved(tmp_path: Path, data: bytes | str) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def refused(tmp_path, data, name):
    """The sentence with which a file is refused; it must come soon."""
    begin = time.monotonic()
    with pytest.raises(ActionError) as refusal:
        read_table(saved(tmp_path, data), name)
    assert time.monotonic() - begin < 8
    return refusal.value.message


def test_xlsx_gives_headers_and_typed_values(tmp_path):
    data = workbook([["Achternaam", "Geboren", "Nummer"], ["Jansen", date(1960, 3, 17), 12]])
    table = read_table(saved(tmp_path, data), "Leden.XLSX")
    assert table.headers == ["Achternaam", "Geboren", "Nummer"]
    assert table.rows == [Row(2, ("Jansen", date(1960, 3, 17), 12))]


def test_rows_keep_the_number_that_excel_shows(tmp_path):
    data = workbook([["Ledenlijst 2026"], [], HEADING, ["Jansen", "j@voorbeeld.nl"], [], ["De Vries", None]])
    table = read_table(saved(tmp_path, data), "leden.xlsx")
    assert table.headers == HEADING
    assert [row.number for row in table.rows] == [4, 6]
    assert table.rows[1].values == ("De Vries", None)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_with_any_delimiter_and_encoding(tmp_path, delimiter, encoding):
    text = "\r\n".join(
        delimiter.join(row) for row in [HEADING, ["Özdemir", "é@voorbeeld.nl"], ["Coenen", ""]]
    )
    table = read_table(saved(tmp_path, text.encode(encoding)), "leden.csv")
    assert table.headers == HEADING
    assert [row.values for row in table.rows] == [("Özdemir", "é@voorbeeld.nl"), ("Coenen", None)]


def test_csv_with_the_line_that_excel_writes_for_itself(tmp_path):
    table = read_table(saved(tmp_path, "sep=;\r\nNaam;Plaats\r\nJansen, A.;Juinen\r\n"), "leden.csv")
    assert table.rows == [Row(3, ("Jansen, A.", "Juinen"))]


def test_csv_with_a_title_above_the_table(tmp_path):
    table = read_table(
        saved(tmp_path, "Ledenlijst\n\nNaam,Plaats\nJansen,Juinen\nBakker,Juinen\n"), "leden.csv"
    )
    assert table.headers == ["Naam", "Plaats"]
    assert [row.number for row in table.rows] == [4, 5]


def test_csv_keeps_line_breaks_and_delimiters_inside_quotes(tmp_path):
    table = read_table(saved(tmp_path, 'Naam;Noot\n"Jansen; A.";"een\ntwee"\nBakker;x\n'), "leden.csv")
    assert [row.values for row in table.rows] == [("Jansen; A.", "een\ntwee"), ("Bakker", "x")]


def test_duplicate_and_empty_headers_get_names_of_their_own(tmp_path):
    table = read_table(saved(tmp_path, "Naam;E-mail;e-mail;\nJansen;a;b;c\n"), "leden.csv")
    assert table.headers == ["Naam", "E-mail", "e-mail (2)", "Kolom D"]


def test_formula_gives_the_value_that_excel_kept_and_flags_one_without(tmp_path):
    book = xlsxwriter.Workbook(buffer := io.BytesIO())
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Naam", "Met", "Zonder", "Fout"])
    sheet.write(1, 0, "Jansen")
    sheet.write_formula(1, 1, "=1+1", None, 2)
    sheet.write_formula(1, 2, '=A2&""', None, "")
    sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
    book.close()
    data = repacked(
        buffer.getvalue(), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</f><v></v>", b"</f>")
    )
    _name, with_value, without, fault = read_table(saved(tmp_path, data), "leden.xlsx").rows[0].values
    assert with_value == 2
    assert without == BadCell()
    assert fault == BadCell("#DIV/0!")
    assert "formule" in without.message
    assert as_text(without) == ""


def test_control_characters_do_not_come_through(tmp_path):
    table = read_table(saved(tmp_path, "Naam;Plaats\nJan\x01sen\x7f;Juinen\n"), "leden.csv")
    assert table.rows[0].values == ("Jansen", "Juinen")


def test_sheet_is_found_by_name_and_read_as_a_grid(tmp_path):
    path = saved(tmp_path, workbook([["Veld", "Waarde"], [], ["Naam", "School"]], title="Attributen"))
    sheet = read_sheet(path, "stembureaus.xlsx", sheets=("Anders", "Attributen"))
    assert sheet.name == "Attributen"
    assert sheet.value(3, 2) == "School"
    assert sheet.value(2, 1) is None
    assert sheet.value(3, 9) is None


def test_empty_first_sheet_is_passed_over(tmp_path):
    book = openpyxl.Workbook()
    for row in [HEADING, ["Jansen", "j@voorbeeld.nl"]]:
        book.create_sheet("Leden") if "Leden" not in book.sheetnames else None
        book["Leden"].append(row)
    book.save(buffer := io.BytesIO())
    assert read_table(saved(tmp_path, buffer.getvalue()), "leden.xlsx").sheet == "Leden"


def test_twenty_thousand_rows_are_read_and_one_more_is_refused(tmp_path):
    line = "Jansen;j@voorbeeld.nl\n"
    table = read_table(saved(tmp_path, "Naam;E-mail\n" + line * 20_000), "leden.csv")
    assert len(table.rows) == 20_000
    assert "20.000" in refused(tmp_path, "Naam;E-mail\n" + line * 20_001, "leden.csv")


def test_formatted_but_empty_rows_do_not_count(tmp_path):
    far = b'</row><row r="1000000"><c r="A1000000" s="0"/></row></sheetData>'
    data = repacked(
        workbook([HEADING, ["Jansen", "j@voorbeeld.nl"]]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"</row></sheetData>", far),
    )
    assert len(read_table(saved(tmp_path, data), "leden.xlsx").rows) == 1


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("leden.pdf", b"%PDF-1.7", "Dit soort bestand"),
        ("leden", b"a;b", "Dit soort bestand"),
        ("leden.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "oud Excel-bestand"),
        ("leden.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "oud Excel-bestand"),
        (
            "leden.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0" + "EncryptedPackage".encode("utf-16-le"),
            "wachtwoord",
        ),
        ("leden.ods", b"PK\x03\x04", "LibreOffice"),
        ("leden.xlsx", b"Achternaam;E-mail\nJansen;j@voorbeeld.nl\n", "geen Excel-bestand"),
        ("leden.csv", workbook([HEADING]), "heet CSV"),
        ("leden.csv", b"\x89PNG\r\n\x1a\n", "geen CSV-bestand"),
        ("leden.csv", b"a;b\n\x00\x01\x02", "geen CSV-bestand"),
        ("leden.csv", b"", "leeg"),
        ("leden.csv", b" \r\n\r\n ", "leeg"),
        ("leden.csv", b"\xef\xbb\xbf;;;\r\n", "leeg"),
        ("leden.csv", b"Naam;Plaats\r\n", "alleen kolomkoppen"),
        ("leden.csv", b"Naam;Plaats\r\n\x81\x8d;x", "letters"),
        ("leden.xlsx", workbook([]), "leeg"),
        ("leden.xlsx", workbook([HEADING])[:-300], "beschadigd"),
        (
            "leden.csv",
            ";".join("k" * 101).encode() + b"\n" + ";".join("v" * 101).encode(),
            "te veel kolommen",
        ),
    ],
)
def test_unusable_file_is_refused_in_plain_words(tmp_path, name, data, words):
    assert words in refused(tmp_path, data, name)


def test_gone_file_is_told(tmp_path):
    with pytest.raises(ActionError, match="er niet meer"):
        read_table(tmp_path / "weg", "leden.csv")


def test_memory_of_the_child_has_a_limit(tmp_path, monkeypatch):
    greedy = tmp_path / "greedy.py"
    child = Path(read_table.__code__.co_filename).with_name("reader_child.py").read_text()
    greedy.write_text(child.replace("data = sys.stdin.buffer.read()", "data = bytearray(600 * 1024 * 1024)"))
    monkeypatch.setattr("elections.imports.reader.CHILD", greedy)
    assert "te groot om veilig" in refused(tmp_path, b"a;b\nc;d", "leden.csv")


def test_time_of_the_child_has_a_limit(tmp_path, monkeypatch):
    slow = tmp_path / "slow.py"
    slow.write_text("while True: pass")
    monkeypatch.setattr("elections.imports.reader.CHILD", slow)
    monkeypatch.setattr("elections.imports.reader.SECONDS", 0.5)
    assert "te groot om veilig" in refused(tmp_path, b"a;b\nc;d", "leden.csv")


def test_column_letter_counts_as_excel_does():
    assert [column_letter(index) for index in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]
