from datetime import date
from typing import Any

from elections import models
from tests.factories.numbers import numbers
from tests.factories.user import make_user


def make_member(*, with_user: bool = True, **values: Any) -> Any:
    """A member of 40 years old who can log in and may do any work."""
    number = next(numbers)
    defaults = {
        "number": number,
        "first_name": "Noor",
        "last_name": f"Bakker{number}",
        "birth_date": date(1987, 1, 1),
        "email": f"lid{number}@example.nl",
        "qualified_for": ["chair", "deputy_chair", "member", "counter", "reserve"],
    }
    if with_user and "user" not in values:
        defaults["user"] = make_user(username=f"lid{number}", email=values.get("email", defaults["email"]))
    return models.Member.objects.create(**defaults | values)
