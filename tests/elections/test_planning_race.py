"""Colleagues who plan at the same moment, on connections of their own."""

import re
import threading
from datetime import time
from functools import partial

import pytest
from django.db import connections
from django.utils import timezone, translation
from django_tenants.utils import tenant_context

from elections.actions.assignment import assign_member, move_assignment, swap_assignments
from elections.actions.placement import answer_card, decline_placement
from elections.errors import ActionError
from elections.models import Assignment
from tests import factories

PAIRS = 200
FIRST = re.compile(r"Werkt dan al: .+ \(ingedeeld door (Pim|Cato) om \d\d\.\d\d uur\)")


def at_once(municipality, *jobs):
    """Run the jobs side by side, each in a thread with its own connection."""
    problems = []

    def run(job):
        try:
            with tenant_context(municipality), timezone.override(municipality.tz), translation.override("nl"):
                job()
        except Exception as problem:  # noqa: BLE001 - shown by the thread that waits
            problems.append(problem)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert not problems


@pytest.fixture
def colleagues():
    return [factories.make_staff("planner", name=name) for name in ("Pim", "Cato")]


def make_shifts(number, places, **second_part):
    """Shifts at that many stations, all in the morning; with `second_part` every other one in that part."""
    event = factories.make_event()
    day = factories.make_polling_day(event)
    parts = [factories.make_day_part(day)]
    parts.append(factories.make_day_part(day, **second_part) if second_part else parts[0])
    position = factories.make_position(event)
    return [
        factories.make_shift(factories.make_polling_station(event), parts[index % 2], position, places=places)
        for index in range(number)
    ]


def test_of_two_who_place_one_member_at_one_time_one_wins(committed, juinen, colleagues):
    shifts = make_shifts(2, PAIRS, start=time(12), end=time(20))
    members = [factories.make_member(with_user=False) for _number in range(PAIRS)]
    barrier = threading.Barrier(2, timeout=30)
    answers = [[], []]

    def plan(which):
        for member in members:
            barrier.wait()
            try:
                assign_member(member, shifts[which], by=colleagues[which])
                answers[which].append("")
            except ActionError as refused:
                answers[which].append(refused.message)

    at_once(juinen, lambda: plan(0), lambda: plan(1))
    assert Assignment.objects.count() == PAIRS
    for pim, cato in zip(*answers, strict=True):
        assert [pim, cato].count("") == 1
        winner = "Pim" if pim == "" else "Cato"
        found = FIRST.search(pim or cato)
        assert found, pim or cato
        assert found[1] == winner


def test_moves_and_swaps_that_cross_each_other_do_not_wait_for_ever(committed, juinen, colleagues):
    """Locks in one order: with each its own order, two of these would hold what the other needs."""
    shifts = make_shifts(2, 4)
    one, other = (factories.make_assignment(factories.make_member(), shift) for shift in shifts)
    barrier = threading.Barrier(2, timeout=30)

    def move(assignment, there, back):
        for number in range(20):
            barrier.wait()
            move_assignment(assignment, back if number % 2 else there, by=None)

    at_once(
        juinen,
        lambda: move(one, shifts[1], shifts[0]),
        lambda: move(other, shifts[0], shifts[1]),
    )

    def swap(first, second):
        for _number in range(15):
            barrier.wait()
            swap_assignments(first, second, by=None)

    at_once(juinen, lambda: swap(one, other), lambda: swap(other, one))
    assert {one.pk: shifts[0].pk, other.pk: shifts[1].pk} == dict(
        Assignment.objects.values_list("pk", "shift")
    )


def test_one_place_and_two_who_move_there_gives_one_move(committed, juinen, colleagues):
    shifts = make_shifts(3, 1)
    rows = [factories.make_assignment(factories.make_member(), shift) for shift in shifts[:2]]
    barrier = threading.Barrier(2, timeout=30)
    answers = []

    def move(row):
        barrier.wait()
        try:
            move_assignment(row, shifts[2], by=None)
            answers.append("")
        except ActionError as refused:
            answers.append(refused.message)

    at_once(juinen, lambda: move(rows[0]), lambda: move(rows[1]))
    assert sorted(answers)[0] == ""
    assert "vol" in sorted(answers)[1]
    assert shifts[2].assignments.count() == 1


def test_two_who_decline_and_wait_for_each_others_place_both_get_their_no(committed, juinen):
    """Each no is committed before its place is offered: otherwise each holds the member whom the other needs."""
    event = factories.make_event(offers_next=True)
    day = factories.make_polling_day(event)
    position = factories.make_position(event)
    parts = [factories.make_day_part(day), factories.make_day_part(day, start=time(14), end=time(20))]
    for _round in range(5):
        places = [
            factories.make_assignment(
                factories.make_member(),
                factories.make_shift(factories.make_polling_station(event), part, position, places=1),
                state="published",
            )
            for part in parts
        ]
        for place, other in (places, reversed(places)):
            factories.make_waitlist_entry(place.member, other.shift)
        barrier = threading.Barrier(2, timeout=30)

        def decline(place, barrier=barrier):
            barrier.wait()
            decline_placement(place, "Vakantie", by=place.member.user)

        at_once(juinen, *(partial(decline, place) for place in places))
        assert Assignment.objects.filter(pk__in=[place.pk for place in places], state="declined").count() == 2
        assert Assignment.objects.filter(state="proposed").count() == 2
        Assignment.objects.filter(state="proposed").delete()


def test_two_cards_that_cross_each_other_do_not_wait_for_ever(committed, juinen):
    """All shifts of a card before its member, whatever the order of the answers."""
    event = factories.make_event()
    day = factories.make_polling_day(event)
    parts = [factories.make_day_part(day), factories.make_day_part(day, start=time(14), end=time(20))]
    station, position = factories.make_polling_station(event), factories.make_position(event)
    shifts = [factories.make_shift(station, part, position, places=2) for part in parts]
    members = [factories.make_member() for _number in range(2)]
    barrier = threading.Barrier(2, timeout=30)
    for _round in range(5):
        cards = [
            [factories.make_assignment(member, shift, state="published") for shift in order]
            for member, order in zip(members, (shifts, shifts[::-1]), strict=True)
        ]

        def answer(card):
            barrier.wait()
            answer_card(card[0], declines=card, reason="Vakantie", by=card[0].member.user)

        at_once(juinen, *(partial(answer, card) for card in cards))
        assert not Assignment.objects.active().exists()
        Assignment.objects.all().delete()
