"""The dashboard: where a new municipality begins, and what a colleague can best do now."""

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from elections.actions.event import create_event
from elections.actions.shift import make_shifts
from elections.event_plan import proposed_plan
from elections.models import AvailabilityResponse
from tests import factories

QUERIES = 14
HOME = reverse("backoffice:home", urlconf="config.urls_tenant")


@pytest.fixture
def staff(juinen, client_for):
    return client_for(juinen, factories.make_staff("planner"))


@pytest.fixture
def event():
    event = create_event(proposed_plan(is_public_body=False), by=None)
    factories.make_polling_station(event)
    make_shifts(event, by=None)
    return event


def _titles(response):
    return [task["title"] for task in response.context["tasks"]]


def test_home_shows_a_new_municipality_where_to_begin(staff):
    response = staff.get(HOME)
    assert _titles(response)[:2] == ["Leden inlezen", "Verkiezingsronde aanmaken"]


def test_home_asks_to_invite_only_who_is_not_in_yet(staff, event):
    factories.make_member(with_user=False)
    factories.make_member()
    assert "1 lid is nog niet uitgenodigd" in _titles(staff.get(HOME))


def test_home_asks_to_assign_once_answers_are_in(staff, event):
    member = factories.make_member()
    title = "Maak een voorstel: 1 van 1 lid gaf de beschikbaarheid door"
    assert title not in _titles(staff.get(HOME))
    AvailabilityResponse.objects.create(member=member, event=event, submitted_at=event.created_at)
    assert title in _titles(staff.get(HOME))


def test_home_counts_stations_against_the_law_and_links_only_what_there_is(staff, event):
    figures = {figure["label"]: figure for figure in staff.get(HOME).context["figures"]}
    assert figures["Stembureaus met een andere waarschuwing"]["url"] == ""
    law = figures["Stembureaus die niet aan de wet voldoen"]
    assert (law["value"], law["of"]) == (1, 1)
    assert law["url"].endswith("?gaps=law")


def test_home_offers_a_reader_nothing_to_do(juinen, client_for, event):
    factories.make_member(with_user=False)
    reader = client_for(juinen, factories.make_staff("reader"))
    assert _titles(reader.get(HOME)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_home_takes_the_same_number_of_queries_for_any_number_of_members(
    staff, event, count, django_assert_num_queries
):
    for _n in range(count):
        factories.make_member()
        factories.make_polling_station(event)
    make_shifts(event, by=None)
    for kind in ("personal_data", "availability", "placement"):
        event.portal_steps.filter(kind=kind).update(is_on=True)
    # The clock stands still: after half a minute a host is looked up anew, after a minute a session is written.
    with time_machine.travel(timezone.now(), tick=False):
        staff.get(HOME)
        with django_assert_num_queries(QUERIES):
            staff.get(HOME)


def test_database_does_not_compile_a_statement_before_it_runs(juinen):
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
