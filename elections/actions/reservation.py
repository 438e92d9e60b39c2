"""Members pick their own place, give it back, or wait for one; the team keeps the last word.

Only while the step "Uw plaats kiezen" is open. Everything may be sent twice: the second time changes nothing.
"""

from collections.abc import Iterable
from itertools import takewhile
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.assignment import place_member
from elections.actions.decision import tell_decision
from elections.actions.lock import lock_member, lock_members, lock_shifts
from elections.actions.place_offer import (
    accept_offer,
    forget_told,
    hold_place,
    locked_assignment,
    place_opened,
    save_decision,
)
from elections.enums import ACTIVE_ASSIGNMENT_STATES, AssignmentSource, AssignmentState, StepKind, WaitKind
from elections.errors import ActionError
from elections.models import Assignment, Member, Shift, User, WaitlistEntry
from elections.queries.event import require_open_event
from elections.queries.offer import is_offered
from elections.queries.place_offer import Judge
from elections.queries.portal_step import require_open_step
from elections.queries.reservation import may_give_back

# How often a member may pick one shift and give it back.
MAX_GIVEN_BACK: Final = 3


class PlaceGone(ActionError):
    """Somebody else was first: the page shows what is free near by."""

    def __init__(self) -> None:
        super().__init__(_("Deze plaats is net weg. Iemand anders was u voor."))


def reserve_place(member: Member, shift: Shift, *, by: User | None) -> Assignment:
    """Give `member` a place in `shift`, until the team says yes or no. Twice gives the same place.

    Who waits in the line of this shift goes first. Picking what was offered is the same as accepting it.

    Raises:
        StepNotOpen: when the step is not open (any more).
        PlaceGone: when there is no place left.
        ActionError: when members may not pick this shift, or this member may not have it; the message says why.
    """
    require_open_step(shift.polling_station.event, StepKind.RESERVATION, member)
    if _is_full(shift, besides=member):
        # Most who come too late hear so without a transaction, and without waiting for the lock.
        raise PlaceGone
    return _take_place(member, shift, by)


@transaction.atomic
def _take_place(member: Member, shift: Shift, by: User | None) -> Assignment:
    """Everybody who wants a place here waits for this lock: what is asked below, is asked once."""
    shift = _hold(shift)
    # The wait for the lock may have taken us past the closing time.
    require_open_step(shift.polling_station.event, StepKind.RESERVATION, member)
    past = _past(shift)
    taken = _with_a_place(past)
    if member.pk in taken:
        own = shift.assignments.active().get(member=member)
        return accept_offer(own, by=by) if own.state == AssignmentState.PROPOSED else own
    _require_offered(shift)
    _require_not_restless(member, past)
    free = shift.places - len(taken)
    if free <= _entitled_before(member, shift):
        raise PlaceGone
    # Before the rules are asked: two tabs of one member wait for each other here.
    member = lock_member(member.pk)
    _require_fit(member, shift)
    place = place_member(
        member, shift, by=by, source=AssignmentSource.RESERVATION, state=AssignmentState.RESERVED
    )
    if free == 1:
        forget_told(shift)
    audit.record("reservation.pick", by=by, on=place, member=str(member.uuid))
    return place


def give_back(assignment: Assignment, *, by: User | None) -> None:
    """Free a place that the member picked: the line gets it at once. Twice changes nothing.

    Raises:
        StepNotOpen: when the step is closed; then the member must call the team.
        ActionError: when it is not a place that the member picked, or the team published it.
    """
    with transaction.atomic():
        current = locked_assignment(assignment)
        if current.state == AssignmentState.DECLINED:
            return
        if current.state == AssignmentState.PUBLISHED:
            raise ActionError(_("Deze plaats staat al vast. Laat bij “Mijn plaats” weten dat u niet kunt."))
        if not may_give_back(current):
            raise ActionError(_("Deze plaats kunt u niet teruggeven."))
        require_open_step(current.shift.polling_station.event, StepKind.RESERVATION, current.member)
        current.state, current.declined_at, current.accepted_at = (
            AssignmentState.DECLINED,
            timezone.now(),
            None,
        )
        save_decision(current, "declined_at", "accepted_at")
        audit.record("reservation.give_back", by=by, on=current, member=str(current.member.uuid))
    place_opened(current.shift)


@transaction.atomic
def join_waitlist(member: Member, shift: Shift, kind: WaitKind, *, by: User | None) -> WaitlistEntry:
    """Wait for a place in a full shift: in the line, or for a message. Twice keeps the first place in the line.

    Raises:
        StepNotOpen: when the step is not open.
        ActionError: when there is a place, or the member may not have one here.
    """
    event = shift.polling_station.event
    require_open_step(event, StepKind.RESERVATION, member)
    shift = _hold(shift)
    entry = WaitlistEntry.objects.filter(member=member, shift=shift).first()
    if entry and entry.kind == kind:
        return entry
    _require_offered(shift)
    lock_members([member.pk])
    if not _is_full(shift):
        raise ActionError(_("Er is hier weer een plaats vrij. U kunt die nu kiezen."))
    _require_fit(member, shift)
    values = {"kind": kind, "joined_at": timezone.now(), "told_at": None}
    entry, _made = WaitlistEntry.objects.update_or_create(member=member, shift=shift, defaults=values)
    audit.record("reservation.wait", by=by, on=shift, member=str(member.uuid), kind=str(kind.label))
    return entry


