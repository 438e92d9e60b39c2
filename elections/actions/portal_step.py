"""Opening and closing the parts of the portal."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.lock import lock_open_event
from elections.actions.reminder import move_reminders
from elections.enums import StepKind
from elections.errors import ActionError
from elections.models import ElectionEvent, PortalStep, User
from elections.queries.portal_step import period_text


@transaction.atomic
def update_portal_step(
    event: ElectionEvent,
    kind: StepKind,
    *,
    is_on: bool,
    opens_at: datetime | None,
    closes_at: datetime | None,
    text: str,
    by: User | None,
) -> PortalStep:
    """Switch a part on or off, and set when it is open and the team's own words; an empty bound is no bound.

    Raises:
        ActionError: when it would close before it opens, in an archived event, and as `move_reminders`.
    """
    event = lock_open_event(event.pk)
    if opens_at and closes_at and closes_at <= opens_at:
        raise ActionError(_("De einddatum moet na de begindatum liggen."))
    PortalStep.objects.get_or_create(event=event, kind=kind)
    step = PortalStep.objects.select_for_update().get(event=event, kind=kind)
    move_reminders(step, closes_at)
    step.is_on, step.opens_at, step.closes_at, step.text = is_on, opens_at, closes_at, text.strip()
    step.save()
    audit.record(
        "portal_step.update",
        by=by,
        on=event,
        step=kind.value,
        is_on=is_on,
        opens_at=opens_at.isoformat() if opens_at else None,
        closes_at=closes_at.isoformat() if closes_at else None,
    )
    return step


def show_step(event: ElectionEvent, kind: StepKind, *, by: User | None) -> None:
    """Switch a part on because something was published in it; its period stays what the team chose.

    Call it in the transaction that publishes: members must not get a mail about a page that they cannot open.

    Raises:
        ActionError: when today lies outside the period.
    """
    PortalStep.objects.get_or_create(event=event, kind=kind)
    if PortalStep.objects.filter(event=event, kind=kind, is_on=False).update(is_on=True):
        audit.record("portal_step.update", by=by, on=event, step=kind.value, is_on=True)
    step = PortalStep.objects.get(event=event, kind=kind)
    if not step.is_open:
        raise ActionError(
            _(
                "Leden zien het onderdeel “%(step)s” nu niet. %(period)s. Pas eerst de periode van het onderdeel aan."
            )
            % {"step": kind.label, "period": period_text(step)}
        )
