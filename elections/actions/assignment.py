"""Putting members in shifts, moving them, and taking them out again.

Places are guarded by a lock on the shift row, double work by a lock on the member and, whatever code writes, by an
exclusion constraint on the member's time. What members know of their places meanwhile is kept by
elections.actions.assignment_rows.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.assignment_rows import (
    bring_back,
    free_place,
    relocate,
    require_fit,
    require_not_in,
    save_new,
    told_place,
)
from elections.actions.decision import require_decided, tell_decision
from elections.actions.lock import lock_members, lock_rows, lock_shifts
from elections.actions.plan_change import Step, facts, record_change, step
from elections.actions.waitlist_entry import leave_lines
from elections.enums import (
    ACTIVE_ASSIGNMENT_STATES,
    AssignmentSource,
    AssignmentState,
    PlanChangeKind,
)
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Assignment, ElectionEvent, Member, Shift, User
from elections.queries.event import require_open_event
from elections.queries.plan_change import last_act


@transaction.atomic
def assign_member(
    member: Member,
    shift: Shift,
    *,
    by: User | None,
    source: str = AssignmentSource.STAFF,
    state: str = AssignmentState.CONFIRMED,
    answer_due_at: datetime | None = None,
    strict: bool = False,
) -> Assignment:
    """Put `member` in `shift`; members see it only when it is published.

    Availability is advice, not a rule: in an emergency staff may choose somebody who said no.

    state: PROPOSED for an offer, which needs `answer_due_at` (a moment); RESERVED for what a member picked.
    strict: rest and hours a day forbid it too, for what members choose and are offered; staff are only warned.

    Raises:
        ActionError: when the event is archived, the shift is full, the member is in it already, or a rule of
            elections.eligibility forbids it. Of work elsewhere at that time the message says where, and who placed
            the member there and when.
    """
    shift = lock_shifts([shift.pk])[shift.pk]
    member = lock_members([member.pk])[member.pk]
    require_open_event(shift.polling_station.event)
    _require_room(member, shift)
    require_fit(member, shift, strict=strict)
    return place_member(member, shift, by=by, source=source, state=state, answer_due_at=answer_due_at)


def place_member(
    member: Member,
    shift: Shift,
    *,
    by: User | None,
    source: str,
    state: str,
    answer_due_at: datetime | None = None,
) -> Assignment:
    """Write down that `member` has a place in `shift`. Part of larger actions; parameters as for `assign_member`.

    Both are locked, and the caller asked whether the event is open, a place is free and every rule is met.

    Raises:
        ActionError: when the database refuses it all the same.
    """
    steps: list[Step] = []
    told = told_place(member, shift) if state == AssignmentState.CONFIRMED else None
    if told:
        assignment = bring_back(told, steps)
    else:
        assignment = Assignment(
            member=member,
            shift=shift,
            state=state,
            source=source,
            assigned_by=by,
            answer_due_at=answer_due_at,
        )
        save_new(assignment, steps)
    leave_lines([(member.pk, shift.pk)])
    audit.record("assignment.create", by=by, on=assignment, member=str(member.uuid), shift=str(shift.uuid))
    if source == AssignmentSource.STAFF and state == AssignmentState.CONFIRMED:
        # An offer was mailed: it ends by being withdrawn, never by an undo.
        _keep(shift.polling_station.event, PlanChangeKind.ASSIGN, steps, by)
    return assignment


@transaction.atomic
def unassign(
    assignment: Assignment, *, by: User | None, version: int | None = None, reason: str = ""
) -> None:
    """Free the place again. What the member knows of stays in the history, as cancelled.

    A published place stays on the member's page until the removal is published too.

    version: of the assignment, as the page showed it; left out, nobody looked at a page.
    reason: why, in the words of the team; at most 300 characters are kept. A member who knows of the place and does
        not see it as published reads it, and gets a mail.

    Raises:
        ChangedElsewhere: when the place was freed already, or is no longer as the page showed it; says who and when.
        ActionError: when the team takes away what a member picked or was offered, without a reason.
    """
    current = _current(assignment, version)
    by_team = by is not None and by.is_staff_member
    if by_team and not reason.strip():
        require_decided(current)
    steps: list[Step] = []
    audit.record(
        "assignment.remove",
        by=by,
        on=current,
        member=str(current.member.uuid),
        shift=str(current.shift.uuid),
    )
    free_place(current, steps, reason)
    if by_team and current.pk and current.published_at is None:
        tell_decision([current])
    _keep(current.shift.polling_station.event, PlanChangeKind.REMOVE, steps, by)


@transaction.atomic
def move_assignment(
    assignment: Assignment, shift: Shift, *, by: User | None, version: int | None = None
) -> Assignment:
    """Give the member another shift in place of this one, both or neither.

    A place that the member picked counts as decided by that: they keep seeing it, where it is now, and get a mail. A
    locked place may be moved and stays locked: the lock tells a proposal to keep off, not a planner. Parameters as for
    `unassign`.

    Raises:
        ActionError: as `assign_member` and `unassign`, and for a place that was offered and waits for an answer;
            then nothing has changed.
    """
    current = _current(assignment, version, [shift.pk])
    target = lock_shifts([shift.pk])[shift.pk]
    if target.pk == current.shift_id:
        raise ActionError(_("%(name)s staat al in deze dienst.") % {"name": current.member.full_name})
    _require_movable(current, target)
    _require_room(current.member, target)
    require_fit(current.member, target, besides=[current])
    steps: list[Step] = []
    _record_move("assignment.move", current, target, by)
    moved = relocate(current, target, steps, by)
    _keep(target.polling_station.event, PlanChangeKind.MOVE, steps, by)
    return moved


@transaction.atomic
def swap_assignments(
    one: Assignment, other: Assignment, *, by: User | None, versions: tuple[int, int] | None = None
) -> tuple[Assignment, Assignment]:
    """Let two members change places, both or neither; rules as for `move_assignment`.

    versions: of `one` and `other`, as the page showed them.

    Returns:
        The place of the member of `one`, and that of the member of `other`.

    Raises:
        ActionError: as `move_assignment`, and for two places of one member or in one shift.
    """
    known = dict(Assignment.objects.filter(pk__in=(one.pk, other.pk)).values_list("pk", "shift"))
    lock_shifts(known.values())
    lock_members([one.member_id, other.member_id])
    present = Assignment.objects.filter(pk__in=known).values_list("shift", flat=True)
    if not set(present) <= set(known.values()):
        # One moved while this waited; locking its new shift now would be out of the order.
        raise ChangedElsewhere(_join(_("Intussen is er iets veranderd."), _("Kijk eerst hoe het nu is.")))
    first = _current(one, versions[0] if versions else None, known.values())
    second = _current(other, versions[1] if versions else None, known.values())
    if first.member_id == second.member_id or first.shift_id == second.shift_id:
        raise ActionError(_("Kies twee leden in twee verschillende diensten."))
    pair = (first, second)
    targets = (second.shift, first.shift)
    for current, target in zip(pair, targets, strict=True):
        _require_movable(current, target)
        require_not_in(current.member, target)
        require_fit(current.member, target, besides=[current])
    steps: list[Step] = []
    for current, target in zip(pair, targets, strict=True):
        _record_move("assignment.swap", current, target, by)
    moved = [relocate(current, target, steps, by) for current, target in zip(pair, targets, strict=True)]
    _keep(targets[0].polling_station.event, PlanChangeKind.SWAP, steps, by)
    return moved[0], moved[1]


@transaction.atomic
def set_locked(
    assignment: Assignment, locked: bool, *, by: User | None, version: int | None = None
) -> Assignment:
    """Make a proposal leave this place as it is, or give it free again. Parameters and errors as for `unassign`."""
    current = _current(assignment, version)
    if current.is_locked == locked:
        return current
    before = facts(current)
    current.is_locked = locked
    current.version += 1
    current.save(update_fields=["is_locked", "version"])
    audit.record(
        "assignment.lock" if locked else "assignment.unlock",
        by=by,
        on=current,
        member=str(current.member.uuid),
        shift=str(current.shift.uuid),
    )
    _keep(current.shift.polling_station.event, PlanChangeKind.LOCK, [step(before, current)], by)
    return current


def _current(assignment: Assignment, version: int | None, also: Collection[int] = ()) -> Assignment:
    """The assignment as it is now, with its shift, the shifts `also` and its member locked in the fixed order.

    Raises:
        ChangedElsewhere: when it no longer takes up a place, or its version is another than the page showed.
    """
    known = Assignment.objects.filter(pk=assignment.pk).values_list("shift", flat=True).first()
    shifts = lock_shifts([*also, *([known] if known else [])])
    lock_members([assignment.member_id])
    current = lock_rows([assignment.pk]).get(assignment.pk)
    if current is None or current.state not in ACTIVE_ASSIGNMENT_STATES:
        raise ChangedElsewhere(_join(_("Deze plaats was al vrijgemaakt."), last_act(assignment.uuid)))
    if current.shift_id not in shifts or (version is not None and current.version != version):
        raise ChangedElsewhere(
            _join(
                _("Intussen is er iets veranderd."),
                last_act(assignment.uuid),
                _("Kijk eerst hoe het nu is."),
            )
        )
    current.shift = shifts[current.shift_id]
    require_open_event(current.shift.polling_station.event)
    return current


def _require_movable(current: Assignment, target: Shift) -> None:
    if current.state == AssignmentState.PROPOSED:
        raise ActionError(
            _("%(name)s moet nog antwoorden op het aanbod voor deze plaats. Haal eerst het aanbod weg.")
            % {"name": current.member.full_name}
        )
    if target.polling_station.event_id != current.shift.polling_station.event_id:
        raise ActionError(_("Deze dienst hoort bij een andere verkiezingsronde."))


def _require_room(member: Member, shift: Shift) -> None:
    require_not_in(member, shift)
    if shift.assignments.active().count() >= shift.places:
        raise ActionError(_("Deze dienst is vol. Iemand anders heeft net de laatste plaats ingevuld."))


def _record_move(action: str, current: Assignment, target: Shift, by: User | None) -> None:
    # In the log under the place that was left, so that whoever still sees it there learns where it went.
    audit.record(action, by=by, on=current, member=str(current.member.uuid), shift=str(target.uuid))


def _keep(event: ElectionEvent, kind: str, steps: list[Step], by: User | None) -> None:
    """Make what a colleague did undoable. What members do themselves is theirs, and a task never needs undoing."""
    if by is not None and by.is_staff_member:
        record_change(event, kind, steps, by=by)


def _join(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
