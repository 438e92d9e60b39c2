"""Polling days with their day parts. What members answered or work in is never pulled away under them."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.event import check_day_parts
from elections.actions.lock import lock_open_event, lock_shifts
from elections.actions.shift import propose_template
from elections.errors import ActionError
from elections.event_plan import DayPartPlan, PollingDayPlan
from elections.models import DayPart, ElectionEvent, PollingDay, Position, Shift, User, Venue
from elections.queries.shift import day_part_period, people_in
from tenants.context import current_municipality

DayPartRow = tuple[UUID | None, DayPartPlan]  # the uuid of a day part there is; None for a new one


@transaction.atomic
def add_polling_day(event: ElectionEvent, plan: PollingDayPlan, *, by: User | None) -> PollingDay:
    """Add a day with its day parts; it serves all elections of the event.

    Raises:
        ActionError: when the event already has this day or is archived, or its day parts cannot stand.
    """
    event = lock_open_event(event.pk)
    _check_day(event, plan)
    day = PollingDay.objects.create(event=event, date=plan.date, kind=plan.kind)
    day.elections.set(event.elections.all())
    for part in plan.day_parts:
        DayPart.objects.create(polling_day=day, name=part.name, start=part.start, end=part.end)
    propose_template(event)
    audit.record("polling_day.create", by=by, on=day)
    return day


@transaction.atomic
def update_polling_day(
    day: PollingDay, *, day_date: date, kind: str, day_parts: Sequence[DayPartRow], by: User | None
) -> None:
    """Change a day and the list of its day parts. Shifts and opening hours move along with the new times.

    Raises:
        ActionError: when the event already has this day or is archived, when day parts cannot stand, when times change
            while people are assigned, or when a day part goes that has shifts or answers.
    """
    event = lock_open_event(day.event_id)
    day = PollingDay.objects.select_for_update().get(pk=day.pk)
    plan = PollingDayPlan(day_date, kind, tuple(part for _uuid, part in day_parts))  # type: ignore[arg-type]
    _check_day(event, plan, besides=day)
    moved = day_date - day.date
    before = {part.uuid: part for part in day.day_parts.all()}
    kept = {uuid: part for uuid, part in day_parts if uuid}
    if kept.keys() - before.keys():
        raise ActionError(_("Deze dag is intussen veranderd. Laad de pagina opnieuw."))
    timed = [
        part for part in before.values() if part.uuid in kept and _times_differ(part, kept[part.uuid], moved)
    ]
    _refuse_when_assigned(timed)
    for uuid, part in before.items():
        if uuid not in kept:
            _remove_day_part(part)
    day.date, day.kind = day_date, kind
    day.save()
    _save_day_parts(day, day_parts)
    for part in DayPart.objects.filter(pk__in=[part.pk for part in timed]).select_related("polling_day"):
        Shift.objects.filter(day_part=part).update(period=day_part_period(part))
    _move_opening_hours(day, moved)
    propose_template(event)
    audit.record("polling_day.update", by=by, on=day, day_parts=[part.name for part in plan.day_parts])


@transaction.atomic
def update_offer(
    day: PollingDay,
    *,
    day_parts: Collection[DayPart],
    positions: Collection[Position] | None,
    venues: Collection[Venue] | None,
    by: User | None,
) -> None:
    """Say what members may choose on `day`. Answers and reservations that there are stay as they are.

    day_parts: the ones that members are asked about; may be none. positions, venues: the only ones to choose from;
    None means all, also those that come later.

    Raises:
        ActionError: for a day part, position or venue of another day or event, a choice of none, or an archived event.
    """
    lock_open_event(day.event_id)
    day = PollingDay.objects.select_related("event").get(pk=day.pk)
    _check_offer(day, day_parts, positions, venues)
    day.day_parts.update(is_offered=False)
    day.day_parts.filter(pk__in=[part.pk for part in day_parts]).update(is_offered=True)
    day.offered_positions.set(positions or ())
    day.offered_venues.set(venues or ())
    audit.record(
        "polling_day.offer",
        by=by,
        on=day,
        day_parts=[part.name for part in day_parts],
        positions=[position.name for position in positions or ()],
        venues=[venue.name for venue in venues or ()],
    )


@transaction.atomic
def remove_polling_day(day: PollingDay, *, by: User | None) -> None:
    """Remove a day, with the opening hours that stations have on it.

    Raises:
        ActionError: for the last day of an event, when shifts or answers of members hang on it, or in an archived
            event.
    """
    event = lock_open_event(day.event_id)
    if not event.polling_days.exclude(pk=day.pk).exists():
        raise ActionError(_("Dit is de enige zittingsdag. Voeg eerst een andere dag toe."))
    for part in day.day_parts.all():
        _remove_day_part(part)
    audit.record("polling_day.remove", by=by, on=day)
    day.delete()


def _check_day(event: ElectionEvent, plan: PollingDayPlan, besides: PollingDay | None = None) -> None:
    same = event.polling_days.filter(date=plan.date, kind=plan.kind)
    if besides:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise ActionError(_("Deze zittingsdag is er al. Kies een andere datum of een andere soort dag."))
    check_day_parts(plan)


def _check_offer(
    day: PollingDay,
    day_parts: Collection[DayPart],
    positions: Collection[Position] | None,
    venues: Collection[Venue] | None,
) -> None:
    if positions is not None and not positions:
        raise ActionError(_("Kies minstens één functie, of kies “Alle functies”."))
    if venues is not None and not venues:
        raise ActionError(_("Kies minstens één stemlokaal, of kies “Alle stemlokalen”."))
    in_use = set(Venue.objects.filter(polling_stations__event=day.event).values_list("pk", flat=True))
    if (
        any(part.polling_day_id != day.pk for part in day_parts)
        or any(position.event_id != day.event_id for position in positions or ())
        or any(venue.pk not in in_use for venue in venues or ())
    ):
        raise ActionError(_("Deze dag is intussen veranderd. Laad de pagina opnieuw."))


def _times_differ(part: DayPart, plan: DayPartPlan, moved: timedelta) -> bool:
    return bool(moved) or (part.start, part.end) != (plan.start, plan.end)


def _refuse_when_assigned(parts: list[DayPart]) -> None:
    """Other times would move people's work without their knowing. Nobody gets a place while this is looked at."""
    lock_shifts(Shift.objects.filter(day_part__in=parts).values_list("pk", flat=True))
    for part in parts:
        names = people_in(Shift.objects.filter(day_part=part))
        if names:
            raise ActionError(
                _(
                    "In dagdeel “%(part)s” zijn al mensen ingedeeld: %(names)s. De datum en de tijden staan daarom "
                    "vast. Haal hen eerst uit hun dienst."
                )
                % {"part": part.name, "names": names}
            )


