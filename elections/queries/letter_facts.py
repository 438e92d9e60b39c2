"""What an appointment letter says: of a place, of its member, in the words of the municipality."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, Final

from django.utils import timezone, translation
from django.utils.formats import date_format

from elections.enums import AssignmentState, LetterPlace, PositionKind
from elections.letter_texts import LetterBlock, Passage, passages
from elections.models import (
    Assignment,
    Election,
    ElectionEvent,
    LetterEdition,
    Shift,
)
from elections.models.assignment import AssignmentQuerySet
from elections.queries.letter_edition import blocks_of, current_edition, names_chair
from elections.queries.training_gate import not_final
from tenants.context import current_municipality
from tenants.models import Municipality

# Raise this when templates/pdf/appointment_letter.html says something else: all letters are then outdated.
LAYOUT: Final = 3
APPOINTED: Final = (AssignmentState.CONFIRMED, AssignmentState.PUBLISHED)
SYMBOLS: Final = {"EUR": "€", "USD": "US$"}


@dataclass(frozen=True)
class ShiftFacts:
    """One row of the letter's table, in words."""

    day: str
    station: str
    address: str
    address_note: str
    position: str
    hours: str
    arrival: str
    allowance: str


@dataclass(frozen=True)
class TextFacts:
    """One block of the municipality's own words, as this member reads it."""

    place: str  # LetterPlace
    heading: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class LetterFacts:
    """Everything that one letter says, apart from its number and date."""

    variant: str  # "board", "counter" or "reserve"
    role: str
    name: str
    address: tuple[str, ...]
    municipality: str
    college: str
    elections: str
    decided_on: str
    shifts: tuple[ShiftFacts, ...]
    total: str
    shares_phone: bool  # the team reads the number of this chair in their letters
    texts: tuple[TextFacts, ...]
    phone: str
    email: str
    signatory: str
    signatory_title: str

    @property
    def digest(self) -> str:
        """Changes exactly when the letter says something else."""
        said = json.dumps([LAYOUT, self], default=vars, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """As kept with the letter that says it."""
        return json.loads(json.dumps(self, default=vars))

    @property
    def above(self) -> list[TextFacts]:
        """The texts between the decision and the shifts."""
        return self._at(LetterPlace.ABOVE)

    @property
    def below(self) -> list[TextFacts]:
        """The texts between the shifts and the signature."""
        return self._at(LetterPlace.BELOW)

    def _at(self, place: LetterPlace) -> list[TextFacts]:
        return [text for text in self.texts if text.place == place]


def letter_facts(
    event: ElectionEvent, members: Iterable[int] | None = None, *, edition: LetterEdition | None = None
) -> dict[int, LetterFacts]:
    """What the letters say, by primary key of the member, in Dutch and in the municipality's own time.

    members: primary keys; everybody with a place in the event when left out. Who has no place is left out.
    edition: texts to try out; the newest ones when left out.
    """
    municipality = current_municipality()
    with translation.override("nl"), timezone.override(municipality.tz):
        blocks = blocks_of(edition or current_edition(event))
        elections = listing(Election.objects.filter(event=event).values_list("name", flat=True))
        by_member: dict[int, list[Assignment]] = defaultdict(list)
        for assignment in _appointed(event, members):
            by_member[assignment.member_id].append(assignment)
        chairs = _chairs(event, by_member.values()) if names_chair(blocks) else {}
        shown = cache(partial(_shift, currency=municipality.words.currency))
        return {
            pk: _facts(assignments, municipality, event, blocks, elections, chairs, shown)
            for pk, assignments in by_member.items()
        }


def awaiting_training(event: ElectionEvent) -> AssignmentQuerySet:
    """Places that would be in a letter, were it not that they become final after a training (queries.training_gate).

    A letter names all places of a member, so one that waits makes the whole letter wait.
    """
    return not_final(event).filter(state__in=APPOINTED)


def _appointed(event: ElectionEvent, members: Iterable[int] | None) -> list[Assignment]:
    """Their places in order of time; people in the same shift share one object of it, which saves most of the work."""
    found = Assignment.objects.of_event(event).filter(state__in=APPOINTED).select_related("member")
    if event.final_after_training:
        found = found.exclude(member__in=awaiting_training(event).values("member"))
    found = found if members is None else found.filter(member__in=members)
    places = list(found.order_by("member_id", "period", "pk"))
    related = Shift.objects.prefetch_related("polling_station__venue", "position")
    shifts = related.in_bulk({place.shift_id for place in places})
    for place in places:
        place.shift = shifts[place.shift_id]
    return places


# By polling station and day part: the name of the chair, and the phone number when members may have it.
Chairs = Mapping[tuple[int, int], tuple[str, str]]


def _chairs(event: ElectionEvent, groups: Iterable[list[Assignment]]) -> Chairs:
    stations = {assignment.shift.polling_station_id for group in groups for assignment in group}
    chairs = (
        Assignment.objects.filter(
            state__in=APPOINTED,
            shift__polling_station__in=stations,
            shift__position__kind=PositionKind.CHAIR,
        )
        .select_related("member", "shift")
        .order_by("-pk")
    )
    return {
        (chair.shift.polling_station_id, chair.shift.day_part_id): (
            chair.member.full_name,
            chair.member.phone if event.shares_chair_phone else "",
        )
        for chair in chairs
        if not chair.member.is_confidential
    }


def _facts(
    assignments: list[Assignment],
    municipality: Municipality,
    event: ElectionEvent,
    blocks: list[LetterBlock],
    elections: str,
    chairs: Chairs,
    shown: Callable[[Shift], ShiftFacts],
) -> LetterFacts:
    member = assignments[0].member
    words = municipality.words
    cents = sum(assignment.shift.position.allowance_cents for assignment in assignments)
    kinds = [PositionKind(assignment.shift.position.kind) for assignment in assignments]
    variant, role = _role(kinds)
    at = ((each.shift.polling_station_id, each.shift.day_part_id) for each in assignments)
    own = [chairs.get(here, ("", "")) for here in at]
    facts = LetterFacts(
        variant=variant,
        role=role,
        name=member.full_name,
        # The file goes through many hands: the printer, an archive, all who may see letters.
        address=()
        if member.is_confidential
        else tuple(filter(None, (member.address_line, member.city_line))),
        municipality=f"{words.the_kind} {municipality.name}",
        college=f"{words.the_college}",
        elections=elections,
        decided_on=date_format(event.decision_date, "j F Y") if event.decision_date else "",
        shifts=tuple(shown(assignment.shift) for assignment in assignments),
        total=money(cents, words.currency) if cents else "",
        shares_phone=event.shares_chair_phone and PositionKind.CHAIR in kinds and bool(member.listed_phone),
        texts=(),
        phone=municipality.phone,
        email=municipality.email,
        signatory=event.signatory,
        signatory_title=event.signatory_title,
    )
    values = _values(facts, municipality.name, own)
    return replace(facts, texts=_texts(blocks, values, set(kinds), is_own_staff=member.is_own_staff))


def _values(facts: LetterFacts, municipality: str, chairs: Collection[tuple[str, str]]) -> dict[str, str]:
    """What stands in a text for each of its words between braces.

    municipality: its name alone. chairs: name and phone number of whom this member works with, empty where not known.
    """
    return {
        "naam": facts.name,
        "functie": facts.role,
        "verkiezing": facts.elections,
        "besluitdatum": facts.decided_on,
        "datum": listing(shift.day for shift in facts.shifts),
        "tijd": listing(shift.hours for shift in facts.shifts),
        "aankomsttijd": listing(shift.arrival for shift in facts.shifts),
        "stembureau": listing(shift.station for shift in facts.shifts),
        "adres": listing(shift.address for shift in facts.shifts),
        "vergoeding": facts.total,
        "voorzitter": listing(name for name, _phone in chairs),
        "telefoon_voorzitter": listing(_whole(phone) for _name, phone in chairs),
        "gemeente": municipality,
        "gemeente_voluit": facts.municipality,
        "college": facts.college,
        "telefoon": _whole(facts.phone),
        "email": facts.email,
    }


def _texts(
    blocks: list[LetterBlock], values: Mapping[str, str], kinds: Collection[str], *, is_own_staff: bool
) -> tuple[TextFacts, ...]:
    """The blocks for this member; one of which nothing is left goes out with its heading."""
    is_paid = bool(values["vergoeding"])
    mine = (block for block in blocks if block.is_for(kinds, is_own_staff=is_own_staff, is_paid=is_paid))
    texts = (TextFacts(block.place, block.heading, passages(block.text, values)) for block in mine)
    return tuple(text for text in texts if text.passages)


def _role(kinds: list[PositionKind]) -> tuple[str, str]:
    """The kind of letter, and what the college appoints the member to (Kieswet art. E 3 and E 4)."""
    if PositionKind.CHAIR in kinds:
        return "board", "voorzitter van een stembureau"
    if PositionKind.DEPUTY_CHAIR in kinds:
        return "board", "plaatsvervangend voorzitter van een stembureau"
    if PositionKind.MEMBER in kinds:
        return "board", "lid van een stembureau"
    if PositionKind.COUNTER in kinds:
        return "counter", "teller bij een stembureau"
    return "reserve", "plaatsvervangend lid van een stembureau (reserve)"


def _shift(shift: Shift, currency: str) -> ShiftFacts:
    venue = shift.polling_station.venue
    return ShiftFacts(
        day=date_format(timezone.localtime(shift.period.lower), "l j F Y"),
        station=str(shift.polling_station),
        address=", ".join(filter(None, (venue.address_line, venue.city_line.replace("  ", " ")))),
        address_note=venue.address_note,
        position=shift.position.name,
        hours=shift.hours_in_full,
        arrival=f"{timezone.localtime(shift.arrives_at):%H.%M} uur",
        allowance=money(shift.position.allowance_cents, currency) if shift.position.allowance_cents else "",
    )


def money(cents: int, currency: str) -> str:
    """An amount as in a Dutch letter: "€ 1.204,50"."""
    whole = f"{cents // 100:,}".replace(",", ".")
    return f"{SYMBOLS.get(currency, currency)} {whole},{cents % 100:02d}"


def _whole(number: str) -> str:
    """A phone number that is not broken over two lines."""
    return number.replace(" ", "\N{NO-BREAK SPACE}")


def listing(names: Iterable[str]) -> str:
    """ "a", "a en b" or "a, b en c"; what is empty or comes twice is left out."""
    *most, last = list(dict.fromkeys(filter(None, names))) or [""]
    return f"{', '.join(most)} en {last}" if most else last
