from typing import Any

from elections import models
from tests.factories.numbers import numbers


def make_availability(member: Any, day_part: Any, **values: Any) -> Any:
    return models.Availability.objects.create(
        **{"member": member, "day_part": day_part, "answer": "yes"} | values
    )


def make_companion_wish(member: Any, event: Any, **values: Any) -> Any:
    """A wish to work with somebody, that waits for the team."""
    return models.CompanionWish.objects.create(
        **{"member": member, "event": event, "name": f"Anna Vriendin{next(numbers)}"} | values
    )
