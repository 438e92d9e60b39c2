from datetime import timedelta
from typing import Any

from django.utils import timezone

from elections import models


def make_assignment(member: Any, shift: Any, **values: Any) -> Any:
    """A place that the team gave; what its state asks besides (a moment, a deadline) is filled in."""
    defaults = {"member": member, "shift": shift, "period": shift.period}
    now = timezone.now()
    by_state = {
        "published": {"published_at": now},
        "proposed": {"answer_due_at": now + timedelta(days=2)},
        "declined": {"declined_at": now},
    }
    return models.Assignment.objects.create(**defaults | by_state.get(values.get("state", ""), {}) | values)
