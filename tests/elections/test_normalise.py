import time
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from elections import normalise
from elections.models import Label
from elections.models.fields import NameKey
from elections.normalise import Name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Jansen", Name("", "Jansen")),
        ("van der Berg", Name("van der", "Berg")),
        ("Van Der  Berg", Name("van der", "Berg")),
        ("Berg, van der", Name("van der", "Berg")),
        ("Berg, Anna van der", Name("van der", "Berg", "Anna")),
        ("Berg (van der)", Name("van der", "Berg")),
        ("de Vries-van den Berg", Name("de", "Vries-van den Berg")),
        ("'t Hart", Name("'t", "Hart")),
        ("van 's Gravesande", Name("van 's", "Gravesande")),
        ("van", Name("", "van")),
        ("Jansen, Piet", Name("", "Jansen", "Piet")),
        ("Öztürk", Name("", "Öztürk")),
        ("", Name("", "")),
    ],
)
def test_last_name_is_taken_apart(written, name):
    assert normalise.last_name(written) == name


def test_last_name_of_many_brackets_is_soon_read():
    began = time.monotonic()
    normalise.last_name("a (" * 20_000)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("written", "initials"),
    [
        ("AB", "A.B."),
        ("ab", "A.B."),
        ("a.b", "A.B."),
        ("A. B.", "A.B."),
        ("A B", "A.B."),
        ("AB.", "A.B."),
        ("Th.J.", "Th.J."),
        ("IJ", "IJ."),
        ("", ""),
    ],
)
def test_initials_get_their_dots(written, initials):
    assert normalise.initials(written) == initials


@pytest.mark.parametrize(
    "written",
    [
        "17-3-1960", "17-03-1960", "17/3/1960", "17.3.1960", "17 3 1960", "17-3-60", "17 mrt 1960", "17 mrt. 1960",
        "17 maart 1960", "17-mrt-60", "donderdag 17 maart 1960", "1960-03-17", "19600317", "21992", "17-3-1960 00:00",
    ],
)  # fmt: skip
def test_birth_date_in_every_notation(written):
    assert normalise.birth_date(written) == date(1960, 3, 17)


@pytest.mark.parametrize(
    "written", ["31-2-1960", "1960", "onbekend", "17-13-1960", "1-1-2100", "1-1-1850", "17 foo 1960"]
)
def test_birth_date_that_cannot_be_is_refused(written):
    with pytest.raises(ValidationError):
        normalise.birth_date(written)


@pytest.mark.parametrize(
    "written",
    [
        "0612345678",
        "06-12345678",
        "06 12 34 56 78",
        "612345678",
        "+31612345678",
        "0031 6 12345678",
        "+31 (0)6 12345678",
    ],
)
def test_phone_is_written_in_one_way(written):
    assert normalise.phone(written) == "+31 6 12345678"


def test_phone_without_country_code_follows_the_municipality(zonneiland):
    connection.set_tenant(zonneiland)
    assert normalise.phone("717 1234") == "+599 717 1234"


@pytest.mark.parametrize("written", ["0800 1234", "088 000 0042", "14 030"])
def test_phone_with_another_length_than_most_may_be_right(written):
    assert normalise.phone(written)


@pytest.mark.parametrize(
    "written", ["geen", "12", "06123456789012", "06 12345", "06 1234 567", "+31 6 1234567", "020 12345"]
)
def test_phone_that_cannot_be_is_refused(written):
    with pytest.raises(ValidationError):
        normalise.phone(written)


@pytest.mark.parametrize(
    "written",
    [
        " Anna@Voorbeeld.NL ",
        "anna @voorbeeld.nl",
        "mailto:anna@voorbeeld.nl",
        "Anna <anna@voorbeeld.nl>",
        "anna@voorbeeld.nl;",
    ],
)
def test_email_is_cleaned(written):
    assert normalise.email(written) == "anna@voorbeeld.nl"


@pytest.mark.parametrize("written", ["anna", "anna@", "a@b.nl, c@d.nl", "a@b.nl c@d.nl"])
def test_email_that_is_not_one_address_is_refused(written):
    with pytest.raises(ValidationError):
        normalise.email(written)


def test_addresses_are_written_in_one_way():
    assert normalise.postcode("1234ab") == "1234 AB"
    assert normalise.house_number("12a") == "12 A"
    assert normalise.house_number("12-3") == "12-3"
    assert normalise.street_and_number("Plein 1944 12a") == ("Plein 1944", "12 A")
    assert normalise.street_and_number("Dorpsstraat 12 bis") == ("Dorpsstraat", "12 bis")
    assert normalise.street_and_number("Kade") == ("Kade", "")
    with pytest.raises(ValidationError):
        normalise.postcode("12345")


def test_empty_stays_empty():
    for check in (normalise.phone, normalise.email, normalise.postcode, normalise.house_number):
        assert check("  ") == ""
    assert normalise.birth_date("") is None


def test_names_stand_where_people_look_for_them(juinen):
    names = [
        "Aalten",
        "Ærø",
        "Bergen",
        "école",
        "(oud) Stadhuis",
        "Özdemir",
        "’s-Hertogenbosch",
        "'t Trefpunt",
        "Zeist",
    ]
    Label.objects.bulk_create(Label(name=name) for name in reversed(names))
    assert list(Label.objects.order_by(NameKey("name")).values_list("name", flat=True)) == names
