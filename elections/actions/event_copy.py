"""A new event with what was prepared for an earlier one; never with people, answers or letters."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.event import RULES, check_elections, check_event_name, create_event
from elections.enums import EventPart, PollingDayKind, PositionKind, StepKind
from elections.errors import ActionError
from elections.event_plan import (
    POSITIONS,
    VOTING_DAY_PARTS,
    DayPartPlan,
    ElectionPlan,
    EventPlan,
    PollingDayPlan,
    PositionPlan,
)
from elections.models import (
    DayPart,
    ElectionEvent,
    LetterEdition,
    OpeningHours,
    PollingDay,
    PollingStation,
    PortalStep,
    Position,
    ShiftTemplateLine,
    User,
)
from elections.queries.event_copy import CopiedDay, copied_days, shift_in_days
from tenants.context import current_municipality

# What a part cannot do without: opening hours are those of a station on a day.
NEEDS = {
    EventPart.TEMPLATE: (EventPart.DAYS, EventPart.POSITIONS),
    EventPart.HOURS: (EventPart.DAYS, EventPart.STATIONS),
}


def check_copy(
    source: ElectionEvent, *, name: str, elections: Sequence[ElectionPlan], parts: Collection[EventPart]
) -> None:
    """Raise ActionError when `copy_event` would refuse this: for the page that shows what comes along."""
    check_event_name(name)
    check_elections(list(elections))
    for part, needed in NEEDS.items():
        missing = [str(each.label) for each in needed if part in parts and each not in parts]
        if missing:
            raise ActionError(
                _("Wilt u “%(part)s” meenemen? Neem dan ook “%(missing)s” mee.")
                % {"part": part.label, "missing": "” en “".join(missing)}
            )
    if EventPart.DAYS in parts and not source.polling_days.exists():
        raise ActionError(
            _("Deze verkiezingsronde heeft geen zittingsdag. Haal het vinkje bij de zittingsdagen weg.")
        )


@transaction.atomic
def copy_event(
    source: ElectionEvent,
    *,
    name: str,
    polling_date: date,
    elections: Sequence[ElectionPlan],
    parts: Collection[EventPart],
    by: User | None,
) -> ElectionEvent:
    """Make an event for the vote on `polling_date`, with `parts` of `source`; all or nothing.

    Days keep their distance to the vote and times stay local times. Venues are shared, stations are new. What is not
    taken along is as for any new event. Every part of the portal is off.

    Raises:
        ActionError: for a name in use, no election, a part without what it needs, or a time that the clock skips.
    """
    check_copy(source, name=name, elections=elections, parts=parts)
    days = copied_days(source, polling_date) if EventPart.DAYS in parts else []
    positions = list(source.positions.all()) if EventPart.POSITIONS in parts else []
    event = create_event(
        EventPlan(name, tuple(elections), _day_plans(days, polling_date), _position_plans(positions)), by=by
    )
    event.previous = source
    event.save(update_fields=["previous"])
    copy = _Copy(source, event, days, positions)
    if EventPart.TEMPLATE in parts:
        copy.template()
    if EventPart.RULES in parts:
        copy.rules()
    if EventPart.STATIONS in parts:
        copy.stations()
    if EventPart.HOURS in parts:
        copy.opening_hours(shift_in_days(source, polling_date))
    copy.offers(with_venues=EventPart.STATIONS in parts)
    if EventPart.LETTER in parts:
        copy.letter()
    if EventPart.STEP_TEXTS in parts:
        copy.step_texts()
    audit.record(
        "event.copy",
        by=by,
        on=event,
        previous=source.name,
        what=[str(EventPart(part).label) for part in parts],
    )
    return event


def _day_plans(days: list[CopiedDay], polling_date: date) -> tuple[PollingDayPlan, ...]:
    if not days:
        return (PollingDayPlan(polling_date, PollingDayKind.VOTING, VOTING_DAY_PARTS),)
    return tuple(
        PollingDayPlan(
            day.date,
            PollingDayKind(day.old.kind),
            tuple(DayPartPlan(part.name, part.start, part.end) for part in day.day_parts),
        )
        for day in days
    )


def _position_plans(positions: list[Position]) -> tuple[PositionPlan, ...]:
    if not positions:
        return POSITIONS
    return tuple(
        PositionPlan(
            kind=PositionKind(position.kind),
            name=position.name,
            allowance_cents=position.allowance_cents,
            minimum_age=position.minimum_age,
            needs_training=position.needs_training,
        )
        for position in positions
    )


@dataclass
class _Copy:
    """Knows which new row stands for which old one."""

    source: ElectionEvent
    event: ElectionEvent
    copied: list[CopiedDay]
    copied_positions: list[Position]

    def __post_init__(self) -> None:
        new_days = {(day.date, day.kind): day for day in self.event.polling_days.all()}
        self.days: dict[int, PollingDay] = {
            day.old.pk: new_days[day.date, day.old.kind] for day in self.copied
        }
        new_parts = {
            (part.polling_day_id, part.name): part
            for part in DayPart.objects.filter(polling_day__event=self.event)
        }
        self.parts: dict[int, DayPart] = {
            part.pk: new_parts[self.days[day.old.pk].pk, part.name]
            for day in self.copied
            for part in day.day_parts
        }
        new_positions = {position.name: position for position in self.event.positions.all()}
        self.positions: dict[int, Position] = {
            position.pk: new_positions[position.name] for position in self.copied_positions
        }
        self.new_stations: dict[int, PollingStation] = {}

    def template(self) -> None:
        """The lines as they were, in place of the ones that a new event is given."""
        self.event.template_lines.all().delete()
        ShiftTemplateLine.objects.bulk_create(
            ShiftTemplateLine(
                event=self.event,
                station_kind=line.station_kind,
                from_voters=line.from_voters,
                day_part=self.parts[line.day_part_id],
                position=self.positions[line.position_id],
                places=line.places,
            )
            for line in self.source.template_lines.all()
        )

    def rules(self) -> None:
        """Every rule as it was; a moment from which training counts stays too, so that somebody looks at it."""
        for name in RULES:
            setattr(self.event, name, getattr(self.source, name))
        self.event.save(update_fields=RULES)

    def stations(self) -> None:
        """New stations in the same venues, with the labels they want."""
        old = list(self.source.polling_stations.prefetch_related("wanted_labels"))
        made = PollingStation.objects.bulk_create(
            PollingStation(
                event=self.event,
                venue_id=station.venue_id,
                number=station.number,
                name=station.name,
                kind=station.kind,
                is_counting_place=station.is_counting_place,
                expected_voters=station.expected_voters,
                contact=station.contact,
                website=station.website,
                note=station.note,
            )
            for station in old
        )
        self.new_stations = {before.pk: after for before, after in zip(old, made, strict=True)}
        wanted = PollingStation.wanted_labels.through
        wanted.objects.bulk_create(
            wanted(pollingstation_id=self.new_stations[station.pk].pk, label_id=label.pk)
            for station in old
            for label in station.wanted_labels.all()
        )

    def opening_hours(self, moved: timedelta) -> None:
        """7.30 stays 7.30, also when the clock changed in between."""
        zone = current_municipality().tz
        OpeningHours.objects.bulk_create(
            OpeningHours(
                polling_station=self.new_stations[hours.polling_station_id],
                polling_day=self.days[hours.polling_day_id],
                opens_at=timezone.make_aware(timezone.make_naive(hours.opens_at, zone) + moved, zone),
                closes_at=timezone.make_aware(timezone.make_naive(hours.closes_at, zone) + moved, zone),
            )
            for hours in OpeningHours.objects.filter(polling_station__event=self.source)
        )

    def offers(self, *, with_venues: bool) -> None:
        """What members may choose, as far as it came along."""
        closed = [part.pk for old, part in self.parts.items() if old in self._closed()]
        DayPart.objects.filter(pk__in=closed).update(is_offered=False)
        for day in self.copied:
            new = self.days[day.old.pk]
            if self.positions:
                new.offered_positions.set(
                    self.positions[position.pk] for position in day.old.offered_positions.all()
                )
            if with_venues:
                new.offered_venues.set(day.old.offered_venues.all())

    def _closed(self) -> set[int]:
        return {part.pk for day in self.copied for part in day.day_parts if not part.is_offered}

    def letter(self) -> None:
        """The municipality's own words and who signs; the date of the decision is a new one."""
        for name in ("signatory", "signatory_title"):
            setattr(self.event, name, getattr(self.source, name))
        self.event.save(update_fields=["signatory", "signatory_title"])
        before = LetterEdition.objects.filter(event=self.source).first()
        if before:
            LetterEdition.objects.create(
                event=self.event, version=1, blocks=before.blocks, created_by=before.created_by
            )

    def step_texts(self) -> None:
        """The words and the order of the parts of the portal, and the team's own parts, switched off.

        When a part opens and for whom is for the team to say: the days and the places of this event are others.
        """
        for step in self.source.portal_steps.all():
            if step.kind == StepKind.OWN:
                PortalStep.objects.create(
                    event=self.event,
                    kind=step.kind,
                    rank=step.rank,
                    text=step.text,
                    title=step.title,
                    body=step.body,
                )
            else:
                same = PortalStep.objects.filter(event=self.event, kind=step.kind)
                same.update(text=step.text, rank=step.rank)
