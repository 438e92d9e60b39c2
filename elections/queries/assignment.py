"""Who may and can work in a shift, with the reasons in words.

The rules themselves are those of elections.eligibility; this module asks them and says what they answer.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, partial

from django.db.models import F, Q
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections import distance
from elections.eligibility import (
    PASSABLE,
    Objection,
    Trained,
    Work,
    objections_to_person,
    objections_to_time,
    person_of,
    rules_of,
    work_of,
    works_of,
)
from elections.enums import AvailabilityAnswer, ClashPolicy
from elections.models import Assignment, Availability, ElectionEvent, Member, Shift, User
from elections.queries.assignment_facts import (
    SHIFT_WORDS,
    AtThatTime,
    busy_around,
    companions,
    metres,
    wishes,
)
from elections.queries.candidate import candidate_members
from elections.queries.confidentiality import may_see_contact
from elections.queries.experience import experience
from elections.queries.plan_change import placed_by
from elections.queries.shift import ACTIVE_COUNT
from elections.queries.training_gate import trainings_passed

_ANSWER_ORDER = {
    AvailabilityAnswer.YES: 0,
    AvailabilityAnswer.IF_NEEDED: 1,
    None: 2,
    AvailabilityAnswer.NO: 3,
}
_NO_WISH = 99
# By primary key of the member, as `trainings_passed` gives it.
Trainings = Mapping[int, tuple[Trained, ...]]
_FAR = 1_000_000  # metres; whoever lives who knows where comes after those of whom it is known
_NUMBER_DIGITS = 9  # more does not fit in the number of a polling station


def why_not(
    member: Member,
    shift: Shift,
    taken: Iterable[Assignment],
    *,
    is_candidate: bool | None = None,
    trainings: Trainings | None = None,
) -> list[str]:
    """Every reason why `member` may not work in `shift`, as sentences; empty when nothing forbids it.

    taken: the member's active assignments, as `active_assignments` loads them.
    is_candidate: whether the member may be on a list of candidates; looked up when left out.
    trainings: what the member passed; looked up when left out.
    """
    answer = _Question(shift, trainings).ask(member, taken, is_candidate)
    return answer.say(lambda found: found not in PASSABLE)


def why_not_strict(member: Member, shift: Shift, taken: Iterable[Assignment]) -> list[str]:
    """As `why_not`, with what staff may pass over: rest and hours a day."""
    return _Question(shift).ask(member, taken).say(lambda found: True)


def warnings_for(
    member: Member,
    shift: Shift,
    taken: Iterable[Assignment],
    *,
    is_candidate: bool | None = None,
    trainings: Trainings | None = None,
) -> list[str]:
    """What staff should know before they put `member` in `shift` all the same; parameters as for `why_not`."""
    return _Question(shift, trainings).ask(member, taken, is_candidate).warnings


def active_assignments(member: Member) -> list[Assignment]:
    """What takes up the member's time, with what `why_not` reads."""
    return list(Assignment.objects.active().filter(member=member).select_related(*SHIFT_WORDS))


class _Question:
    """May this person work in this shift? The facts of the shift are looked up once, for thousands of people."""

    def __init__(self, shift: Shift, trainings: Trainings | None = None) -> None:
        self.shift = shift
        self.event = shift.polling_station.event
        self.rules = rules_of(self.event)
        self.work = work_of(shift)
        self.given_trainings = trainings

    @cached_property
    def clashes(self) -> set[int]:
        return set() if self.event.clash_policy == ClashPolicy.ALLOW else candidate_members(self.event)

    @cached_property
    def trainings(self) -> Trainings:
        return trainings_passed(self.rules) if self.given_trainings is None else self.given_trainings

    def ask(self, member: Member, taken: Iterable[Assignment], is_candidate: bool | None = None) -> "_Answer":
        others = list(taken)
        return self.weigh(member, works_of(others), lambda: others, is_candidate)

    def weigh(
        self,
        member: Member,
        works: Iterable[Work],
        taken: Callable[[], list[Assignment]],
        is_candidate: bool | None = None,
    ) -> "_Answer":
        """As `ask`, on the facts of the other work; `taken` gets its rows when the answer is put into words."""
        if is_candidate is None:
            is_candidate = member.pk in self.clashes
        trainings = self.trainings.get(member.pk, ())
        person = person_of(member, is_candidate=is_candidate, trainings=trainings)
        found = [
            *objections_to_person(person, self.work, self.rules),
            *objections_to_time(self.work, works, self.rules),
        ]
        warns = is_candidate and self.event.clash_policy == ClashPolicy.WARN
        return _Answer(self.shift, self.event, member, taken, found, warns)


