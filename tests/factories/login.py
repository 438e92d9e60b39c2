from datetime import timedelta
from typing import Any

from django.utils import timezone

from elections import models


def make_invitation(user: Any, **values: Any) -> Any:
    """An invitation that can still be used."""
    defaults = {"user": user, "kind": "member", "expires_at": timezone.now() + timedelta(days=7)}
    return models.Invitation.objects.create(**defaults | values)


def make_challenge(user: Any, *, used: bool = False, **values: Any) -> Any:
    """A log-in that waits for its code, or one that was answered."""
    now = timezone.now()
    defaults = {
        "user": user,
        "name": "e-mail",
        "session_digest": "",
        "expires_at": now + timedelta(minutes=10),
    }
    if used:
        defaults["used_at"] = now
    return models.LoginChallenge.objects.create(**defaults | values)
