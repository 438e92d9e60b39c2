"""Reading polling stations from the national form and from plain tables."""

from datetime import datetime
from decimal import Decimal

import pytest

from elections.accessibility import ACCESSIBILITY_FIELDS
from elections.errors import ActionError
from elections.imports import station_values as values
from elections.imports.station_file import FIELDS, read_stations
from elections.models.venue import NO_BAG_ID
from tests.elections.station_files import STATION, STEP_FREE, national_form, plain_csv


def _read(path):
    return read_stations(path, path.name)


def _faults(path):
    return [(fault.place, fault.field) for fault in _read(path).faults]


def test_form_gives_every_field_that_the_model_has(tmp_path):
    (line,) = _read(national_form(tmp_path / "form.xlsx", [STATION])).lines

    assert line.place == "kolom F"
    assert line.number == 517
    assert line.opens_at == datetime(2027, 3, 17, 7, 30)  # noqa: DTZ001 - local, as in the file
    assert line.station == {
        "name": "Stadhuis",
        "kind": "regulier",
        "is_counting_place": False,
        "contact": STATION["Contactgegevens gemeente"],
        "website": STATION["Verkiezingswebsite gemeente"],
    }
    assert line.venue == {
        "website": STATION["Website locatie"],
        "bag_id": "0001200000747446",
        "address_note": "Ingang aan achterkant gebouw",
        "rd_x": Decimal(81611),
        "rd_y": Decimal(454909),
        "latitude": Decimal("52.0775912"),
        "longitude": Decimal("4.3166395"),
        "accessibility_note": "Geen gehandicaptenparkeerplaats.",
    }
    assert line.accessibility == {name: STATION[name] for name in ACCESSIBILITY_FIELDS}
    assert line.faults == []


def test_form_finds_fields_by_name_in_any_order(tmp_path):
    usual = _read(national_form(tmp_path / "a.xlsx", [STATION])).lines
    turned = _read(national_form(tmp_path / "b.xlsx", [STATION], fields=list(reversed(STATION)))).lines

    assert turned == usual


def test_form_skips_empty_columns_and_says_which_column_is_wrong(tmp_path):
    stations = [STATION, {}, {**STATION, "Nummer stembureau": "acht"}]

    assert _faults(national_form(tmp_path / "form.xlsx", stations)) == [("kolom H", "Nummer stembureau")]


def test_form_tells_which_fields_are_not_kept(tmp_path):
    fields = [*STATION, "Wijknaam", "Kieskring ID"]
    path = national_form(tmp_path / "form.xlsx", [{**STATION, "Wijknaam": "Centrum"}], fields=fields)

    assert _read(path).ignored == ["Wijknaam"]


def test_form_without_stations_is_refused(tmp_path):
    with pytest.raises(ActionError, match="geen stembureaus"):
        _read(national_form(tmp_path / "form.xlsx", []))


def test_plain_table_keeps_every_column(tmp_path):
    lines = _read(plain_csv(tmp_path / "lijst.csv")).lines

    assert [line.place for line in lines] == ["rij 2", "rij 3", "rij 4", "rij 5", "rij 6"]
    assert not [fault for line in lines for fault in line.faults]
    tent = lines[1]
    assert tent.name == "Gymzaal Göteborg"
    assert tent.venue == {
        "purpose": "bijeenkomstfunctie,onderwijsfunctie",
        "street": "Pijlpuntstraat",
        "house_number": "1",
        "house_letter": "a",
        "postcode": "6515 DJ",
        "address_note": "Tent midden op het plein",
        "rd_x": Decimal("186422.088876787"),
        "rd_y": Decimal("432196.226188305"),
        "latitude": Decimal("51.8417174"),
        "longitude": Decimal("5.843525100000001"),
    }
    assert tent.accessibility == {STEP_FREE: "nee"}
    assert "house_number" not in lines[2].venue
    assert lines[2].venue["longitude"] == Decimal("4.3890359845645671")


def test_plain_table_knows_common_names_and_semicolons(tmp_path):
    path = tmp_path / "eigen.csv"
    path.write_bytes(
        "Nummer;Stembureau;Straat;Huisnummer;Woonplaats\n12;Café;Dam;3;Juinen\n".encode("cp1252")
    )

    (line,) = _read(path).lines
    assert (line.number, line.name, line.address) == (12, "Café", "Dam 3, Juinen")


