"""Members pick their own place: what is free for them, the closing time, giving back, and the team's last word."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from elections.actions.reservation import (
    PlaceGone,
    confirm_reservations,
    give_back,
    join_waitlist,
    leave_waitlist,
    refuse_reservation,
    reserve_place,
)
from elections.enums import WaitKind
from elections.errors import ActionError, StepNotOpen
from elections.models import (
    Assignment,
    AuditEvent,
    OutboxMail,
    WaitlistEntry,
)
from elections.queries.reservation import FreePlaces, own_places
from tests import factories


def another_shift(shift, **values):
    """The same work at the same time in another station."""
    station = factories.make_polling_station(shift.polling_station.event)
    return factories.make_shift(station, shift.day_part, shift.position, **values)


def close(step):
    step.closes_at = timezone.now() - timedelta(minutes=1)
    step.save()


def free_for(member, event):
    return [place.shift for place in FreePlaces(member, event).places()]


def test_reserve_place_waits_for_the_team(shift, member):
    place = reserve_place(member, shift, by=member.user)
    assert (place.state, place.source) == ("reserved", "reservation")
    assert AuditEvent.objects.filter(action="reservation.pick").count() == 1


def test_reserve_place_twice_gives_the_same_place(shift, member):
    first = reserve_place(member, shift, by=member.user)
    assert reserve_place(member, shift, by=member.user) == first
    assert Assignment.objects.count() == 1


def test_reserve_place_refuses_a_full_shift(shift, member):
    reserve_place(factories.make_member(), shift, by=None)
    with pytest.raises(PlaceGone, match="net weg"):
        reserve_place(member, shift, by=member.user)


def test_reserve_place_refuses_before_and_after_the_step(shift, step, member):
    close(step)
    with pytest.raises(StepNotOpen, match="gesloten sinds"):
        reserve_place(member, shift, by=member.user)
    step.opens_at, step.closes_at = timezone.now() + timedelta(days=1), None
    step.save()
    with pytest.raises(StepNotOpen, match="nog niet open"):
        reserve_place(member, shift, by=member.user)
    step.delete()
    with pytest.raises(StepNotOpen):
        reserve_place(member, shift, by=member.user)
    assert not Assignment.objects.exists()


def test_an_offer_is_accepted_by_picking_the_place(shift, member):
    offer = factories.make_assignment(member, shift, state="proposed", source="waitlist")
    assert reserve_place(member, shift, by=member.user) == offer
    offer.refresh_from_db()
    assert offer.state == "reserved"


def test_places_left_for_the_line_are_not_given_to_others(shift, member):
    first = factories.make_member()
    factories.make_waitlist_entry(first, shift)
    with pytest.raises(PlaceGone):
        reserve_place(member, shift, by=member.user)
    assert reserve_place(first, shift, by=first.user)


def test_who_cannot_come_does_not_hold_up_the_line(shift, member):
    busy = factories.make_member()
    factories.make_waitlist_entry(busy, shift)
    factories.make_assignment(busy, another_shift(shift))
    assert reserve_place(member, shift, by=member.user)


def test_give_back_frees_the_place_at_once(shift, member):
    place = reserve_place(member, shift, by=member.user)
    give_back(place, by=member.user)
    give_back(place, by=member.user)
    place.refresh_from_db()
    assert (place.state, place.version) == ("declined", 2)
    assert reserve_place(factories.make_member(), shift, by=None)
    assert AuditEvent.objects.filter(action="reservation.give_back").count() == 1


def test_give_back_offers_the_place_to_the_line(shift, member):
    place = reserve_place(member, shift, by=member.user)
    waiting = [factories.make_member() for _number in range(2)]
    for other in waiting:
        join_waitlist(other, shift, WaitKind.LINE, by=other.user)
    give_back(place, by=member.user)
    offer = Assignment.objects.get(state="proposed")
    assert (offer.member, offer.source) == (waiting[0], "waitlist")
    assert list(WaitlistEntry.objects.values_list("member", flat=True)) == [waiting[1].pk]
    assert OutboxMail.objects.get(kind="place_offered").user == waiting[0].user


def test_give_back_is_refused_after_closing_and_after_publishing(shift, step, member):
    place = reserve_place(member, shift, by=member.user)
    close(step)
    with pytest.raises(StepNotOpen):
        give_back(place, by=member.user)
    step.closes_at = None
    step.save()
    Assignment.objects.filter(pk=place.pk).update(state="published", published_at=timezone.now())
    with pytest.raises(ActionError, match="staat al vast"):
        give_back(place, by=member.user)


def test_give_back_is_refused_for_a_place_that_the_team_gave(shift, member):
    with pytest.raises(ActionError, match="niet teruggeven"):
        give_back(factories.make_assignment(member, shift), by=member.user)


def test_join_waitlist_keeps_the_first_place_in_the_line(shift, member):
    reserve_place(factories.make_member(), shift, by=None)
    first = join_waitlist(member, shift, WaitKind.LINE, by=member.user)
    assert join_waitlist(member, shift, WaitKind.LINE, by=member.user).joined_at == first.joined_at
    other = join_waitlist(member, shift, WaitKind.ALERT, by=member.user)
    assert (other.pk, other.kind) == (first.pk, "alert")


def test_join_waitlist_is_for_full_shifts_that_one_may_fill(shift, step, member):
    with pytest.raises(ActionError, match="weer een plaats vrij"):
        join_waitlist(member, shift, WaitKind.LINE, by=member.user)
    reserve_place(factories.make_member(), shift, by=None)
    with pytest.raises(ActionError, match="niet genoteerd"):
        join_waitlist(factories.make_member(qualified_for=[]), shift, WaitKind.LINE, by=None)
    close(step)
    with pytest.raises(StepNotOpen):
        join_waitlist(member, shift, WaitKind.LINE, by=member.user)
    assert not WaitlistEntry.objects.exists()


def test_leave_waitlist_twice_is_logged_once(shift, member):
    entry = factories.make_waitlist_entry(member, shift)
    same = WaitlistEntry.objects.get()
    leave_waitlist(entry, by=member.user)
    leave_waitlist(same, by=member.user)
    assert AuditEvent.objects.filter(action="reservation.stop_waiting").count() == 1


def test_confirm_reservations_mails_each_member_once(event, shift, member):
    evening = factories.make_day_part(shift.day_part.polling_day, start=time(14), end=time(21))
    later = factories.make_shift(shift.polling_station, evening, shift.position)
    places = [reserve_place(member, one, by=member.user) for one in (shift, later)]
    planner = factories.make_staff("planner")
    assert confirm_reservations(places, by=planner) == 2
    assert set(Assignment.objects.values_list("state", "version")) == {("confirmed", 2)}
    assert OutboxMail.objects.filter(kind="reservation_decided").count() == 1
    with pytest.raises(ActionError, match="al beoordeeld"):
        confirm_reservations(places, by=planner)


def test_confirm_reservations_passes_over_what_was_given_back(shift, member):
    given_back = reserve_place(member, shift, by=member.user)
    give_back(given_back, by=member.user)
    kept = reserve_place(factories.make_member(), shift, by=None)
    assert confirm_reservations([given_back, kept], by=None) == 1
    given_back.refresh_from_db()
    assert given_back.state == "declined"


def test_refuse_reservation_tells_the_reason_and_frees_the_place(event, shift, member):
    place = reserve_place(member, shift, by=member.user)
    next_in_line = factories.make_member()
    join_waitlist(next_in_line, shift, WaitKind.LINE, by=next_in_line.user)
    with pytest.raises(ActionError, match="Vul in waarom"):
        refuse_reservation(place, "  ", by=None)
    refuse_reservation(place, "Wij hebben daar een voorzitter nodig.", by=None)
    (ended,) = own_places(member, event).ended
    assert ended.end_reason == "Wij hebben daar een voorzitter nodig."
    assert Assignment.objects.get(state="proposed").member == next_in_line
    assert OutboxMail.objects.get(kind="reservation_decided").user == member.user
    with pytest.raises(ActionError, match="al beoordeeld"):
        refuse_reservation(place, "Nog eens.", by=None)


def test_own_places_hide_what_the_team_is_planning(event, shift, member):
    factories.make_assignment(member, shift)
    assert own_places(member, event).is_empty


def test_own_places_tell_the_place_in_line_and_why_one_is_skipped(event, shift, member):
    other = another_shift(shift)
    factories.make_assignment(factories.make_member(), shift)
    join_waitlist(factories.make_member(), shift, WaitKind.LINE, by=None)
    join_waitlist(member, shift, WaitKind.LINE, by=member.user)
    (waiting,) = own_places(member, event).waiting
    assert (waiting.number, waiting.skipped, waiting.has_room) == (2, [], False)
    reserve_place(member, other, by=member.user)
    (waiting,) = own_places(member, event).waiting
    assert "al een plaats" in waiting.skipped[0]


def test_free_places_are_sorted_by_distance_and_searched(event, morning, position, member):
    near = factories.make_venue(name="De Linde", postcode="2511 AA", latitude="52.07", longitude="4.31")
    far = factories.make_venue(name="Het Anker", postcode="2596 ZZ", latitude="52.10", longitude="4.35")
    shifts = [
        factories.make_shift(factories.make_polling_station(event, venue=venue), morning, position)
        for venue in (far, near)
    ]
    member.postcode = "2511 XY"
    member.save()
    free = FreePlaces(member, event)
    assert [place.shift for place in free.places()] == shifts[::-1]
    assert [place.shift for place in free.places(by_number=True)] == shifts
    assert free.places()[1].distance == "ongeveer 4,3 km"
    assert [place.shift for place in free.places(search="anker 2596")] == [shifts[0]]
    assert free.count == 6
    assert free.day_parts() == [(morning, 6)]
    assert free.positions(morning) == [(position, 6)]
    assert free.nearest_to(shifts[0])[0].shift == shifts[1]


@pytest.mark.parametrize("number", [1, 3])
def test_free_places_take_as_many_queries_for_more_shifts(
    event, shift, member, number, django_assert_num_queries
):
    for _number in range(number):
        another_shift(shift)
    with django_assert_num_queries(6):
        assert len(list(FreePlaces(member, event).places()[:20])) == number + 1
