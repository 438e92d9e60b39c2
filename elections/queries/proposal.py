"""What the pages about proposals show."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet, Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.models import (
    Assignment,
    AvailabilityResponse,
    ElectionEvent,
    Member,
    PlanChange,
    Proposal,
    ProposedPlacement,
    Shift,
    UnfilledPlace,
)
from elections.planning.greedy import greedy
from elections.planning.instance import Weights
from elections.planning.result import gap_of
from elections.queries.coverage import lawful_stations
from elections.queries.proposal_instance import load_instance
from elections.queries.proposal_numbers import Count, Line, Numbers, lines, measure
from elections.queries.proposal_take_over import Skipped

Pair = tuple[int, int]
SHIFT_WORDS = ("shift__polling_station__venue", "shift__day_part__polling_day", "shift__position")


@dataclass(frozen=True)
class Estimate:
    """What the quick way of assigning fills: `filled` of `places`, of which `present` are filled today."""

    filled: int
    places: int
    present: int

    @property
    def open(self) -> int:
        """How many places it leaves empty."""
        return self.places - self.filled


def estimate(event: ElectionEvent, *, keeps_present: bool) -> Estimate:
    """Assign in the quick way, without keeping anything."""
    loaded = load_instance(event, weights=Weights(), keeps_present=keeps_present)
    result = greedy(loaded.instance)
    places = sum(seat.places for seat in loaded.instance.seats) + len(loaded.fixed)
    return Estimate(len(result.placements), places, len(loaded.present))


def progress_words(filled: int, places: int, gap: float | None) -> str:
    """How good an answer is, in a sentence for people; `gap` is the distance to the proven best, 0.01 is 1 %."""
    words = [
        ngettext(
            "%(filled)s van %(places)s plaats gevuld.", "%(filled)s van %(places)s plaatsen gevuld.", places
        )
        % {"filled": filled, "places": places}
    ]
    if gap is not None:
        words.append(gap_words(gap))
    return " ".join(words)


def gap_words(gap: float) -> str:
    """What may be left to gain."""
    if gap < 0.00005:
        return _("Beter kan niet: dat is bewezen.")
    percent = round(max(gap * 100, 0.01), 2)
    decimals = next(count for count in (0, 1, 2) if round(percent, count) == percent)
    return _("Hoogstens %(percent)s %% onder het best mogelijke.") % {
        "percent": number_format(percent, decimal_pos=decimals)
    }


def gap_words_of(proposal: Proposal) -> str:
    """The same of a proposal that is ready; empty when nothing was proven."""
    if proposal.objective is None or proposal.bound is None:
        return ""
    return gap_words(gap_of(proposal.objective, proposal.bound))


@dataclass(frozen=True)
class Changes:
    """What a proposal would change, counted in places and people."""

    new: int
    leaves: int
    stays: int
    unfilled: int


def changes_of(proposal: Proposal) -> Changes:
    """Two queries."""
    rows = list(proposal.placements.values_list("is_present", "leaves"))
    leaves = sum(leaves for _present, leaves in rows)
    present = sum(present for present, _leaves in rows)
    empty = proposal.unfilled.aggregate(total=Sum("count"))["total"] or 0
    return Changes(len(rows) - present, leaves, present - leaves, empty)


def summary_lines(proposal: Proposal) -> list[Line]:
    """The plan from which the proposal began beside the proposal, rule by rule."""
    before, after = Numbers.of_json(proposal.numbers_before), Numbers.of_json(proposal.numbers)
    rows = list(proposal.placements.values_list("member_id", "shift_id", "is_present", "leaves"))
    start = [(member, shift) for member, shift, is_present, _leaves in rows if is_present]
    end = [(member, shift) for member, shift, _is_present, leaves in rows if not leaves]
    return _lines_with_law(proposal.event, (before, start), (after, end))


def _lines_with_law(
    event: ElectionEvent, before: tuple[Numbers, Iterable[Pair]], after: tuple[Numbers, Iterable[Pair]]
) -> list[Line]:
    plans = (before, after)
    for (numbers, _pairs), found in zip(plans, lawful_stations(event, before[1], after[1]), strict=True):
        numbers.counts["law"] = Count(*found)
    return lines(before[0], after[0])


def placements_of(proposal: Proposal) -> QuerySet[ProposedPlacement]:
    """Who works where by the proposal, in the order of stations, with what `proposal_reasons.why` reads."""
    return (
        proposal.placements.select_related("member", *SHIFT_WORDS)
        .order_by(
            "shift__polling_station__number", "shift__period", "shift__position__rank", "member__sort_name"
        )
        .all()
    )


def unfilled_of(proposal: Proposal) -> QuerySet[UnfilledPlace]:
    """What stays empty: chairs first, then in the order of stations."""
    return proposal.unfilled.select_related(*SHIFT_WORDS).order_by(
        "shift__position__rank", "shift__polling_station__number", "shift__period"
    )


def unfilled_by_reason(proposal: Proposal) -> dict[str, int]:
    """How many places stay empty for each reason, most first. One query."""
    rows = proposal.unfilled.values("reason").annotate(places=Sum("count"))
    return {row["reason"]: row["places"] for row in rows.order_by("-places", "reason")}


def what_changed_since(proposal: Proposal) -> list[str]:
    """Why a proposal no longer tells how things are, in sentences; none when nothing changed. Four queries."""
    since = proposal.loaded_at
    if since is None:
        return []
    event = proposal.event
    plan = PlanChange.objects.filter(event=event).filter(Q(created_at__gt=since) | Q(undone_at__gt=since))
    acts = plan.exclude(proposal=proposal).count()
    own = Assignment.objects.of_event(event)
    members = own.filter(
        Q(assigned_at__gt=since, assigned_by=None) | Q(declined_at__gt=since) | Q(accepted_at__gt=since)
    ).count()
    answers = AvailabilityResponse.objects.filter(event=event).filter(
        Q(submitted_at__gt=since) | Q(changed_at__gt=since)
    )
    counts = (acts, members, answers.count())
    texts = (
        ngettext(
            "Het team wijzigde de indeling %(n)s keer.", "Het team wijzigde de indeling %(n)s keer.", acts
        ),
        ngettext(
            "%(n)s lid koos een plaats of antwoordde.",
            "%(n)s leden kozen een plaats of antwoordden.",
            members,
        ),
        ngettext(
            "%(n)s lid paste de beschikbaarheid aan.",
            "%(n)s leden pasten de beschikbaarheid aan.",
            counts[2],
        ),
    )
    return [text % {"n": number} for number, text in zip(counts, texts, strict=True) if number]


@dataclass(frozen=True)
class Plan:
    """A plan to compare: today's, or that of a proposal."""

    label: str
    pairs: frozenset[Pair]


