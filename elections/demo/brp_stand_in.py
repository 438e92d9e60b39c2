"""A stand-in for the BRP: answers as the Haal Centraal BRP Personen API 2 describes, about people who do not exist.

For the demo and the tests, where no municipality has a connection. It refuses what the real one refuses: a wrong key,
more than twenty numbers, no fields, fields that nobody knows, and fields that come by themselves. What it does not
need is left out: it knows one of the seven kinds of questions ("Raadpleeg met burgerservicenummer").

    python -m elections.demo.brp_stand_in --port 8026 --people people.json
"""

import argparse
import hmac
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

KEY: Final = "demo-sleutel"
PATH: Final = "/haalcentraal/api/brp/personen"
MOST_NUMBERS: Final = 20
MOST_FIELDS: Final = 130
QUESTION: Final = "RaadpleegMetBurgerservicenummer"
# Come along with every person who has them, and may not be asked for.
BY_THEMSELVES: Final = (
    "geheimhoudingPersoonsgegevens",
    "inOnderzoek",
    "opschortingBijhouding",
    "rni",
    "verificatie",
)
_ADDRESS: Final = (
    "korteStraatnaam",
    "officieleStraatnaam",
    "huisnummer",
    "huisletter",
    "huisnummertoevoeging",
)
KNOWN_FIELDS: Final = frozenset(
    {
        "burgerservicenummer",
        "naam",
        "naam.volledigeNaam",
        "geboorte.datum",
        "overlijden",
        "overlijden.datum",
        "verblijfplaats",
        "verblijfplaats.type",
        "verblijfplaats.datumVan",
        "verblijfplaats.verblijfadres",
        *(f"verblijfplaats.verblijfadres.{name}" for name in (*_ADDRESS, "postcode", "woonplaats")),
    }
)
ERRORS: Final = {
    400: ("Een of meerdere parameters zijn niet correct.", "paramsValidation"),
    401: ("Niet correct geauthenticeerd.", "authentication"),
    403: ("U bent niet geautoriseerd voor deze operatie.", "autorisation"),
    404: ("Opgevraagde resource bestaat niet.", "notFound"),
    406: ("Gevraagde contenttype wordt niet ondersteund.", "notAcceptable"),
    415: ("Unsupported Media Type", "unsupported"),
    429: ("Too many request", "tooManyRequests"),
    500: ("Interne server fout.", "serverError"),
    503: ("Bronservice BRP is tijdelijk niet beschikbaar.", "notAvailable"),
}

Person = dict[str, Any]


@dataclass
class StandIn:
    """What the register knows, by number, and what was asked of it.

    key: who does not send it is refused. trouble: called before each answer; a status and headers in place of one.
    """

    people: dict[str, Person] = field(default_factory=dict)
    key: str = KEY
    trouble: Callable[[], tuple[int, dict[str, str]] | None] = lambda: None
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Any, dict[str, str]]:
        """Status, JSON and further headers for one request."""
        if not hmac.compare_digest(headers.get("x-api-key", "").encode(), self.key.encode()):
            return self._error(401)
        if path != PATH:
            return self._error(404)
        if not headers.get("content-type", "").startswith("application/json"):
            return self._error(415)
        if "json" not in headers.get("accept", "") and "*/*" not in headers.get("accept", ""):
            return self._error(406)
        self.headers.append(dict(headers))
        if trouble := self.trouble():
            return self._error(trouble[0], headers=trouble[1])
        try:
            question = json.loads(body)
        except ValueError:
            return self._error(400)
        if wrong := faults_of(question):
            return self._error(400, wrong)
        self.asked.append(question)
        found = [self.people[number] for number in question["burgerservicenummer"] if number in self.people]
        return 200, {"type": QUESTION, "personen": [shown(each, question["fields"]) for each in found]}, {}

    def _error(
        self, status: int, wrong: list[dict[str, str]] | None = None, *, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, dict[str, str]]:
        title, code = ERRORS.get(status, ERRORS[500])
        problem: dict[str, Any] = {"title": title, "status": status, "code": code, "instance": PATH}
        return status, problem | ({"invalidParams": wrong} if wrong else {}), headers or {}


