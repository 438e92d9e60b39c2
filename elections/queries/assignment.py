"""Who may and can work in a shift, with the reasons in words."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.enums import ACTIVE_ASSIGNMENT_STATES, AvailabilityAnswer, PreferenceKind
from elections.models import Assignment, Availability, Member, Preference, Shift

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


def why_not(member: Member, shift: Shift, taken: Iterable[Assignment]) -> list[str]:
    """Every reason why `member` may not work in `shift`, as sentences; empty when nothing forbids it.

    taken: the member's active assignments, with shift, polling station and day part loaded.

    Kieswet art. E 4: who sits on a board is 18 on the day of the vote and able to do the work. Without a birth date
    nothing is refused: a remark says so, and the team asks the member.
    """
    position = shift.position
    day = shift.day_part.polling_day.date
    age = member.age_on(day)
    reasons = []
    if not member.is_active:
        reasons.append(_("Staat op niet actief."))
    if position.kind not in member.can_work_as:
        reasons.append(_("Kan niet werken als %(kind)s.") % {"kind": position.get_kind_display()})
    if age is not None and age < position.minimum_age:
        reasons.append(
            _("Is op %(day)s %(age)s jaar. De minimumleeftijd is %(minimum)s jaar.")
            % {"day": date_format(day, "j F Y"), "age": age, "minimum": position.minimum_age}
        )
    reasons += [
        _("Werkt dan al: %(shift)s.") % {"shift": other.shift}
        for other in taken
        if other.period.lower < shift.period.upper and shift.period.lower < other.period.upper
    ]
    return reasons


def candidates(shift: Shift, *, search: str = "") -> Candidates:
    """Every active member as a candidate for `shift`, best first. Five queries, however many members there are.

    Available people come first, then the dearest wish, then who has the fewest shifts in this event.
    search: words that must occur in name, number, e-mail address or phone number.
    """
    members = list(Member.objects.active().search(search).by_name())
    event = shift.polling_station.event_id
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
        candidate.objections = why_not(member, shift, taken.get(member.pk, ()))
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


_SHIFT_WORDS = ("shift__polling_station", "shift__day_part", "shift__position")


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
