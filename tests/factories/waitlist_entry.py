from typing import Any

from elections import models


def make_waitlist_entry(member: Any, shift: Any, **values: Any) -> Any:
    """A member who waits in the line of a shift."""
    return models.WaitlistEntry.objects.create(**{"member": member, "shift": shift, "kind": "line"} | values)
