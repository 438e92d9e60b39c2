"""Rows as the question to the optimiser: every fact arrives, in a constant number of queries."""

from datetime import date, time, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from elections import models
from elections.enums import PreferenceKind
from elections.planning.solver import solve
from elections.queries.proposal_instance import load_instance
from tests import factories
from tests.elections.planning.checker import broken_rules


@pytest.fixture
def plan():
    """One station, one morning, one shift for three members of the board, in an event with a training."""
    event = factories.make_event(minimum_rest_hours=11, maximum_hours_per_day=10)
    day = factories.make_polling_day(event)
    part = factories.make_day_part(day)
    position = factories.make_position(event, needs_training=False)
    venue = factories.make_venue(postcode="1234 AB", rd_x=100_000, rd_y=400_000)
    station = factories.make_polling_station(event, venue=venue)
    shift = factories.make_shift(station, part, position)
    return SimpleNamespace(
        event=event, day=day, part=part, position=position, venue=venue, station=station, shift=shift
    )


def _load(plan, **options):
    return load_instance(plan.event, **options)


def _person(loaded, member):
    return next(person for person in loaded.instance.people if person.id == member.pk)


def test_load_instance_knows_the_shift_and_its_station(plan):
    (seat,) = _load(plan).instance.seats
    assert (seat.id, seat.station_id, seat.kind, seat.places) == (
        plan.shift.pk,
        plan.station.pk,
        "member",
        3,
    )
    assert seat.end - seat.start == 7 * 3600
    (station,) = _load(plan).instance.stations
    assert (station.venue_id, station.x, station.y) == (plan.venue.pk, 100_000, 400_000)


def test_load_instance_knows_answers_and_who_did_not_answer(plan):
    yes, perhaps, no, silent = (factories.make_member() for _number in range(4))
    factories.make_availability(yes, plan.part)
    factories.make_availability(perhaps, plan.part, answer="if_needed")
    factories.make_availability(no, plan.part, answer="no")
    loaded = _load(plan)
    assert [_person(loaded, member).answers for member in (yes, perhaps, no, silent)] == [
        {plan.part.pk: 2},
        {plan.part.pk: 1},
        {},
        {},
    ]
    assert [_person(loaded, member).answered for member in (no, silent)] == [True, False]


def test_load_instance_leaves_out_members_who_are_not_active(plan):
    away = factories.make_member(is_active=False)
    assert away.pk not in {person.id for person in _load(plan).instance.people}


def test_load_instance_asks_the_rules_what_somebody_may_do(plan):
    young = factories.make_member(birth_date=date(2009, 3, 18))
    counter = factories.make_member(qualified_for=["counter"])
    chair = factories.make_member(qualified_for=["chair"])
    loaded = _load(plan)
    pair = (plan.position.pk, plan.part.pk)
    assert [pair in _person(loaded, member).allowed for member in (young, counter, chair)] == [
        False,
        False,
        True,
    ]


def test_load_instance_names_a_training_as_what_stands_in_the_way(plan):
    plan.event.requires_training = True
    plan.event.save()
    plan.position.needs_training = True
    plan.position.save()
    member = factories.make_member()
    trained = factories.make_member(trained_on=date(2026, 12, 1))
    pair = (plan.position.pk, plan.part.pk)
    loaded = _load(plan)
    assert _person(loaded, member).obstacles == {pair: frozenset({"training"})}
    assert pair in _person(loaded, trained).allowed


def test_load_instance_keeps_candidates_out_when_the_municipality_does(plan):
    member = factories.make_member()
    candidate = models.Candidate.objects.create(
        election=factories.make_election(plan.event), list_number=1, number=1, last_name=member.last_name
    )
    models.CandidateClash.objects.create(member=member, candidate=candidate)
    pair = (plan.position.pk, plan.part.pk)
    assert pair in _person(_load(plan), member).allowed
    plan.event.clash_policy = "block"
    plan.event.save()
    assert pair not in _person(_load(plan), member).allowed


def test_load_instance_knows_wishes_companions_labels_and_experience(plan):
    label = models.Label.objects.create(name="Gebarentaal")
    plan.station.wanted_labels.add(label)
    friend = factories.make_member()
    member = factories.make_member(postcode="1234 ZZ", earlier_elections=2)
    member.labels.add(label, models.Label.objects.create(name="Niet gevraagd"))
    for kind, values in (
        (PreferenceKind.POSITION, {"position": plan.position}),
        (PreferenceKind.DAY_PART, {"day_part": plan.part}),
        (PreferenceKind.VENUE, {"venue": plan.venue}),
    ):
        models.Preference.objects.create(member=member, event=plan.event, kind=kind, rank=1, **values)
    models.CompanionWish.objects.create(member=member, event=plan.event, name="Vriend", companion=friend)
    person = _person(_load(plan), member)
    assert person.position_wishes == {plan.position.pk: 1}
    assert person.day_part_wishes == {plan.part.pk: 1}
    assert person.venue_wishes == {plan.venue.pk: 1}
    assert person.companions == {friend.pk}
    assert person.labels == {label.pk}
    assert person.experienced
    assert (person.x, person.y) == (100_000, 400_000)
    assert not _person(_load(plan), friend).experienced


