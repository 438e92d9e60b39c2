"""Files as they really come in: odd ones that must be read well, and bad ones with the sentence their sender gets.

Every file is made here by code; none was copied from anywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tests.elections.sheet_files import (
    ODS_TYPE,
    SHEET,
    archive_of,
    ods,
    ods_book,
    ods_cell,
    ods_row,
    ods_table,
    repacked,
    xlsx,
)

HEADING = ["Achternaam", "Plaats", "Geboren"]
ROWS = [HEADING, ["Özdemir", "Juinen", "17-3-1960"], ["van der Berg", "Zonnedam", ""]]
READ = [("Özdemir", "Juinen", "17-3-1960"), ("van der Berg", "Zonnedam", "")]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT = "Achternaam;Plaats;Geboren\r\nÖzdemir;Juinen;17-3-1960\r\nvan der Berg;Zonnedam;\r\n"
HTML = "<html><body><table><tr><td>Achternaam</td></tr><tr><td>Jansen</td></tr></table></body></html>"
DAY = date(1960, 3, 17)

OLD_EXCEL = "Dit is een oud Excel-bestand (.xls). Open het in Excel en sla het op als .xlsx."
PASSWORD = (
    "Dit bestand is beveiligd met een wachtwoord. Haal het wachtwoord eraf en kies het bestand opnieuw."
)
BROKEN = (
    "Dit bestand is beschadigd. Open het in Excel of LibreOffice, sla het opnieuw op en probeer het nog eens."
)
EMPTY = "Dit bestand is leeg. Controleer of u het goede bestand hebt gekozen."
UNKNOWN = "Dit is geen lijst van Excel of LibreOffice, en geen CSV-bestand. Kies een ander bestand."
TYPE = (
    "Dit soort bestand kunnen wij niet lezen. Kies een bestand van Excel (.xlsx) of LibreOffice (.ods), of een "
    "CSV-bestand (.csv)."
)
NOT_XLSX = (
    "Dit bestand heet Excel, maar het is geen Excel-bestand. Open het in Excel en sla het op als .xlsx."
)
NOT_CSV = (
    "Dit bestand heet CSV, maar het is van Excel of LibreOffice. Geef het de naam .xlsx of .ods, of sla het op als "
    ".csv."
)
NOT_ODS = (
    "Dit bestand heet LibreOffice, maar het is geen LibreOffice-rekenblad. Open het en sla het op als .ods."
)
ODS_AS_XLSX = "Dit bestand heet Excel, maar het is van LibreOffice. Geef het een naam die eindigt op .ods."
STRICT = (
    "Dit is een bijzondere soort Excel-bestand (Strict Open XML). Open het in Excel en sla het op als "
    "“Excel-werkmap (.xlsx)”."
)
MARKUP = "Dit is een webpagina of een XML-bestand, en geen lijst. Open het in Excel en sla het op als .xlsx."
LETTERS = "Wij kunnen de letters in dit bestand niet lezen. Sla het op als “CSV UTF-8” of als .xlsx."
ONLY_HEADINGS = "In dit bestand staan alleen kolomkoppen. Er zijn geen rijen om in te lezen."
COLUMNS = "In dit bestand staan te veel kolommen. Haal de kolommen weg die u niet nodig hebt."
TOO_MANY_ROWS = "In dit bestand staan te veel rijen. Het maximum is 20.000. Verdeel het over meer bestanden."
BOMB = "Dit bestand is te groot om veilig te openen. Zet alleen de gegevens in een nieuw bestand."
NO_HEADINGS = "De kolomkoppen ontbreken: zet in de eerste rij wat er in elke kolom staat."


@dataclass(frozen=True)
class OddFile:
    """A file, and either what must come out of it or the sentence that refuses it."""

    what: str
    name: str
    make: Callable[[], bytes]
    message: str = ""

    def __str__(self) -> str:
        return self.what


def _text(encoding: str, text: str = TEXT) -> Callable[[], bytes]:
    return lambda: text.encode(encoding)


def _ods_with_gaps() -> bytes:
    """Rows and cells that are told to be repeated, notes in cells, and a hidden sheet in front."""
    note = "<office:annotation><text:p>Let op: gebeld op dinsdag</text:p></office:annotation>"
    heading = "".join(map(ods_cell, HEADING))
    rows = (
        f"<table:table-header-rows><table:table-row>{heading}"
        '<table:table-cell table:number-columns-repeated="1021"/></table:table-row></table:table-header-rows>'
        '<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="1024"/>'
        "</table:table-row>"
        f'<table:table-row><table:table-cell office:value-type="string">{note}<text:p>Özdemir</text:p>'
        f"</table:table-cell>{ods_cell('Juinen')}{ods_cell(DAY)}</table:table-row>"
        '<table:table-row><table:table-cell office:value-type="string"><text:p>van<text:s/>der<text:s/>'
        f"<text:span>Berg</text:span></text:p></table:table-cell>{ods_cell('Zonnedam')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
    )
    hidden = ods_table(ods_row(["geheim", "blad"]), name="Verborgen", style="ta2")
    return ods_book(hidden + ods_table(rows))


def _inline_texts() -> bytes:
    """As programs write that keep no table of shared texts."""
    rows = ""
    for number, row in enumerate(ROWS, start=1):
        cells = (
            f'<c r="{letter}{number}" t="inlineStr"><is><t>{value}</t></is></c>'
            for letter, value in zip("ABC", row, strict=True)
            if value
        )
        rows += f'<row r="{number}">{"".join(cells)}</row>'

    def change(xml: bytes) -> bytes:
        return xml[: xml.index(b"<sheetData>")] + f"<sheetData>{rows}</sheetData></worksheet>".encode()

    return repacked(xlsx([["x"]]), SHEET, change)


def _wrong_dimension() -> bytes:
    return repacked(xlsx(ROWS), SHEET, lambda xml: xml.replace(b'ref="A1:C3"', b'ref="A1"'))


READABLE = [
    OddFile("Excel, tekst", "leden.xlsx", lambda: xlsx(ROWS)),
    OddFile("Excel, echte datum", "LEDEN.XLSX", lambda: xlsx([HEADING, ["Özdemir", "Juinen", DAY], ROWS[2]])),
    OddFile("Excel met macro's in de naam", "leden.xlsm", lambda: xlsx(ROWS)),
    OddFile("Excel, leeg blad voorop", "leden.xlsx", lambda: xlsx(ROWS, before=["Blad1", "Blad2"])),
    OddFile(
        "Excel, titel en witregels boven de tabel", "leden.xlsx", lambda: xlsx([["Leden 2026"], [], *ROWS])
    ),
    OddFile("Excel, verkeerd opgegeven afmeting", "leden.xlsx", _wrong_dimension),
    OddFile("Excel, teksten in de cellen zelf", "leden.xlsx", _inline_texts),
    OddFile("LibreOffice", "leden.ods", lambda: ods(ROWS)),
    OddFile(
        "LibreOffice, echte datum", "leden.ods", lambda: ods([HEADING, ["Özdemir", "Juinen", DAY], ROWS[2]])
    ),
    OddFile("LibreOffice, herhaalde cellen, notities, verborgen blad", "leden.ods", _ods_with_gaps),
    OddFile("CSV met puntkomma, UTF-8", "leden.csv", _text("utf-8")),
    OddFile("CSV met puntkomma, UTF-8 met merkteken", "leden.csv", _text("utf-8-sig")),
    OddFile("CSV met puntkomma, Windows-1252", "leden.csv", _text("cp1252")),
    OddFile("CSV met komma", "leden.csv", _text("utf-8", TEXT.replace(";", ","))),
    OddFile("Unicode-tekst uit Excel, tabs en UTF-16", "leden.txt", _text("utf-16", TEXT.replace(";", "\t"))),
    OddFile("Tabs", "leden.tsv", _text("utf-8", TEXT.replace(";", "\t"))),
    OddFile("Rechte strepen", "leden.txt", _text("utf-8", TEXT.replace(";", "|"))),
    OddFile("Regeleinden van een oude Mac", "leden.csv", _text("utf-8", TEXT.replace("\r\n", "\r"))),
    OddFile("Regel die Excel voor zichzelf schrijft", "leden.csv", _text("cp1252", f"sep=;\r\n{TEXT}")),
    OddFile("Witregels en lege kolommen", "leden.csv", _text("utf-8", TEXT.replace("\r\n", ";;\r\n\r\n"))),
    OddFile(
        "Alles tussen aanhalingstekens",
        "leden.csv",
        _text("utf-8", "\n".join(";".join(f'"{cell}"' for cell in row) for row in ROWS)),
    ),
    OddFile(
        "Twee keer als CSV opgeslagen: elke regel is één tekst",
        "leden.csv",
        _text("utf-8", "\n".join(f'"{",".join(row)}"' for row in ROWS)),
    ),
    OddFile(
        "Accenten die twee keer zijn omgezet",
        "leden.csv",
        lambda: TEXT.encode("utf-8").decode("cp1252").encode("utf-8"),
    ),
    OddFile(
        "Onzichtbare tekens", "leden.csv", _text("utf-8", TEXT.replace("Juinen", "\u200bJui\x01nen\x7f"))
    ),
    OddFile("Harde spaties", "leden.csv", _text("utf-8", TEXT.replace("van der", "van\u00a0der"))),
]

REFUSED = [
    OddFile("PDF", "leden.pdf", lambda: b"%PDF-1.7\n", TYPE),
    OddFile("zonder achtervoegsel", "leden", _text("utf-8"), TYPE),
    OddFile("Word", "leden.docx", lambda: archive_of(word__document_xml=b"<w/>"), TYPE),
    OddFile("Apple Numbers", "leden.numbers", lambda: archive_of(Index__Document_iwa=b"x"), TYPE),
    OddFile("oud Excel", "leden.xls", lambda: OLE + b"\0" * 600, OLD_EXCEL),
    OddFile("webpagina die .xls heet", "leden.xls", _text("utf-8", HTML), OLD_EXCEL),
    OddFile("oud Excel met nieuwe naam", "leden.xlsx", lambda: OLE + b"\0" * 600, OLD_EXCEL),
    OddFile(
        "Excel met wachtwoord",
        "leden.xlsx",
        lambda: OLE + b"\0" + "EncryptedPackage".encode("utf-16-le"),
        PASSWORD,
    ),
    OddFile(
        "LibreOffice met wachtwoord",
        "leden.ods",
        lambda: ods_book("", manifest="<manifest:encryption-data/>"),
        PASSWORD,
    ),
    OddFile(
        "binair Excel",
        "leden.xlsx",
        lambda: archive_of(xl__workbook_bin=b"x"),
        ("Dit is een binair Excel-bestand (.xlsb). Open het in Excel en sla het op als .xlsx."),
    ),
    OddFile(
        "streng Open XML",
        "leden.xlsx",
        lambda: repacked(
            xlsx(ROWS),
            "xl/workbook.xml",
            lambda xml: xml.replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            ),
        ),
        STRICT,
    ),
    OddFile(
        "Word met naam van Excel", "leden.xlsx", lambda: archive_of(word__document_xml=b"<w/>"), NOT_XLSX
    ),
    OddFile("CSV met naam van Excel", "leden.xlsx", _text("utf-8"), NOT_XLSX),
    OddFile("Excel met naam van CSV", "leden.csv", lambda: xlsx(ROWS), NOT_CSV),
    OddFile("LibreOffice met naam van CSV", "leden.csv", lambda: ods(ROWS), NOT_CSV),
    OddFile("LibreOffice met naam van Excel", "leden.xlsx", lambda: ods(ROWS), ODS_AS_XLSX),
    OddFile("Excel met naam van LibreOffice", "leden.ods", lambda: xlsx(ROWS), NOT_ODS),
    OddFile(
        "LibreOffice-tekst met naam van rekenblad",
        "leden.ods",
        lambda: ods_book("", media_type=ODS_TYPE.replace("spreadsheet", "text")),
        NOT_ODS,
    ),
    OddFile("zip met naam van CSV", "leden.csv", lambda: archive_of(leden_csv=TEXT.encode()), UNKNOWN),
    OddFile("plaatje met naam van CSV", "leden.csv", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, UNKNOWN),
    OddFile("PDF met naam van CSV", "leden.csv", lambda: b"%PDF-1.7\n%binair", UNKNOWN),
    OddFile("webpagina met naam van CSV", "leden.csv", _text("utf-8", HTML), MARKUP),
    OddFile("XML met naam van CSV", "leden.csv", _text("utf-8-sig", "<?xml version='1.0'?><leden/>"), MARKUP),
    OddFile("programma met naam van CSV", "leden.csv", lambda: b"MZ\x90\x00\x03\x00", UNKNOWN),
    OddFile("niets", "leden.csv", lambda: b"", EMPTY),
    OddFile("alleen witregels", "leden.csv", lambda: b" \r\n\r\n\t", EMPTY),
    OddFile("alleen scheidingstekens", "leden.csv", lambda: b";;;\r\n;;;\r\n", EMPTY),
    OddFile("Excel zonder inhoud", "leden.xlsx", lambda: xlsx([]), EMPTY),
    OddFile("LibreOffice zonder inhoud", "leden.ods", lambda: ods([]), EMPTY),
    OddFile("LibreOffice zonder blad", "leden.ods", lambda: ods_book(""), EMPTY),
    OddFile("alleen kolomkoppen", "leden.csv", _text("utf-8", "Achternaam;Plaats\r\n"), ONLY_HEADINGS),
    OddFile("LibreOffice, alleen kolomkoppen", "leden.ods", lambda: ods([HEADING]), ONLY_HEADINGS),
    OddFile("half gedownload Excel", "leden.xlsx", lambda: xlsx(ROWS)[:-300], BROKEN),
    OddFile("half gedownload LibreOffice", "leden.ods", lambda: ods(ROWS)[:-100], BROKEN),
    OddFile("LibreOffice, kapotte inhoud", "leden.ods", lambda: ods_book("<table:table>"), BROKEN),
    OddFile(
        "Excel, kapotte inhoud",
        "leden.xlsx",
        lambda: repacked(xlsx(ROWS), SHEET, lambda xml: xml[:400]),
        BROKEN,
    ),
    OddFile(
        "letters in een onbekend schrift", "leden.csv", lambda: b"Naam;Plaats\r\n\x81\x8d;x\r\n", LETTERS
    ),
    OddFile(
        "101 kolommen", "leden.csv", _text("utf-8", ";".join("k" * 101) + "\n" + ";".join("v" * 101)), COLUMNS
    ),
    OddFile(
        "20.001 rijen",
        "leden.csv",
        _text("utf-8", "Naam;Plaats\n" + "Jansen;Juinen\n" * 20_001),
        TOO_MANY_ROWS,
    ),
    OddFile("BSN in de eerste rij", "leden.csv", _text("utf-8", "Jansen;999900018\nBakker;\n"), NO_HEADINGS),
]
