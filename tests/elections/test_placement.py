"""What members say to their place, the reminder, and the entry for their calendar."""

import threading
from datetime import time, timedelta

import pytest
from django.db import connections
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.assignment import move_assignment
from elections.actions.placement import (
    accept_placement,
    answer_card,
    decline_placement,
    see_changes,
)
from elections.errors import ActionError
from elections.models import Assignment, AuditEvent, OutboxMail, PlacementChange
from elections.queries.placement import earlier_places, placements_of
from elections.queries.placement_answer import (
    answer_counts,
    free_after_decline,
    next_in_line,
)
from tests import factories


@pytest.fixture
def shift(event, morning):
    return _shift(event, morning, places=1)


@pytest.fixture
def place(shift):
    return factories.make_assignment(factories.make_member(), shift, state="published")


def _shift(event, part, **values):
    position = event.positions.first() or factories.make_position(event, name="Stembureaulid")
    return factories.make_shift(factories.make_polling_station(event), part, position, **values)


def _today_shift(event):
    """Work that is going on, on a day that is today in the municipality."""
    day = factories.make_polling_day(event, date=timezone.localdate())
    part = factories.make_day_part(day, name="Vandaag", start=time(0), end=time(23, 59))
    return _shift(event, part)


def _volunteer(part, **values):
    member = factories.make_member(**values)
    factories.make_availability(member, part)
    return member


# --- yes ---


def test_accept_is_kept_and_logged_once(place):
    for _time in range(2):
        accept_placement(place, by=place.member.user)
    place.refresh_from_db()
    assert place.accepted_at
    assert place.version == 2
    assert AuditEvent.objects.filter(action="placement.accept").count() == 1


def test_accept_after_the_deadline_is_accepted_too(place):
    Assignment.objects.update(answer_due_at=timezone.now() - timedelta(days=1))
    accept_placement(place, by=place.member.user)
    place.refresh_from_db()
    assert place.accepted_at


@pytest.mark.parametrize("state", ["confirmed", "reserved", "proposed"])
def test_place_that_is_not_published_has_no_answer(place, state):
    Assignment.objects.update(state=state, published_at=None, answer_due_at=timezone.now())
    with pytest.raises(ActionError, match="geldt niet meer"):
        accept_placement(place, by=place.member.user)


def test_place_of_which_the_removal_was_told_has_no_answer(place):
    Assignment.objects.update(state="cancelled", retracted_at=timezone.now())
    for attempt in (accept_placement, lambda row, by: decline_placement(row, "ziek", by=by)):
        with pytest.raises(ActionError, match="geldt niet meer"):
            attempt(place, by=place.member.user)


def test_event_that_asks_nothing_takes_answers_from_the_team_only(place, event):
    event.asks_answer = False
    event.save()
    with pytest.raises(ActionError, match="Bel"):
        accept_placement(place, by=place.member.user)
    accept_placement(place, by=factories.make_staff("planner"), as_team=True)


# --- no ---


def test_decline_frees_the_place_at_once(place, shift, event):
    decline_placement(place, " Vakantie ", by=place.member.user)
    place.refresh_from_db()
    assert (place.state, place.end_reason) == ("declined", "Vakantie")
    assert not shift.assignments.active().exists()
    assert [row.pk for row in free_after_decline(event)] == [place.pk]
    assert answer_counts(event).free == 1
    # The words of the member stay out of the log, which nobody can change.
    assert "Vakantie" not in str(AuditEvent.objects.filter(action="placement.decline").values("details"))


@pytest.mark.parametrize("reason", ["", "   "])
def test_decline_needs_a_reason(place, reason):
    with pytest.raises(ActionError, match="Vul in waarom"):
        decline_placement(place, reason, by=place.member.user)


def test_decline_after_accept_counts(place):
    accept_placement(place, by=place.member.user)
    decline_placement(place, "Toch niet", by=place.member.user)
    place.refresh_from_db()
    assert (place.accepted_at, place.state) == (None, "declined")


