"""What Zitting understands of the columns and rows of a member list."""

from datetime import date

import pytest

from elections.enums import SecretKind
from elections.imports.member_columns import guess_mapping
from elections.imports.member_file import read_members
from elections.imports.reader import Row, Table
from elections.person_numbers import looks_secret

BSN, IBAN = "999900018", "NL91ABNA0417164300"


def read(*rows, headers=("Achternaam",)):
    """What is understood of rows, with the columns as guessed."""
    width = len(headers)
    table = Table(
        list(headers),
        [Row(number, tuple(row) + (None,) * (width - len(row))) for number, row in enumerate(rows, start=2)],
    )
    return read_members(table, guess_mapping(table.headers))


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Achternaam", "last_name"),
        ("Naam", "last_name"),
        ("e-mail", "email"),
        ("E-mailadres privé", "email"),
        ("Geb. datum", "birth_date"),
        ("Geboortedatum (dd-mm-jjjj)", "birth_date"),
        ("Tel.nr", "phone"),
        ("Mobiel nummer", "phone"),
        ("Huisnr.", "house_number"),
        ("Functie(s)", "qualified_for"),
        ("Burgerservicenummer", "bsn"),
        ("Rekeningnummer", "iban"),
        ("Voorvoegsel", "infix"),
        ("Lidnr", "number"),
    ],
)
def test_heading_is_recognised(heading, field):
    assert guess_mapping([heading]) == {0: field}


def test_every_field_is_guessed_once_and_an_unknown_heading_stays_out():
    assert guess_mapping(["Naam", "Achternaam", "Schoenmaat", "Email", "E-mail 2"]) == {
        0: "last_name",
        3: "email",
    }


def test_earlier_choice_for_a_heading_wins():
    assert guess_mapping(["Naam", "X"], {"X": "last_name", "Naam": ""}) == {1: "last_name"}
    assert guess_mapping(["X", "E-mail", "Y"], {"X": "last_name", "Y": "last_name", "Z": "city"}) == {
        0: "last_name",
        1: "email",
    }
    assert guess_mapping(["Naam"], {"Naam": "own:gone"}) == {0: "last_name"}


def test_row_becomes_a_member_in_our_way_of_writing():
    file = read(
        ("12", "ab", "ANNA", "van der Berg", date(1960, 3, 17), "Anna@Voorbeeld.nl ", 612345678,
         "Dorpsstraat 12a", "1234ab", "Juinen", "vz; teller", "ja", "ervaren, auto", BSN, "nl91 abna 0417 1643 00"),
        headers=("Lidnummer", "Voorletters", "Voornaam", "Achternaam", "Geboortedatum", "E-mail", "Mobiel", "Adres",
                 "Postcode", "Woonplaats", "Functie", "Ambtenaar", "Kenmerken", "BSN", "IBAN"),
    )  # fmt: skip
    assert not file.faults
    assert file.rows[0].values == {
        "number": 12,
        "initials": "A.B.",
        "first_name": "Anna",
        "infix": "van der",
        "last_name": "Berg",
        "birth_date": date(1960, 3, 17),
        "email": "anna@voorbeeld.nl",
        "phone": "+31 6 12345678",
        "street": "Dorpsstraat",
        "house_number": "12 A",
        "postcode": "1234 AB",
        "city": "Juinen",
        "qualified_for": ["chair", "counter"],
        "is_own_staff": True,
    }
    assert file.rows[0].labels == ["ervaren", "auto"]
    assert file.rows[0].secrets == {SecretKind.BSN: BSN, SecretKind.IBAN: IBAN}
    assert BSN not in repr(file.rows[0])


def test_name_in_one_column_is_taken_apart():
    rows = read(("Berg, A.B. van der",), ("Jansen, Piet",)).rows
    assert (rows[0].values["initials"], rows[0].values["infix"], rows[0].values["last_name"]) == (
        "A.B.",
        "van der",
        "Berg",
    )
    assert rows[1].values["first_name"] == "Piet"


