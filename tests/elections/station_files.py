"""Look-alikes of the files that polling stations come in: every column and quirk that real ones have."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

STEP_FREE = "Toegankelijk voor mensen met een lichamelijke beperking"

# The columns of the list that six municipalities published about 15 March 2023: no numbers, no BAG.
PLAIN_COLUMNS = (
    "Gemeente", "CBS gemeentecode", "Naam stembureau", "Type stembureau", "Gebruiksdoel van het gebouw",
    "Straatnaam", "Huisnummer", "Huisletter", "Postcode", "Plaats", "Extra adresaanduiding", "X", "Y", "Latitude",
    "Longitude", "Openingstijd", "Sluitingstijd", STEP_FREE,
)  # fmt: skip
PLAIN_ROWS = (
    (
        "Juinen", "GM0001", "JongerenStip", "regulier", "winkelfunctie", "van Berchenstraat", "3", "", "6511BA",
        "Juinen", "", "187447.665539718", "428539.694431644", "51.8444930951954", "5.85807436243649",
        "2023-03-15T07:30:00", "2023-03-15T21:00:00", "ja",
    ),
    (
        "Juinen", "GM0001", "Gymzaal Göteborg ", "regulier", "bijeenkomstfunctie,onderwijsfunctie", "Pijlpuntstraat",
        "1", "a", "6515DJ", "", "Tent midden op het plein", "186422.088876787", "432196.226188305", "51.8417174",
        "5.843525100000001", "2023-03-15T07:30:00", "2023-03-15T21:00:00", "nee",
    ),
    (
        "Juinen", "GM0001", "Kastelenbuurt (tent)", "mobiel", "overige gebruiksfunctie", "Kasteelweg", "", "",
        "3123CM", "Juinen", "", "85000", "437000.5", "51.91", "4.3890359845645671", "2023-03-15T18:00:00",
        "2023-03-15T21:00:00", "ja",
    ),
    (
        "Elders", "GM0344", "R.O.C. Midden", "regulier", "onderwijsfunctie", "Dreef", "10", "C", "3561AB", "Elders", "",
        "136000", "456000", "52.09", "5.1", "2023-03-15T05:15:00", "2023-03-15T21:00:00", "ja",
    ),
    (
        "Elders", "GM0344", "R.O.C. Midden", "regulier", "onderwijsfunctie", "Laan", "2", "", "3562AB", "Elders", "",
        "136500", "456500", "52.091", "5.11", "2023-03-15T07:30:00", "2023-03-15T12:00:00", "ja",
    ),
)  # fmt: skip

STATION: Mapping[str, object] = {
    "Nummer stembureau": 517,
    "Naam stembureau": "Stadhuis",
    "Type stembureau": "regulier",
    "Website locatie": "https://www.juinen.example/stadhuis",
    "BAG Nummeraanduiding ID": "0001200000747446",
    "Extra adresaanduiding": "Ingang aan achterkant gebouw",
    "X": 81611,
    "Y": 454909,
    "Latitude": 52.0775912,
    "Longitude": 4.3166395,
    "Openingstijd": "2027-03-17T07:30:00",
    "Sluitingstijd": "2027-03-17T21:00:00",
    STEP_FREE: "ja",
    "Toegankelijke ov-halte": "ja",
    "Toilet": "ja, toegankelijk toilet",
    "Host": "ja",
    "Geleidelijnen": "buiten en binnen",
    "Stemmal met audio-ondersteuning": "ja",
    "Kandidatenlijst in braille": "nee",
    "Kandidatenlijst met grote letters": "ja",
    "Gebarentolk (NGT)": "op afstand",
    "Gebarentalig stembureaulid (NGT)": "nee",
    "Akoestiek geschikt voor slechthorenden": "ja",
    "Prikkelarm": "nee",
    "Prokkelduo": "ja",
    "Extra toegankelijkheidsinformatie": "Geen gehandicaptenparkeerplaats.",
    "Overige informatie": "n.v.t.",
    "Tellocatie": "nee",
    "Contactgegevens gemeente": "Team verkiezingen, verkiezingen@juinen.example",
    "Verkiezingswebsite gemeente": "https://www.juinen.example/verkiezingen",
}


def plain_csv(
    path: Path, columns: Sequence[str] = PLAIN_COLUMNS, rows: Sequence[Sequence[str]] = PLAIN_ROWS
) -> Path:
    """A plain table as a CSV file with commas."""
    text = io.StringIO()
    csv.writer(text).writerows([columns, *rows])
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def national_form(
    path: Path, stations: Sequence[Mapping[str, object]], *, fields: Sequence[str] = ()
) -> Path:
    """The national form: the sheet "Attributen" lies on its side, after a sheet with an explanation."""
    book = Workbook()
    book.active.title = "Toelichting"
    book.active["A1"] = "Toelichting"
    book.active["A2"] = "Op dit tabblad wordt het gebruik van deze spreadsheet toegelicht."
    sheet = book.create_sheet("Attributen")
    headings = ["Attributen", "Verplicht (ja/nee)", "Opmerkingen", "Format", "Voorbeeld"]
    sheet.append(headings + [f"Invulveld {number}" for number in range(1, 20)])
    for name in fields or STATION:
        sheet.append(
            [name, "ja", None, "tekst", STATION.get(name), *[station.get(name) for station in stations]]
        )
    book.create_sheet("Metadata")["A1"] = "Metadata"
    book.save(path)
    return path