def test_decline_on_the_day_itself_is_for_the_telephone(event):
    shift = _today_shift(event)
    shift.period = type(shift.period)(
        timezone.now() + timedelta(hours=1), timezone.now() + timedelta(hours=2)
    )
    shift.save()
    place = factories.make_assignment(factories.make_member(), shift, state="published")
    with pytest.raises(ActionError, match="U werkt vandaag"):
        decline_placement(place, "Ziek", by=place.member.user)
    decline_placement(place, "Ziek", by=factories.make_staff("planner"), as_team=True)
    place.refresh_from_db()
    assert place.state == "declined"


def test_decline_offers_the_place_to_the_next_in_line(place, shift, event, morning):
    event.offers_next = True
    event.save()
    next_one = _volunteer(morning)
    decline_placement(place, "Vakantie", by=place.member.user)
    offer = shift.assignments.active().get()
    assert (offer.member, offer.state, offer.source) == (next_one, "proposed", "follow_up")
    assert OutboxMail.objects.filter(kind="place_offered", user=next_one.user).count() == 1


def test_decline_leaves_the_place_open_when_the_team_wants_to_choose(place, shift, morning):
    _volunteer(morning)
    decline_placement(place, "Vakantie", by=place.member.user)
    assert not shift.assignments.active().exists()


def test_next_in_line_is_not_who_declined(place, shift, morning):
    factories.make_availability(place.member, morning)
    candidate = _volunteer(morning)
    decline_placement(place, "Vakantie", by=place.member.user)
    (found,) = next_in_line(shift, by=factories.make_staff("planner"))
    assert found.member == candidate
    assert found.reasons


def test_no_to_a_place_that_the_team_had_taken_back_frees_nothing(place, event):
    Assignment.objects.update(state="cancelled")
    decline_placement(place, "Vakantie", by=place.member.user)
    place.refresh_from_db()
    assert place.state == "declined"
    assert place.retracted_at
    assert not free_after_decline(event).exists()


# --- a change of mind ---


def test_decline_is_taken_back_while_the_place_is_free(place, shift):
    decline_placement(place, "Vakantie", by=place.member.user)
    accept_placement(place, by=place.member.user)
    place.refresh_from_db()
    assert (place.state, place.declined_at, place.end_reason) == ("published", None, "")
    assert place.accepted_at
    assert list(shift.assignments.active()) == [place]


def test_decline_is_not_taken_back_when_somebody_else_has_the_place(place, shift):
    decline_placement(place, "Vakantie", by=place.member.user)
    factories.make_assignment(factories.make_member(), shift)
    with pytest.raises(ActionError, match="al door iemand anders"):
        accept_placement(place, by=place.member.user)
    place.refresh_from_db()
    assert place.state == "declined"


def test_decline_is_not_taken_back_when_the_place_is_offered_and_it_is_once_the_offer_is_gone(
    place, shift, event, morning
):
    event.offers_next = True
    event.save()
    _volunteer(morning)
    decline_placement(place, "Vakantie", by=place.member.user)
    with pytest.raises(ActionError, match="al door iemand anders"):
        accept_placement(place, by=place.member.user)
    shift.assignments.filter(state="proposed").update(state="cancelled")
    accept_placement(place, by=place.member.user)
    assert list(shift.assignments.active()) == [place]


def test_decline_is_not_taken_back_while_working_elsewhere(place, event, morning):
    decline_placement(place, "Vakantie", by=place.member.user)
    factories.make_assignment(place.member, _shift(event, morning))
    with pytest.raises(ActionError, match="niet meer krijgen"):
        accept_placement(place, by=place.member.user)


def test_last_place_has_one_winner_when_two_change_their_mind(committed, juinen):
    event = factories.make_event()
    part = factories.make_day_part(factories.make_polling_day(event))
    shift = _shift(event, part, places=1)
    places = [
        factories.make_assignment(
            factories.make_member(),
            shift,
            state="declined",
            published_at=timezone.now(),
            declined_at=timezone.now(),
        )
        for _person in range(2)
    ]
    outcomes = []
    barrier = threading.Barrier(2)

    def run(place):
        try:
            with tenant_context(juinen), timezone.override(juinen.tz):
                barrier.wait(timeout=20)
                try:
                    outcomes.append(accept_placement(place, by=None).state)
                except ActionError:
                    outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["published", "refused"]
    assert shift.assignments.active().count() == 1


