from typing import Any

from elections import models
from tests.factories.numbers import numbers
from tests.factories.venue import make_venue


def make_polling_station(event: Any, **values: Any) -> Any:
    number = next(numbers)
    if "venue" not in values:
        values["venue"] = make_venue()
    defaults = {"event": event, "number": number, "name": f"Stembureau {number}"}
    return models.PollingStation.objects.create(**defaults | values)
