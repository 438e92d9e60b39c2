"""The plan of the board on paper."""

import pytest
from django.urls import reverse

from elections.models import AuditEvent
from tests import factories


@pytest.fixture
def planner(juinen, client_for):
    return client_for(juinen, factories.make_staff("planner"))


@pytest.fixture
def event():
    return factories.make_event()


@pytest.fixture
def morning(event):
    return factories.make_day_part(factories.make_polling_day(event), name="Ochtend")


@pytest.fixture
def chair(event):
    return factories.make_position(event, kind="chair", name="Voorzitter", rank=1)


def _url(name="board", thing=None):
    return reverse(f"backoffice:{name}", kwargs={"uuid": thing.uuid} if thing else None)


def _station(event, day_part, position, *, people=0, places=1, **values):
    station = factories.make_polling_station(event, **values)
    shift = factories.make_shift(station, day_part, position, places=places)
    for _number in range(people):
        factories.make_assignment(factories.make_member(), shift)
    return station, shift


def test_print_is_in_the_log_with_the_number_of_people(planner, event, morning, chair):
    _station(event, morning, chair, people=2, places=3)
    planner.get(_url("board-print"), {"gaps": "open"})
    found = AuditEvent.objects.get(action="board.print")
    assert found.details == {"count": 2, "filter": ["gaps: open"]}


def test_print_gives_every_station_of_the_filter(planner, event, morning, chair):
    names = [f"Zaal {letter * 3}" for letter in "ABCDEFGHIJKLMNOPQRSTUVW"]  # no figure that a number may hold
    for name in names:
        _station(event, morning, chair, people=1, places=2, name=name)
    text = planner.get(_url("board-print")).content.decode()
    assert all(name in text for name in names)
    assert text.count("1 plaats open") == len(names)
    assert "Zaal CCC" not in planner.get(_url("board-print"), {"q": "zaal bbb"}).content.decode()


def test_print_counts_in_thousands_and_writes_months_small(planner, event, morning, chair):
    _station(event, morning, chair, people=1, places=1205)
    text = planner.get(_url("board-print")).content.decode()
    assert "1 stembureau, 1 van 1.205 plaatsen bezet." in text
    assert "wo 17 mrt, Ochtend" in text
