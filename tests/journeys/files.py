"""The spreadsheets that a municipality brings along, as other programs write them."""

from pathlib import Path

from openpyxl import Workbook

FIRST_NAMES = ("Anna", "Bram", "Chantal", "Daan", "Els", "Farid", "Gerda", "Hans", "Ingrid", "Joris")
LAST_NAMES = (
    "de Vries",
    "van den Berg",
    "Jansen",
    "Bakker",
    "Özdemir",
    "Visser",
    "Smit",
    "van Dijk",
    "Mulder",
    "Bos",
)
STATIONS = ("Dorpshuis De Linde", "Basisschool Het Palet", "Sporthal De Wissel")
FORM_ROWS = (
    ("Nummer stembureau", lambda n: n),
    ("Naam stembureau", lambda n: STATIONS[n - 1]),
    ("Type stembureau", lambda _n: "regulier"),
    ("BAG Nummeraanduiding ID", lambda n: f"099920009000000{n}"),  # no venue of the demo
    ("Latitude", lambda n: f"52.5{n}123"),
    ("Longitude", lambda n: f"5.4{n}456"),
    ("Toegankelijk voor mensen met een lichamelijke beperking", lambda n: "ja" if n < 3 else "nee"),
    ("Tellocatie", lambda _n: "ja"),
    ("Contactgegevens gemeente", lambda _n: "verkiezingen@reisdorp.example"),
    ("Verkiezingswebsite gemeente", lambda _n: "https://www.reisdorp.example/verkiezingen"),
)


def member_list(folder: Path, *, host: str, count: int = 30) -> Path:
    """An Excel list of people with the headings that one municipality happens to use."""
    book = Workbook()
    sheet = book.active
    sheet.append(["Lidnr", "Roepnaam", "Achternaam", "Geb. datum", "E-mail", "Telefoon", "Straat", "Huisnr",
                  "Postcode", "Woonplaats", "Functie"])  # fmt: skip
    for n in range(count):
        position = "voorzitter" if n % 5 == 0 else "stembureaulid" if n % 5 < 4 else "teller"
        sheet.append(
            [n + 1, FIRST_NAMES[n % 10], LAST_NAMES[(n // 3) % 10], f"{n % 27 + 1}-{n % 12 + 1}-{1950 + n}",
             f"lid{n + 1}@{host}.example", f"06 1234 56{n:02}", "Kerkstraat", str(n + 1), f"13{n:02} AB", "Reisdorp",
             position]
        )  # fmt: skip
    path = folder / "leden.xlsx"
    book.save(path)
    return path


def station_form(folder: Path, *, day: str = "2027-03-17") -> Path:
    """The national form 1.7: sideways, one column a station, on the sheet "Attributen"; all vote on `day`."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Attributen"
    opening_rows = (
        ("Openingstijd", lambda _n: f"{day}T07:30:00"),
        ("Sluitingstijd", lambda _n: f"{day}T21:00:00"),
    )
    for field, value in (*FORM_ROWS, *opening_rows):
        sheet.append([field, "", "", "", "", *(value(n) for n in range(1, len(STATIONS) + 1))])
    path = folder / "stembureaus.xlsx"
    book.save(path)
    return path
