"""What leaves for the BRP and what comes back: the allowed fields, the one host, and no number left behind."""

import logging

import pytest

from elections import brp
from elections.brp import BrpAddress, BrpUnavailable, PersonFacts, Trouble
from elections.demo import brp_stand_in
from elections.demo.brp_stand_in import KEY, StandIn, abroad, address, died
from elections.enums import BrpSubject
from elections.models import BrpConnection, BrpKey
from elections.secrets import Secret
from tests import factories
from tests.brp_register import NUMBERS, PURPOSE, connect, running

HOME = address("Dorpsstraat", 12, "1234 AB", "Juinen", since="1 mei 2020")
WHO = "een-willekeurig-nummer"


@pytest.fixture
def register():
    return StandIn()


@pytest.fixture
def url(register):
    with running(register) as found:
        yield found


def ask(*numbers: str) -> dict[int, PersonFacts]:
    found = {key: Secret(number) for key, number in enumerate(numbers)}
    return brp.ask(BrpConnection.objects.get(), found, on_behalf_of=WHO)


def knows(register: StandIn, number: str, **person: object) -> None:
    register.people[number] = {"burgerservicenummer": number} | person


def test_question_names_numbers_and_allowed_fields_only(register, url):
    connect(url, subjects=[BrpSubject.DEATH])
    ask(*NUMBERS[:2])
    assert register.asked == [
        {
            "type": "RaadpleegMetBurgerservicenummer",
            "burgerservicenummer": list(NUMBERS[:2]),
            "fields": ["burgerservicenummer", "overlijden.datum"],
        }
    ]


@pytest.mark.parametrize(
    ("subjects", "part"),
    [
        ([BrpSubject.SECRECY], set()),
        ([BrpSubject.DEATH], {"overlijden.datum"}),
        ([BrpSubject.ADDRESS], set(brp.FIELDS[BrpSubject.ADDRESS])),
        (BrpSubject.values, {"overlijden.datum", *brp.FIELDS[BrpSubject.ADDRESS]}),
    ],
)
def test_fields_are_those_of_the_subjects(subjects, part):
    assert set(brp.fields_for(subjects)) == {"burgerservicenummer"} | part


def test_no_field_is_asked_that_comes_by_itself():
    for field in brp.fields_for(BrpSubject.values):
        assert field.split(".")[0] not in brp_stand_in.BY_THEMSELVES


def test_purpose_and_a_number_for_the_colleague_go_along(register, url):
    connect(url, oin="00000001234567890000")
    ask(NUMBERS[0])
    sent = register.headers[0]
    assert (sent["x-doelbinding"], sent["x-gebruiker"]) == (PURPOSE, WHO)
    assert (sent["x-verwerking"], sent["x-origin-oin"]) == ("Zitting@Ledenbestand", "00000001234567890000")


def test_number_is_in_no_address_header_or_log(register, url, caplog):
    connect(url)
    with caplog.at_level(logging.DEBUG):
        ask(NUMBERS[0])
    assert NUMBERS[0] not in str(register.headers) + caplog.text
    assert KEY not in caplog.text


def test_person_at_home(register, url):
    knows(register, NUMBERS[0], verblijfplaats=HOME)
    connect(url)
    facts = ask(NUMBERS[0])[0]
    assert facts.address == BrpAddress("Dorpsstraat", "12", "1234 AB", "Juinen")
    assert (facts.since, facts.is_deceased, facts.is_secret, facts.lives_elsewhere) == (
        "1 mei 2020",
        False,
        False,
        False,
    )


def test_answers_are_those_of_the_right_people(register, url):
    for place, number in enumerate(NUMBERS):
        knows(register, number, verblijfplaats=address("Laan", place + 1, "1234 AB", "Juinen"))
    connect(url)
    found = ask(*NUMBERS)
    assert [found[key].address.house_number for key in range(4)] == ["1", "2", "3", "4"]


def test_letter_and_addition_are_part_of_the_house_number(register, url):
    place = address("Laan", 1, "1234ab", "Juinen", huisletter="a", huisnummertoevoeging="2")
    knows(register, NUMBERS[0], verblijfplaats=place)
    connect(url)
    found = ask(NUMBERS[0])[0].address
    assert (found.house_number, found.postcode) == ("1a-2", "1234 AB")


@pytest.mark.parametrize(
    "residence",
    [
        abroad(since="2 januari 2026"),
        {"type": "VerblijfplaatsOnbekend"},
        {"type": "Locatie", "verblijfadres": {"locatiebeschrijving": "Woonboot"}},
        HOME | {"indicatieVastgesteldVerblijftNietOpAdres": True},
    ],
)
def test_who_has_no_address_here_lives_elsewhere(register, url, residence):
    knows(register, NUMBERS[0], verblijfplaats=residence)
    connect(url)
    facts = ask(NUMBERS[0])[0]
    assert facts.lives_elsewhere
    assert facts.address is None