@transaction.atomic
def leave_waitlist(entry: WaitlistEntry, *, by: User | None) -> None:
    """Stop waiting. Twice changes nothing, and a closed step does not matter."""
    count, _rows = WaitlistEntry.objects.filter(pk=entry.pk).delete()
    if count:
        audit.record("reservation.stop_waiting", by=by, on=entry.shift, member=str(entry.member.uuid))


@transaction.atomic
def confirm_reservations(assignments: Iterable[Assignment], *, by: User | None) -> int:
    """The team says yes to places that members picked; each member gets one mail. Returns how many places.

    What was decided or given back in the meantime is passed over. Members see the place as definite when the plan
    is published.

    Raises:
        ActionError: in an archived event, or when none of them waits any more.
    """
    chosen = Assignment.objects.filter(
        pk__in=[assignment.pk for assignment in assignments], state=AssignmentState.RESERVED
    )
    shifts = lock_shifts(chosen.values_list("shift", flat=True))
    waiting = list(
        chosen.select_for_update(of=("self",))
        .filter(shift__in=shifts)
        .select_related("member__user", "shift__polling_station__event")
        .order_by("pk")
    )
    if not waiting:
        raise ActionError(_("Deze plaatsen zijn al beoordeeld of teruggegeven."))
    for event in {assignment.shift.polling_station.event for assignment in waiting}:
        require_open_event(event)
    Assignment.objects.filter(pk__in=[assignment.pk for assignment in waiting]).update(
        state=AssignmentState.CONFIRMED, version=F("version") + 1
    )
    for assignment in waiting:
        assignment.state = AssignmentState.CONFIRMED
        assignment.version += 1
    tell_decision(waiting)
    audit.record_many(
        "reservation.confirm",
        ((assignment, {"member": str(assignment.member.uuid)}) for assignment in waiting),
        by=by,
    )
    return len(waiting)


def refuse_reservation(assignment: Assignment, reason: str, *, by: User | None) -> None:
    """The team says no: the place is free again, the member reads the reason and cannot pick this shift once more.

    Raises:
        ActionError: without a reason, in an archived event, or when the place was decided or given back already.
    """
    if not reason.strip():
        raise ActionError(_("Vul in waarom het lid deze plaats niet krijgt. Het lid leest dit."))
    with transaction.atomic():
        current = locked_assignment(assignment)
        require_open_event(current.shift.polling_station.event)
        if current.state != AssignmentState.RESERVED:
            raise ActionError(_("Deze plaats is al beoordeeld of teruggegeven."))
        current.state, current.end_reason = AssignmentState.CANCELLED, reason.strip()
        save_decision(current, "end_reason")
        audit.record("reservation.refuse", by=by, on=current, member=str(current.member.uuid))
        tell_decision([current])
    place_opened(current.shift)


def _hold(shift: Shift) -> Shift:
    """Lock the shift, and read it after the wait: the team may have changed or archived something meanwhile."""
    hold_place(shift)
    related = ("polling_station__event", "day_part__polling_day", "position")
    now = Shift.objects.filter(pk=shift.pk).select_related(*related).order_by()
    for found in now:
        return found
    raise _not_offered()


def _is_full(shift: Shift, *, besides: Member | None = None) -> bool:
    """Whether every place is taken, and none of them by `besides`; sure only while the shift is locked."""
    taken = _with_a_place(_past(shift))
    return len(taken) >= shift.places and (besides is None or besides.pk not in taken)


class _Row(NamedTuple):
    """Somebody's place in a shift, now or once; `member` is a primary key."""

    member: int
    state: str
    source: str


def _past(shift: Shift) -> list[_Row]:
    """Every place that somebody has or had here. One query, of the shift alone."""
    return list(map(_Row._make, shift.assignments.values_list(*_Row._fields)))


def _with_a_place(past: Iterable[_Row]) -> set[int]:
    """Primary keys of the members who have a place; nobody has two in one shift."""
    return {row.member for row in past if row.state in ACTIVE_ASSIGNMENT_STATES}


def _entitled_before(member: Member, shift: Shift) -> int:
    """How many people before `member` in the line may have a place; the shift is locked."""
    line = WaitlistEntry.objects.line().filter(shift=shift).values_list("member_id", flat=True)
    before = list(takewhile(lambda waiting: waiting != member.pk, line))
    if not before:
        return 0
    people = Member.objects.filter(pk__in=before)
    judge = Judge(shift.polling_station.event, people)
    return sum(not judge.against(person, shift) for person in people)


def _require_offered(shift: Shift) -> None:
    """In an archived event nothing is offered. The shift is locked and was read after that."""
    if shift.polling_station.event.archived_at is not None or not is_offered(shift):
        raise _not_offered()


def _not_offered() -> ActionError:
    return ActionError(_("Deze plaats kunt u niet zelf kiezen."))


def _require_not_restless(member: Member, past: Iterable[_Row]) -> None:
    """Each time a place opens, others are offered it and get mail."""
    given_back = _Row(member.pk, AssignmentState.DECLINED, AssignmentSource.RESERVATION)
    if sum(row == given_back for row in past) >= MAX_GIVEN_BACK:
        raise ActionError(
            _("U gaf deze plaats al drie keer terug. Bel het team verkiezingen als u toch wilt.")
        )


def _require_fit(member: Member, shift: Shift) -> None:
    reasons = Judge(shift.polling_station.event, [member]).against(member, shift)
    if reasons:
        raise ActionError(" ".join(reasons))
