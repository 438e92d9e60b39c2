"""Lists of candidates, and the members who may stand on one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from elections.enums import ClashState, ElectionCategory
from elections.models import Assignment, Candidate, CandidateClash, Election, ElectionEvent, Member
from elections.same_person import Comparison, PersonFacts, compare, facts_of

# The states in the order in which the team wants to see them.
_ORDER: Final = {ClashState.OPEN: 0, ClashState.SAME: 1, ClashState.OTHER: 2}


@dataclass(frozen=True)
class ClashView:
    """A member beside the candidate who may be the same person. `comparison` is None when the names differ by now."""

    clash: CandidateClash
    comparison: Comparison | None
    is_placed: bool

    @property
    def score(self) -> int:
        return self.comparison.score if self.comparison else 0


def candidate_members(event: ElectionEvent) -> set[int]:
    """Primary keys of members with the name of a candidate in `event`, but for those the team says are others."""
    return set(clashes_in(event).values_list("member_id", flat=True))


def clashes_in(event: ElectionEvent) -> QuerySet[CandidateClash]:
    """The members with the name of a candidate in `event`, but for those the team says are others."""
    return CandidateClash.objects.filter(candidate__election__event=event).exclude(state=ClashState.OTHER)


def elections_with_lists(event: ElectionEvent) -> QuerySet[Election]:
    """The elections of `event` that have candidates at all, with `lists`, `candidate_count` and `open_count`."""
    waiting = Q(candidates__clashes__state=ClashState.OPEN, candidates__clashes__member__is_active=True)
    return event.elections.exclude(category=ElectionCategory.REFERENDUM).annotate(
        lists=Count("candidates__list_number", distinct=True),
        candidate_count=Count("candidates", distinct=True),
        open_count=Count("candidates__clashes", filter=waiting, distinct=True),
    )


def clashes_of(event: ElectionEvent) -> QuerySet[CandidateClash]:
    """Clashes of active members in `event`, with `is_placed`: whether the member has a place in it."""
    places = Assignment.objects.active().of_event(event).filter(member=OuterRef("member"))
    clashes = CandidateClash.objects.filter(candidate__election__event=event, member__is_active=True)
    return clashes.select_related("member", "candidate__election", "decided_by").annotate(
        is_placed=Exists(places)
    )


def clash_views(clashes: Iterable[CandidateClash]) -> list[ClashView]:
    """Clashes as a page shows them: who is placed first, then those that wait, the likeliest first. No query."""
    views = [
        ClashView(
            clash,
            compare(_open_facts(clash.member), facts_of(clash.candidate)),
            is_placed=bool(getattr(clash, "is_placed", False)),
        )
        for clash in clashes
    ]
    return sorted(
        views,
        key=lambda view: (
            not (view.is_placed and view.clash.state != ClashState.OTHER),
            _ORDER[ClashState(view.clash.state)],
            -view.score,
            view.clash.member.sort_name,
            view.clash.pk,
        ),
    )


def _open_facts(member: Member) -> PersonFacts:
    """What is compared of a member; without the city where that is confidential, which the reasons would tell."""
    facts = facts_of(member)
    return replace(facts, city="") if member.is_confidential else facts


def clashes_of_member(member_id: int, event: ElectionEvent) -> list[CandidateClash]:
    """The clashes of one member in `event` that were not waved away, for the page of the member. One query."""
    clashes = CandidateClash.objects.filter(member=member_id, candidate__election__event=event)
    return list(clashes.exclude(state=ClashState.OTHER).select_related("candidate__election").order_by("pk"))


def candidates_with_decision(election: Election) -> QuerySet[CandidateClash]:
    """The clashes of one election about which the team decided."""
    decided = CandidateClash.objects.filter(candidate__election=election).exclude(state=ClashState.OPEN)
    return decided.select_related("candidate")


def listed(election: Election) -> dict[tuple[int, int], Candidate]:
    """The candidates of one election by list and number."""
    return {(found.list_number, found.number): found for found in election.candidates.all()}
