"""The positions of an event: what people can be at a polling station."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.lock import lock_open_event
from elections.enums import PositionKind
from elections.errors import ActionError
from elections.event_plan import PositionPlan
from elections.models import ElectionEvent, PollingDay, Position, User

# Kieswet art. E 4: a board member is 18 on the day of the vote; counters are no board members.
MINIMUM_AGE = 18

PositionRow = tuple[UUID | None, PositionPlan]  # the uuid of a position there is; None for a new one


@transaction.atomic
def save_positions(event: ElectionEvent, rows: Sequence[PositionRow], *, by: User | None) -> None:
    """Replace the list of positions; the order of `rows` is the order on every screen.

    Raises:
        ActionError: when none is left, two have one name, the age is too low, one goes that has shifts or wishes, or
            the event is archived.
    """
    lock_open_event(event.pk)
    check_positions([plan for _uuid, plan in rows])
    before = {position.uuid: position for position in event.positions.all()}
    kept = {uuid for uuid, _plan in rows if uuid}
    if kept - before.keys():
        raise ActionError(_("De functies zijn intussen veranderd. Laad de pagina opnieuw."))
    for known, position in before.items():
        if known not in kept:
            _remove_position(position)
        else:
            # Names are unique within an event: two positions can only change names by way of a third.
            Position.objects.filter(pk=position.pk).update(name=str(known))
    for rank, (uuid, plan) in enumerate(rows, start=1):
        position = before[uuid] if uuid else Position(event=event)
        if uuid and position.kind != plan.kind and position.shifts.exists():
            raise ActionError(
                _("Bij functie “%(name)s” horen al diensten. De soort staat daarom vast.")
                % {"name": plan.name}
            )
        position.kind, position.name, position.rank = plan.kind, plan.name, rank * 10
        position.minimum_age, position.needs_training = plan.minimum_age, plan.needs_training
        position.allowance_cents = plan.allowance_cents
        position.save()
    audit.record("position.update", by=by, on=event, positions=[plan.name for _uuid, plan in rows])


def check_positions(plans: Sequence[PositionPlan]) -> None:
    """Raise ActionError for no position, a name twice, or a board member who may be under 18 (Kieswet art. E 4)."""
    if not plans:
        raise ActionError(_("Vul minstens één functie in."))
    names = [plan.name for plan in plans]
    if len(set(names)) < len(names):
        raise ActionError(_("Geef elke functie een eigen naam."))
    for plan in plans:
        if plan.minimum_age < MINIMUM_AGE and plan.kind != PositionKind.COUNTER:
            raise ActionError(
                _("Een %(name)s is minstens 18 jaar op de dag van de stemming (Kieswet artikel E 4).")
                % {"name": plan.name.lower()}
            )


def _remove_position(position: Position) -> None:
    shifts, wishes = position.shifts.count(), position.preference_set.count()
    if shifts:
        raise ActionError(
            _("Bij functie “%(name)s” horen nog %(count)s diensten. Haal eerst die diensten weg.")
            % {"name": position.name, "count": shifts}
        )
    if wishes:
        raise ActionError(
            _("%(count)s leden kozen functie “%(name)s” als voorkeur. U kunt de functie niet verwijderen.")
            % {"name": position.name, "count": wishes}
        )
    for day in PollingDay.objects.filter(offered_positions=position):
        if not day.offered_positions.exclude(pk=position.pk).exists():
            # Without it nothing would be chosen, and that means everything.
            raise ActionError(
                _(
                    "Functie “%(name)s” is de enige die leden kunnen kiezen op %(day)s. "
                    "Pas eerst de keuze van leden aan."
                )
                % {"name": position.name, "day": date_format(day.date, "j F Y")}
            )
    position.delete()