def test_all_faults_come_at_once_with_row_and_column():
    file = read(
        ("Jansen", "31-2-1960", "anna@", "geen", "12", "piloot", "misschien", "123456789"),
        (None, "1-1-1980"),
        headers=(
            "Achternaam",
            "Geboortedatum",
            "E-mail",
            "Telefoon",
            "Postcode",
            "Functie",
            "Ambtenaar",
            "BSN",
        ),
    )
    found = [(fault.row, fault.column) for fault in file.faults]
    assert found == [
        (2, "Geboortedatum"), (2, "E-mail"), (2, "Telefoon"), (2, "Postcode"), (2, "Functie"), (2, "Ambtenaar"),
        (2, "BSN"), (3, "Achternaam"),
    ]  # fmt: skip
    assert not any("123456789" in fault.message for fault in file.faults)
    assert file.rows == []


def test_text_that_is_too_long_is_a_fault():
    assert read(("x" * 101,)).faults[0].message == "Deze tekst is te lang. Het maximum is 100 tekens."


def test_person_number_and_bsn_twice_in_the_file_are_faults_and_a_shared_address_is_a_warning():
    headers = ("Lidnummer", "Achternaam", "Voornaam", "Geboortedatum", "E-mail", "BSN")
    file = read(
        ("1", "Jansen", "Jan", "1-1-1960", "samen@voorbeeld.nl", BSN),
        ("1", "Bakker", "Eva", "1-1-1961", "samen@voorbeeld.nl", ""),
        ("3", "Jansen", "Jan", "1-1-1960", "", ""),
        ("4", "Vries", "Bo", "1-1-1962", "", BSN),
        headers=headers,
    )
    assert [(fault.row, fault.column) for fault in file.faults] == [
        (3, "Lidnummer"),
        (4, "Achternaam"),
        (5, "BSN"),
    ]
    assert BSN not in file.faults[2].message
    assert len(file.warnings) == 1


def test_twins_are_two_people():
    file = read(
        ("Jansen", "Jan", "1-1-1960"),
        ("Jansen", "Piet", "1-1-1960"),
        headers=("Achternaam", "Voornaam", "Geboortedatum"),
    )
    assert not file.faults


@pytest.mark.parametrize("number", ["999993653", IBAN])
def test_number_in_the_column_of_positions_is_not_repeated(number):
    content = read(["Jansen", number], headers=("Achternaam", "Functie"))
    assert "Dit is geen functie" in content.faults[0].message
    assert number.lower() not in content.faults[0].message.lower()


def test_samples_never_show_a_bsn_or_iban():
    assert looks_secret(BSN)
    assert looks_secret("9999.00.018")
    assert looks_secret(IBAN)
    assert not looks_secret("06-12345678")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Jansen", "Jan", "", "j@voorbeeld.nl", ""), ("jansen", "Jan", "", "J@voorbeeld.nl", "")),
        (("Jansen", "Jan", "", "", "0612345678"), ("Jansen", "J.", "", "", "06 12345678")),
        (("Jansen", "", "", "j@voorbeeld.nl", ""), ("Jansen", "Jan", "1-1-1960", "j@voorbeeld.nl", "")),
    ],
)
def test_same_name_and_address_without_a_birth_date_is_one_person(one, other):
    file = read(one, other, headers=("Achternaam", "Voornaam", "Geboortedatum", "E-mail", "Telefoon"))
    assert [(fault.row, fault.column) for fault in file.faults] == [(3, "Achternaam")]
    assert "rij 2" in file.faults[0].message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Jansen", "Jan", "", ""), ("Jansen", "Piet", "", "")),
        (("Jansen", "J.", "1-1-1960", ""), ("Jansen", "J.", "1-1-1990", "")),
        (("Jansen", "J.", "", "1"), ("Jansen", "J.", "", "2")),
    ],
)
def test_family_with_one_mailbox_is_two_people(one, other):
    headers = ("Achternaam", "Voornaam", "Geboortedatum", "Lidnummer", "E-mail")
    assert not read((*one, "samen@voorbeeld.nl"), (*other, "samen@voorbeeld.nl"), headers=headers).faults
