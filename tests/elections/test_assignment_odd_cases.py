"""What goes wrong in a real plan: nobody loses a place, and the message says what to do first."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.assignment import assign_member
from elections.actions.polling_day import update_polling_day
from elections.actions.polling_station import remove_polling_station
from elections.actions.publication import publish_assignments
from elections.actions.shift import make_shifts, remove_shift, update_shift
from elections.eligibility import work_of
from elections.enums import PositionKind
from elections.errors import ActionError
from elections.event_plan import DayPartPlan
from elections.models import Assignment
from elections.queries.coverage import coverage
from elections.queries.placement import placements_of
from tests import factories

NIGHT = date(2027, 3, 27)  # the clock goes from 2.00 to 3.00 in the night that follows


@pytest.fixture
def shift(event):
    part = factories.make_day_part(factories.make_polling_day(event), name="Ochtend")
    return factories.make_shift(
        factories.make_polling_station(event), part, factories.make_position(event), places=6
    )


def fill(shift, count):
    return [assign_member(factories.make_member(), shift, by=None) for _number in range(count)]


def test_shift_is_not_shrunk_below_its_people_and_they_are_named(shift):
    people = fill(shift, 5)
    with pytest.raises(ActionError) as refused:
        update_shift(shift, places=4, by=None)
    assert "5 mensen: " in refused.value.message
    assert refused.value.message.count("Bakker") == 3
    assert "en 2 anderen. Haal eerst iemand uit de dienst." in refused.value.message
    assert shift.assignments.count() == len(people)
    update_shift(shift, places=5, by=None)


def test_shift_with_people_is_not_removed_and_they_are_named(shift):
    (assignment,) = fill(shift, 1)
    with pytest.raises(ActionError, match=assignment.member.full_name):
        remove_shift(shift, by=None)


def test_shift_in_which_members_know_they_sat_stays(shift):
    factories.make_assignment(factories.make_member(), shift, state="declined")
    with pytest.raises(ActionError, match="zaten mensen"):
        remove_shift(shift, by=None)


def test_station_with_people_is_not_removed_and_they_are_named(shift):
    first, second = fill(shift, 2)
    with pytest.raises(ActionError) as refused:
        remove_polling_station(shift.polling_station, by=None)
    for assignment in (first, second):
        assert assignment.member.full_name in refused.value.message
    assert "Haal hen eerst weg" in refused.value.message
    assert Assignment.objects.count() == 2


def test_times_of_a_day_with_people_stand_and_they_are_named(shift):
    (assignment,) = fill(shift, 1)
    part = shift.day_part
    plan = DayPartPlan("Ochtend", time(6), time(14))
    with pytest.raises(ActionError, match=assignment.member.full_name):
        update_polling_day(
            part.polling_day,
            day_date=part.polling_day.date,
            kind="voting",
            day_parts=[(part.uuid, plan)],
            by=None,
        )
    assignment.refresh_from_db()
    assert assignment.period == shift.period


def test_overlapping_parts_are_two_shifts_that_one_person_cannot_both_have(event, shift):
    long_part = factories.make_day_part(shift.day_part.polling_day, start=time(13), end=time(21))
    other = factories.make_shift(shift.polling_station, long_part, shift.position)
    (assignment,) = fill(shift, 1)
    with pytest.raises(ActionError, match="Werkt dan al"):
        assign_member(assignment.member, other, by=None)
    assert Assignment.objects.get() == assignment


@pytest.mark.parametrize(
    ("born", "old_enough"), [(date(2009, 3, 17), True), (date(2009, 3, 18), False), (date(2008, 2, 29), True)]
)
def test_a_birthday_on_polling_day_is_old_enough(shift, born, old_enough):
    """Kieswet art. E 4: 18 on the day of the vote, which is 17 March 2027 here."""
    member = factories.make_member(birth_date=born)
    if old_enough:
        assign_member(member, shift, by=None)
    else:
        with pytest.raises(ActionError, match="Is op 17 maart 2027 17 jaar"):
            assign_member(member, shift, by=None)
    # A birth date that is corrected afterwards takes nobody's place away: the board says so.
    assignment = factories.make_assignment(factories.make_member(birth_date=born), shift)
    (station,) = coverage(shift.polling_station.event).stations
    young = {warning.code for warning in station.warnings} & {"under_age"}
    assert bool(young) != old_enough
    assert Assignment.objects.filter(pk=assignment.pk).exists()


def test_a_no_after_the_assignment_keeps_the_place_and_warns(event, shift):
    (assignment,) = fill(shift, 1)
    factories.make_availability(assignment.member, shift.day_part, answer="no")
    assignment.member.availability_responses.create(
        event=event, changed_at=timezone.now() + timedelta(minutes=1)
    )
    (station,) = coverage(event).stations
    assert f"{assignment.member.full_name} zei later nee" in [warning.text for warning in station.warnings]
    assert Assignment.objects.active().get() == assignment


def night_shift(event, start, end, day=NIGHT):
    part = factories.make_day_part(factories.make_polling_day(event, date=day), start=start, end=end)
    return factories.make_shift(
        factories.make_polling_station(event), part, factories.make_position(event, kind="counter")
    )


def test_the_night_of_the_clock_is_an_hour_shorter(event):
    shift = night_shift(event, time(21), time(3))
    work = work_of(shift)
    assert work.end - work.start == timedelta(hours=5)
    assert f"{timezone.localtime(shift.arrives_at):%H.%M}" == "20.45"
    event.maximum_hours_per_day = 5
    event.save()
    assign_member(factories.make_member(), shift, by=None, strict=True)


def test_the_night_of_the_clock_touches_and_does_not_overlap_what_begins_at_three(event):
    """3.00 is the moment after 1.59: on the clock they lie an hour apart, in time they touch."""
    event.minimum_rest_hours = 0
    event.save()
    night, early = (
        night_shift(event, time(21), time(3)),
        night_shift(event, time(3), time(9), date(2027, 3, 28)),
    )
    member = factories.make_member()
    assign_member(member, night, by=None)
    assign_member(member, early, by=None)
    assert member.assignments.count() == 2


def test_rest_over_the_night_of_the_clock_is_counted_in_moments(event):
    """From 23.00 to 10.00 the clock shows eleven hours, of which there are ten."""
    late = night_shift(event, time(15), time(23))
    next_day = night_shift(event, time(10), time(14), date(2027, 3, 28))
    member = factories.make_member()
    assign_member(member, late, by=None)
    with pytest.raises(ActionError, match="minder dan 11 uur rust"):
        assign_member(member, next_day, by=None, strict=True)


def test_a_day_with_two_elections_is_one_place_for_both(event):
    """Kieswet art. E 3(2): the board for the provincial council is also that for the water board."""
    day = factories.make_polling_day(event)
    elections = [factories.make_election(event, category=category) for category in ("PS", "WS")]
    day.elections.set(elections)
    part = factories.make_day_part(day)
    position = factories.make_position(event, kind=PositionKind.MEMBER)
    factories.make_template_line(part, position, places=3)
    factories.make_polling_station(event)
    assert make_shifts(event, by=None) == 1
    member = factories.make_member()
    factories.make_portal_step(event, "placement")
    assignment = assign_member(member, event.polling_stations.get().shifts.get(), by=None)
    publish_assignments(event, by=None)
    (placement,) = placements_of(member, event)
    assert placement.assignments == [assignment]
    assert sorted(placement.elections) == sorted(election.name for election in elections)


def test_an_island_plans_in_its_own_time(zonneiland):
    with tenant_context(zonneiland), timezone.override(zonneiland.tz):
        event = factories.make_event()
        shift = night_shift(event, time(21), time(3))
        work = work_of(shift)
        assert work.end - work.start == timedelta(hours=6)  # no summer time there
        assert shift.period.lower.utcoffset() == timedelta(hours=-4)
        young = factories.make_member(birth_date=date(NIGHT.year - 18, NIGHT.month, NIGHT.day))
        assign_member(young, shift, by=None)
        assert f"{timezone.localtime(shift.arrives_at):%H.%M}" == "20.45"
