"""Asking the population register about people: Haal Centraal BRP Personen API, version 2 ("Raadpleeg met BSN").

A question holds at most twenty numbers and names every field that is wanted. A number leaves only in the body of a
request to the one host that the system administrator set; neither the question nor the answer is ever in a log. Of an
answer only what was asked for is read, and nothing of it is kept here: elections.actions.brp_check compares it.

Who asked, for which purpose, goes along in the headers that gateways of municipalities log by (x-doelbinding,
x-verwerking, x-gebruiker, x-origin-oin). The colleague is a random number there: our own log says who that is.
"""

import json
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

import requests
from django.views.decorators.debug import sensitive_variables
from urllib3.exceptions import HTTPError as TransportError

from elections.enums import BrpSubject
from elections.models import BrpConnection, BrpKey, Member
from elections.one_host import address_fault, dress
from elections.secrets import Secret, SecretDamaged, unseal

logger = logging.getLogger(__name__)

# RaadpleegMetBurgerservicenummer: maxItems of `burgerservicenummer`.
MOST_NUMBERS: Final = 20
# Seconds for a whole answer; the register itself may take some for twenty people.
TIMEOUT: Final = 10.0
# Without the number in the answer nobody could tell whose answer is whose.
_ALWAYS: Final = ("burgerservicenummer",)
_ADDRESS: Final = "verblijfplaats.verblijfadres"
# What each subject asks for. `geheimhoudingPersoonsgegevens`, `opschortingBijhouding` and `inOnderzoek` come by
# themselves, and asking for them is a mistake (400).
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    BrpSubject.ADDRESS: (
        "verblijfplaats.datumVan",
        f"{_ADDRESS}.officieleStraatnaam",
        f"{_ADDRESS}.korteStraatnaam",
        f"{_ADDRESS}.huisnummer",
        f"{_ADDRESS}.huisletter",
        f"{_ADDRESS}.huisnummertoevoeging",
        f"{_ADDRESS}.postcode",
        f"{_ADDRESS}.woonplaats",
    ),
    BrpSubject.DEATH: ("overlijden.datum",),
    BrpSubject.SECRECY: (),
}
# Reasons for which a record is not kept any more (`opschortingBijhouding.reden`).
_DIED: Final = "O"
_MISTAKE: Final = "F"
_DUTCH_POSTCODE: Final = re.compile(r"([1-9][0-9]{3}) ?([A-Za-z]{2})")
_DATE_IN_WORDS: Final = re.compile(r"[a-z0-9 ]{1,17}")
_LONGEST_WAIT: Final = 24 * 3600


class Trouble(Enum):
    """Why there is no answer. AWAY and BUSY may pass; REFUSED and WRONG need a person."""

    AWAY = auto()
    BUSY = auto()
    REFUSED = auto()
    WRONG = auto()


class BrpUnavailable(Exception):
    """The register does not answer, or not as its description says. The text is for the log: it holds no data.

    wait: the seconds that the register asks us to keep still, when it does. status: of its answer; 0 without one.
    """

    def __init__(
        self, detail: str, trouble: Trouble = Trouble.WRONG, *, wait: int = 0, status: int = 0
    ) -> None:
        super().__init__(detail)
        self.trouble, self.wait, self.status = trouble, wait, status


@dataclass(frozen=True)
class BrpAddress:
    """A Dutch address in the ways of writing of the member file."""

    street: str
    house_number: str
    postcode: str
    city: str

    def is_of(self, member: Member) -> bool:
        """Whether `member` has this address: by postcode and number, and without a postcode by street and city."""
        if _bare(self.house_number) != _bare(member.house_number):
            return False
        if self.postcode and member.postcode:
            return _bare(self.postcode) == _bare(member.postcode)
        mine, theirs = (self.street, self.city), (member.street, member.city)
        return [_bare(text) for text in mine] == [_bare(text) for text in theirs]


@dataclass(frozen=True)
class PersonFacts:
    """What the register says about one person, as far as it was asked.

    address: None when it was not asked, or when there is none in the Netherlands (`lives_elsewhere`).
    since, died_on: dates in the register's words ("12 maart 2026", "maart 2026"); empty when not known.
    """

    is_deceased: bool = False
    died_on: str = ""
    is_secret: bool = False
    lives_elsewhere: bool = False
    address: BrpAddress | None = None
    since: str = ""
    is_investigated: bool = False


