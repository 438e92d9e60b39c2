"""Who may and can work in a shift, with the reasons in words."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.eligibility import (
    PASSABLE,
    Objection,
    objections_to_person,
    objections_to_time,
    person_of,
    rules_of,
    work_of,
    works_of,
)
from elections.enums import ACTIVE_ASSIGNMENT_STATES, AvailabilityAnswer, ClashPolicy, PreferenceKind
from elections.models import Assignment, Availability, ElectionEvent, Member, Preference, Shift
from elections.queries.candidate import candidate_members
from elections.queries.plan_change import placed_by

_ACTIVE_PLACES = Count("assignments", filter=Q(assignments__state__in=ACTIVE_ASSIGNMENT_STATES))
_ANSWER_ORDER = {
    AvailabilityAnswer.YES: 0,
    AvailabilityAnswer.IF_NEEDED: 1,
    None: 2,
    AvailabilityAnswer.NO: 3,
}
_NO_WISH = 99
_NUMBER_DIGITS = 9  # more does not fit in the number of a polling station


@dataclass
class Candidate:
    """A member for one shift. `reasons` speak for or about the choice, `objections` forbid it."""

    member: Member
    answer: AvailabilityAnswer | None = None
    wish: int = _NO_WISH  # rank of the dearest wish that this shift fulfils; 1 is dearest
    shifts: int = 0
    reasons: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)

    @property
    def is_available(self) -> bool:
        return self.answer in (AvailabilityAnswer.YES, AvailabilityAnswer.IF_NEEDED)

    @property
    def order(self) -> tuple[int, int, int, str]:
        return _ANSWER_ORDER[self.answer], self.wish, self.shifts, self.member.sort_name


@dataclass(frozen=True)
class Candidates:
    """All members for one shift: `fit` first, `doubtful` did not say that they can, `excluded` may not."""

    fit: list[Candidate]
    doubtful: list[Candidate]
    excluded: list[Candidate]


def why_not(
    member: Member, shift: Shift, taken: Iterable[Assignment], *, is_candidate: bool | None = None
) -> list[str]:
    """Every reason why `member` may not work in `shift`, as sentences; empty when nothing forbids it.

    taken: the member's active assignments, as `active_assignments` loads them.
    is_candidate: whether the member may be on a list of candidates; looked up when left out.
    """
    return _sentences(member, shift, taken, is_candidate, lambda objection: objection not in PASSABLE)


def why_not_strict(member: Member, shift: Shift, taken: Iterable[Assignment]) -> list[str]:
    """As `why_not`, with what staff may pass over: rest and hours a day."""
    return _sentences(member, shift, taken, None, lambda objection: True)


def warnings_for(
    member: Member, shift: Shift, taken: Iterable[Assignment], *, is_candidate: bool | None = None
) -> list[str]:
    """What staff should know before they put `member` in `shift` all the same; parameters as for `why_not`."""
    taken = list(taken)
    found = _sentences(member, shift, taken, is_candidate, lambda objection: objection in PASSABLE)
    event = shift.polling_station.event
    if event.clash_policy == ClashPolicy.WARN and _is_candidate(member, event, is_candidate):
        found.append(_("Staat misschien op een kandidatenlijst."))
    return found


def _is_candidate(member: Member, event: ElectionEvent, known: bool | None) -> bool:
    return member.pk in candidate_members(event) if known is None else known


def _sentences(
    member: Member,
    shift: Shift,
    taken: Iterable[Assignment],
    is_candidate: bool | None,
    wanted: Callable[[Objection], bool],
) -> list[str]:
    event = shift.polling_station.event
    rules = rules_of(event)
    blocked = rules.blocks_candidates and _is_candidate(member, event, is_candidate)
    work, others = work_of(shift), list(taken)
    found = [
        *objections_to_person(person_of(member, is_candidate=blocked), work, rules),
        *objections_to_time(work, works_of(others), rules),
    ]
    return [
        sentence
        for objection in found
        if wanted(objection)
        for sentence in _words_of(objection, member, shift, others)
    ]


def _words_of(objection: Objection, member: Member, shift: Shift, taken: list[Assignment]) -> list[str]:
    position, event = shift.position, shift.polling_station.event
    day = shift.day_part.polling_day.date
    if objection == Objection.OVERLAP:
        return [
            _("Werkt dan al: %(shift)s (%(placed)s).") % {"shift": other.shift, "placed": placed_by(other)}
            for other in taken
            if other.period.lower < shift.period.upper and shift.period.lower < other.period.upper
        ]
    facts = {
        "kind": position.get_kind_display(),
        "day": date_format(day, "j F Y"),
        "age": member.age_on(day),
        "minimum": position.minimum_age,
        "rest": event.minimum_rest_hours,
        "hours": event.maximum_hours_per_day,
    }
    sentences = {
        Objection.INACTIVE: _("Staat op niet actief."),
        Objection.KIND: _("Kan niet werken als %(kind)s."),
        Objection.AGE: _("Is op %(day)s %(age)s jaar. De minimumleeftijd is %(minimum)s jaar."),
        Objection.TRAINING: _("Heeft de training voor deze ronde nog niet gedaan."),
        Objection.CANDIDATE: _("Staat misschien op een kandidatenlijst. In deze ronde mag dat niet samen."),
        Objection.REST: _("Heeft minder dan %(rest)s uur rust tussen twee zittingsdagen."),
        Objection.HOURS: _("Werkt dan meer dan %(hours)s uur op %(day)s."),
    }
    return [sentences[objection] % facts]


def candidates(shift: Shift, *, search: str = "") -> Candidates:
    """Every active member as a candidate for `shift`, best first. Five queries, however many members there are.

    Available people come first, then the dearest wish, then who has the fewest shifts in this event.
    search: words that must occur in name, number, e-mail address or phone number.
    """
    members = list(Member.objects.active().search(search).by_name())
    event = shift.polling_station.event_id
    clashes = candidate_members(shift.polling_station.event)
    answers = dict(Availability.objects.filter(day_part=shift.day_part_id).values_list("member_id", "answer"))
    wishes = _wishes(shift)
    taken: dict[int, list[Assignment]] = defaultdict(list)
    counts: dict[int, int] = defaultdict(int)
    busy = Assignment.objects.active().filter(
        Q(shift__polling_station__event=event) | Q(period__overlap=shift.period)
    )
    for assignment in busy.select_related(*_SHIFT_WORDS):
        taken[assignment.member_id].append(assignment)
        counts[assignment.member_id] += assignment.shift.polling_station.event_id == event
    found = []
    for member in members:
        answer = answers.get(member.pk)
        candidate = Candidate(
            member, AvailabilityAnswer(answer) if answer else None, shifts=counts.get(member.pk, 0)
        )
        clash = member.pk in clashes
        own = taken.get(member.pk, ())
        candidate.objections = why_not(member, shift, own, is_candidate=clash)
        candidate.warnings = warnings_for(member, shift, own, is_candidate=clash)
        candidate.wish, wish_words = wishes.get(member.pk, (_NO_WISH, []))
        candidate.reasons = [*_answer_words(candidate), *wish_words, *_member_words(candidate)]
        found.append(candidate)
    found.sort(key=lambda candidate: candidate.order)
    able = [candidate for candidate in found if not candidate.objections]
    return Candidates(
        fit=[candidate for candidate in able if candidate.is_available],
        doubtful=[candidate for candidate in able if not candidate.is_available],
        excluded=sorted(
            (candidate for candidate in found if candidate.objections),
            key=lambda candidate: candidate.member.sort_name,
        ),
    )


_SHIFT_WORDS = (
    "shift__polling_station",
    "shift__day_part__polling_day",
    "shift__position",
    "assigned_by",
)


def active_assignments(member: Member) -> list[Assignment]:
    """What takes up the member's time, with what `why_not` reads."""
    return list(Assignment.objects.active().filter(member=member).select_related(*_SHIFT_WORDS))


