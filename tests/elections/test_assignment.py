"""Putting members in shifts: places, rules of the law, reasons, publication."""

import threading
from datetime import date, time

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections import models
from elections.actions.assignment import assign_member, move_assignment, unassign
from elections.errors import ActionError
from elections.models import Assignment, AuditEvent
from elections.queries.assignment import candidates, shifts_with_room, warnings_for, why_not
from elections.queries.experience import experience
from tests import factories


@pytest.fixture
def shift(event, morning):
    return factories.make_shift(
        factories.make_polling_station(event), morning, factories.make_position(event)
    )


def test_assign_member_takes_the_period_of_the_shift(shift):
    member = factories.make_member()
    assignment = assign_member(member, shift, by=factories.make_staff())
    assert assignment.period == shift.period
    assert assignment.state == "confirmed"
    assert AuditEvent.objects.filter(action="assignment.create").exists()


def test_assign_member_refuses_a_full_shift(event, morning):
    shift = factories.make_shift(
        factories.make_polling_station(event), morning, factories.make_position(event), places=1
    )
    assign_member(factories.make_member(), shift, by=None)
    with pytest.raises(ActionError, match="vol"):
        assign_member(factories.make_member(), shift, by=None)


def test_assign_member_refuses_the_same_shift_twice(shift):
    member = factories.make_member()
    assign_member(member, shift, by=None)
    with pytest.raises(ActionError, match="staat al in deze dienst"):
        assign_member(member, shift, by=None)


def test_assign_member_refuses_overlap_and_names_the_other_shift(event, morning, shift):
    member = factories.make_member()
    assign_member(member, shift, by=None)
    evening = factories.make_day_part(morning.polling_day, name="Hele dag", start=time(12), end=time(23))
    other = factories.make_shift(
        factories.make_polling_station(event), evening, factories.make_position(event)
    )
    with pytest.raises(ActionError) as refused:
        assign_member(member, other, by=None)
    assert str(shift.polling_station) in refused.value.message
    assert "Ochtend" in refused.value.message


def test_assign_member_lets_shifts_touch(event, morning, shift):
    member = factories.make_member()
    assign_member(member, shift, by=None)
    afternoon = factories.make_day_part(morning.polling_day, name="Middag", start=time(14), end=time(21))
    assign_member(member, factories.make_shift(shift.polling_station, afternoon, shift.position), by=None)
    assert member.assignments.count() == 2


def test_the_database_refuses_two_places_at_one_time(event, morning, shift):
    member = factories.make_member()
    other = factories.make_shift(
        factories.make_polling_station(event), morning, factories.make_position(event)
    )
    factories.make_assignment(member, shift)
    with pytest.raises(IntegrityError, match="assignment_no_overlap"), transaction.atomic():
        factories.make_assignment(member, other)


def test_assign_member_refuses_who_is_not_qualified(shift):
    counter = factories.make_member(qualified_for=["counter"])
    with pytest.raises(ActionError, match="Kan niet werken als stembureaulid"):
        assign_member(counter, shift, by=None)


def test_assign_member_refuses_who_is_not_active(shift):
    with pytest.raises(ActionError, match="niet actief"):
        assign_member(factories.make_member(is_active=False), shift, by=None)


@pytest.mark.parametrize(
    ("birth_date", "allowed"),
    [
        (date(2009, 3, 17), True),  # turns 18 on the polling day
        (date(2009, 3, 18), False),  # the day after
        (None, True),  # unknown: the team asks
    ],
)
def test_assign_member_checks_the_age_on_the_polling_day(shift, birth_date, allowed):
    member = factories.make_member(birth_date=birth_date)
    if allowed:
        assign_member(member, shift, by=None)
    else:
        with pytest.raises(ActionError, match="17 jaar"):
            assign_member(member, shift, by=None)


