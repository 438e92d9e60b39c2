"""Reading a list of candidates: EML_NL 230b, as the Kiesraad's software and the central electoral committee give it.

The file is read in this process, unlike a spreadsheet: expat streams it, a DTD (and with it every entity, the bombs
of XML) is refused before it is read, and size, depth and number of candidates are bounded (OWASP ASVS 5.0 row 1.5.1).
Of a candidate only what helps to recognise a member is kept: no gender, no birth date, no address but the city.
"""

import io
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections import normalise
from elections.enums import ElectionCategory
from elections.errors import ActionError

EML: Final = "{urn:oasis:names:tc:evs:schema:eml}"
KR: Final = "{http://www.kiesraad.nl/extensions}"
XNL: Final = "{urn:oasis:names:tc:ciq:xsdschema:xNL:2.0}"
XAL: Final = "{urn:oasis:names:tc:ciq:xsdschema:xAL:2.0}"

CANDIDATE_LIST: Final = "230b"
MAX_DEPTH: Final = 40
MAX_CANDIDATES: Final = 20_000
MAX_NUMBER: Final = 9_999

# EML_NL calls the election of a water board "AB", for algemeen bestuur; the other categories have our codes.
CATEGORIES: Final = {"AB": ElectionCategory.WS}

OTHER_KINDS: Final[dict[str, str | Promise]] = {
    "110a": gettext_lazy("de verkiezingsdefinitie"),
    "110b": gettext_lazy("de lijst van stembureaus"),
    "210": gettext_lazy("een kandidatenlijst van één partij"),
    "230c": gettext_lazy("de totaallijst van alle kieskringen"),
    "510": gettext_lazy("een telling"),
    "520": gettext_lazy("de uitslag"),
}


@dataclass(frozen=True)
class ListedCandidate:
    """One candidate as the file has it, in our way of writing."""

    list_number: int
    list_name: str
    number: int
    initials: str
    first_name: str
    infix: str
    last_name: str
    city: str


@dataclass(frozen=True)
class CandidateList:
    """What a file says. `made_at` is a moment; `domain` is the area, such as a municipality, with its code."""

    category: str
    election_name: str
    election_date: date | None
    domain: str
    domain_code: str
    made_at: datetime
    candidates: list[ListedCandidate]