def shifts_with_room(assignment: Assignment, *, search: str = "") -> list[Shift]:
    """Shifts of the same event where this assignment's member may go instead: same position and day part first.

    search: words that must occur in the number or name of the polling station.
    """
    current = assignment.shift
    shifts = (
        Shift.objects.filter(
            polling_station__event=current.polling_station.event_id,
            position__kind__in=assignment.member.can_work_as,
        )
        .exclude(pk=current.pk)
        .annotate(filled=_ACTIVE_PLACES)
        .filter(filled__lt=F("places"))
        .select_related("polling_station__venue", "day_part__polling_day", "position")
    )
    for word in search.replace("\x00", "").split():
        named = Q(polling_station__name__icontains=word)
        shifts = shifts.filter(named | Q(polling_station__number=int(word)) if _is_number(word) else named)
    others = [other for other in active_assignments(assignment.member) if other.pk != assignment.pk]
    free = [shift for shift in shifts if not why_not(assignment.member, shift, others)]
    return sorted(
        free,
        key=lambda shift: (
            shift.day_part_id != current.day_part_id,
            shift.position_id != current.position_id,
            shift.polling_station.number,
        ),
    )


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= _NUMBER_DIGITS


def _wishes(shift: Shift) -> dict[int, tuple[int, list[str]]]:
    """The rank of the dearest fulfilled wish and the words for it, by primary key of the member."""
    found: dict[int, tuple[int, list[str]]] = {}
    venue = shift.polling_station.venue
    wanted = Preference.objects.filter(event=shift.polling_station.event_id).filter(
        Q(kind=PreferenceKind.POSITION, position=shift.position_id)
        | Q(kind=PreferenceKind.VENUE, venue=venue)
    )
    for wish in wanted.order_by("rank"):
        name = shift.position.name if wish.kind == PreferenceKind.POSITION else venue.name
        rank, words = found.get(wish.member_id, (wish.rank, []))
        text = _("Voorkeur %(rank)s: %(name)s") % {"rank": wish.rank, "name": name}
        found[wish.member_id] = (rank, [*words, text])
    return found


def _answer_words(candidate: Candidate) -> list[str]:
    words = {
        AvailabilityAnswer.YES: _("Kan op dit dagdeel"),
        AvailabilityAnswer.IF_NEEDED: _("Kan als het moet"),
        AvailabilityAnswer.NO: _("Zei nee op dit dagdeel"),
        None: _("Heeft nog niet geantwoord"),
    }
    return [words[candidate.answer]]


def _member_words(candidate: Candidate) -> list[str]:
    words = [
        ngettext("Heeft al %(count)s dienst", "Heeft al %(count)s diensten", candidate.shifts)
        % {"count": candidate.shifts}
        if candidate.shifts
        else _("Heeft nog geen dienst")
    ]
    if candidate.member.birth_date is None:
        words.append(_("Geboortedatum onbekend: vraag de leeftijd na"))
    return words