def test_file_without_names_is_refused(tmp_path):
    path = tmp_path / "leden.csv"
    path.write_text("Voornaam,Achternaam\nNoor,Bakker\n")

    with pytest.raises(ActionError, match="Naam stembureau"):
        _read(path)


def test_file_with_too_many_stations_is_refused(tmp_path):
    path = tmp_path / "veel.csv"
    path.write_text("Naam stembureau,Plaats\n" + "A,B\n" * 2001)

    with pytest.raises(ActionError, match=r"meer dan 2\.000"):
        _read(path)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"Naam stembureau": None}, "Naam stembureau"),
        ({"Nummer stembureau": None}, "Nummer stembureau"),
        ({"Nummer stembureau": 0}, "Nummer stembureau"),
        ({"Nummer stembureau": "12a"}, "Nummer stembureau"),
        ({"Type stembureau": "drijvend"}, "Type stembureau"),
        ({"Website locatie": "www.juinen.example"}, "Website locatie"),
        ({"Website locatie": "javascript:alert(1)"}, "Website locatie"),
        ({"BAG Nummeraanduiding ID": "12345"}, "BAG Nummeraanduiding ID"),
        ({"BAG Nummeraanduiding ID": "5.18E+14"}, "BAG Nummeraanduiding ID"),
        ({"BAG Nummeraanduiding ID": NO_BAG_ID, "Extra adresaanduiding": "nee"}, "Extra adresaanduiding"),
        ({"X": 300_001}, "X"),
        ({"Y": 299_999}, "Y"),
        ({"X": None}, "X"),
        ({"Latitude": 91}, "Latitude"),
        ({"Latitude": "NaN"}, "Latitude"),
        ({"Longitude": "rechts"}, "Longitude"),
        ({"Longitude": None}, "Longitude"),
        ({"Openingstijd": "17 maart"}, "Openingstijd"),
        ({"Openingstijd": None}, "Openingstijd"),
        ({"Sluitingstijd": "2027-03-17"}, "Sluitingstijd"),
        ({"Sluitingstijd": "2027-03-17T07:00:00"}, "Sluitingstijd"),
        ({STEP_FREE: "misschien"}, STEP_FREE),
        ({"Toilet": "op de gang"}, "Toilet"),
        ({"Host": "x"}, "Host"),
        ({"Geleidelijnen": "ja"}, "Geleidelijnen"),
        ({"Tellocatie": "1"}, "Tellocatie"),
        ({"Naam stembureau": "A" * 201}, "Naam stembureau"),
    ],
)
def test_value_outside_the_format_is_one_fault_with_its_place(tmp_path, changes, field):
    path = national_form(tmp_path / "form.xlsx", [STATION, {**STATION, "Nummer stembureau": 2, **changes}])

    assert _faults(path) == [("kolom G", field)]


def test_number_twice_is_a_fault_that_names_the_other(tmp_path):
    (fault,) = _read(national_form(tmp_path / "form.xlsx", [STATION, STATION])).faults

    assert (fault.place, fault.message) == ("kolom G", "Nummer 517 staat ook in kolom F.")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (518200000747446, "0518200000747446"),
        (518200000747446.0, "0518200000747446"),
        ("0518 2000 0074 7446", "0518200000747446"),
        (3200000747446, "0003200000747446"),
        (0, NO_BAG_ID),
        (None, None),
    ],
)
def test_bag_number_gets_back_the_zeros_that_excel_dropped(cell, expected):
    assert values.bag_id(cell) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "2027-03-17T07:30:00",
        "2027-03-17 07:30",
        "17-03-2027 7:30",
        "17-3-2027 07.30",
        "2027-03-17T06:30:00+00:00",
        datetime(2027, 3, 17, 7, 30),  # noqa: DTZ001 - Excel has no zones
    ],
)
def test_moment_is_local_time(cell):
    assert values.moment(cell) == datetime(2027, 3, 17, 7, 30)  # noqa: DTZ001 - local, as in the file


@pytest.mark.parametrize(("cell", "expected"), [("51,5", "51.5"), (51, "51"), (" 51.50 ", "51.5")])
def test_decimal_takes_comma_and_point(cell, expected):
    assert values.decimal(-90, 90, 16)(cell) == Decimal(expected)


@pytest.mark.parametrize("word", ["nee", "N.v.t.", "geen", "-", " "])
def test_remark_drops_words_that_say_nothing(word):
    assert values.remark(100)(word) is None


def test_every_field_of_the_form_is_kept():
    assert set(STATION) <= set(FIELDS)
