from typing import Any

from elections import models


def make_privacy_request(member: Any, **values: Any) -> Any:
    """A question that waits for the team."""
    return models.PrivacyRequest.objects.create(**{"member": member, "kind": "correct"} | values)