def fields_for(subjects: Iterable[str]) -> list[str]:
    """The fields to ask for these subjects, and no other: what is not needed is not asked (AVG art. 5(1)(c))."""
    return [
        *_ALWAYS,
        *(name for subject in BrpSubject.values if subject in subjects for name in FIELDS[subject]),
    ]


def url_fault(url: str) -> str:
    """Why `url` cannot be the address of the API; empty when it can. For system administrators."""
    return address_fault(url, "The address of the BRP")


@sensitive_variables()
def ask(
    connection: BrpConnection, numbers: Mapping[int, Secret], *, on_behalf_of: str
) -> dict[int, PersonFacts]:
    """What the register says of these people, by the keys of `numbers`. Who is not in the register is not in it.

    The caller has logged the question before, and keeps to MOST_NUMBERS.

    on_behalf_of: the random number of the colleague for whom this is asked.
    Raises BrpUnavailable.
    """
    if not 1 <= len(numbers) <= MOST_NUMBERS:
        raise ValueError(f"from 1 to {MOST_NUMBERS} numbers at a time")
    body = json.dumps(
        {
            "type": "RaadpleegMetBurgerservicenummer",
            "burgerservicenummer": [number.uncover() for number in numbers.values()],
            "fields": fields_for(connection.subjects),
        }
    )
    people = _people(_post(connection, body.encode(), on_behalf_of))
    return {
        key: _facts(person, connection.subjects)
        for number, person in people
        for key, mine in numbers.items()
        if mine == number and _reason(person) != _MISTAKE
    }


def probe(connection: BrpConnection) -> None:
    """Send a question about nobody, which the register refuses as such (400) when it lets us in.

    Raises BrpUnavailable when it does not answer, or does not let us in.
    """
    body = {"type": "RaadpleegMetBurgerservicenummer", "burgerservicenummer": [], "fields": list(_ALWAYS)}
    try:
        _post(connection, json.dumps(body).encode(), "")
    except BrpUnavailable as problem:
        if problem.status != 400:
            raise


@sensitive_variables()
def _post(connection: BrpConnection, body: bytes, on_behalf_of: str) -> Any:
    """The JSON of the answer. Raises BrpUnavailable."""
    if fault := url_fault(connection.url):
        raise BrpUnavailable(fault)
    session = requests.Session()
    dress(session, connection.url, BrpUnavailable, timeout=TIMEOUT)
    session.verify = connection.ca_file or True
    session.cert = connection.certificate_file or None
    address = f"{connection.url.rstrip('/').removesuffix('/personen')}/personen"
    try:
        with session:
            response = session.post(
                address, data=body, headers=_headers(connection, on_behalf_of), allow_redirects=False
            )
    except requests.exceptions.SSLError as problem:
        # Nobody gets better certificates by waiting.
        raise BrpUnavailable(f"TLS: {type(problem).__name__}", Trouble.REFUSED) from None
    except (OSError, TransportError, ValueError) as problem:
        raise BrpUnavailable(type(problem).__name__, Trouble.AWAY) from None
    _check_status(response)
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        raise BrpUnavailable("no JSON") from None


def _headers(connection: BrpConnection, on_behalf_of: str) -> dict[str, str]:
    try:
        key = unseal(BrpKey.objects.get(connection=connection)).uncover()
    except (BrpKey.DoesNotExist, SecretDamaged):
        raise BrpUnavailable("the key is missing or cannot be opened", Trouble.REFUSED) from None
    return {
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "application/json; charset=utf-8",
        "X-API-KEY": key,
        "x-doelbinding": connection.purpose,
        "x-gebruiker": on_behalf_of,
        **({"x-verwerking": connection.processing} if connection.processing else {}),
        **({"x-origin-oin": connection.oin} if connection.oin else {}),
    }


def _check_status(response: requests.Response) -> None:
    status = response.status_code
    if status == 200:
        return
    trouble = Trouble.WRONG
    if status in (401, 403):
        trouble = Trouble.REFUSED
    elif status == 429:
        trouble = Trouble.BUSY
    elif status >= 500:
        trouble = Trouble.AWAY
    wait = _seconds(response.headers.get("Retry-After", ""))
    raise BrpUnavailable(f"status {status}", trouble, wait=wait, status=status)


