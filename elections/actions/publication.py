"""Making the plan known: what was published is what members see."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.portal_step import show_step
from elections.enums import AssignmentState, MailKind, StepKind
from elections.errors import ActionError
from elections.models import Assignment, ElectionEvent, PollingStation, User
from elections.notify import outbox
from elections.queries.event import require_open_event
from elections.queries.publication import unpublished


@transaction.atomic
def publish_assignments(
    event: ElectionEvent, *, by: User | None, station: PollingStation | None = None
) -> int:
    """Show all confirmed assignments of an event, or of one station, to their members.

    Each member gets one mail that something waits, however many shifts they have. Returns how many assignments were
    published.

    Raises:
        ActionError: in an archived event, when there is nothing to publish, or when the step of the portal lies
            outside its period.
    """
    require_open_event(event)
    waiting = list(
        unpublished(event, station)
        .select_for_update(of=("self",))
        .select_related("member__user")
        .order_by("pk")
    )
    if not waiting:
        raise ActionError(_("Alles is al gepubliceerd."))
    Assignment.objects.filter(pk__in=[assignment.pk for assignment in waiting]).update(
        state=AssignmentState.PUBLISHED, published_at=timezone.now()
    )
    show_step(event, StepKind.PLACEMENT, by=by)
    first_of = {assignment.member_id: assignment for assignment in reversed(waiting)}
    outbox.enqueue_many(
        MailKind.PLACEMENT_PUBLISHED,
        (
            # An assignment is published once, so its uuid names this mail.
            outbox.Recipient(assignment.member.user, f"placement:{assignment.uuid}", assignment.uuid)
            for assignment in first_of.values()
            if assignment.member.user
        ),
    )
    audit.record(
        "assignment.publish", by=by, on=station or event, assignments=len(waiting), members=len(first_of)
    )
    return len(waiting)