def test_one_place_and_two_planners_gives_one_assignment(committed, juinen):
    event = factories.make_event()
    day_part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(
        factories.make_polling_station(event), day_part, factories.make_position(event), places=1
    )
    members = [factories.make_member() for _number in range(2)]
    barrier = threading.Barrier(2, timeout=10)
    answers: list[str] = []

    def plan(member):
        with tenant_context(juinen):
            barrier.wait()
            try:
                assign_member(member, shift, by=None)
                answers.append("yes")
            except ActionError as refused:
                answers.append(refused.message)
            finally:
                connections["default"].close()

    threads = [threading.Thread(target=plan, args=(member,)) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(answers)[1] == "yes"
    assert "vol" in sorted(answers)[0]
    assert shift.assignments.count() == 1


def test_unassign_frees_the_place(shift):
    assignment = assign_member(factories.make_member(), shift, by=None)
    unassign(assignment, by=None)
    assert not Assignment.objects.exists()
    with pytest.raises(ActionError, match="al vrijgemaakt"):
        unassign(assignment, by=None)


def test_unassign_keeps_what_the_member_could_see(shift):
    assignment = factories.make_assignment(factories.make_member(), shift, state="published")
    unassign(assignment, by=None)
    assignment.refresh_from_db()
    assert assignment.state == "cancelled"


def test_move_assignment_changes_nothing_when_the_new_shift_is_full(event, morning, shift):
    full = factories.make_shift(
        factories.make_polling_station(event), morning, factories.make_position(event), places=1
    )
    assign_member(factories.make_member(), full, by=None)
    assignment = assign_member(factories.make_member(), shift, by=None)
    with pytest.raises(ActionError, match="vol"):
        move_assignment(assignment, full, by=None)
    assert Assignment.objects.filter(pk=assignment.pk, shift=shift).exists()


def test_move_assignment_may_go_to_the_same_time(event, morning, shift):
    other = factories.make_shift(
        factories.make_polling_station(event), morning, factories.make_position(event)
    )
    assignment = assign_member(factories.make_member(), shift, by=None)
    assert other in shifts_with_room(assignment)
    moved = move_assignment(assignment, other, by=None)
    assert moved.shift == other
    assert moved.member.assignments.count() == 1


def test_candidates_puts_available_before_wish_before_few_shifts(event, morning, shift):
    names = {}
    for name, answer in (
        ("nee", "no"),
        ("ja", "yes"),
        ("moet", "if_needed"),
        ("liever", "yes"),
        ("stil", None),
    ):
        names[name] = member = factories.make_member(last_name=name)
        if answer:
            factories.make_availability(member, morning, answer=answer)
    names["liever"].preferences.create(event=event, kind="position", position=shift.position, rank=1)
    found = candidates(shift)
    assert [c.member.last_name for c in found.fit] == ["liever", "ja", "moet"]
    assert [c.member.last_name for c in found.doubtful] == ["stil", "nee"]
    assert "Voorkeur 1" in " ".join(found.fit[0].reasons)


def test_candidates_says_why_somebody_may_not(event, morning, shift):
    busy = factories.make_member(last_name="Bezet")
    assign_member(busy, shift, by=None)
    factories.make_member(last_name="Jong", birth_date=date(2012, 1, 1))
    factories.make_member(last_name="Teller", qualified_for=["counter"])
    other = factories.make_shift(
        factories.make_polling_station(event), morning, factories.make_position(event)
    )
    found = candidates(other)
    words = {c.member.last_name: " ".join(c.objections) for c in found.excluded}
    assert "Werkt dan al" in words["Bezet"]
    assert "15 jaar" in words["Jong"]
    assert "Kan niet werken als" in words["Teller"]
    assert not found.fit


@pytest.mark.parametrize("members", [1, 5])
def test_candidates_needs_the_same_queries_for_any_number_of_members(
    event, morning, shift, members, django_assert_num_queries
):
    for _number in range(members):
        factories.make_availability(factories.make_member(), morning)
    with django_assert_num_queries(10):
        candidates(shift)


def test_chair_may_take_every_seat_on_the_board(shift):
    chair = factories.make_member(qualified_for=["chair"])
    assert chair.can_work_as == {"chair", "deputy_chair", "member"}
    assert why_not(chair, shift, []) == []


def test_candidates_ranks_with_reasons_in_words(event, morning, shift):
    venue = shift.polling_station.venue
    venue.rd_x, venue.rd_y = 100_000, 400_000
    venue.save()
    far = factories.make_venue(postcode="9999 ZZ", rd_x=103_000, rd_y=404_000)
    factories.make_polling_station(event, venue=far)
    friend = factories.make_member(last_name="Vriend")
    assign_member(friend, shift, by=None)
    together = factories.make_member(last_name="Samen", postcode="9999 AA", earlier_elections=2)
    near = factories.make_member(last_name="Dichtbij", postcode="1234 ZZ")
    away = factories.make_member(last_name="Ver", postcode="9999 AA")
    for member in (together, near, away):
        factories.make_availability(member, morning)
    models.CompanionWish.objects.create(member=friend, event=event, name="Samen", companion=together)
    found = candidates(shift)
    assert [c.member.last_name for c in found.fit] == ["Samen", "Dichtbij", "Ver"]
    words = found.fit[0].reasons
    assert f"Graag samen met {friend.full_name}, die hier al zit" in words
    assert "Woont ongeveer 5,0 km" in words
    assert "Werkte 2 keer mee" in words
    assert "Heeft nog geen dienst" in words
    assert "Woont in de buurt" in found.fit[1].reasons


def test_order_of_candidates_says_nothing_about_where_a_confidential_member_lives(event, morning, shift):
    """Otherwise the order at one station after another tells about where the home is."""
    venue = shift.polling_station.venue
    venue.rd_x, venue.rd_y = 100_000, 400_000
    venue.save()
    far = factories.make_venue(postcode="9999 ZZ", rd_x=103_000, rd_y=404_000)
    factories.make_polling_station(event, venue=far)
    mark = {"confidential_since": timezone.now(), "confidential_reason": "verzoek"}
    hidden = factories.make_member(last_name="Verborgen", postcode="1234 ZZ", **mark)
    away = factories.make_member(last_name="Ver", postcode="9999 AA")
    for member in (hidden, away):
        factories.make_availability(member, morning)

    def order(by):
        return [c.member.last_name for c in candidates(shift, by=by).fit]

    assert order(factories.make_staff("planner")) == ["Ver", "Verborgen"]
    assert order(factories.make_staff()) == ["Verborgen", "Ver"]
    assert order(None) == ["Verborgen", "Ver"]


def test_candidates_counts_hours_as_they_pass_the_change_of_the_clock(event, shift):
    day = factories.make_polling_day(event, date=date(2027, 3, 27))
    night = factories.make_day_part(day, start=time(21), end=time(3))
    member = factories.make_member()
    assign_member(
        member,
        factories.make_shift(factories.make_polling_station(event), night, shift.position),
        by=None,
    )
    (candidate,) = [c for c in candidates(shift).doubtful if c.member == member]
    assert "Heeft al 1 dienst (5 uur)" in candidate.reasons


def test_candidates_sorts_inactive_members_last_with_the_reason(event, shift):
    factories.make_member(last_name="Aa", is_active=False)
    factories.make_member(last_name="Bb", qualified_for=[])
    found = candidates(shift)
    assert [c.member.last_name for c in found.excluded] == ["Bb", "Aa"]
    assert found.excluded[1].objections == ["Staat op niet actief."]


def test_candidates_puts_who_comes_with_a_warning_after_the_others(event, morning, shift):
    event.maximum_hours_per_day = 8
    event.save()
    shift = models.Shift.objects.select_related("polling_station__event").get(pk=shift.pk)
    busy, idle = factories.make_member(last_name="Aa"), factories.make_member(last_name="Bb")
    for member in (busy, idle):
        factories.make_availability(member, morning)
    evening = factories.make_day_part(morning.polling_day, start=time(14), end=time(21))
    assign_member(busy, factories.make_shift(shift.polling_station, evening, shift.position), by=None)
    found = candidates(shift)
    assert [c.member.last_name for c in found.fit] == ["Bb", "Aa"]
    assert found.fit[1].warnings == ["Werkt dan meer dan 8 uur op 17 maart 2027."]
    assign_member(busy, shift, by=None)  # staff are warned, not stopped
    with pytest.raises(ActionError, match="meer dan 8 uur"):
        assign_member(
            idle,
            factories.make_shift(factories.make_polling_station(event), _long(morning), shift.position),
            by=None,
            strict=True,
        )


def _long(part):
    return factories.make_day_part(part.polling_day, name="Hele dag", start=time(7), end=time(16))


@pytest.mark.parametrize(("policy", "refused"), [("block", True), ("warn", False), ("allow", False)])
def test_assign_member_follows_the_policy_for_candidates(event, shift, policy, refused):
    event.clash_policy = policy
    event.save()
    shift.polling_station.event.refresh_from_db()
    member = factories.make_member()
    candidate = models.Candidate.objects.create(
        election=factories.make_election(event), list_number=1, number=1, last_name=member.last_name
    )
    models.CandidateClash.objects.create(member=member, candidate=candidate)
    assert warnings_for(member, shift, []) == (
        ["Staat misschien op een kandidatenlijst."] if policy == "warn" else []
    )
    if refused:
        with pytest.raises(ActionError, match="kandidatenlijst"):
            assign_member(member, shift, by=None)
    else:
        assign_member(member, shift, by=None)


def test_assign_member_asks_for_the_training_when_the_event_does(event, shift):
    event.requires_training, event.trained_since = True, date(2027, 1, 1)
    event.save()
    with pytest.raises(ActionError, match="training"):
        assign_member(factories.make_member(trained_on=date(2026, 12, 31)), shift, by=None)
    assign_member(factories.make_member(trained_on=date(2027, 1, 1)), shift, by=None)


def test_experience_counts_earlier_events_with_a_published_place(event, shift):
    earlier = factories.make_event()
    day = factories.make_polling_day(earlier, date=date(2026, 3, 18))
    position = factories.make_position(earlier)
    parts = [factories.make_day_part(day, start=time(7), end=time(14))]
    parts.append(factories.make_day_part(day, start=time(14), end=time(21)))
    member, planned = factories.make_member(earlier_elections=1), factories.make_member()
    station = factories.make_polling_station(earlier)
    for part in parts:
        work = factories.make_shift(station, part, position)
        factories.make_assignment(member, work, state="published")
        factories.make_assignment(planned, work)
    factories.make_assignment(planned, shift, state="published")  # this event is not over
    assert experience([member.pk, planned.pk], event) == {member.pk: 2, planned.pk: 0}


def test_shifts_with_room_finds_by_station_day_part_and_position(event, morning, shift):
    evening = factories.make_day_part(morning.polling_day, name="Avond", start=time(14), end=time(21))
    chair = factories.make_position(event, kind="chair", name="Voorzitter")
    station = factories.make_polling_station(event, name="De Linde")
    late = factories.make_shift(station, evening, shift.position)
    head = factories.make_shift(station, morning, chair)
    seat = assign_member(factories.make_member(qualified_for=["chair"]), shift, by=None)
    for search, found in {
        "linde": {late, head},
        "avond": {late},
        "linde voorz": {head},
        "avond voorz": set(),
    }.items():
        assert set(shifts_with_room(seat, search=search)) == found
