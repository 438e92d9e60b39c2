from datetime import date
from typing import Any

from django.utils import timezone

from elections import models
from tests.factories.numbers import numbers


def make_application(**values: Any) -> Any:
    """Somebody who signed up and confirmed the address."""
    number = next(numbers)
    defaults = {
        "state": "open",
        "first_name": "Sanne",
        "last_name": f"Aanmelder{chr(97 + number % 26)}",
        "birth_date": date(1990, 5, 6),
        "email": f"aanmelder{number}@example.nl",
        "phone": f"+31 6 {20_000_000 + number}",
        "city": "Juinen",
        "may_keep": True,
        "confirmed_at": timezone.now(),
    }
    return models.Application.objects.create(**defaults | values)
