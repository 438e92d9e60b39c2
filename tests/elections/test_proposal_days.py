"""What the summary of a proposal tells about the days of people: changing station, and working all day."""

from elections.planning.instance import Rules
from elections.queries.proposal_numbers import Count, lines, measure
from tests.elections.planning.small import EVENING, MORNING, ask, person, seat

WHOLE_DAY = (MORNING, EVENING)
PEOPLE = [person(1, WHOLE_DAY), person(2, WHOLE_DAY), person(3, (MORNING,))]
SEATS = [
    seat(1, at=1, places=2),
    seat(2, at=2),
    seat(3, at=1, part=EVENING),
    seat(4, at=2, part=EVENING),
]
CHANGING = [(1, 1), (1, 4), (2, 2), (2, 3), (3, 1)]
STAYING = [(1, 1), (1, 3), (2, 2), (2, 4), (3, 1)]


def numbers(pairs, travel=45 * 60):
    return measure(ask(PEOPLE, SEATS, rules=Rules(travel=travel)), pairs)


def test_who_changes_station_is_counted_among_those_who_go_on_at_once():
    assert numbers(CHANGING).counts["change"] == Count(2, 2)
    assert numbers(STAYING).counts["change"] == Count(0, 2)
    assert numbers([(3, 1)]).counts["change"] == Count(0, 0)
    assert numbers(CHANGING, travel=0).counts["change"] == Count(0, 0)


def test_who_works_more_than_twelve_hours_works_all_day():
    assert numbers(STAYING).counts["whole_day"] == Count(2, 3)
    assert numbers([(1, 1), (3, 1)]).counts["whole_day"] == Count(0, 2)


def test_fewer_changes_are_better_and_whole_days_are_only_told():
    before, after = numbers(CHANGING), numbers(STAYING)
    found = {row.label: row for row in lines(before, after)}
    assert found["Wisselt halverwege de dag van stembureau"].tone == "ok"
    back = {row.label: row for row in lines(after, before)}
    assert back["Wisselt halverwege de dag van stembureau"].tone == "error"
    shorter = {row.label: row for row in lines(numbers([*STAYING[:3], STAYING[4]]), after)}
    assert shorter["Werkt een hele dag"].tone == ""
