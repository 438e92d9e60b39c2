from typing import Any

from django.utils import timezone

from elections import models
from tests.factories.numbers import numbers


def publication(members: tuple[Any, ...], values: dict[str, Any]) -> dict[str, Any]:
    """The columns of something that shows now, for everybody or for these members; a draft shows to nobody."""
    audience = models.Audience.objects.create(kind="members" if members else "everyone")
    audience.members.set(members)
    now = timezone.now()
    published = {"state": "published", "publishes_at": now, "announced_at": now}
    defaults = {"title": f"Titel {next(numbers)}", "audience": audience, "created_by": "Collega"}
    return defaults | ({} if values.get("state") == "draft" else published) | values