@dataclass(frozen=True)
class _Answer:
    """What the rules said of one member, put into words when somebody reads it."""

    shift: Shift
    event: ElectionEvent
    member: Member
    taken: Callable[[], list[Assignment]]
    found: list[Objection]
    may_be_candidate: bool

    @property
    def forbids(self) -> bool:
        return any(objection not in PASSABLE for objection in self.found)

    @property
    def trouble(self) -> int:
        """How many warnings there are."""
        return sum(objection in PASSABLE for objection in self.found) + self.may_be_candidate

    @property
    def warnings(self) -> list[str]:
        clash = [_("Staat misschien op een kandidatenlijst.")] if self.may_be_candidate else []
        return [*self.say(lambda found: found in PASSABLE), *clash]

    def say(self, wanted: Callable[[Objection], bool]) -> list[str]:
        return [text for found in self.found if wanted(found) for text in self._words_of(found)]

    def _words_of(self, objection: Objection) -> list[str]:
        position, period = self.shift.position, self.shift.period
        day = self.shift.day_part.polling_day.date
        if objection == Objection.OVERLAP:
            return [
                _("Werkt dan al: %(shift)s (%(placed)s).")
                % {"shift": other.shift, "placed": placed_by(other)}
                for other in self.taken()
                if other.period.lower < period.upper and period.lower < other.period.upper
            ]
        facts = {
            "kind": position.get_kind_display(),
            "day": date_format(day, "j F Y"),
            "age": self.member.age_on(day),
            "minimum": position.minimum_age,
            "rest": self.event.minimum_rest_hours,
            "hours": self.event.maximum_hours_per_day,
        }
        sentences = {
            Objection.INACTIVE: _("Staat op niet actief."),
            Objection.KIND: _("Kan niet werken als %(kind)s."),
            Objection.AGE: _("Is op %(day)s %(age)s jaar. De minimumleeftijd is %(minimum)s jaar."),
            Objection.TRAINING: _("Heeft de training voor deze ronde nog niet gedaan."),
            Objection.CANDIDATE: _(
                "Staat misschien op een kandidatenlijst. In deze ronde mag dat niet samen."
            ),
            Objection.REST: _("Heeft minder dan %(rest)s uur rust tussen twee zittingsdagen."),
            Objection.HOURS: _("Werkt dan meer dan %(hours)s uur op %(day)s."),
        }
        return [sentences[objection] % facts]


@dataclass
class Candidate:
    """A member for one shift. `reasons` speak for or about the choice, `warnings` ask to think again, `objections`
    forbid it. The words are made when they are read: a page shows thirty of five thousand."""

    member: Member
    rules: _Answer
    answer: AvailabilityAnswer | None = None
    wishes: list[tuple[int, str]] = field(
        default_factory=list
    )  # rank (1 is dearest) and what this shift fulfils
    companions: list[str] = field(
        default_factory=list
    )  # who is there already and likes to work with the member
    metres: float | None = None  # from about home
    experience: int = 0  # elections before this one
    shifts: int = 0
    time: timedelta = timedelta()  # work so far in this event

    @property
    def is_available(self) -> bool:
        return self.answer in (AvailabilityAnswer.YES, AvailabilityAnswer.IF_NEEDED)

    @property
    def may_be_offered(self) -> bool:
        """Whether the place can be offered: that keeps to rest and hours too, as members themselves must."""
        return not self.rules.found

    @property
    def objections(self) -> list[str]:
        return self.rules.say(lambda found: found not in PASSABLE)

    @property
    def warnings(self) -> list[str]:
        return self.rules.warnings

    @property
    def reasons(self) -> list[str]:
        words = {
            AvailabilityAnswer.YES: _("Kan op dit dagdeel"),
            AvailabilityAnswer.IF_NEEDED: _("Kan als het moet"),
            AvailabilityAnswer.NO: _("Zei nee op dit dagdeel"),
            None: _("Heeft nog niet geantwoord"),
        }
        found = [words[self.answer]]
        found += [
            _("Voorkeur %(rank)s: %(name)s") % {"rank": rank, "name": name} for rank, name in self.wishes
        ]
        found += [_("Graag samen met %(name)s, die hier al zit") % {"name": name} for name in self.companions]
        # Of several stations together, distances tell where somebody lives.
        if self.metres is not None and not self.member.is_confidential:
            found.append(_("Woont %(distance)s") % {"distance": distance.words(self.metres)})
        found += [self._experience_words, self._work_words]
        if self.member.birth_date is None:
            found.append(_("Geboortedatum onbekend: vraag de leeftijd na"))
        return found

    @property
    def _experience_words(self) -> str:
        if not self.experience:
            return _("Nieuw: werkte nog niet mee")
        return ngettext("Werkte %(count)s keer mee", "Werkte %(count)s keer mee", self.experience) % {
            "count": self.experience
        }

    @property
    def _work_words(self) -> str:
        if not self.shifts:
            return _("Heeft nog geen dienst")
        hours = number_format(round(self.time / timedelta(hours=1), 1)).removesuffix(",0")
        return ngettext(
            "Heeft al %(count)s dienst (%(hours)s uur)",
            "Heeft al %(count)s diensten (%(hours)s uur)",
            self.shifts,
        ) % {"count": self.shifts, "hours": hours}

    @property
    def order(self) -> tuple[object, ...]:
        """Least trouble first: can come, no warnings, sits with a friend, dearest wish, least work, nearest, most
        experienced."""
        return (
            _ANSWER_ORDER[self.answer],
            self.rules.trouble,
            not self.companions,
            min((rank for rank, _name in self.wishes), default=_NO_WISH),
            self.time,
            round((_FAR if self.metres is None else self.metres) / 1000),
            -self.experience,
            self.member.sort_name,
        )


