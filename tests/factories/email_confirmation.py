from datetime import timedelta
from typing import Any

from django.utils import timezone

from elections import models
from tests.factories.numbers import numbers


def make_email_confirmation(user: Any, **values: Any) -> Any:
    """A new address that waits for its code."""
    defaults = {
        "user": user,
        "email": f"nieuw{next(numbers)}@example.nl",
        "expires_at": timezone.now() + timedelta(minutes=10),
    }
    return models.EmailConfirmation.objects.create(**defaults | values)
