"""The appointment letters of an event: for whom, how far they are, and which of them are no longer true."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from elections.enums import JobKind, LetterState, PositionKind
from elections.letter_changes import Change, changes_between
from elections.models import (
    AppointmentLetter,
    Assignment,
    ElectionEvent,
    Member,
)
from elections.models.member import MemberQuerySet
from elections.queries.count_of import CountsBy
from elections.queries.job import running_jobs
from elections.queries.letter_facts import APPOINTED, letter_facts


@dataclass(frozen=True)
class LetterCheck:
    """How the letters of an event stand against the assignments of now."""

    missing: list[int]  # primary keys of members with a shift and without a letter
    to_make: list[AppointmentLetter]  # waiting, failed, or no longer true
    orphaned: list[AppointmentLetter]  # the member has no shift any more, or one that waits for a training
    outdated: frozenset[int]  # primary keys of published letters that are no longer true

    @property
    def count(self) -> int:
        """How many letters "make letters" would make."""
        return len(self.missing) + len(self.to_make)


def check_letters(event: ElectionEvent) -> LetterCheck:
    """Compare every letter with what it should say now. The number of queries does not grow with the event."""
    facts = letter_facts(event)
    found = AppointmentLetter.objects.filter(event=event).defer("facts", "published_facts", "changes")
    letters = {letter.member_id: letter for letter in found}
    busy = {job.pk for job in running_jobs(event=event, kind=JobKind.LETTERS)}
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
    letters = AppointmentLetter.objects.filter(event=event).select_related("member", "event")
    return letters.defer("facts", "published_facts", "changes")


def changed_letters(event: ElectionEvent) -> QuerySet[AppointmentLetter]:
    """Letters that are made anew after their members could read them, and not published since."""
    made = AppointmentLetter.objects.once_told().filter(event=event, state=LetterState.MADE)
    return made.select_related("member", "event")


def ready_to_publish(event: ElectionEvent) -> list[AppointmentLetter]:
    """Letters that are made and still true, with the log-in of their member."""
    check = check_letters(event)
    untrue = {letter.pk for letter in (*check.to_make, *check.orphaned)}
    made = AppointmentLetter.objects.filter(event=event, state=LetterState.MADE).select_related(
        "event", "member__user"
    )
    return list(made.exclude(pk__in=untrue))


def coming_changes(letter: AppointmentLetter) -> list[Change]:
    """What the letter as made now tells anew, compared with what its member was told last."""
    return changes_between(letter.published_facts, letter.facts)


def examples_of(event: ElectionEvent) -> list[tuple[Member, PositionKind]]:
    """Of each kind of position the first member by name, whose letter can serve as an example. Two queries."""
    first = (
        Assignment.objects.of_event(event)
        .filter(state__in=APPOINTED)
        .order_by("shift__position__kind", "member__sort_name", "member__number")
        .distinct("shift__position__kind")
        .values_list("shift__position__kind", "member")
    )
    by_kind = dict(first)
    members = Member.objects.in_bulk(by_kind.values())
    return [(members[by_kind[kind]], kind) for kind in PositionKind if kind in by_kind]


def appointed_members(event: ElectionEvent) -> MemberQuerySet:
    """Everybody who gets a letter, by name."""
    places = Assignment.objects.of_event(event).filter(state__in=APPOINTED)
    return Member.objects.filter(pk__in=places.values("member")).by_name()


def letters_by_state(event: ElectionEvent) -> CountsBy:
    """What `letter_counts` is made of, to be asked together with others."""
    return CountsBy(AppointmentLetter.objects.filter(event=event), "state")


def letter_counts(event: ElectionEvent, found: Mapping[str, int] | None = None) -> dict[str, int]:
    """How many letters there are in each state, and `all` of them. One query, but for who `found` the first already."""
    found = letters_by_state(event).alone() if found is None else found
    return {state: found.get(state, 0) for state in LetterState.values} | {"all": sum(found.values())}


def _must_be_made(letter: AppointmentLetter, digest: str, busy: set[int]) -> bool:
    if letter.state == LetterState.WAITING:
        return letter.job_id not in busy
    if letter.state == LetterState.FAILED:
        return True
    if letter.state == LetterState.WITHDRAWN:
        # Withdrawn by hand it keeps its digest and stays away; withdrawn for want of a shift it has none.
        return not letter.content_digest
    return letter.content_digest != digest
