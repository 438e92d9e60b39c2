from typing import Any

from elections import models


def make_calendar_feed(member: Any, **values: Any) -> Any:
    """The address at which the member's calendar reads."""
    return models.CalendarFeed.objects.create(**{"member": member} | values)