def faults_of(question: Any) -> list[dict[str, str]]:
    """What is wrong with a question, as the API tells it; empty when it is right."""
    if not isinstance(question, dict) or question.get("type") != QUESTION:
        return [_fault("type", "value", "Waarde is geen geldig zoek type.")]
    numbers, fields = question.get("burgerservicenummer"), question.get("fields")
    wrong = [_fault(name, "unknownParam", "Parameter is niet verwacht.") for name in _unexpected(question)]
    if not isinstance(numbers, list) or not numbers:
        wrong.append(_fault("burgerservicenummer", "required", "Parameter is verplicht."))
    elif len(numbers) > MOST_NUMBERS:
        wrong.append(_fault("burgerservicenummer", "maxItems", "Array bevat meer dan 20 items."))
    elif not all(isinstance(each, str) and re.fullmatch("[0-9]{9}", each) for each in numbers):
        wrong.append(_fault("burgerservicenummer", "pattern", "Waarde voldoet niet aan patroon."))
    if not isinstance(fields, list) or not fields:
        wrong.append(_fault("fields", "required", "Parameter is verplicht."))
    elif len(fields) > MOST_FIELDS:
        wrong.append(_fault("fields", "maxItems", "Array bevat meer dan 130 items."))
    else:
        wrong += [
            _fault(f"fields[{place}]", "fields", "Parameter bevat een niet toegestane veldnaam.")
            for place, name in enumerate(fields)
            if name not in KNOWN_FIELDS
        ]
    return wrong


def shown(person: Person, fields: list[str]) -> Person:
    """Of a person what was asked, and what comes by itself."""
    result: Person = {name: person[name] for name in BY_THEMSELVES if name in person}
    for name in fields:
        _copy(person, result, name.split("."))
    return result


def address(street: str, number: int, postcode: str, city: str, *, since: str = "", **more: Any) -> Person:
    """A residence in the Netherlands. more: such as huisletter or huisnummertoevoeging."""
    place = {
        "officieleStraatnaam": street,
        "korteStraatnaam": street[:24],
        "huisnummer": number,
        "postcode": postcode,
        "woonplaats": city,
    }
    return {"type": "Adres", **_since(since), "verblijfadres": place | more}


def abroad(*, since: str = "") -> Person:
    """A residence in another country."""
    return {"type": "VerblijfplaatsBuitenland", **_since(since), "verblijfadres": {"regel1": "Rue 1"}}


def died(day: str = "") -> Person:
    """What makes a person one who died; day in words, such as "12 maart 2026"."""
    date = {"datum": {"type": "Datum", "langFormaat": day}} if day else {}
    return {
        "overlijden": date,
        "opschortingBijhouding": {"reden": {"code": "O", "omschrijving": "overlijden"}},
    }


def server_for(register: StandIn, port: int = 0) -> ThreadingHTTPServer:
    """A server on this machine for `register`; port 0 takes a free one. The caller lets it run."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 100_000))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer, more = register.answer(self.path, headers, body)
            content = json.dumps(answer).encode()
            kind = "application/json" if status == 200 else "application/problem+json"
            self.send_response(status)
            sent = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(content))} | more
            for name, value in sent.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: Any) -> None:
            """Nothing: not even that somebody asked."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server


def main() -> int:
    """Command line; runs until it is stopped."""
    parser = argparse.ArgumentParser(description="A stand-in for the BRP, for the demo.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--people", type=Path, required=True, help="JSON: the people by number; may come later"
    )
    options = parser.parse_args()
    register = StandIn()

    def read_people() -> None:
        # The demo may be filled, or filled anew, while this runs.
        if options.people.is_file():
            register.people = json.loads(options.people.read_text())

    register.trouble = read_people
    server_for(register, options.port).serve_forever()
    return 0


def _since(day: str) -> Person:
    return {"datumVan": {"type": "Datum", "langFormaat": day}} if day else {}


def _unexpected(question: dict[str, Any]) -> list[str]:
    return sorted(set(question) - {"type", "burgerservicenummer", "fields", "gemeenteVanInschrijving"})


def _fault(name: str, code: str, reason: str) -> dict[str, str]:
    return {"name": name, "code": code, "reason": reason}


def _copy(source: Person, target: Person, path: list[str]) -> None:
    """Copy what lies at `path`, with what comes along by itself: types, and what is being investigated."""
    name, *rest = path
    if name not in source:
        return
    if not rest:
        target[name] = source[name]
        return
    part = target.setdefault(name, {})
    for always in ("type", "inOnderzoek", "indicatieVastgesteldVerblijftNietOpAdres"):
        if always in source[name]:
            part[always] = source[name][always]
    _copy(source[name], part, rest)


if __name__ == "__main__":
    sys.exit(main())
