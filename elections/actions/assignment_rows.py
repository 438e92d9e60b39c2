"""The rows behind placing somebody: what the member knows stays what they see until the change is published too.

A place that the member knows of ends as cancelled, any other by deleting it; the row that comes instead of a published
one names it in `replaces`. Going back before anybody was told brings the published row itself back, with the member's
answer to it. Shifts and members are locked by the caller; what is done to each row is added to `steps`, for undo.
"""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections.actions.decision import tell_decision
from elections.actions.plan_change import Step, facts, step
from elections.actions.waitlist_entry import leave_lines
from elections.enums import UNDECIDED_ASSIGNMENT_STATES, AssignmentSource, AssignmentState
from elections.errors import ActionError
from elections.models import Assignment, Member, Shift, User
from elections.queries.assignment import active_assignments, why_not, why_not_strict

# Of these the member knows: the team placed nobody there behind the scenes.
_CHOSEN_WITH_MEMBER = (AssignmentSource.RESERVATION, AssignmentSource.WAITLIST, AssignmentSource.FOLLOW_UP)


def relocate(current: Assignment, target: Shift, steps: list[Step], by: User | None) -> Assignment:
    """Bring the member of `current` to `target`; the rules were asked. A member who knows of the place gets a mail.

    Raises:
        ActionError: when the database refuses it.
    """
    told = told_place(current.member, target)
    published = current.published_at is not None
    leave_lines([(current.member_id, target.pk)])
    is_known = not published and _is_known(current)
    if published or told:
        free_place(current, steps, _("Het team gaf u een andere plaats.") if is_known else "")
        if is_known:
            tell_decision([current])
        if told:
            return bring_back(told, steps)
        moved = Assignment(
            member=current.member,
            shift=target,
            assigned_by=by,
            is_locked=current.is_locked,
            replaces=current,
        )
        save_new(moved, steps)
        return moved
    before = facts(current)
    current.shift, current.period = target, target.period
    current.state = AssignmentState.CONFIRMED
    current.assigned_by, current.assigned_at = by, timezone.now()
    # The yes was to another place. How the member came to it stays, so that they go on seeing it.
    current.accepted_at = current.reminded_at = None
    if not is_known:
        current.source = AssignmentSource.STAFF
    current.version += 1
    _guarded(current)
    steps.append(step(before, current))
    if is_known:
        tell_decision([current])
    return current


def told_place(member: Member, shift: Shift) -> Assignment | None:
    """The published place of this member here that was taken back, while the member was not told yet."""
    rows = Assignment.objects.visible_to_member().filter(
        member=member, shift=shift, state=AssignmentState.CANCELLED
    )
    return rows.select_related("member", "shift", "assigned_by", "replaces").order_by("-pk").first()


def bring_back(told: Assignment, steps: list[Step]) -> Assignment:
    """Publish the row of told_place again: the member never heard that it was gone. Errors as for save_new."""
    for newer in Assignment.objects.filter(replaces=told).select_related(
        "member", "shift", "assigned_by", "replaces"
    ):
        before = facts(newer)
        newer.replaces = None
        newer.version += 1
        newer.save(update_fields=["replaces", "version"])
        steps.append(step(before, newer))
    before = facts(told)
    told.state = AssignmentState.PUBLISHED
    told.end_reason = ""
    told.version += 1
    _guarded(told, ["state", "end_reason", "version"])
    steps.append(step(before, told))
    return told


def save_new(assignment: Assignment, steps: list[Step]) -> None:
    """Write a new row of a shift.

    Raises:
        ActionError: when the database refuses it.
    """
    assignment.period = assignment.shift.period
    _guarded(assignment)
    steps.append(step(None, assignment))


def free_place(current: Assignment, steps: list[Step], reason: str = "") -> None:
    """End an assignment, with a reason that the member reads, of which 300 characters are kept."""
    before = facts(current)
    if current.published_at is None and not _is_known(current):
        current.delete()
        steps.append(step(before, None))
        return
    current.state = AssignmentState.CANCELLED
    current.end_reason = reason[:300]
    current.version += 1
    current.save(update_fields=["state", "end_reason", "version"])
    steps.append(step(before, current))


def require_not_in(member: Member, shift: Shift) -> None:
    """Raises ActionError when the member has a place in the shift already."""
    if shift.assignments.active().filter(member=member).exists():
        raise ActionError(_("%(name)s staat al in deze dienst.") % {"name": member.full_name})


def require_fit(
    member: Member,
    shift: Shift,
    *,
    strict: bool = False,
    besides: Sequence[Assignment] = (),
) -> None:
    """Ask every rule of elections.eligibility.

    strict: rest and hours a day count too.
    besides: places that the member leaves for this one.

    Raises:
        ActionError: with the reasons why not.
    """
    leaving = {assignment.pk for assignment in besides}
    taken = [other for other in active_assignments(member) if other.pk not in leaving]
    reasons = (why_not_strict if strict else why_not)(member, shift, taken)
    if reasons:
        raise ActionError(f"{member.full_name}: {' '.join(reasons)}")


def _guarded(assignment: Assignment, fields: list[str] | None = None) -> None:
    """Save; when the database itself refuses, say the same as the rules would have said."""
    try:
        with transaction.atomic():
            assignment.save(update_fields=fields)
    except IntegrityError as error:
        require_not_in(assignment.member, assignment.shift)
        require_fit(assignment.member, assignment.shift, besides=[assignment])
        raise ActionError(
            _("%(name)s is net door iemand anders ingedeeld. Ververs de pagina.")
            % {"name": assignment.member.full_name}
        ) from error


def _is_known(current: Assignment) -> bool:
    """Whether the member knows of a place that was not published: they picked it, or were offered it."""
    return (
        current.state in UNDECIDED_ASSIGNMENT_STATES
        or current.source in _CHOSEN_WITH_MEMBER
        or current.answer_due_at is not None
    )
