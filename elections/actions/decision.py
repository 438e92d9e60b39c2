"""Telling members what the team decided about a place that they picked or accepted, and that is not published."""

from django.utils.translation import gettext as _

from elections.enums import AssignmentState, MailKind
from elections.errors import ActionError
from elections.models import Assignment
from elections.notify import outbox


def tell_decision(assignments: list[Assignment]) -> int:
    """One mail per member that the team answered; returns how many mails. Members are loaded with their user."""
    first_of = {assignment.member_id: assignment for assignment in reversed(assignments)}
    return outbox.enqueue_many(
        MailKind.RESERVATION_DECIDED,
        (
            # Each decision raises the version: with the uuid that names the mail.
            outbox.Recipient(
                assignment.member.user,
                f"reservation-decided:{assignment.uuid}:{assignment.version}",
                assignment.uuid,
            )
            for assignment in first_of.values()
            if assignment.member.user
        ),
    )


def require_decided(current: Assignment) -> None:
    """A member is never left with a place that vanished without a word: the team says no with a reason.

    Raises:
        ActionError: for a place that the member picked, or was offered, and that waits for an answer.
    """
    name = {"name": current.member.full_name}
    if current.state == AssignmentState.RESERVED:
        raise ActionError(
            _("%(name)s koos deze plaats zelf. Weiger de plaats bij “Zelf gekozen plaatsen”, met een reden.")
            % name
        )
    if current.state == AssignmentState.PROPOSED:
        raise ActionError(
            _(
                "Deze plaats is aan %(name)s aangeboden. Trek het aanbod in bij “Aangeboden plaatsen”, met een reden."
            )
            % name
        )
