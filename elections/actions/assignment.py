"""Putting members in shifts.

Places are guarded by a lock on the shift row, double work by an exclusion constraint on the member's time.
"""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from elections import audit
from elections.enums import AssignmentState
from elections.errors import ActionError
from elections.models import Assignment, Member, Shift, User
from elections.queries.assignment import active_assignments, why_not
from elections.queries.event import require_open_event


@transaction.atomic
def assign_member(member: Member, shift: Shift, *, by: User | None) -> Assignment:
    """Put `member` in `shift`; members see it only when it is published.

    Availability is advice, not a rule: in an emergency staff may choose somebody who said no.

    Raises:
        ActionError: when the event is archived, the shift is full, the member is in it already, works elsewhere at that
            time (the message names where), is not qualified, or is too young on the polling day (Kieswet art. E 4).
    """
    shift = _locked(shift)
    require_open_event(shift.polling_station.event)
    in_shift = shift.assignments.active()
    if in_shift.filter(member=member).exists():
        raise ActionError(_("%(name)s staat al in deze dienst.") % {"name": member.full_name})
    if in_shift.count() >= shift.places:
        raise ActionError(_("Deze dienst is vol. Iemand anders heeft net de laatste plaats ingevuld."))
    reasons = why_not(member, shift, active_assignments(member))
    if reasons:
        raise ActionError(f"{member.full_name}: {' '.join(reasons)}")
    try:
        with transaction.atomic():
            assignment = Assignment.objects.create(member=member, shift=shift, period=shift.period)
    except IntegrityError as error:
        # Somebody else assigned the same member elsewhere between our look and our write.
        raise ActionError(
            _("%(name)s is net door iemand anders ingedeeld. Ververs de pagina.") % {"name": member.full_name}
        ) from error
    audit.record("assignment.create", by=by, on=assignment, member=str(member.uuid), shift=str(shift.uuid))
    return assignment


@transaction.atomic
def unassign(assignment: Assignment, *, by: User | None) -> None:
    """Free the place again. What the member could already see stays in the history, as cancelled.

    Raises:
        ActionError: when the place was freed already.
    """
    current = Assignment.objects.select_for_update(of=("self",)).filter(pk=assignment.pk).active().first()
    if current is None:
        raise ActionError(_("Deze plaats was al vrijgemaakt."))
    audit.record("assignment.remove", by=by, on=current, member=str(current.member.uuid))
    if current.state == AssignmentState.PUBLISHED:
        current.state = AssignmentState.CANCELLED
        current.save(update_fields=["state"])
    else:
        current.delete()


@transaction.atomic
def move_assignment(assignment: Assignment, shift: Shift, *, by: User | None) -> Assignment:
    """Give the member another shift in place of this one, both or neither. Publish it again afterwards.

    Raises:
        ActionError: as `assign_member` and `unassign`; then nothing has changed.
    """
    member = assignment.member
    unassign(assignment, by=by)
    return assign_member(member, shift, by=by)


def _locked(shift: Shift) -> Shift:
    """The shift as it is now; whoever else wants a place in it waits until this transaction ends."""
    return (
        Shift.objects.select_for_update(of=("self",))
        .select_related("polling_station__event", "day_part__polling_day", "position")
        .get(pk=shift.pk)
    )
