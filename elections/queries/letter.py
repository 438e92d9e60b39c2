"""What appointment letters say, and which of them are no longer true."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format

from elections.enums import AssignmentState, JobKind, JobState, LetterState, PositionKind
from elections.letter_texts import DEFAULTS, Block, blocks
from elections.models import (
    AppointmentLetter,
    Assignment,
    Election,
    ElectionEvent,
    Job,
    LetterTemplate,
    Member,
)
from tenants.context import current_municipality
from tenants.models import Municipality

# Raise this when templates/pdf/appointment_letter.html says something else: all letters are then outdated.
EDITION: Final = 1
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
    introduction: tuple[Block, ...]
    duties: tuple[Block, ...]
    closing: tuple[Block, ...]
    phone: str
    email: str
    signatory: str
    signatory_title: str

    @property
    def digest(self) -> str:
        """Changes exactly when the letter says something else."""
        said = json.dumps([EDITION, asdict(self)], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class LetterCheck:
    """How the letters of an event stand against the assignments of now."""

    missing: list[int]  # primary keys of members with a shift and without a letter
    to_make: list[AppointmentLetter]  # waiting, failed, or no longer true
    orphaned: list[AppointmentLetter]  # the member has no shift any more
    outdated: frozenset[int]  # primary keys of published letters that are no longer true

    @property
    def count(self) -> int:
        """How many letters "make letters" would make."""
        return len(self.missing) + len(self.to_make)


def letter_template(event: ElectionEvent) -> LetterTemplate:
    """The event's letter texts; the proposed ones, unsaved, as long as nobody changed them."""
    return LetterTemplate.objects.filter(event=event).first() or LetterTemplate(event=event, **DEFAULTS)


def letter_facts(
    event: ElectionEvent, members: Iterable[int] | None = None, *, template: LetterTemplate | None = None
) -> dict[int, LetterFacts]:
    """What the letters say, by primary key of the member, in Dutch and in the municipality's own time.

    members: primary keys; everybody with a place in the event when left out. Who has no place is left out.
    template: texts to try out; the saved ones when left out.
    """
    municipality = current_municipality()
    with translation.override("nl"), timezone.override(municipality.tz):
        template = template or letter_template(event)
        elections = _listing(Election.objects.filter(event=event).values_list("name", flat=True))
        by_member: dict[int, list[Assignment]] = defaultdict(list)
        for assignment in _appointed(event, members):
            by_member[assignment.member_id].append(assignment)
        return {
            pk: _facts(assignments, municipality, event, template, elections)
            for pk, assignments in by_member.items()
        }


def check_letters(event: ElectionEvent) -> LetterCheck:
    """Compare every letter with what it should say now. The number of queries does not grow with the event."""
    facts = letter_facts(event)
    letters = {letter.member_id: letter for letter in AppointmentLetter.objects.filter(event=event)}
    busy = set(
        Job.objects.filter(
            event=event, kind=JobKind.LETTERS, state__in=(JobState.QUEUED, JobState.RUNNING)
        ).values_list("pk", flat=True)
    )
    members = Member.objects.filter(pk__in=facts.keys() - letters.keys()).by_name()
    to_make, orphaned, outdated = [], [], set()
    for pk, letter in letters.items():
        if pk not in facts:
            if letter.state != LetterState.WITHDRAWN:
                orphaned.append(letter)
            if letter.state == LetterState.PUBLISHED:
                outdated.add(letter.pk)
            continue
        if _must_be_made(letter, facts[pk].digest, busy):
            to_make.append(letter)
            if letter.state == LetterState.PUBLISHED:
                outdated.add(letter.pk)
    return LetterCheck(list(members.values_list("pk", flat=True)), to_make, orphaned, frozenset(outdated))


def letters_with_members(event: ElectionEvent) -> QuerySet[AppointmentLetter]:
    """The letters of an event with their members, for lists."""
    return AppointmentLetter.objects.filter(event=event).select_related("member", "event")


def ready_to_publish(event: ElectionEvent) -> list[AppointmentLetter]:
    """Letters that are made and still true, with the log-in of their member."""
    untrue = {letter.pk for letter in check_letters(event).to_make}
    made = AppointmentLetter.objects.filter(event=event, state=LetterState.MADE).select_related(
        "event", "member__user"
    )
    return list(made.exclude(pk__in=untrue))