def plan_of(proposal: Proposal) -> Plan:
    """Who works where by the proposal."""
    rows = proposal.placements.filter(leaves=False)
    return Plan(str(proposal), frozenset(rows.values_list("member_id", "shift_id")))


def plan_of_today(event: ElectionEvent) -> Plan:
    """Who works where now."""
    rows = Assignment.objects.of_event(event).active()
    return Plan(_("Nu"), frozenset(rows.values_list("member_id", "shift_id")))


@dataclass(frozen=True)
class SkippedWords:
    """Somebody who stays as they are now, with the shift that the proposal had for them."""

    member: Member
    shift: Shift | None
    reason: str


def skipped_words(skipped: Sequence[Skipped]) -> list[SkippedWords]:
    """The rows of a page. Two queries."""
    members = Member.objects.in_bulk([each.member_id for each in skipped])
    shifts = Shift.objects.select_related("polling_station", "day_part", "position").in_bulk(
        [each.shift_id for each in skipped]
    )
    return [
        SkippedWords(members[each.member_id], shifts.get(each.shift_id), str(each.reason))
        for each in skipped
        if each.member_id in members
    ]


@dataclass
class Move:
    """What is different for one person: the shifts in one plan and in the other, without those in both."""

    member_id: int
    before: set[int] = field(default_factory=set)
    after: set[int] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """ "moved", "in" or "out"."""
        return "moved" if self.before and self.after else "in" if self.after else "out"


@dataclass(frozen=True)
class MoveWords:
    """A Move with the rows that the page shows."""

    member: Member
    kind: str
    before: list[Shift]
    after: list[Shift]


@dataclass(frozen=True)
class Comparison:
    """Two plans beside each other, measured with the answers of now."""

    lines: list[Line]
    moves: list[Move]

    def count(self, kind: str) -> int:
        """How many people moved, came in or went out."""
        return sum(move.kind == kind for move in self.moves)


def compare(event: ElectionEvent, before: Plan, after: Plan) -> Comparison:
    """What is better, and for whom it is different. The number of queries does not depend on the size."""
    instance = load_instance(event, keeps_present=False).instance
    places = Shift.objects.filter(polling_station__event=event).aggregate(total=Sum("places"))["total"] or 0
    one, other = (measure(instance, plan.pairs, places=places) for plan in (before, after))
    found = _lines_with_law(event, (one, before.pairs), (other, after.pairs))
    return Comparison(found, moves_between(before.pairs, after.pairs))


def moves_between(before: Iterable[Pair], after: Iterable[Pair]) -> list[Move]:
    """Everybody for whom something is different."""
    one, other = set(before), set(after)
    found: dict[int, Move] = {}
    for member, shift in sorted(one - other):
        found.setdefault(member, Move(member)).before.add(shift)
    for member, shift in sorted(other - one):
        found.setdefault(member, Move(member)).after.add(shift)
    return [found[member] for member in sorted(found)]


def in_order_of_name(moves: Sequence[Move]) -> list[Move]:
    """One query."""
    names = dict(
        Member.objects.filter(pk__in=[move.member_id for move in moves]).values_list("pk", "sort_name")
    )
    return sorted((move for move in moves if move.member_id in names), key=lambda move: names[move.member_id])


def move_words(moves: Sequence[Move]) -> list[MoveWords]:
    """The rows of one page. Two queries."""
    members = Member.objects.in_bulk([move.member_id for move in moves])
    shifts = Shift.objects.select_related("polling_station", "day_part", "position").in_bulk(
        {shift for move in moves for shift in move.before | move.after}
    )
    by_member: dict[int, tuple[list[Shift], list[Shift]]] = defaultdict(lambda: ([], []))
    for move in moves:
        for side, keys in enumerate((move.before, move.after)):
            by_member[move.member_id][side].extend(shifts[key] for key in sorted(keys) if key in shifts)
    return [
        MoveWords(members[move.member_id], move.kind, *by_member[move.member_id])
        for move in moves
        if move.member_id in members
    ]