def test_who_died_has_no_address_any_more(register, url):
    knows(register, NUMBERS[0], verblijfplaats=HOME, **died("12 maart 2026"))
    connect(url)
    assert ask(NUMBERS[0])[0] == PersonFacts(is_deceased=True, died_on="12 maart 2026")


def test_who_died_on_an_unknown_day_died(register, url):
    knows(register, NUMBERS[0], **died())
    connect(url)
    assert ask(NUMBERS[0])[0].is_deceased


def test_secrecy_and_what_is_investigated_come_along(register, url):
    knows(
        register,
        NUMBERS[0],
        verblijfplaats=HOME | {"inOnderzoek": {"type": True}},
        geheimhoudingPersoonsgegevens=True,
    )
    connect(url)
    facts = ask(NUMBERS[0])[0]
    assert facts.is_secret
    assert facts.is_investigated


def test_what_was_not_asked_is_not_read(register, url):
    knows(register, NUMBERS[0], verblijfplaats=HOME, geheimhoudingPersoonsgegevens=True, **died("1 mei 2026"))
    connect(url, subjects=[BrpSubject.ADDRESS])
    facts = ask(NUMBERS[0])[0]
    assert not facts.is_secret
    assert not facts.is_deceased


def test_unknown_people_and_records_made_by_mistake_are_left_out(register, url):
    knows(register, NUMBERS[0], opschortingBijhouding={"reden": {"code": "F"}})
    connect(url)
    assert ask(*NUMBERS[:2]) == {}


def test_more_than_twenty_numbers_are_never_asked(register, url):
    connect(url)
    with pytest.raises(ValueError, match="from 1 to 20"):
        ask(*[NUMBERS[0]] * 21)
    assert register.asked == []


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (400, Trouble.WRONG),
        (401, Trouble.REFUSED),
        (403, Trouble.REFUSED),
        (406, Trouble.WRONG),
        (415, Trouble.WRONG),
        (429, Trouble.BUSY),
        (500, Trouble.AWAY),
        (503, Trouble.AWAY),
    ],
)
def test_each_refusal_has_its_meaning(register, url, status, trouble):
    register.trouble = lambda: (status, {"Retry-After": "7"})
    connect(url)
    with pytest.raises(BrpUnavailable) as problem:
        ask(NUMBERS[0])
    assert (problem.value.trouble, problem.value.wait) == (trouble, 7)
    assert NUMBERS[0] not in str(problem.value)


@pytest.mark.parametrize("text", ["", "Mon, 23 Nov 2026 03:00:00 GMT", "-5", "1e9", "²"])
def test_odd_retry_after_is_not_looked_at(register, url, text):
    register.trouble = lambda: (429, {"Retry-After": text.encode("latin-1", "ignore").decode("latin-1")})
    connect(url)
    with pytest.raises(BrpUnavailable) as problem:
        ask(NUMBERS[0])
    assert problem.value.wait == 0


def test_wrong_key_is_refused(url):
    connect(url, key="een-andere")
    with pytest.raises(BrpUnavailable) as problem:
        ask(NUMBERS[0])
    assert problem.value.trouble is Trouble.REFUSED


def test_connection_without_its_key_asks_nothing(register, url):
    connect(url)
    BrpKey.objects.all().delete()
    with pytest.raises(BrpUnavailable, match="key is missing"):
        ask(NUMBERS[0])
    assert register.headers == []


@pytest.mark.parametrize(
    ("written", "is_same"),
    [
        ({"house_number": "12 a-2", "postcode": "1234ab"}, True),
        ({"house_number": "12A2", "postcode": "1234 AB", "street": "Anders geschreven"}, True),
        ({"house_number": "12a", "postcode": "1234 AB"}, False),
        ({"house_number": "12a-2", "postcode": "1234 AC"}, False),
        ({"house_number": "12a-2", "postcode": "", "street": "Dorpsstraat", "city": "JUINEN"}, True),
        ({"house_number": "12a-2", "postcode": "", "street": "Kerkstraat", "city": "Juinen"}, False),
        ({}, False),
    ],
)
def test_addresses_are_compared_as_people_write_them(written, is_same):
    member = factories.make_member(**written)
    assert BrpAddress("Dorpsstraat", "12a-2", "1234 AB", "Juinen").is_of(member) is is_same
