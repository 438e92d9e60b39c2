"""The page that publishes: numbers first, then the mails."""

import pytest
from django.urls import reverse

from elections.models import Assignment, OutboxMail
from tests import factories

URL = reverse("backoffice:publication", urlconf="config.urls_tenant")


@pytest.fixture
def planner(juinen, client_for):
    return client_for(juinen, factories.make_staff("planner"))


@pytest.fixture
def event():
    return factories.make_event()


@pytest.fixture
def morning(event):
    return factories.make_day_part(factories.make_polling_day(event), name="Ochtend")


def _station(event, part, *, name, people=0, places=3):
    station = factories.make_polling_station(event, name=name)
    position = event.positions.first() or factories.make_position(event)
    shift = factories.make_shift(station, part, position, places=places)
    for _person in range(people):
        factories.make_assignment(factories.make_member(), shift)
    return station, shift


def test_publication_shows_the_numbers_first(planner, event, morning):
    _station(event, morning, name="De Kuip", people=1, places=2)
    page = planner.get(URL).content.decode()
    assert "Publiceer 1 plaats" in page
    assert "voldoet nog niet aan de wet" in page
    answer = planner.post(URL, follow=True)
    assert "1 plaats is gepubliceerd" in answer.content.decode()
    assert OutboxMail.objects.filter(kind="placement_published").count() == 1
    assert "Alles is al gepubliceerd" in planner.get(URL).content.decode()


def test_publication_of_one_station(planner, event, morning):
    station, _shift = _station(event, morning, name="De Kuip", people=1)
    _station(event, morning, name="De Brug", people=1)
    planner.post(URL, {"station": str(station.uuid)})
    assert Assignment.objects.filter(state="published").count() == 1