# --- two times on one card ---


def test_card_is_answered_as_one(event, morning, place):
    evening = factories.make_day_part(morning.polling_day, name="Avond", start=time(14), end=time(21))
    station, position = place.shift.polling_station, place.shift.position
    later = factories.make_assignment(
        place.member, factories.make_shift(station, evening, position), state="published"
    )
    factories.make_portal_step(event, "placement")
    (card,) = placements_of(place.member, event)
    assert card.assignments == [place, later]
    answer_card(place, comes=[place, later], by=place.member.user)
    assert Assignment.objects.exclude(accepted_at=None).count() == 2
    answer_card(place, declines=[later], reason="Te lang", by=place.member.user)
    assert Assignment.objects.get(state="declined") == later


def test_card_takes_no_place_of_another_card(event, morning, place):
    other = factories.make_assignment(factories.make_member(), _shift(event, morning), state="published")
    with pytest.raises(ActionError):
        answer_card(place, declines=[other], reason="Boos", by=place.member.user)
    other.refresh_from_db()
    assert other.state == "published"


# --- what is over, and what was read ---


def test_earlier_places_are_told_apart_from_present_ones(event, morning, place):
    gone = factories.make_assignment(
        place.member,
        _shift(event, morning),
        state="cancelled",
        published_at=timezone.now(),
        retracted_at=timezone.now(),
    )
    never_seen = factories.make_assignment(place.member, _shift(event, morning), state="cancelled")
    # The same place came back: it is not over.
    factories.make_assignment(
        place.member,
        place.shift,
        state="cancelled",
        published_at=timezone.now(),
        retracted_at=timezone.now(),
    )
    assert earlier_places(place.member, event) == [gone]
    assert never_seen.published_at is None


def test_changes_are_seen_once(event):
    member = factories.make_member()
    PlacementChange.objects.create(member=member, event=event, kind="venue")
    assert see_changes(member, event, by=member.user) == 1
    assert see_changes(member, event, by=member.user) == 0


# --- what the review found ---


def test_a_colleague_who_is_a_member_keeps_to_the_rules_of_members(event):
    """By the door and not by the account: in the portal a colleague is a member like all others."""
    place = factories.make_assignment(factories.make_member(), _today_shift(event), state="published")
    colleague = factories.make_staff("planner")
    with pytest.raises(ActionError, match=r"al begonnen|U werkt vandaag"):
        decline_placement(place, "Ziek", by=colleague)


def test_who_comes_back_gets_the_times_of_today(place):
    decline_placement(place, "Vakantie", by=place.member.user)
    later = type(place.period)(place.period.lower + timedelta(hours=1), place.period.upper)
    type(place.shift).objects.filter(pk=place.shift_id).update(period=later)
    accept_placement(place, by=place.member.user)
    place.refresh_from_db()
    assert place.period == later


def test_who_comes_back_keeps_to_rest_and_hours(event, morning, place):
    decline_placement(place, "Vakantie", by=place.member.user)
    assert earlier_places(place.member, event)[0].has_room
    event.maximum_hours_per_day = 3
    event.save()
    assert not earlier_places(place.member, event)[0].has_room
    with pytest.raises(ActionError, match="niet meer krijgen"):
        accept_placement(place, by=place.member.user)


def test_a_no_to_a_place_that_was_moved_unpublished_is_a_no_to_the_new_one(event, morning, place):
    other = _shift(event, morning)
    move_assignment(place, other, by=factories.make_staff("planner"))
    decline_placement(place, "Vakantie", by=place.member.user)
    assert not other.assignments.exists()
    place.refresh_from_db()
    assert place.state == "declined"


def test_the_no_stands_when_offering_the_next_fails(event, morning, place, monkeypatch):
    event.offers_next = True
    event.save()
    inside = []

    def fails(*args, **kwargs):
        inside.append(Assignment.objects.get(pk=place.pk).state)
        raise RuntimeError

    monkeypatch.setattr("elections.actions.placement.place_opened", fails)
    with pytest.raises(RuntimeError):
        decline_placement(place, "Vakantie", by=place.member.user)
    place.refresh_from_db()
    assert (inside, place.state) == (["declined"], "declined")
