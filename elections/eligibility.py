"""Who may work in a shift: every hard rule, once. Pages, actions and the optimiser ask here.

The rules work on plain facts, so that the optimiser can ask them for thousands of people and shifts. A rule that the
law or the municipality sets gives an Objection; how busy somebody already is (rest, hours a day) gives one too, but
staff may pass over those (PASSABLE): the board warns and does not block.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from elections.enums import ClashPolicy
from elections.models import Assignment, ElectionEvent, Member, Position, Shift
from elections.models.member import whole_years


class Objection(TextChoices):
    """Why somebody may not work in a shift."""

    INACTIVE = "inactive", _("staat op niet actief")
    KIND = "kind", _("kan deze functie niet doen")
    AGE = "age", _("is te jong")
    TRAINING = "training", _("heeft de training niet gedaan")
    CANDIDATE = "candidate", _("staat op een kandidatenlijst")
    OVERLAP = "overlap", _("werkt dan al")
    REST = "rest", _("heeft te weinig rust")
    HOURS = "hours", _("werkt te veel uren op een dag")


# What staff may pass over, after a warning: in an emergency a tired chair is better than none.
PASSABLE: Final = frozenset({Objection.REST, Objection.HOURS})


@dataclass(frozen=True)
class EventRules:
    """What the municipality chose for one event. `minimum_rest` lies between work on different polling days."""

    minimum_rest: timedelta
    maximum_per_day: timedelta | None
    blocks_candidates: bool
    requires_training: bool
    trained_since: date | None


@dataclass(frozen=True)
class Trained:
    """A training that somebody passed: for which kinds of position (none: for all), when, and its last valid day."""

    kinds: frozenset[str]
    on: date
    until: date | None


@dataclass(frozen=True)
class Person:
    """What the rules look at in a member. `is_candidate`: a clash that the team did not wave away.

    `trained_on` is a date that the team wrote down itself; `trainings` are the results that came in.
    """

    is_active: bool
    kinds: frozenset[str]
    birth_date: date | None
    trained_on: date | None
    is_candidate: bool
    trainings: tuple[Trained, ...] = ()


@dataclass(frozen=True)
class Work:
    """What the rules look at in a shift. `day` is the polling day as a local date; start and end are moments."""

    kind: str
    minimum_age: int
    needs_training: bool
    day: date
    start: datetime
    end: datetime


def rules_of(event: ElectionEvent) -> EventRules:
    """The rules of `event`."""
    hours = event.maximum_hours_per_day
    return EventRules(
        minimum_rest=timedelta(hours=event.minimum_rest_hours),
        maximum_per_day=None if hours is None else timedelta(hours=hours),
        blocks_candidates=event.clash_policy == ClashPolicy.BLOCK,
        requires_training=event.requires_training,
        trained_since=event.trained_since,
    )


def person_of(member: Member, *, is_candidate: bool, trainings: tuple[Trained, ...] = ()) -> Person:
    """The facts of `member`; queries.candidate tells who is a candidate, queries.training_gate what they passed."""
    return Person(
        is_active=member.is_active,
        kinds=frozenset(member.can_work_as),
        birth_date=member.birth_date,
        trained_on=member.trained_on,
        is_candidate=is_candidate,
        trainings=trainings,
    )


def work_of(shift: Shift) -> Work:
    """The facts of `shift`, of which position, day part and polling day are loaded."""
    position: Position = shift.position
    return work_from(
        position.kind,
        position.minimum_age,
        position.needs_training,
        shift.day_part.polling_day.date,
        shift.period,
    )


def work_from(kind: str, minimum_age: int, needs_training: bool, day: date, period: Any) -> Work:
    """The facts of a shift from the columns of its row, for who reads thousands.

    day: the date of the polling day. period: the range of moments, as the database gives it.
    """
    # In UTC: between two moments of one time zone Python counts as the clock on the wall does.
    return Work(
        kind, minimum_age, needs_training, day, period.lower.astimezone(UTC), period.upper.astimezone(UTC)
    )


def objections_to_person(person: Person, work: Work, rules: EventRules) -> list[Objection]:
    """What in the person forbids this kind of work, whatever else they do that day.

    Kieswet art. E 4: who sits on a board is 18 on the day of the vote and able to do the work. Without a birth date
    nothing is refused: the team asks the member. The law does not bar candidates; the municipality may.
    """
    found = []
    if not person.is_active:
        found.append(Objection.INACTIVE)
    if work.kind not in person.kinds:
        found.append(Objection.KIND)
    if person.birth_date is not None and whole_years(person.birth_date, work.day) < work.minimum_age:
        found.append(Objection.AGE)
    if work.needs_training and rules.requires_training and not is_trained(person, work, rules):
        found.append(Objection.TRAINING)
    if person.is_candidate and rules.blocks_candidates:
        found.append(Objection.CANDIDATE)
    return found


def objections_to_time(work: Work, others: Iterable[Work], rules: EventRules) -> list[Objection]:
    """What in the person's other work forbids this: two places at once, too little rest, too long a day."""
    taken = list(others)
    found = []
    if any(other.start < work.end and work.start < other.end for other in taken):
        found.append(Objection.OVERLAP)
    if any(
        other.day != work.day and max(other.start, work.start) - min(other.end, work.end) < rules.minimum_rest
        for other in taken
    ):
        found.append(Objection.REST)
    if rules.maximum_per_day is not None:
        same_day = [other for other in taken if other.day == work.day]
        if sum((other.end - other.start for other in [*same_day, work]), timedelta()) > rules.maximum_per_day:
            found.append(Objection.HOURS)
    return found


def is_trained(person: Person, work: Work, rules: EventRules) -> bool:
    """Whether the person did a training that counts for this kind of work on its polling day.

    Any one training that counts for the position is enough. A date that the team wrote down itself counts for every
    position and does not expire; a result counts for the positions of its training, up to and including its last day.
    """
    counting = [
        trained
        for trained in person.trainings
        if (not trained.kinds or work.kind in trained.kinds)
        and (trained.until is None or trained.until >= work.day)
    ]
    dates = [*([person.trained_on] if person.trained_on else []), *(trained.on for trained in counting)]
    return any(rules.trained_since is None or on >= rules.trained_since for on in dates)


def works_of(assignments: Sequence[Assignment]) -> list[Work]:
    """The facts of the shifts of these assignments, loaded as for `work_of`."""
    return [work_of(assignment.shift) for assignment in assignments]
