"""What Zitting understands of a list of candidates (EML_NL 230b), and what it refuses."""

from datetime import UTC, date, datetime

import pytest

from elections.errors import ActionError
from elections.imports.candidate_list import parse_candidate_list
from tests.eml import candidate_file, candidate_xml


def test_list_is_understood() -> None:
    found = parse_candidate_list(
        candidate_file(candidate_xml(3, "W.", "Hans", "van der", "Vaart", "Scheveningen"), list_number=2)
    )
    assert (found.category, found.election_name) == ("PS", "Provinciale Staten 2027")
    assert (found.domain, found.domain_code, found.election_date) == ("Juinen", "0001", date(2027, 3, 17))
    assert found.made_at == datetime(2027, 2, 5, 9, 30, tzinfo=UTC)
    (candidate,) = found.candidates
    assert (candidate.list_number, candidate.list_name, candidate.number) == (2, "Lijst Een", 3)
    assert (candidate.initials, candidate.first_name, candidate.infix) == ("W.", "Hans", "van der")
    assert (candidate.last_name, candidate.city) == ("Vaart", "Scheveningen")


def test_election_of_a_water_board_gets_our_code() -> None:
    assert parse_candidate_list(candidate_file(category="AB")).category == "WS"


def test_list_without_a_name_and_candidate_without_a_first_name_are_read() -> None:
    found = parse_candidate_list(candidate_file(candidate_xml(1, "A.", "", "", "Özdemir", ""), list_name=""))
    candidate = found.candidates[0]
    assert (candidate.list_name, candidate.first_name, candidate.last_name) == ("", "", "Özdemir")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Dit is geen XML-bestand"),
        (b"Lijst;Naam\n1;Bakker", "Dit is geen XML-bestand"),
        (b"PK\x03\x04 zip", "Dit is geen XML-bestand"),
        (b"<html><body/></html>", "Dit is wel XML, maar geen EML"),
        (candidate_file()[:-60], "Dit bestand is niet compleet"),
        (candidate_file(kind="510b"), "EML 510b, een telling"),
        (candidate_file(kind="110a"), "EML 110a, de verkiezingsdefinitie"),
        (candidate_file(kind="230c"), "EML 230c, de totaallijst"),
        (candidate_file(kind="999"), "Dit is een ander bestand (EML 999)"),
        (candidate_file(""), "In dit bestand staan geen kandidaten"),
        (candidate_file(candidate_xml(1, "A.", "", "", "", "")), "kandidaat 1 ontbreekt"),
        (candidate_file(candidate_xml("x", "A.", "", "", "Bakker", "")), "kandidaat ? ontbreekt"),
        (candidate_file(list_number=0), "Bij lijst ?"),
        (candidate_file(made_at="onbekend", issued="ooit"), "of van wanneer"),
        (candidate_file("<a>" * 60 + "</a>" * 60), "te diep"),
    ],
)
def test_file_that_is_something_else_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(ActionError) as refused:
        parse_candidate_list(data)
    assert words in refused.value.message


BOMB = b"""<?xml version="1.0"?><!DOCTYPE EML [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE EML [<!ENTITY a SYSTEM "file:///etc/passwd">]>"""
ELSEWHERE = b"""<?xml version="1.0"?><!DOCTYPE EML SYSTEM "http://127.0.0.1:9/dtd">"""


@pytest.mark.parametrize("dtd", [BOMB, OUTSIDE, ELSEWHERE])
def test_dtd_is_refused_before_anything_is_filled_in(dtd: bytes) -> None:
    data = candidate_file(candidate_xml(1, "A.", "", "", "&a;", ""))
    data = dtd + data.split(b"?>", 1)[1]
    with pytest.raises(ActionError, match="DTD"):
        parse_candidate_list(data)


def test_two_people_in_one_place_are_refused_and_the_same_one_twice_is_not() -> None:
    anna, piet = (candidate_xml(1, "A.", "Anna", "", name, "") for name in ("Bakker", "Visser"))
    assert len(parse_candidate_list(candidate_file(anna + anna)).candidates) == 1
    with pytest.raises(ActionError, match="kandidaat 1 twee keer"):
        parse_candidate_list(candidate_file(anna + piet))


def test_lists_of_other_districts_in_one_file_are_refused() -> None:
    with pytest.raises(ActionError, match="meer kieskringen"):
        parse_candidate_list(candidate_file(second_contest=candidate_xml(1, "P.", "", "", "Visser", "")))
