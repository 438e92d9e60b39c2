from datetime import timedelta
from typing import Any

from django.utils import timezone

from elections import models


def make_reminder(step: Any, **values: Any) -> Any:
    """A rung that is to come: in a week."""
    defaults = {"step": step, "send_at": timezone.now() + timedelta(days=7), "created_by": "Collega"}
    return models.Reminder.objects.create(**defaults | values)
