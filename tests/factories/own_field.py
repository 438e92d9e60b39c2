from typing import Any

from elections import models
from tests.factories.numbers import numbers


def make_own_field(kind: str = "text", *choices: str, **values: Any) -> Any:
    """A question that members answer in the portal and may leave open."""
    number = next(numbers)
    defaults = {
        "kind": kind,
        "choices": list(choices),
        "name": f"Eigen vraag {number}",
        "why": "Om eten te bestellen.",
        "rank": number,
    }
    return models.OwnField.objects.create(**defaults | values)


def make_own_value(member: Any, field: Any, text: str, **values: Any) -> Any:
    return models.OwnFieldValue.objects.create(member=member, field=field, text=text, **values)
