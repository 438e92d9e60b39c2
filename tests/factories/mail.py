from typing import Any

from elections import models
from tests.factories.numbers import numbers


def make_mail(user: Any, **values: Any) -> Any:
    defaults = {
        "user": user,
        "kind": "login_code",
        "to_email": user.email or "iemand@example.nl",
        "idempotency_key": f"test-{next(numbers)}",
    }
    return models.OutboxMail.objects.create(**defaults | values)
