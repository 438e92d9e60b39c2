"""The hard rules on plain facts: what the law asks, and what the municipality chose."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from elections.eligibility import (
    PASSABLE,
    EventRules,
    Objection,
    Person,
    Work,
    objections_to_person,
    objections_to_time,
)

DAY = date(2027, 3, 17)
RULES = EventRules(
    timedelta(hours=11), None, blocks_candidates=False, requires_training=False, trained_since=None
)
PERSON = Person(True, frozenset({"member"}), date(1987, 1, 1), None, is_candidate=False)


def work(start=7, end=14, day=DAY, **values):
    """Work at hours of `day`, in UTC; an end above 24 lies on the next day."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    begins, ends = midnight + timedelta(hours=start), midnight + timedelta(hours=end)
    return Work(
        **{
            "kind": "member",
            "minimum_age": 18,
            "needs_training": True,
            "day": day,
            "start": begins,
            "end": ends,
        }
        | values
    )


@pytest.mark.parametrize(
    ("person", "rules", "found"),
    [
        ({}, {}, []),
        ({"is_active": False}, {}, [Objection.INACTIVE]),
        ({"kinds": frozenset({"counter"})}, {}, [Objection.KIND]),
        ({"birth_date": date(2009, 3, 17)}, {}, []),  # 18 on the day itself
        ({"birth_date": date(2009, 3, 18)}, {}, [Objection.AGE]),
        ({"birth_date": None}, {}, []),
        ({}, {"requires_training": True}, [Objection.TRAINING]),
        ({"trained_on": date(2026, 1, 1)}, {"requires_training": True}, []),
        (
            {"trained_on": date(2026, 1, 1)},
            {"requires_training": True, "trained_since": date(2026, 1, 2)},
            [Objection.TRAINING],
        ),
        ({"is_candidate": True}, {}, []),
        ({"is_candidate": True}, {"blocks_candidates": True}, [Objection.CANDIDATE]),
    ],
)
def test_what_in_a_person_forbids_the_work(person, rules, found):
    assert objections_to_person(replace(PERSON, **person), work(), replace(RULES, **rules)) == found


def test_training_is_asked_only_where_the_position_needs_it():
    rules = replace(RULES, requires_training=True)
    assert objections_to_person(PERSON, work(needs_training=False), rules) == []


NEXT = DAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (work(14, 21), []),  # touching is no overlap
        (work(13, 21), [Objection.OVERLAP]),
        (work(0, 7), []),
        (work(8, 9), [Objection.OVERLAP]),
        (work(1, 5, NEXT), []),  # eleven hours after 14.00
        (work(0, 5, NEXT), [Objection.REST]),
        (work(20, 31, DAY - timedelta(days=1)), [Objection.REST]),  # until 7.00: no rest at all, no overlap
        (work(20, 32, DAY - timedelta(days=1)), [Objection.OVERLAP, Objection.REST]),
    ],
)
def test_what_other_work_forbids(other, found):
    assert objections_to_time(work(), [other], RULES) == found


@pytest.mark.parametrize(("hours", "found"), [(14, []), (13, [Objection.HOURS]), (None, [])])
def test_hours_count_per_polling_day(hours, found):
    rules = replace(RULES, maximum_per_day=None if hours is None else timedelta(hours=hours))
    far = work(8, 20, DAY + timedelta(days=2))
    assert objections_to_time(work(), [work(14, 21), far], rules) == found


def test_staff_may_pass_over_nothing_that_the_law_sets():
    assert {Objection.REST, Objection.HOURS} == PASSABLE
