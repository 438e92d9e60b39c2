"""The figures of the days before today, so that the dashboard of the demo has a trend: of this event and the last."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from elections.models import DailyFigures, ElectionEvent, Member, User
from elections.queries.daily_figures import figures_now
from elections.queries.event import first_polling_day

DAYS: Final = 140  # before the vote the team began
NEVER_LOGGED_IN: Final = 5  # one in so many of who did nothing


def keep_history(event: ElectionEvent) -> None:
    """Write a row for each day up to yesterday of `event`, and up to its vote of the event before.

    This one grows towards the figures of now; the last one ended with nine in ten answers and a nearly full plan.
    """
    _log_in()
    now = figures_now(event)
    today, first = timezone.localdate(), first_polling_day(event)
    rows = list(_days(event, first - timedelta(days=DAYS), today, now)) if first else []
    previous = event.previous
    vote = first_polling_day(previous) if previous else None
    if previous and vote:
        full = now | {"answered": round(0.91 * now["members"]), "filled": round(0.97 * now["places"])}
        rows += _days(previous, vote - timedelta(days=DAYS), vote, full)
    DailyFigures.objects.bulk_create(rows)


def _days(event: ElectionEvent, begin: date, end: date, reached: dict[str, int]) -> Iterator[DailyFigures]:
    """One row a day from `begin` until `end`: slow at first, fast in between, slow towards what was reached."""
    whole = {"members", "places"}
    for number in range((end - begin).days):
        share = _grown(number / (end - begin).days)
        figures = {name: value if name in whole else round(value * share) for name, value in reached.items()}
        yield DailyFigures(event=event, day=begin + timedelta(days=number), figures=figures)


def _grown(part: float) -> float:
    """From 0 to 1 along an S."""
    low, high = (1 / (1 + math.exp(-9 * (at - 0.5))) for at in (0, 1))
    return (1 / (1 + math.exp(-9 * (part - 0.5))) - low) / (high - low)


def _log_in() -> None:
    """Who answered was in the portal, and most of the others too."""
    silent = Member.objects.filter(availability_responses=None).order_by("number")
    never = list(silent.values_list("user_id", flat=True))[::NEVER_LOGGED_IN]
    User.objects.filter(member__isnull=False, last_login=None).exclude(pk__in=never).update(
        last_login=timezone.now() - timedelta(days=3)
    )
