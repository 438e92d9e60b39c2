"""The plan of the board on paper."""

from elections.models import AuditEvent
from tests.backoffice.board_station import make_station
from tests.backoffice.pages import url


def test_print_is_in_the_log_with_the_number_of_people(planner, event, morning, chair):
    make_station(event, morning, chair, people=2, places=3)
    planner.get(url("board-print"), {"gaps": "open"})
    found = AuditEvent.objects.get(action="board.print")
    assert found.details == {"count": 2, "filter": ["gaps: open"]}


def test_print_gives_every_station_of_the_filter(planner, event, morning, chair):
    names = [f"Zaal {letter * 3}" for letter in "ABCDEFGHIJKLMNOPQRSTUVW"]  # no figure that a number may hold
    for name in names:
        make_station(event, morning, chair, people=1, places=2, name=name)
    text = planner.get(url("board-print")).content.decode()
    assert all(name in text for name in names)
    assert text.count("1 plaats open") == len(names)
    assert "Zaal CCC" not in planner.get(url("board-print"), {"q": "zaal bbb"}).content.decode()


def test_print_counts_in_thousands_and_writes_months_small(planner, event, morning, chair):
    make_station(event, morning, chair, people=1, places=1205)
    text = planner.get(url("board-print")).content.decode()
    assert "1 stembureau, 1 van 1.205 plaatsen bezet." in text
    assert "wo 17 mrt, Ochtend" in text
