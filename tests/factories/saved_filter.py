from typing import Any

from elections import models
from tests.factories.numbers import numbers
from tests.factories.user import make_staff


def make_saved_filter(owner: Any = None, **values: Any) -> Any:
    """A filter of the member list; of a colleague of its own unless `owner` says whose."""
    defaults = {"name": f"Filter {next(numbers)}", "query": "active=inactive"}
    return models.SavedFilter.objects.create(**defaults | {"owner": owner or make_staff("planner")} | values)
