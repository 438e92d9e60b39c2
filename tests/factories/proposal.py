from typing import Any

from django.utils import timezone

from elections import models
from tests.factories.numbers import numbers


def make_proposal(event: Any, **values: Any) -> Any:
    """A proposal that is ready and has no places yet."""
    defaults = {
        "event": event,
        "number": next(numbers),
        "state": "ready",
        "weights": {},
        "method": "highs",
        "loaded_at": timezone.now(),
    }
    return models.Proposal.objects.create(**defaults | values)
