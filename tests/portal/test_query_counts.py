"""What everybody opens in the portal, and both steps of logging in, ask the database a number of queries that is known.

Fewer is good: lower the number here. More needs a reason.
"""

from typing import Any

import pytest
import time_machine
from django.utils import timezone

from elections.enums import StepKind
from elections.models import LoginChallenge
from tests import factories


@pytest.fixture(autouse=True)
def stopped_clock() -> Any:
    """After half a minute a host is looked up anew, after a minute a session is written."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.mark.parametrize(
    ("path", "number"),
    [("/", 26), ("/personal-data/", 19), ("/availability/", 23), ("/placement/", 22), ("/letter/", 14)],
)
def test_page_of_the_portal(
    as_member: Any,
    event: Any,
    member: Any,
    morning: Any,
    path: str,
    number: int,
    django_assert_num_queries: Any,
) -> None:
    everybody = factories.make_audience()
    for kind in StepKind.values:
        factories.make_portal_step(event, kind, audience=everybody)
    shift = factories.make_shift(
        factories.make_polling_station(event), morning, factories.make_position(event)
    )
    factories.make_assignment(member, shift, state="published")
    factories.make_letter(member, event, state="published", published_at=timezone.now())
    assert as_member.get(path).status_code == 200
    with django_assert_num_queries(number):
        as_member.get(path)


def test_log_in_of_a_member(client: Any, django_assert_num_queries: Any) -> None:
    user = factories.make_member(user=factories.make_user(username="anna")).user
    client.get("/login/")
    with django_assert_num_queries(29):
        assert client.post("/login/", {"username": "anna", "password": factories.PASSWORD}).status_code == 302
    code = LoginChallenge.objects.get(user=user).code
    with django_assert_num_queries(32):
        assert client.post("/login/code/", {"code": code}).status_code == 302
