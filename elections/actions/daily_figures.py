"""Keeping the figures of the day, once each night, for the trend against the event before."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from elections.models import DailyFigures, ElectionEvent
from elections.queries.daily_figures import figures_now
from elections.queries.event import first_polling_day

KEPT_AFTER: Final = timedelta(
    days=30
)  # after the first polling day nothing happens that the next event compares with


def keep_daily_figures() -> int:
    """Write down the figures of today of every event that is being prepared; returns how many rows are new.

    "Today" is the date in the time zone of the municipality. May run any number of times: the first of the day counts,
    by a constraint of the database. Events in the archive and those that are long over stay as they are. Nothing about
    anybody, so nothing for the log.
    """
    today = timezone.localdate()
    new = 0
    for event in ElectionEvent.objects.filter(archived_at=None).exclude(daily_figures__day=today):
        first = first_polling_day(event)
        if first is None or today > first + KEPT_AFTER:
            continue
        _kept, made = DailyFigures.objects.get_or_create(
            event=event, day=today, defaults={"figures": figures_now(event)}
        )
        new += made
    return new