def first_member_of(event: ElectionEvent) -> int | None:
    """The primary key of somebody with a place, whose letter can serve as an example."""
    return (
        Assignment.objects.of_event(event)
        .filter(state__in=APPOINTED)
        .order_by("shift__position__rank", "member__sort_name")
        .values_list("member", flat=True)
        .first()
    )


def letter_counts(event: ElectionEvent) -> dict[str, int]:
    """How many letters there are in each state, and `all` of them, in one query."""
    counts = {state: Count("pk", filter=Q(state=state)) for state in LetterState.values}
    return AppointmentLetter.objects.filter(event=event).aggregate(all=Count("pk"), **counts)


def _must_be_made(letter: AppointmentLetter, digest: str, busy: set[int]) -> bool:
    if letter.state == LetterState.WAITING:
        return letter.job_id not in busy
    if letter.state == LetterState.FAILED:
        return True
    if letter.state == LetterState.WITHDRAWN:
        # Withdrawn by hand it keeps its digest and stays away; withdrawn for want of a shift it has none.
        return not letter.content_digest
    return letter.content_digest != digest


def _appointed(event: ElectionEvent, members: Iterable[int] | None) -> QuerySet[Assignment]:
    found = (
        Assignment.objects.of_event(event)
        .filter(state__in=APPOINTED)
        .select_related(
            "member", "shift__polling_station__venue", "shift__position", "shift__day_part__polling_day"
        )
        .order_by("member_id", "period", "pk")
    )
    return found if members is None else found.filter(member__in=members)


def _facts(
    assignments: list[Assignment],
    municipality: Municipality,
    event: ElectionEvent,
    template: LetterTemplate,
    elections: str,
) -> LetterFacts:
    member = assignments[0].member
    words = municipality.words
    cents = sum(assignment.shift.position.allowance_cents for assignment in assignments)
    values = {
        "naam": member.full_name,
        "gemeente": municipality.name,
        "telefoon": municipality.phone,
        "email": municipality.email,
    }
    variant, role = _role([PositionKind(assignment.shift.position.kind) for assignment in assignments])
    return LetterFacts(
        variant=variant,
        role=role,
        name=member.full_name,
        address=tuple(filter(None, (member.address_line, member.city_line))),
        municipality=f"{words.the_kind} {municipality.name}",
        college=f"{words.the_college}",
        elections=elections,
        decided_on=date_format(event.decision_date, "j F Y") if event.decision_date else "",
        shifts=tuple(_shift(assignment, words.currency) for assignment in assignments),
        total=money(cents, words.currency) if cents else "",
        introduction=blocks(template.introduction, values),
        duties=blocks(template.duties, values),
        closing=blocks(template.closing, values),
        phone=municipality.phone,
        email=municipality.email,
        signatory=event.signatory,
        signatory_title=event.signatory_title,
    )


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


def _shift(assignment: Assignment, currency: str) -> ShiftFacts:
    shift = assignment.shift
    venue = shift.polling_station.venue
    start, end = (timezone.localtime(moment) for moment in (shift.period.lower, shift.period.upper))
    return ShiftFacts(
        day=date_format(start, "l j F Y"),
        station=str(shift.polling_station),
        address=", ".join(filter(None, (venue.address_line, venue.city_line.replace("  ", " ")))),
        address_note=venue.address_note,
        position=shift.position.name,
        hours=f"{start:%H.%M}–{end:%H.%M} uur",
        arrival=f"{timezone.localtime(shift.arrives_at):%H.%M} uur",
        allowance=money(shift.position.allowance_cents, currency) if shift.position.allowance_cents else "",
    )


def money(cents: int, currency: str) -> str:
    """An amount as in a Dutch letter: "€ 1.204,50"."""
    whole = f"{cents // 100:,}".replace(",", ".")
    return f"{SYMBOLS.get(currency, currency)} {whole},{cents % 100:02d}"


def _listing(names: Iterable[str]) -> str:
    """ "a", "a en b" or "a, b en c"."""
    *most, last = list(names) or [""]
    return f"{', '.join(most)} en {last}" if most else last
