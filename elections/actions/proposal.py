"""Proposals for the plan: asking the optimiser for one, keeping its answer, and taking it over.

A proposal changes nothing by itself. Taking it over writes places that nobody outside the team sees until they are
published, as one change that can be undone.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.job import cancel_job, fail_job, finish_job, job_progress, start_job
from elections.actions.lock import lock_members, lock_rows, lock_shifts
from elections.actions.plan_change import Step, facts, record_change, step
from elections.actions.waitlist_entry import leave_lines
from elections.enums import AssignmentSource, JobKind, PlanChangeKind, ProposalState
from elections.errors import ActionError
from elections.models import (
    Assignment,
    ElectionEvent,
    Job,
    Member,
    Proposal,
    ProposedPlacement,
    Shift,
    UnfilledPlace,
    User,
)
from elections.planning.instance import InstanceError, Weights
from elections.planning.result import Result, Unfilled
from elections.planning.solver import solve
from elections.queries.event import require_open_event
from elections.queries.job import running_jobs
from elections.queries.proposal import progress_words
from elections.queries.proposal_instance import Loaded, load_instance
from elections.queries.proposal_numbers import measure
from elections.queries.proposal_take_over import NOTHING, TakeOver, plan_take_over, touched
from tenants.locks import hold_lock

logger = logging.getLogger(__name__)

LONGEST: Final = 240  # seconds of solving: with reading and writing below the five minutes of a task
THREADS: Final = 2
_BATCH: Final = 1000


@transaction.atomic
def request_proposal(
    event: ElectionEvent, *, weights: Mapping[str, int], keeps_present: bool, seconds: int, by: User | None
) -> Proposal:
    """Start making a proposal in the background; its `job` tells how far it is.

    weights: by name of planning.Weights, 0 (does not count) to 5; names left out count as normal.
    keeps_present: whether everybody who has a place keeps it. Locked and published places always stay.
    seconds: how long the optimiser may look for something better, at most 240.

    Raises:
        ActionError: in an archived event, without shifts, for weights that cannot be, or while another proposal of
            the event is being made.
    """
    hold_lock(f"proposal:{event.pk}")
    require_open_event(event)
    if running_jobs(event=event, kind=JobKind.PROPOSAL):
        raise ActionError(_("Er wordt al een voorstel gemaakt. Wacht tot dat klaar is, of stop het eerst."))
    if not Shift.objects.filter(polling_station__event=event, places__gt=0).exists():
        raise ActionError(_("Er zijn nog geen diensten. Maak eerst diensten bij de stembureaus."))
    chosen = _checked_weights(weights)
    if not 1 <= seconds <= LONGEST:
        raise ActionError(_("Kies hoelang er gerekend mag worden."))
    number = Proposal.objects.filter(event=event).aggregate(last=Max("number"))["last"] or 0
    job = start_job(JobKind.PROPOSAL, by=by, event=event, total=seconds)
    proposal = Proposal.objects.create(
        event=event,
        number=number + 1,
        job=job,
        weights=asdict(chosen),
        keeps_present=keeps_present,
        seconds=seconds,
        created_by=by,
    )
    audit.record("proposal.request", by=by, on=proposal, keeps_present=keeps_present, seconds=seconds)
    return proposal


def run_proposal(job: Job) -> None:
    """Read the plan of now, let the optimiser work, and keep its answer.

    Nothing is kept before the end, so a run that was killed simply starts again. Whoever stops the job gets the best
    answer so far. Two runs of one job do no harm: the first answer stays.
    """
    proposal = Proposal.objects.filter(job=job, state=ProposalState.WAITING).select_related("event").first()
    if proposal is None or not job_progress(job, 0):
        return
    try:
        loaded = load_instance(
            proposal.event, weights=Weights(**proposal.weights), keeps_present=proposal.keeps_present
        )
        result = solve(
            loaded.instance, seconds=proposal.seconds, threads=THREADS, progress=_progress(job, loaded)
        )
    except InstanceError:
        logger.exception("proposal %s: the instance contradicts itself", proposal.pk)
        Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.FAILED)
        fail_job(job, _("De gegevens van deze ronde spreken elkaar tegen. Vraag de beheerder om hulp."))
        return
    if result.failure:
        logger.warning("proposal %s: %s", proposal.pk, result.failure)
    if _keep_result(proposal, loaded, result):
        finish_job(job, progress_words(len(result.placements), _places(loaded), result.gap))


@transaction.atomic
def take_over_proposal(
    proposal: Proposal,
    *,
    by: User | None,
    stations: Collection[int] | None = None,
    members: Collection[int] | None = None,
) -> TakeOver:
    """Make the proposal the plan: one change that can be undone, in a fixed number of statements per thousand places.

    Everybody is looked at again. Whoever changed since, or was placed by a colleague, stays as they are now and is in
    `skipped` of what is returned. Nothing is published by it, and nobody loses a place without the new one.

    stations, members: primary keys; only a part, see plan_take_over.

    Raises:
        ActionError: in an archived event, when the proposal is not ready or was taken over, or when nothing of it is
            left to do.
    """
    proposal = _ready(proposal)
    if proposal.is_taken_over:
        raise ActionError(_("Dit voorstel is al overgenomen."))
    shift_ids, member_ids = touched(proposal)
    shifts, people = lock_shifts(shift_ids), lock_members(member_ids)
    plan = plan_take_over(proposal, stations=stations, members=members)
    if not plan.units:
        raise ActionError(_("Er is niets over te nemen: de indeling is al zo, of kan niet meer zo."))
    steps = _write(plan, shifts, people, by=by)
    is_whole = stations is None and members is None
    _note_taken_over(proposal, plan, steps, by=by, is_whole=is_whole)
    return plan


@transaction.atomic
def lock_placements(proposal: Proposal, members: Collection[int], *, by: User | None) -> tuple[int, int]:
    """Give these members now what the proposal has for them, and lock it: a next proposal leaves it as it is.

    Whoever has that place already is only locked. It is one change, in a fixed number of statements per thousand
    places. Returns how many places are locked, and of how many people the place no longer can be.

    Raises:
        ActionError: as take_over_proposal, but not when there is nothing new to place.
    """
    proposal = _ready(proposal)
    wanted = proposal.placements.filter(member__in=members, leaves=False)
    pairs = set(wanted.values_list("member_id", "shift_id"))
    shift_ids, _member_ids = touched(proposal, members=members)
    shifts = lock_shifts(shift_ids | {shift for _member, shift in pairs})
    people = lock_members(members)
    plan = NOTHING if proposal.is_taken_over else plan_take_over(proposal, members=members)
    steps = _write(plan, shifts, people, by=by, locks=True)
    present = Assignment.objects.active().filter(member__in=people, shift__in=shifts)
    found = present.values_list("pk", "is_locked", "member_id", "shift_id")
    mine = {pk: is_locked for pk, is_locked, *pair in found if tuple(pair) in pairs}
    steps += _lock(_rows((pk for pk in mine if not mine[pk]), shifts, people), by=by)
    if plan.units:
        _note_taken_over(proposal, plan, steps, by=by, is_whole=False)
    elif steps:
        record_change(proposal.event, PlanChangeKind.LOCK, steps, by=by)
    return len(mine), len(plan.skipped)


@transaction.atomic
def discard_proposal(proposal: Proposal, *, by: User | None) -> None:
    """Throw a proposal away, and stop making it. What was taken over stays in the plan and can still be undone."""
    proposal = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if proposal.job and by and not proposal.job.is_finished:
        cancel_job(proposal.job, by=by)
    audit.record("proposal.discard", by=by, on=proposal)
    proposal.delete()


def _checked_weights(weights: Mapping[str, int]) -> Weights:
    chosen = Weights()
    if not set(weights) <= set(asdict(chosen)) or not all(value in range(6) for value in weights.values()):
        raise ActionError(_("Kies bij elke wens hoe zwaar die telt."))
    return Weights(**asdict(chosen) | dict(weights))


def _places(loaded: Loaded) -> int:
    return sum(seat.places for seat in loaded.instance.seats) + len(loaded.fixed)


def _progress(job: Job, loaded: Loaded) -> Callable[[float, float | None, int], bool]:
    places = _places(loaded)

    def tell(seconds: float, gap: float | None, filled: int) -> bool:
        return job_progress(job, min(int(seconds), job.total), note=progress_words(filled, places, gap))

    return tell


@transaction.atomic
def _keep_result(proposal: Proposal, loaded: Loaded, result: Result) -> bool:
    """Write the answer; False when somebody threw the proposal away or another run was first."""
    locked = Proposal.objects.select_for_update().filter(pk=proposal.pk, state=ProposalState.WAITING).first()
    if locked is None:
        return False
    _keep_placements(locked, loaded, result)
    locked.unfilled.all().delete()
    UnfilledPlace.objects.bulk_create(
        [
            UnfilledPlace(
                proposal=locked,
                shift_id=place.seat_id,
                count=place.count,
                reason=place.reason,
                facts=_remedies(place),
            )
            for place in result.unfilled
        ],
        batch_size=_BATCH,
    )
    locked.method, locked.objective, locked.bound = result.method, result.objective, result.bound
    locked.numbers = measure(loaded.instance, result.pairs).as_json()
    locked.numbers_before = measure(loaded.instance, loaded.present).as_json()
    locked.loaded_at = loaded.loaded_at
    locked.state = ProposalState.READY
    locked.save()
    audit.record("proposal.make", by=None, on=locked, filled=len(result.placements))
    return True


def _keep_placements(proposal: Proposal, loaded: Loaded, result: Result) -> None:
    # Whoever was erased, and shifts that were removed while it calculated, are no longer there to point at.
    shifts = set(Shift.objects.filter(polling_station__event=proposal.event_id).values_list("pk", flat=True))
    members = set(Member.objects.values_list("pk", flat=True))
    present, pairs = loaded.present, result.pairs
    rows = [
        ProposedPlacement(
            proposal=proposal,
            member_id=placed.person_id,
            shift_id=placed.seat_id,
            parts=dict(placed.parts),
            is_present=(placed.person_id, placed.seat_id) in present,
        )
        for placed in result.placements
    ]
    rows += [
        ProposedPlacement(proposal=proposal, member_id=member, shift_id=shift, is_present=True, leaves=True)
        for member, shift in sorted(loaded.free - pairs)
    ]
    proposal.placements.all().delete()
    ProposedPlacement.objects.bulk_create(
        [row for row in rows if row.shift_id in shifts and row.member_id in members], batch_size=_BATCH
    )


def _remedies(place: Unfilled) -> dict[str, Any]:
    """The remedies as JSON, people by primary key: a name may not outlive the member."""
    return {
        "remedies": [
            {
                "code": remedy.code,
                "people": list(remedy.people),
                "count": remedy.count,
                "shift": remedy.seat_id,
                "alternatives": remedy.alternatives,
            }
            for remedy in place.remedies
        ]
    }


def _ready(proposal: Proposal) -> Proposal:
    """The proposal as it is now, locked; ActionError when there is nothing to take over yet, or no longer."""
    found = Proposal.objects.select_for_update(of=("self",)).select_related("event", "plan_change")
    proposal = found.get(pk=proposal.pk)
    require_open_event(proposal.event)
    if proposal.state not in (ProposalState.READY, ProposalState.TAKEN_OVER):
        raise ActionError(_("Dit voorstel is nog niet klaar."))
    return proposal


def _note_taken_over(
    proposal: Proposal, plan: TakeOver, steps: list[Step], *, by: User | None, is_whole: bool
) -> None:
    proposal.plan_change = record_change(proposal.event, PlanChangeKind.TAKE_OVER, steps, by=by)
    proposal.taken_over_at = timezone.now()
    # After an undo the state still says that all was taken over: of a part that is no longer so.
    proposal.state = ProposalState.TAKEN_OVER if is_whole else ProposalState.READY
    proposal.save(update_fields=["plan_change", "taken_over_at", "state"])
    audit.record(
        "proposal.take_over",
        by=by,
        on=proposal,
        added=len(plan.added),
        removed=len(plan.ended),
        skipped=len(plan.skipped),
    )


def _write(
    plan: TakeOver,
    shifts: Mapping[int, Shift],
    people: Mapping[int, Member],
    *,
    by: User | None,
    locks: bool = False,
) -> list[Step]:
    """End and make assignments; `locks` makes that a next proposal leaves the new ones.

    Shifts and members are locked.
    """
    ended = _rows(plan.ended, shifts, people)
    steps = [step(facts(row), None) for row in ended]
    added = [
        Assignment(
            member=people[member],
            shift=shifts[shift],
            period=shifts[shift].period,
            source=AssignmentSource.PROPOSAL,
            assigned_by=by,
            is_locked=locks,
        )
        for member, shift in plan.added
    ]
    _log("assignment.remove", ended, by)
    try:
        with transaction.atomic():
            for batch in _batches([row.pk for row in ended]):
                Assignment.objects.filter(pk__in=batch).delete()
            Assignment.objects.bulk_create(added, batch_size=_BATCH)
    except IntegrityError as error:
        # Whoever wrote without our locks was first; the database itself refused the second place at one time.
        raise ActionError(
            _("Intussen heeft iemand anders de indeling gewijzigd. Probeer het opnieuw.")
        ) from error
    leave_lines(plan.added)
    _log("assignment.create", added, by)
    return steps + [step(None, row) for row in added]


def _rows(pks: Iterable[int], shifts: Mapping[int, Shift], people: Mapping[int, Member]) -> list[Assignment]:
    """The assignments as they are now, locked, with shifts and members of which all words are loaded."""
    rows = list(lock_rows(pks).values())
    for row in rows:
        row.member, row.shift = people[row.member_id], shifts[row.shift_id]
    return rows


def _lock(rows: list[Assignment], *, by: User | None) -> list[Step]:
    """Keep a next proposal off these places."""
    steps = []
    for row in rows:
        before = facts(row)
        row.is_locked = True
        row.version += 1
        steps.append(step(before, row))
    Assignment.objects.bulk_update(rows, ["is_locked", "version"], batch_size=_BATCH)
    _log("assignment.lock", rows, by)
    return steps


def _log(action: str, rows: Iterable[Assignment], by: User | None) -> None:
    audit.record_many(
        action,
        [(row, {"member": str(row.member.uuid), "shift": str(row.shift.uuid)}) for row in rows],
        by=by,
    )


def _batches(keys: list[int]) -> Iterable[list[int]]:
    return (keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH))
