"""What a new event would take along from an earlier one."""

from dataclasses import dataclass
from datetime import date, timedelta

from elections.enums import EventPart, PollingDayKind
from elections.models import DayPart, ElectionEvent, LetterEdition, OpeningHours, PollingDay


@dataclass(frozen=True)
class CopiedDay:
    """A polling day of the earlier event and the date it gets, with its day parts as they were."""

    old: PollingDay
    date: date
    day_parts: tuple[DayPart, ...]


def copied_days(source: ElectionEvent, polling_date: date) -> list[CopiedDay]:
    """The days of `source` when the vote is on `polling_date`: all keep their distance to it. Two queries.

    The first day on which people vote moves to `polling_date`; without one the first day does.
    """
    days = list(source.polling_days.prefetch_related("day_parts"))
    if not days:
        return []
    anchor = next((day for day in days if day.kind == PollingDayKind.VOTING), days[0])
    return [
        CopiedDay(day, polling_date + (day.date - anchor.date), tuple(day.day_parts.all())) for day in days
    ]


def shift_in_days(source: ElectionEvent, polling_date: date) -> timedelta:
    """How far the days of `source` move. Zero for an event without days."""
    days = copied_days(source, polling_date)
    return days[0].date - days[0].old.date if days else timedelta()


def copy_counts(source: ElectionEvent) -> dict[EventPart, int]:
    """How much of each part there is to take along; rules are always one set. Seven queries."""
    letter = LetterEdition.objects.filter(event=source).exists() or bool(source.signatory)
    return {
        EventPart.DAYS: source.polling_days.count(),
        EventPart.POSITIONS: source.positions.count(),
        EventPart.TEMPLATE: source.template_lines.count(),
        EventPart.RULES: 1,
        EventPart.STATIONS: source.polling_stations.count(),
        EventPart.HOURS: OpeningHours.objects.filter(polling_station__event=source).count(),
        EventPart.LETTER: int(letter),
        EventPart.STEP_TEXTS: source.portal_steps.exclude(text="", title="").count(),
    }