def _seconds(text: str) -> int:
    """Of a Retry-After in seconds. One with a date is not looked at: then our own pauses count."""
    return min(int(text), _LONGEST_WAIT) if re.fullmatch(r"[0-9]{1,9}", text) else 0


@sensitive_variables()
def _people(answer: Any) -> list[tuple[Secret, dict[str, Any]]]:
    """The people in an answer, each with the number. Raises BrpUnavailable when it is not as described."""
    if not isinstance(answer, dict) or answer.get("type") != "RaadpleegMetBurgerservicenummer":
        raise BrpUnavailable("an answer to another question")
    found = answer.get("personen", [])
    if not isinstance(found, list) or len(found) > MOST_NUMBERS:
        raise BrpUnavailable("not a list of people")
    people = []
    for person in found:
        number = person.get("burgerservicenummer") if isinstance(person, dict) else None
        if not isinstance(number, str):
            raise BrpUnavailable("a person without a number")
        people.append((Secret(number), person))
    return people


@sensitive_variables("person")
def _facts(person: dict[str, Any], subjects: list[str]) -> PersonFacts:
    """What was asked, out of a person as described. Raises BrpUnavailable."""
    facts: dict[str, Any] = {}
    if BrpSubject.DEATH in subjects:
        death = _part(person, "overlijden")
        facts["is_deceased"] = bool(death) or _reason(person) == _DIED
        facts["died_on"] = _in_words(_part(death, "datum"))
        facts["is_investigated"] = _part(death, "inOnderzoek").get("datum") is True
    if BrpSubject.SECRECY in subjects:
        facts["is_secret"] = person.get("geheimhoudingPersoonsgegevens") is True
    if BrpSubject.ADDRESS in subjects and not facts.get("is_deceased"):
        facts |= _residence(_part(person, "verblijfplaats"))
    return PersonFacts(**facts)


@sensitive_variables("residence", "place")
def _residence(residence: dict[str, Any]) -> dict[str, Any]:
    place = _part(residence, "verblijfadres")
    told = {
        "since": _in_words(_part(residence, "datumVan")),
        "is_investigated": bool(_part(residence, "inOnderzoek") or _part(place, "inOnderzoek")),
    }
    gone = residence.get("indicatieVastgesteldVerblijftNietOpAdres") is True
    kind = residence.get("type")
    if kind == "Adres" and not gone:
        return told | {"address": _address(place)}
    # Abroad, unknown, a place without an address such as a mooring, or found out not to live there any more. A
    # record without a residence says nothing about it.
    return told | {"lives_elsewhere": bool(kind)}


@sensitive_variables("place", "number", "street")
def _address(place: dict[str, Any]) -> BrpAddress:
    number = place.get("huisnummer")
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 99999:
        raise BrpUnavailable("an address without a house number")
    street = _text(place, "officieleStraatnaam", 80) or _text(place, "korteStraatnaam", 24)
    letter, addition = _text(place, "huisletter", 1), _text(place, "huisnummertoevoeging", 4)
    postcode = _DUTCH_POSTCODE.fullmatch(_text(place, "postcode", 7))
    return BrpAddress(
        street=street,
        house_number=f"{number}{letter}{f'-{addition}' if addition else ''}",
        postcode=f"{postcode[1]} {postcode[2].upper()}" if postcode else "",
        city=_text(place, "woonplaats", 80),
    )


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    part = whole.get(name)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise BrpUnavailable(f"{name} is not an object")
    return part


def _text(whole: dict[str, Any], name: str, most: int) -> str:
    value = whole.get(name, "")
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise BrpUnavailable(f"{name} is not a text of at most {most} signs")
    return value.strip()


def _in_words(day: dict[str, Any]) -> str:
    words = day.get("langFormaat")
    return words if isinstance(words, str) and _DATE_IN_WORDS.fullmatch(words) else ""


def _reason(person: dict[str, Any]) -> str:
    return str(_part(_part(person, "opschortingBijhouding"), "reden").get("code", ""))


def _bare(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
