"""What is wrong at a polling station: with the board at some moment, or with one of the people."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.eligibility import (
    Objection,
    Work,
    objections_to_person,
    objections_to_time,
    person_of,
    rules_of,
    work_of,
)
from elections.enums import (
    BOARD_POSITIONS,
    AvailabilityAnswer,
    ClashPolicy,
    PollingDayKind,
    PositionKind,
)
from elections.models import (
    Assignment,
    Availability,
    AvailabilityResponse,
    DayPart,
    ElectionEvent,
    OpeningHours,
    Shift,
)
from elections.models.shift import ARRIVAL_MARGIN
from elections.queries.candidate import clashes_in
from elections.queries.training_gate import is_not_final, trainings_passed

LEAST_BOARD_MEMBERS: Final = 3  # Kieswet art. E 3 and J 12: the chair and two members, at every moment
MOST_BOARD_MEMBERS: Final = (
    7  # the instruction for poll workers; the law sets no maximum, so this is only a warning
)
_ONE_DAY: Final = timedelta(days=1)  # work of the same polling day lies within it
CHAIRS: Final = (PositionKind.CHAIR, PositionKind.DEPUTY_CHAIR)

Team = Sequence[tuple[Shift, Sequence[Assignment]]]


@dataclass(frozen=True)
class CoverageWarning:
    """Something that staff must mend. `tone` is "error" where the law is broken, "warning" elsewhere.

    code: of the board "no_chair", "no_deputy", "too_few", "too_many" or "open_without_board"; of a person "under_age",
    "inactive", "kind", "training", "candidate", "said_no", "rest", "hours" or "arrival" or "not_final"; of the places
    "open_places" or "no_shifts".
    """

    code: str
    text: str
    tone: str


def board_warnings(day_part: DayPart, part: Team, station: Team) -> Iterator[CoverageWarning]:
    """No chair, no deputy, fewer than three or more than seven board members at some moment of this day part.

    part, station: the shifts of this part, and of the whole station, each with the people in it. Only for voting days
    and for parts in which the board works: counters come on top of it. Whoever works at the same moment in another day
    part of this station counts too.
    """
    if day_part.polling_day.kind == PollingDayKind.COUNTING:
        return
    sits = _board_sits(part)
    if sits is None:
        return
    start, end = sits
    board = [
        (shift.position.kind in CHAIRS, person.period.lower, person.period.upper, person.member_id)
        for shift, people in station
        if shift.position.kind in BOARD_POSITIONS
        for person in people
    ]
    moments = sorted({start, *(moment for row in board for moment in row[1:3] if start < moment < end)})
    chairless: datetime | None = None
    fewest, fewest_at = LEAST_BOARD_MEMBERS, None
    most, most_at = MOST_BOARD_MEMBERS, None
    for moment in moments:
        present = {member for _chair, begin, until, member in board if begin <= moment < until}
        if chairless is None and not any(
            chair and begin <= moment < until for chair, begin, until, _m in board
        ):
            chairless = moment
        if len(present) < fewest:
            fewest, fewest_at = len(present), moment
        if len(present) > most:
            most, most_at = len(present), moment
    if chairless:
        yield CoverageWarning("no_chair", _from(_("Geen voorzitter"), chairless, start), "error")
    if fewest_at:
        few = ngettext("Maar %(count)s lid aanwezig", "Maar %(count)s leden aanwezig", fewest) % {
            "count": fewest
        }
        text = few if fewest else _("Niemand aanwezig")
        yield CoverageWarning("too_few", _from(text, fewest_at, start), "error")
    if most_at:
        text = _("Meer dan 7 leden aanwezig (%(count)s)") % {"count": most}
        yield CoverageWarning("too_many", _from(text, most_at, start), "warning")
    if _lacks_deputy(part):
        yield CoverageWarning("no_deputy", _("Geen plaatsvervangend voorzitter"), "warning")


def opening_warnings(
    hours: Iterable[OpeningHours], parts: Iterable[Team]
) -> Iterator[tuple[datetime, CoverageWarning]]:
    """When a station is open for voting and no board is planned, with the moment at which that begins.

    Kieswet art. J 12: the board is there at all times of the voting. Within the time of a day part `board_warnings`
    sees who is missing; this is before the first part, between two and after the last.

    hours: of one station, with their polling days. parts: the shifts of that station, by day part.
    """
    planned = sorted(sits for sits in map(_board_sits, parts) if sits)
    for row in hours:
        until = row.opens_at
        for start, end in [*planned, (row.closes_at, row.closes_at)]:
            if start > until and until < row.closes_at:
                yield until, _open_without_board(row, until, min(start, row.closes_at))
            until = max(until, end)


def _open_without_board(hours: OpeningHours, start: datetime, end: datetime) -> CoverageWarning:
    facts = {
        "day": date_format(hours.polling_day.date, "D j F"),
        "start": f"{timezone.localtime(start):%H.%M}",
        "end": f"{timezone.localtime(end):%H.%M}",
    }
    text = _("Open van %(start)s tot %(end)s uur zonder dienst (%(day)s)") % facts
    return CoverageWarning("open_without_board", text, "error")


def _board_sits(part: Team) -> tuple[datetime, datetime] | None:
    """From when to when the shifts of the board last in this part; None when only others work."""
    periods = [shift.period for shift, _people in part if shift.position.kind in BOARD_POSITIONS]
    if not periods:
        return None
    return min(period.lower for period in periods), max(period.upper for period in periods)


def _lacks_deputy(part: Team) -> bool:
    """Kieswet art. J 12 and E 4: who replaces the chair is known beforehand. Only where the event plans deputies and
    somebody sits there: of an empty board there is enough to say already."""
    deputies = [
        people for shift, people in part if shift.position.kind == PositionKind.DEPUTY_CHAIR and shift.places
    ]
    return bool(deputies) and not any(deputies) and any(people for _shift, people in part)


def substitutes(part: Team) -> list[Assignment]:
    """The second and third member, who replace the chair in this order (Kieswet art. J 12): whoever is on the board
    besides the chair, by rank of the position, then by name. Fewer than two when there is nobody."""
    board = [
        (shift.position.kind != PositionKind.CHAIR, shift.position.rank, person.member.sort_name, person)
        for shift, people in part
        if shift.position.kind in BOARD_POSITIONS
        for person in people
    ]
    board.sort(key=lambda row: row[:3])
    chair = 1 if board and not board[0][0] else 0
    return [person for *_order, person in board[chair : chair + 2]]


def _from(text: str, moment: datetime, start: datetime) -> str:
    """`text`, with the time when it does not begin with the day part."""
    if moment == start:
        return text
    return _("%(text)s vanaf %(time)s uur") % {"text": text, "time": f"{timezone.localtime(moment):%H.%M}"}


def with_facts(assignments: QuerySet[Assignment], event: ElectionEvent) -> QuerySet[Any]:
    """Annotate what `PeopleWarnings` looks at in each: in the statement that reads them, and not in one for each."""
    refusal = Availability.objects.filter(
        member=OuterRef("member"), day_part=OuterRef("shift__day_part"), answer=AvailabilityAnswer.NO
    )
    reply = AvailabilityResponse.objects.filter(member=OuterRef("member"), event=event)
    clashes = clashes_in(event).filter(member=OuterRef("member"))
    looks_at_lists = event.clash_policy != ClashPolicy.ALLOW
    return assignments.annotate(
        said_no=Exists(refusal),
        answers_changed_at=Subquery(reply.values("changed_at")),
        is_candidate=Exists(clashes) if looks_at_lists else Value(False),
        is_not_final=is_not_final(event),
    )


class PeopleWarnings:
    """What is wrong with the people of some assignments, looked up in at most two queries for all of them.

    None of it stops anybody: the law did when the member was placed, and what changed since is for the team to weigh.
    """

    def __init__(self, event: ElectionEvent, assignments: Sequence[Any]) -> None:
        """assignments: active ones, as `with_facts` gives them."""
        self.event = event
        self.rules = rules_of(event)
        self.works = _works(assignments, self.rules.minimum_rest)
        self.trainings = trainings_passed(self.rules, {assignment.member_id for assignment in assignments})

    def of(self, assignment: Any) -> list[CoverageWarning]:
        """The warnings about one of them, of which shift, position, day part, polling day and member are loaded."""
        member, shift = assignment.member, assignment.shift
        work = work_of(shift)
        others = [other for pk, other in self.works[member.pk] if pk != assignment.pk]
        trainings = self.trainings.get(member.pk, ())
        person = person_of(member, is_candidate=assignment.is_candidate, trainings=trainings)
        found = [
            *objections_to_person(person, work, self.rules),
            *objections_to_time(work, [other.work for other in others], self.rules),
        ]
        if person.is_candidate and Objection.CANDIDATE not in found:
            found.append(Objection.CANDIDATE)
        words = self._words(assignment) if found else {}
        # The age is the law's; what else the municipality asks, it may also let pass.
        warnings = [
            CoverageWarning(*words[one], "error" if one == Objection.AGE else "warning")
            for one in found
            if one in words
        ]
        if assignment.is_not_final and Objection.TRAINING not in found:
            text = _("%(name)s is definitief na de training") % {"name": member.full_name}
            warnings.append(CoverageWarning("not_final", text, "warning"))
        if assignment.said_no:
            text = _refusal(assignment.answers_changed_at, assignment)
            warnings.append(CoverageWarning("said_no", text, "warning"))
        if any(_hurries(shift, other) for other in others):
            text = _("%(name)s moet dan al op een andere plek aankomen") % {"name": member.full_name}
            warnings.append(CoverageWarning("arrival", text, "warning"))
        return warnings

    def _words(self, assignment: Assignment) -> dict[Objection, tuple[str, str]]:
        facts = {
            "name": assignment.member.full_name,
            "age": assignment.member.age_on(assignment.shift.day_part.polling_day.date),
            "kind": assignment.shift.position.get_kind_display(),
            "rest": self.event.minimum_rest_hours,
            "hours": self.event.maximum_hours_per_day,
        }
        sentences = {
            Objection.AGE: ("under_age", _("%(name)s is %(age)s jaar")),
            Objection.INACTIVE: ("inactive", _("%(name)s staat op niet actief")),
            Objection.KIND: ("kind", _("%(name)s kan niet werken als %(kind)s")),
            Objection.TRAINING: ("training", _("%(name)s heeft de training nog niet gedaan")),
            Objection.CANDIDATE: ("candidate", _("%(name)s staat misschien op een kandidatenlijst")),
            Objection.REST: ("rest", _("%(name)s heeft minder dan %(rest)s uur rust")),
            Objection.HOURS: ("hours", _("%(name)s werkt meer dan %(hours)s uur op deze dag")),
        }
        return {code: (name, text % facts) for code, (name, text) in sentences.items()}


def _refusal(changed: datetime | None, assignment: Assignment) -> str:
    later = changed is not None and changed > assignment.assigned_at
    text = _("%(name)s zei later nee") if later else _("%(name)s zei nee op dit dagdeel")
    return text % {"name": assignment.member.full_name}


@dataclass(frozen=True)
class _Elsewhere:
    """Work of a member, in whatever event, as far as it matters for other work."""

    station: int
    work: Work


def _works(
    assignments: Sequence[Assignment], minimum_rest: timedelta
) -> dict[int, list[tuple[int, _Elsewhere]]]:
    """What the members of these assignments do around them, with primary keys; one query.

    Of every event: who worked elsewhere until deep in the night needs rest here too.
    """
    found: dict[int, list[tuple[int, _Elsewhere]]] = defaultdict(list)
    if not assignments:
        return found
    around = minimum_rest + _ONE_DAY
    first = min(assignment.period.lower for assignment in assignments) - around
    last = max(assignment.period.upper for assignment in assignments) + around
    rows: Any = (
        Assignment.objects.active()
        .filter(member__in={assignment.member_id for assignment in assignments})
        .filter(period__overlap=DateTimeTZRange(first, last))
        .values_list(
            "member",
            "pk",
            "shift__polling_station",
            "shift__day_part__polling_day__date",
            "period__startswith",  # two moments are read much faster than one range
            "period__endswith",
        )
    )
    for member, pk, station, day, start, end in rows:
        work = Work("", 0, False, day, start.astimezone(UTC), end.astimezone(UTC))
        found[member].append((pk, _Elsewhere(station, work)))
    return found


def _hurries(shift: Shift, other: _Elsewhere) -> bool:
    """Whether the other work, at another station, begins so soon that its arrival time falls in this shift."""
    arrival = other.work.start - ARRIVAL_MARGIN
    return (
        other.station != shift.polling_station_id
        and other.work.start >= shift.period.upper
        and arrival < shift.period.upper
    )
