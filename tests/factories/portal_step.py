from typing import Any

from elections import models


def make_portal_step(event: Any, kind: str, **values: Any) -> Any:
    """A step that is open now; the later made, the lower in the list."""
    rank = event.portal_steps.count() + 1
    own = {"title": f"Onderdeel {rank}", "body": "Tekst"} if kind == "own" else {}
    return models.PortalStep.objects.create(
        **{"event": event, "kind": kind, "is_on": True, "rank": rank} | own | values
    )
