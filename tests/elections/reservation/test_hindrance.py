"""What a member may not pick: neither shown nor given, whoever asks for it."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from elections.actions.reservation import (
    join_waitlist,
    reserve_place,
)
from elections.enums import WaitKind
from elections.errors import ActionError
from elections.models import (
    Assignment,
    Candidate,
    CandidateClash,
    ElectionEvent,
    Shift,
)
from tests import factories
from tests.elections.reservation.test_reservation import another_shift, free_for


def _too_young(member, shift):
    member.birth_date = shift.day_part.polling_day.date.replace(year=2010)
    member.save()


def _not_qualified(member, _shift):
    member.qualified_for = ["counter"]
    member.save()


def _untrained(_member, shift):
    event = shift.polling_station.event
    event.requires_training = True
    event.save()


def _candidate(member, shift):
    event = shift.polling_station.event
    event.clash_policy = "block"
    event.save()
    candidate = Candidate.objects.create(
        election=factories.make_election(event), list_number=1, number=1, last_name=member.last_name
    )
    CandidateClash.objects.create(member=member, candidate=candidate)


def _busy(member, shift):
    factories.make_assignment(member, another_shift(shift))


def _tired(member, shift):
    day = factories.make_polling_day(
        shift.polling_station.event, date=shift.day_part.polling_day.date - timedelta(days=1)
    )
    late = factories.make_day_part(day, start=time(16), end=time(23))
    factories.make_assignment(member, factories.make_shift(shift.polling_station, late, shift.position))


def _long_day(member, shift):
    event = shift.polling_station.event
    event.maximum_hours_per_day = 8
    event.save()
    evening = factories.make_day_part(shift.day_part.polling_day, start=time(14), end=time(21))
    factories.make_assignment(member, factories.make_shift(shift.polling_station, evening, shift.position))


def _refused_before(member, shift):
    factories.make_assignment(
        member, shift, state="cancelled", source="reservation", end_reason="U werkt al op een ander bureau."
    )


def _no_newcomers(_member, shift):
    event = shift.polling_station.event
    event.maximum_inexperienced = 0
    event.save()


def _begun(_member, shift):
    shift.period = type(shift.period)(
        timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1)
    )
    shift.save()


HINDRANCES = {
    _too_young: "te jong",
    _not_qualified: "niet genoteerd",
    _untrained: "training",
    _candidate: "kandidatenlijst",
    _busy: "al een plaats",
    _tired: "te weinig rust",
    _long_day: "te veel uren",
    _refused_before: "kon u deze plaats niet geven",
    _no_newcomers: "genoeg nieuwe mensen",
    _begun: "al begonnen",
}


@pytest.mark.parametrize("hinder", HINDRANCES)
def test_what_one_may_not_fill_is_neither_shown_nor_given(event, shift, member, hinder):
    assert shift in free_for(member, event)
    hinder(member, shift)
    event.refresh_from_db()
    shift.refresh_from_db()
    assert shift not in free_for(member, event)
    with pytest.raises(ActionError, match=HINDRANCES[hinder]):
        reserve_place(member, shift, by=member.user)
    assert not Assignment.objects.filter(state="reserved").exists()


def _part_closed(shift):
    shift.day_part.is_offered = False
    shift.day_part.save()


def _other_position(shift):
    other = factories.make_position(shift.polling_station.event, kind="chair")
    shift.day_part.polling_day.offered_positions.add(other)


def _other_venue(shift):
    shift.day_part.polling_day.offered_venues.add(another_shift(shift).polling_station.venue)


def _chosen(shift):
    day = shift.day_part.polling_day
    day.offered_positions.add(shift.position)
    day.offered_venues.add(shift.polling_station.venue)


@pytest.mark.parametrize("close_off", [_part_closed, _other_position, _other_venue])
def test_what_the_team_does_not_offer_is_neither_shown_nor_given(event, shift, member, close_off):
    close_off(shift)
    assert shift not in free_for(member, event)
    with pytest.raises(ActionError, match="niet zelf kiezen"):
        reserve_place(member, shift, by=member.user)
    with pytest.raises(ActionError, match="niet zelf kiezen"):
        join_waitlist(member, shift, WaitKind.LINE, by=member.user)


def test_what_the_team_chose_to_offer_is_shown_and_given(event, shift, member):
    _other_position(shift)
    _other_venue(shift)
    _chosen(shift)
    assert shift in free_for(member, event)
    assert reserve_place(member, shift, by=member.user)


def test_a_shift_that_was_archived_or_deleted_meanwhile_is_not_given(event, shift, member):
    seen = Shift.objects.select_related("polling_station__event").get(pk=shift.pk)
    ElectionEvent.objects.update(archived_at=timezone.now())
    with pytest.raises(ActionError, match="niet zelf kiezen"):
        reserve_place(member, seen, by=member.user)
    ElectionEvent.objects.update(archived_at=None)
    shift.delete()
    with pytest.raises(ActionError, match="niet zelf kiezen"):
        reserve_place(member, seen, by=member.user)


def test_newcomers_fill_up_to_the_quota_of_station_and_day_part(event, shift, morning, member):
    event.maximum_inexperienced = 1
    event.save()
    chair = factories.make_shift(
        shift.polling_station, morning, factories.make_position(event, kind="chair"), places=3
    )
    reserve_place(factories.make_member(), chair, by=None)
    assert shift not in free_for(member, event)
    with pytest.raises(ActionError, match="genoeg nieuwe mensen"):
        reserve_place(member, shift, by=None)
    experienced = factories.make_member(earlier_elections=2)
    assert reserve_place(experienced, shift, by=None)
