"""Behind every figure of the dashboard stands a list with exactly as much in it."""

from typing import Any

import pytest
from django.urls import reverse

from tests import factories
from tests.elections.dashboard_city import City

HOME = reverse("backoffice:home", urlconf="config.urls_tenant")
SEEDS = (1, 7, 42)


def _count(response: Any) -> int:
    """How much the list behind an address holds."""
    context = response.context
    return context["table"].page.paginator.count if "table" in context else context["page"].paginator.count


def _open_places(response: Any) -> int:
    return sum(outline.open for outline in response.context["page"].paginator.object_list)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_opens_a_list_with_exactly_as_much_in_it(juinen, client_for, seed):
    City(seed, members=14)
    staff = client_for(juinen, factories.make_staff())
    shown = staff.get(HOME).context
    figures = [
        *((row["url"], row["value"]) for part in shown["parts"] for row in part["numbers"]),
        *((row["url"], row["value"]) for group in shown["groups"] for row in group["rows"]),
        *((row["url"], row["value"]) for row in shown["figures"][1:] if row["url"]),
    ]
    assert len(figures) > 20
    assert {url: _count(staff.get(url)) for url, _value in figures} == dict(figures)
    open_places = [(row["url"], row["open"]) for row in shown["positions"] if row["open"]]
    if shown["figures"][0]["value"]:
        open_places.append((shown["figures"][0]["url"], shown["figures"][0]["value"]))
    assert {url: _open_places(staff.get(url)) for url, _value in open_places} == dict(open_places)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_role_may_not_open_is_no_figure_for_it(juinen, client_for, seed):
    City(seed, members=4)
    reader = client_for(juinen, factories.make_staff("reader"))
    shown = reader.get(HOME).context
    urls = [row["url"] for group in shown["groups"] for row in group["rows"]]
    assert {reader.get(url).status_code for url in urls} == {200}
    assert not [url for url in urls if "/mail/" in url or "/conversation/" in url]
