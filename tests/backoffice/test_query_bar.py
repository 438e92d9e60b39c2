"""The pages that are open all day ask the database little."""

from datetime import timedelta
from typing import Any, Final

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from elections.enums import ClashPolicy
from elections.models import ElectionEvent, PortalStep
from tests import factories
from tests.elections.dashboard_city import City

# The bar that bench/scale/rows/pages_of_5000.py holds too; with the statement that chooses the municipality.
MOST_QUERIES: Final = 25


@pytest.mark.parametrize("members", [3, 9])
@pytest.mark.parametrize(
    ("name", "after_change"),
    [
        ("home", True),
        ("home-wall", True),
        ("home", False),
        ("home-wall", False),
        ("member-list", False),
        ("board", False),
        ("board", True),
    ],
)
def test_page_asks_at_most_25_queries(
    juinen: Any,
    client_for: Any,
    name: str,
    after_change: bool,
    members: int,
    django_assert_max_num_queries: Any,
) -> None:
    """Also when what is wrong in each station is not known, as after a change of the plan."""
    city = City(7, members=members)
    PortalStep.objects.update(is_on=True)
    # With every rule that the board can be asked to look at.
    asked = {"requires_training": True, "final_after_training": True, "clash_policy": ClashPolicy.WARN}
    ElectionEvent.objects.filter(pk=city.event.pk).update(**asked)
    factories.make_event(name="De vorige", created_at=timezone.now() - timedelta(days=900))
    staff = client_for(juinen, factories.make_staff())
    address = reverse(f"backoffice:{name}", urlconf="config.urls_tenant")
    # The clock stands still: after half a minute a host is looked up anew, after a minute a session is written.
    with time_machine.travel(timezone.now(), tick=False):
        assert staff.get(address).status_code == 200
        if after_change:
            cache.clear()
        with django_assert_max_num_queries(MOST_QUERIES):
            staff.get(address)