def test_load_instance_remembers_the_team_of_the_event_before(plan):
    member, colleague, elsewhere = (factories.make_member() for _number in range(3))
    before = factories.make_event()
    part = factories.make_day_part(factories.make_polling_day(before, date=date(2026, 3, 18)))
    position = factories.make_position(before)
    shift = factories.make_shift(factories.make_polling_station(before, venue=plan.venue), part, position)
    other = factories.make_shift(factories.make_polling_station(before), part, position)
    for each, where in ((member, shift), (colleague, shift), (elsewhere, other)):
        factories.make_assignment(each, where, state="published")
    assert _person(_load(plan), member).earlier_venues == frozenset()
    plan.event.previous = before
    plan.event.save()
    person = _person(_load(plan), member)
    assert person.earlier_venues == {plan.venue.pk}
    assert person.earlier_colleagues == {colleague.pk}


def test_load_instance_knows_work_in_another_event_and_the_rest_it_asks(plan):
    member = factories.make_member()
    other = factories.make_event()
    evening = factories.make_day_part(
        factories.make_polling_day(other, date=factories.DAY - timedelta(days=1)),
        start=time(16),
        end=time(23),
    )
    shift = factories.make_shift(
        factories.make_polling_station(other), evening, factories.make_position(other)
    )
    factories.make_assignment(member, shift)
    (seat,) = _load(plan).instance.seats
    assert _person(_load(plan), member).busy == ((seat.start, seat.end),)
    plan.event.minimum_rest_hours = 8
    plan.event.save()
    assert _person(_load(plan), member).busy == ()


@pytest.mark.parametrize(
    "values",
    [
        {"state": "published"},
        {"state": "reserved"},
        {"state": "proposed"},
        {"is_locked": True},
        {"source": "reservation"},
    ],
)
def test_load_instance_never_frees_what_somebody_counts_on(plan, values):
    member = factories.make_member()
    factories.make_assignment(member, plan.shift, **values)
    loaded = _load(plan, keeps_present=False)
    assert loaded.fixed == {(member.pk, plan.shift.pk)}
    assert [seat.places for seat in loaded.instance.seats] == [2]


def test_load_instance_frees_what_nobody_saw_only_when_asked(plan):
    member = factories.make_member()
    factories.make_assignment(member, plan.shift)
    assert _load(plan).fixed == {(member.pk, plan.shift.pk)}
    freed = _load(plan, keeps_present=False)
    assert (freed.fixed, freed.free) == (frozenset(), {(member.pk, plan.shift.pk)})
    assert [seat.places for seat in freed.instance.seats] == [3]


def test_load_instance_forgets_what_ended(plan):
    factories.make_assignment(
        factories.make_member(), plan.shift, state="declined", declined_at=timezone.now()
    )
    assert _load(plan).present == frozenset()


@pytest.mark.parametrize("people", [1, 4])
def test_load_instance_needs_the_same_queries_for_any_size(plan, people, django_assert_num_queries):
    for _number in range(people):
        member = factories.make_member()
        factories.make_availability(member, plan.part)
        station = factories.make_polling_station(plan.event)
        factories.make_assignment(member, factories.make_shift(station, plan.part, plan.position))
    event = models.ElectionEvent.objects.get(pk=plan.event.pk)
    with django_assert_num_queries(17):
        load_instance(event)


def test_load_instance_takes_two_polling_days_of_one_date_as_one_day(plan):
    """Voting and counting on one date: hours add up and no rest lies between, as the rules of the house say."""
    counting = factories.make_polling_day(plan.event, kind="counting")
    part = factories.make_day_part(counting, start=time(16), end=time(20))
    factories.make_shift(plan.station, part, plan.position)
    member = factories.make_member(with_user=False)
    for each in (plan.part, part):
        factories.make_availability(member, each)
    instance = _load(plan).instance
    assert {seat.day for seat in instance.seats} == {plan.day.date.toordinal()}
    assert broken_rules(instance, solve(instance).pairs) == []
    assert len(solve(instance).placements) == 1  # 7 and 4 hours, where 10 is the maximum
    plan.event.maximum_hours_per_day = 11
    plan.event.save()
    assert (
        len(solve(_load(plan).instance).placements) == 2
    )  # 2 hours between them, where 11 lie between two days
