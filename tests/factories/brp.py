from typing import Any

from elections import models


def make_brp_connection(**values: Any) -> Any:
    """A connection to the BRP that is set and off, and has no key: nothing is ever asked by it."""
    return models.BrpConnection.objects.create(**{"url": "https://brp.example/haalcentraal/api/brp"} | values)


def make_brp_finding(member: Any, **values: Any) -> Any:
    """Something that the BRP says otherwise, of which somebody takes note."""
    return models.BrpFinding.objects.create(
        **{"member": member, "kind": "elsewhere", "since": "1 mei 2026", "fingerprint": "0" * 64} | values
    )
