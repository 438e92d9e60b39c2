from typing import Any

from elections import models


def make_audience(**values: Any) -> Any:
    """An audience of all active members."""
    return models.Audience.objects.create(**values)
