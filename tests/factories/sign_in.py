from typing import Any

from elections import models


def make_sign_in(user: Any, **values: Any) -> Any:
    """One log-in whose session is over; with a session_key it may be going on."""
    defaults = {"user": user, "method": "email_code", "browser_digest": "b" * 64}
    return models.SignIn.objects.create(**defaults | values)