@dataclass(frozen=True)
class Candidates:
    """All members for one shift: `fit` first, `doubtful` did not say that they can, `excluded` may not."""

    fit: list[Candidate]
    doubtful: list[Candidate]
    excluded: list[Candidate]


def candidates(shift: Shift, *, search: str = "", by: User | None = None) -> Candidates:
    """Every member as a candidate for `shift`, best first; who may not comes last, with the reason. Ten queries,
    however many members there are.

    search: words that must occur in name, number, e-mail address or phone number.
    by: who looks at the order. Where somebody lives whose address is hidden from them does not count: stations side
    by side would tell it. None when nobody sees the order but the system, which offers the place.
    """
    event = shift.polling_station.event
    members = list(Member.objects.present().search(search).by_name())
    answers = dict(Availability.objects.filter(day_part=shift.day_part_id).values_list("member_id", "answer"))
    wanted, company = wishes(shift), companions(shift)
    far = metres([each for each in members if by is None or may_see_contact(each, by)], shift)
    worked = experience([member.pk for member in members], event)
    busy = busy_around(shift)
    at_that_time = AtThatTime(shift)
    question = _Question(shift)
    found = []
    for member in members:
        answer, own = answers.get(member.pk), busy.get(member.pk, [])
        here = [work.end - work.start for work, is_here in own if is_here]
        found.append(
            Candidate(
                member,
                question.weigh(member, [work for work, _here in own], partial(at_that_time.of, member.pk)),
                AvailabilityAnswer(answer) if answer else None,
                wanted.get(member.pk, []),
                company.get(member.pk, []),
                far.get(member.pk),
                worked.get(member.pk, 0),
                len(here),
                sum(here, timedelta()),
            )
        )
    found.sort(key=lambda candidate: candidate.order)
    able = [candidate for candidate in found if not candidate.rules.forbids]
    excluded = sorted(
        (candidate for candidate in found if candidate.rules.forbids),
        key=lambda candidate: (not candidate.member.is_active, candidate.member.sort_name),
    )
    at_that_time.order = [candidate.member.pk for candidate in excluded]
    return Candidates(
        fit=[candidate for candidate in able if candidate.is_available],
        doubtful=[candidate for candidate in able if not candidate.is_available],
        excluded=excluded,
    )


def shifts_with_room(assignment: Assignment, *, search: str = "") -> list[Shift]:
    """Shifts of the same event where this assignment's member may go instead: same position and day part first.

    search: words that must occur in the number or name of the polling station, the day part or the position.
    """
    current = assignment.shift
    shifts = (
        Shift.objects.filter(
            polling_station__event=current.polling_station.event_id,
            position__kind__in=assignment.member.can_work_as,
        )
        .exclude(pk=current.pk)
        .annotate(filled=ACTIVE_COUNT)
        .filter(filled__lt=F("places"))
        .select_related(
            "polling_station__venue", "polling_station__event", "day_part__polling_day", "position"
        )
    )
    for word in search.replace("\x00", "").split():
        named = (
            Q(polling_station__name__icontains=word)
            | Q(day_part__name__icontains=word)
            | Q(position__name__icontains=word)
        )
        shifts = shifts.filter(named | Q(polling_station__number=int(word)) if _is_number(word) else named)
    others = [other for other in active_assignments(assignment.member) if other.pk != assignment.pk]
    event, member = current.polling_station.event, assignment.member
    clash, trainings = member.pk in candidate_members(event), trainings_passed(rules_of(event), [member.pk])
    free = [
        shift
        for shift in shifts
        if not why_not(member, shift, others, is_candidate=clash, trainings=trainings)
    ]
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