def _remove_day_part(part: DayPart) -> None:
    shifts, answers = part.shifts.count(), part.availabilities.count()
    if shifts:
        raise ActionError(
            _("Bij dagdeel “%(part)s” horen nog %(count)s diensten. Haal eerst die diensten weg.")
            % {"part": part.name, "count": shifts}
        )
    if answers:
        raise ActionError(
            _(
                "%(count)s leden gaven al door of zij kunnen in dagdeel “%(part)s”. U kunt het niet verwijderen."
            )
            % {"part": part.name, "count": answers}
        )
    part.delete()


def _save_day_parts(day: PollingDay, rows: Sequence[DayPartRow]) -> None:
    parts = {part.uuid: part for part in day.day_parts.all()}
    for part in parts.values():
        # Names are unique within a day: two parts can only change names by way of a third.
        DayPart.objects.filter(pk=part.pk).update(name=str(part.uuid))
    for uuid, plan in rows:
        part = parts[uuid] if uuid else DayPart(polling_day=day)
        part.name, part.start, part.end = plan.name, plan.start, plan.end
        part.save()


def _move_opening_hours(day: PollingDay, moved: timedelta) -> None:
    """Keep local times of day: 7.30 stays 7.30, also when the clock changes in between."""
    if not moved:
        return
    zone = current_municipality().tz
    for hours in day.opening_hours.all():
        for name in ("opens_at", "closes_at"):
            local = timezone.make_naive(getattr(hours, name), zone) + moved
            setattr(hours, name, timezone.make_aware(local, zone))
        hours.save()
