from datetime import date, time
from typing import Any

from elections import models
from tests.factories.numbers import numbers

DAY = date(2027, 3, 17)


def make_event(**values: Any) -> Any:
    """An election event without anything in it."""
    return models.ElectionEvent.objects.create(**{"name": f"Verkiezingen {next(numbers)}"} | values)


def make_election(event: Any, **values: Any) -> Any:
    defaults = {"event": event, "category": "PS", "name": f"Provinciale Staten {next(numbers)}"}
    return models.Election.objects.create(**defaults | values)


def make_polling_day(event: Any, **values: Any) -> Any:
    return models.PollingDay.objects.create(**{"event": event, "date": DAY} | values)


def make_day_part(polling_day: Any, **values: Any) -> Any:
    """The morning, from 7.00 to 14.00."""
    defaults = {
        "polling_day": polling_day,
        "name": f"Ochtend {next(numbers)}",
        "start": time(7),
        "end": time(14),
    }
    return models.DayPart.objects.create(**defaults | values)


def make_position(event: Any, **values: Any) -> Any:
    defaults = {"event": event, "kind": "member", "name": f"Stembureaulid {next(numbers)}"}
    return models.Position.objects.create(**defaults | values)
