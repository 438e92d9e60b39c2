from typing import Any

from elections import models
from tests.factories.numbers import numbers


def make_venue(**values: Any) -> Any:
    defaults = {
        "name": f"Buurthuis {next(numbers)}",
        "street": "Dorpsstraat",
        "house_number": "1",
        "postcode": "1234 AB",
        "city": "Juinen",
    }
    return models.Venue.objects.create(**defaults | values)