def parse_candidate_list(data: bytes) -> CandidateList:
    """Understand a file with lists of candidates.

    Raises:
        ActionError: with a sentence for the sender: no XML, cut off, another kind of EML, a file with a DTD, too deep
            or too long, without candidates, or with candidates whose name or number is missing.
    """
    reader = _Reader()
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                reader.start(element)
            else:
                reader.end(element)
    except DefusedXmlException as error:
        raise ActionError(
            _(
                "In dit bestand staan opdrachten (een DTD). Die voeren wij niet uit. Vraag een bestand zonder DTD."
            )
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise ActionError(reader.broken_words) from error
    return reader.result()


class _Reader:
    """Follows the file from start to end, and remembers what it needs."""

    def __init__(self) -> None:
        self.depth = 0
        self.facts: dict[str, str] = {}
        self.list_number, self.list_name = 0, ""
        self.contests = 0
        self.candidates: dict[tuple[int, int], ListedCandidate] = {}

    @property
    def broken_words(self) -> str:
        """What a file is called that stops being XML: cut off, or never XML at all."""
        if self.depth:
            return _("Dit bestand is niet compleet: het houdt halverwege op. Download het opnieuw.")
        return _("Dit is geen XML-bestand. Kies het bestand met de kandidatenlijsten (EML 230b, .eml.xml).")

    def start(self, element: Element) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ActionError(_("Dit bestand is te diep in elkaar gezet om veilig te lezen."))
        if self.depth == 1:
            _check_kind(element)
        elif element.tag == f"{EML}Contest":
            self.contests += 1
        elif element.tag == f"{EML}Affiliation":
            self.list_number, self.list_name = 0, ""

    def end(self, element: Element) -> None:
        self.depth -= 1
        name = element.tag
        if name == f"{EML}Candidate":
            self._add(element)
            element.clear()
        elif name == f"{EML}AffiliationIdentifier":
            self.list_number = _number(element.get("Id"))
            self.list_name = _text(element.find(f"{EML}RegisteredName"), 200)
        elif name == f"{EML}Affiliation":
            element.clear()
        elif name == f"{KR}ElectionDomain":
            self.facts |= {"domain": _text(element, 100), "domain_code": element.get("Id", "")}
        elif name in _FACTS:
            self.facts.setdefault(_FACTS[name], _text(element, 200))

    def _add(self, element: Element) -> None:
        found = _candidate(element, self.list_number, self.list_name)
        if not (found.list_number and found.number and found.last_name):
            raise ActionError(
                _("Bij lijst %(list)s, kandidaat %(number)s ontbreekt een nummer of de achternaam.")
                % {"list": found.list_number or "?", "number": found.number or "?"}
            )
        place = (found.list_number, found.number)
        if self.candidates.setdefault(place, found) != found:
            if self.contests > 1:
                raise ActionError(
                    _(
                        "In dit bestand staan lijsten van meer kieskringen. Kies het bestand van uw eigen kieskring."
                    )
                )
            raise ActionError(
                _("Op lijst %(list)s staat kandidaat %(number)s twee keer.")
                % {"list": found.list_number, "number": found.number}
            )
        if len(self.candidates) > MAX_CANDIDATES:
            raise ActionError(_("In dit bestand staan te veel kandidaten. Het maximum is 20.000."))

    def result(self) -> CandidateList:
        made_at = _moment(self.facts.get("created", "")) or _moment(self.facts.get("issued", ""))
        if made_at is None or not self.facts.get("category"):
            raise ActionError(_("In dit bestand staat niet voor welke verkiezing het is, of van wanneer."))
        if not self.candidates:
            raise ActionError(_("In dit bestand staan geen kandidaten."))
        category = self.facts["category"]
        return CandidateList(
            category=CATEGORIES.get(category, category),
            election_name=self.facts.get("election_name", ""),
            election_date=_day(self.facts.get("election_date", "")),
            domain=self.facts.get("domain", ""),
            domain_code=self.facts.get("domain_code", ""),
            made_at=made_at,
            candidates=list(self.candidates.values()),
        )


_FACTS: Final = {
    f"{EML}IssueDate": "issued",
    f"{KR}CreationDateTime": "created",
    f"{EML}ElectionName": "election_name",
    f"{EML}ElectionCategory": "category",
    f"{KR}ElectionDate": "election_date",
}


def _check_kind(root: Element) -> None:
    kind = root.get("Id", "")
    if root.tag != f"{EML}EML" or not kind:
        raise ActionError(
            _(
                "Dit is wel XML, maar geen EML. Kies het bestand met de kandidatenlijsten (EML 230b, .eml.xml)."
            )
        )
    if kind.lower() != CANDIDATE_LIST:
        what = next((words for code, words in OTHER_KINDS.items() if kind.lower().startswith(code)), "")
        kind_words = f"EML {kind[:10]}" + (f", {what}" if what else "")
        raise ActionError(
            _("Dit is een ander bestand (%(kind)s). Kies de kandidatenlijsten: EML 230b.")
            % {"kind": kind_words}
        )


def _candidate(element: Element, list_number: int, list_name: str) -> ListedCandidate:
    person = f"{EML}CandidateFullName/{XNL}PersonName"
    lines = element.findall(f"{person}/{XNL}NameLine")
    initials = next((line for line in lines if line.get("NameType") == "Initials"), None)
    identifier = element.find(f"{EML}CandidateIdentifier")
    return ListedCandidate(
        list_number=list_number,
        list_name=list_name,
        number=_number(identifier.get("Id") if identifier is not None else None),
        initials=_text(initials, 30),
        first_name=_text(element.find(f"{person}/{XNL}FirstName"), 100),
        infix=_text(element.find(f"{person}/{XNL}NamePrefix"), 30),
        last_name=_text(element.find(f"{person}/{XNL}LastName"), 200),
        city=_text(element.find(f"{EML}QualifyingAddress//{XAL}LocalityName"), 100),
    )


def _text(element: Element | None, longest: int) -> str:
    return normalise.line("".join(element.itertext()))[:longest] if element is not None else ""


def _number(text: Any) -> int:
    """A number of a list or candidate; 0 when it is none."""
    number = int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 6 else 0
    return number if number <= MAX_NUMBER else 0


def _day(text: str) -> date | None:
    try:
        return parse_date(text[:10])
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    """A moment from a date or a date with a time; a time without a zone is of the municipality."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    if moment is None:
        day = _day(text)
        moment = datetime.combine(day, time()) if day else None
    if moment is None:
        return None
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
