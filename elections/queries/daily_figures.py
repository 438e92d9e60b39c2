"""The figures that are kept each day, and how this event goes against the one before by days before the vote."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from elections.models import DailyFigures, ElectionEvent
from elections.queries.dashboard import Dashboard, dashboard
from elections.queries.event import FIRST_POLLING_DAY

MOST_DAYS: Final = 200  # before the vote; what was counted earlier tells nothing
AFTER_DAYS: Final = 7

FIGURES: Final[Mapping[str, Callable[[Dashboard], int]]] = {
    "members": lambda board: board.progress.members,
    "answered": lambda board: board.progress.answered,
    "places": lambda board: board.stations.places,
    "filled": lambda board: board.stations.filled,
    "asked": lambda board: board.answers.asked,
    "accepted": lambda board: board.answers.accepted,
    "dropped": lambda board: board.dropped.all,
    "letters": lambda board: board.letters["all"],
    "letters_published": lambda board: board.letters_published,
}
# What a chart shows: its name, a figure, and the whole of which it is a part.
SHARES: Final[tuple[tuple[str | Promise, str, str], ...]] = (
    (_("Leden die hun beschikbaarheid doorgaven"), "answered", "members"),
    (_("Plaatsen met iemand"), "filled", "places"),
)


class Point(NamedTuple):
    """How much per cent it was, so many days before the first polling day (below zero: after it)."""

    days: int
    share: int


@dataclass(frozen=True)
class Trend:
    """One chart: this event and the one before, each from long before the vote to near it."""

    label: str
    this: list[Point]
    previous: list[Point]

    @property
    def now(self) -> Point:
        return self.this[-1]

    @property
    def then(self) -> Point | None:
        """How the previous event stood as many days before its vote; None when that was not counted."""
        return next((point for point in reversed(self.previous) if point.days >= self.now.days), None)

    @property
    def rows(self) -> list[tuple[int, int | None, int | None]]:
        """For a table: days before the vote, with both shares; each week, and the day of now."""
        this, previous = ({point.days: point.share for point in line} for line in (self.this, self.previous))
        days = {day for day in this.keys() | previous.keys() if day % 7 == 0} | {self.now.days}
        return [(day, this.get(day), previous.get(day)) for day in sorted(days, reverse=True)]


@dataclass(frozen=True)
class Trends:
    """The charts with the event they compare with; `charts` is empty when there is nothing to compare yet."""

    previous: ElectionEvent | None
    charts: list[Trend]


def figures_of(board: Dashboard) -> dict[str, int]:
    """The figures of a dashboard as they are kept."""
    return {name: count(board) for name, count in FIGURES.items()}


def figures_now(event: ElectionEvent) -> dict[str, int]:
    """The figures of an event as they are now."""
    return figures_of(dashboard(event))


def trends(event: ElectionEvent, board: Dashboard) -> Trends:
    """The shares of each day of `event` and of the one before, those of now included. Two queries.

    board: the figures of now, which are the last point of the line of `event`.
    """
    previous = previous_event(event)
    first_days: dict[int, date | None] = {event.pk: board.progress.first_day}
    if previous:
        first_days[previous.pk] = previous.first_day  # type: ignore[attr-defined]
    kept: dict[int, dict[date, Mapping[str, Any]]] = {pk: {} for pk in first_days}
    for pk, day, figures in DailyFigures.objects.filter(event__in=kept).values_list(
        "event", "day", "figures"
    ):
        kept[pk][day] = figures
    kept[event.pk][timezone.localdate()] = figures_of(board)
    lines = {
        pk: [(label, _line(days, first_days[pk], part, whole)) for label, part, whole in SHARES]
        for pk, days in kept.items()
    }
    before = lines.get(previous.pk, []) if previous else []
    charts = [
        Trend(str(label), line, before[number][1] if before else [])
        for number, (label, line) in enumerate(lines[event.pk])
    ]
    return Trends(
        previous, [chart for chart in charts if chart.this and len(chart.this + chart.previous) > 1]
    )


def previous_event(event: ElectionEvent) -> ElectionEvent | None:
    """The event that the team named as the one before, otherwise the newest that is older, with its `first_day` of
    voting; None for the first event of all. One query."""
    named = Q(pk=event.previous_id) if event.previous_id else Q(created_at__lt=event.created_at)
    events = ElectionEvent.objects.filter(named).annotate(first_day=FIRST_POLLING_DAY)
    return events.order_by("-created_at").first()


def _line(days: Mapping[date, Mapping[str, Any]], first: date | None, part: str, whole: str) -> list[Point]:
    """The shares by days before `first`, the longest before on top; days without a whole are left out."""
    if first is None:
        return []
    points = [
        Point((first - day).days, round(100 * figures.get(part, 0) / figures[whole]))
        for day, figures in days.items()
        if figures.get(whole) and -AFTER_DAYS <= (first - day).days <= MOST_DAYS
    ]
    return sorted(points, key=lambda point: -point.days)
