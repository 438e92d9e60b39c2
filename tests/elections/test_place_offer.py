"""Offers: in the order of the line, with a deadline, answered once, and told once per opening."""

from datetime import timedelta

import pytest
from django.utils import timezone

from elections.actions import place_offer
from elections.actions.assignment import assign_member, unassign
from elections.actions.place_offer import (
    accept_offer,
    decline_offer,
    expire_offers,
    offer_next,
    offer_place,
    place_opened,
    serve_lines,
    withdraw_offer,
)
from elections.actions.reservation import give_back, join_waitlist, reserve_place
from elections.enums import AssignmentSource, WaitKind
from elections.errors import ActionError
from elections.models import Assignment, OutboxMail, PlanChange, Shift, WaitlistEntry
from elections.notify import mails
from elections.queries.reservation import own_places
from elections.tasks import sweep
from tests import factories


@pytest.fixture
def step(event):
    return factories.make_portal_step(event, "reservation")


@pytest.fixture
def shift(event, step):
    part = factories.make_day_part(factories.make_polling_day(event))
    return factories.make_shift(
        factories.make_polling_station(event), part, factories.make_position(event), places=1
    )


@pytest.fixture
def holder(shift):
    """Who has the only place."""
    return reserve_place(factories.make_member(), shift, by=None)


def wait(shift, kind=WaitKind.LINE):
    member = factories.make_member()
    join_waitlist(member, shift, kind, by=member.user)
    return member


def offers():
    return Assignment.objects.filter(state="proposed")


def run_out(offer):
    Assignment.objects.filter(pk=offer.pk).update(answer_due_at=timezone.now() - timedelta(minutes=1))


def test_offer_place_keeps_the_place_until_the_deadline(event, shift):
    event.offer_hours = 5
    event.save()
    shift.refresh_from_db()
    member = factories.make_member()
    before = timezone.now()
    offer = offer_place(shift, member, by=factories.make_staff("planner"))
    assert timedelta(hours=4.9) < offer.answer_due_at - before < timedelta(hours=5.1)
    assert OutboxMail.objects.get(kind="place_offered").user == member.user
    with pytest.raises(ActionError, match="vol"):
        assign_member(factories.make_member(), shift, by=None)


def test_offer_place_never_outlives_the_start_of_the_shift(event, shift):
    shift.period = type(shift.period)(
        timezone.now() + timedelta(hours=2), timezone.now() + timedelta(hours=9)
    )
    shift.save()
    assert offer_place(shift, factories.make_member(), by=None).answer_due_at == shift.period.lower
    shift.period = type(shift.period)(
        timezone.now() - timedelta(hours=2), timezone.now() + timedelta(hours=9)
    )
    shift.save()
    with pytest.raises(ActionError, match="al begonnen"):
        offer_place(shift, factories.make_member(), by=None)


def test_offer_place_asks_every_rule(event, shift):
    event.maximum_hours_per_day = 3
    event.save()
    with pytest.raises(ActionError, match="meer dan 3 uur"):
        offer_place(shift, factories.make_member(), by=None)


@pytest.mark.parametrize(
    ("source", "state"),
    [("waitlist", "reserved"), ("staff", "confirmed"), ("follow_up", "confirmed")],
)
def test_accept_offer_leaves_the_last_word_where_it_is(shift, source, state):
    offer = factories.make_assignment(factories.make_member(), shift, state="proposed", source=source)
    accept_offer(offer, by=None)
    accept_offer(offer, by=None)
    offer.refresh_from_db()
    assert offer.state == state
    assert offer.accepted_at
    assert offer.version == 2


def test_accept_offer_refuses_after_the_deadline(shift):
    offer = factories.make_assignment(factories.make_member(), shift, state="proposed")
    run_out(offer)
    with pytest.raises(ActionError, match="gold tot"):
        accept_offer(offer, by=None)


def test_accept_offer_refuses_what_was_declined(shift):
    offer = factories.make_assignment(factories.make_member(), shift, state="proposed")
    decline_offer(offer, by=None)
    decline_offer(offer, by=None)
    with pytest.raises(ActionError, match="geldt niet meer"):
        accept_offer(offer, by=None)


def test_decline_offer_goes_on_to_the_next_in_line(shift, holder):
    first, second = wait(shift), wait(shift)
    give_back(holder, by=None)
    decline_offer(offers().get(member=first), by=first.user)
    assert offers().get().member == second


def test_expire_offers_goes_on_to_the_next_in_line(event, shift, holder):
    first, second = wait(shift), wait(shift)
    give_back(holder, by=None)
    run_out(offers().get(member=first))
    assert expire_offers() == 1
    assert expire_offers() == 0
    assert offers().get().member == second
    (ended,) = own_places(first, event).ended
    assert ended.state == "cancelled"
    # Not to have answered in time is no refusal by the team: the place may be picked later.
    withdraw_offer(offers().get(), "Niet nodig.", by=None)
    assert reserve_place(first, shift, by=first.user)


def test_withdraw_offer_needs_a_reason_and_tells_the_member(event, shift):
    member = factories.make_member()
    offer = offer_place(shift, member, by=None)
    with pytest.raises(ActionError, match="Vul in waarom"):
        withdraw_offer(offer, "", by=None)
    withdraw_offer(offer, "Het bureau gaat niet open.", by=None)
    assert own_places(member, event).ended[0].end_reason == "Het bureau gaat niet open."
    assert OutboxMail.objects.get(kind="reservation_decided").user == member.user
    with pytest.raises(ActionError, match="al beantwoord"):
        withdraw_offer(offer, "Nog eens.", by=None)


def test_offer_next_passes_over_who_got_another_place(event, shift, holder):
    busy, free = wait(shift), wait(shift)
    other = factories.make_shift(factories.make_polling_station(event), shift.day_part, shift.position)
    reserve_place(busy, other, by=busy.user)
    give_back(holder, by=None)
    assert offers().get().member == free
    assert WaitlistEntry.objects.get().member == busy


def test_offer_next_of_a_full_shift_is_nobody(shift, holder):
    wait(shift)
    assert offer_next(shift, by=None, source=AssignmentSource.WAITLIST) is None


def test_offer_next_asks_ranked_members_only_after_a_refusal(event, shift):
    willing, declined, unwilling = (factories.make_member() for _number in range(3))
    for member, answer in ((willing, "yes"), (declined, "yes"), (unwilling, "no")):
        factories.make_availability(member, shift.day_part, answer=answer)
    factories.make_assignment(declined, shift, state="declined")
    assert offer_next(shift, by=None, source=AssignmentSource.WAITLIST) is None
    assert offer_next(shift, by=None, source=AssignmentSource.FOLLOW_UP).member == willing
    run_out(offers().get())
    event.offers_next = True
    event.save()
    expire_offers()
    assert not offers().exists()  # nobody is left who said yes


def test_a_closed_step_leaves_the_line_to_the_team(event, step, shift, holder):
    wait(shift)
    step.closes_at = timezone.now() - timedelta(minutes=1)
    step.save()
    unassign(holder, by=None)
    assert serve_lines() == 0
    assert offer_next(shift, by=None, source=AssignmentSource.WAITLIST)


def test_an_event_that_offers_the_next_serves_lines_after_closing(event, step, shift, holder):
    wait(shift)
    step.delete()
    event.offers_next = True
    event.save()
    unassign(holder, by=None)
    assert serve_lines() == 1


def test_the_sweep_serves_what_the_team_freed(shift, holder):
    first = wait(shift)
    unassign(holder, by=factories.make_staff("planner"), reason="Vergissing")
    assert not offers().exists()
    sweep()
    assert offers().get().member == first


def test_an_alert_is_sent_once_per_opening(shift, holder):
    member = wait(shift, WaitKind.ALERT)
    give_back(holder, by=None)
    serve_lines()
    place_opened(shift)
    assert OutboxMail.objects.filter(kind="place_free", user=member.user).count() == 1
    WaitlistEntry.objects.update(told_at=timezone.now() - timedelta(hours=25))
    again = reserve_place(factories.make_member(), shift, by=None)
    give_back(again, by=None)
    assert OutboxMail.objects.filter(kind="place_free", user=member.user).count() == 2


def test_who_picks_and_gives_back_makes_no_flood_of_mail(shift):
    holder = reserve_place(factories.make_member(), shift, by=None)
    member = wait(shift, WaitKind.ALERT)
    for _time in range(3):
        give_back(holder, by=None)
        if _time < 2:
            holder = reserve_place(holder.member, shift, by=None)
    assert OutboxMail.objects.filter(kind="place_free", user=member.user).count() == 1
    with pytest.raises(ActionError, match="drie keer"):
        reserve_place(holder.member, shift, by=None)


def test_an_alert_is_forgotten_by_the_sweep_when_the_team_fills_the_shift(shift, holder):
    member = wait(shift, WaitKind.ALERT)
    give_back(holder, by=None)
    again = assign_member(factories.make_member(), shift, by=None)
    WaitlistEntry.objects.update(told_at=timezone.now() - timedelta(hours=25))
    serve_lines()
    unassign(again, by=None)
    serve_lines()
    assert OutboxMail.objects.filter(kind="place_free", user=member.user).count() == 2


def test_an_alert_goes_only_to_who_may_have_the_place(event, shift, holder):
    member = wait(shift, WaitKind.ALERT)
    other = factories.make_shift(factories.make_polling_station(event), shift.day_part, shift.position)
    reserve_place(member, other, by=member.user)
    give_back(holder, by=None)
    assert not OutboxMail.objects.filter(kind="place_free").exists()


def test_the_mails_never_tell_which_place(event, shift, holder):
    first, second = wait(shift), wait(shift, WaitKind.ALERT)
    give_back(holder, by=None)
    decline_offer(offers().get(), by=first.user)
    words = {str(shift.polling_station), shift.polling_station.venue.name, shift.position.name}
    sent = OutboxMail.objects.filter(kind__in=("place_offered", "place_free"))
    assert {mail.user for mail in sent} == {first.user, second.user}
    with pytest.raises(mails.Obsolete):
        mails.compose(sent.get(kind="place_offered"))
    body = mails.compose(sent.get(kind="place_free")).body
    assert not any(word in body for word in words)
    assert "/reservation/" in body


def test_serve_lines_passes_over_what_began_and_what_was_told(event, shift, django_assert_max_num_queries):
    wait_entry = factories.make_waitlist_entry(
        factories.make_member(), shift, kind="alert", told_at=timezone.now()
    )
    with django_assert_max_num_queries(2):
        assert serve_lines() == 0
    wait_entry.delete()
    factories.make_waitlist_entry(factories.make_member(), shift)
    began = type(shift.period)(timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=5))
    Shift.objects.filter(pk=shift.pk).update(period=began)
    with django_assert_max_num_queries(2):
        assert serve_lines() == 0


def test_a_line_that_fails_keeps_no_other_from_its_turn(event, shift, monkeypatch):
    other = factories.make_shift(factories.make_polling_station(event), shift.day_part, shift.position)
    for each in (shift, other):
        factories.make_waitlist_entry(factories.make_member(), each)
    real = place_offer.place_opened

    def fails_once(opened):
        if opened.pk == shift.pk:
            raise RuntimeError
        return real(opened)

    monkeypatch.setattr(place_offer, "place_opened", fails_once)
    assert serve_lines() == 1
    assert offers().get().shift == other


def test_an_offer_that_cannot_be_ended_keeps_no_other_from_its_end(event, shift, monkeypatch):
    other = factories.make_shift(factories.make_polling_station(event), shift.day_part, shift.position)
    for each in (shift, other):
        run_out(factories.make_assignment(factories.make_member(), each, state="proposed"))
    real = place_offer.locked_assignment

    def fails_once(offer):
        if offer.shift_id == shift.pk:
            raise RuntimeError
        return real(offer)

    monkeypatch.setattr(place_offer, "locked_assignment", fails_once)
    assert expire_offers() == 1


def test_an_offer_is_asked_the_rules_again(event, shift):
    offer = factories.make_assignment(factories.make_member(), shift, state="proposed")
    event.maximum_hours_per_day = 3
    event.save()
    with pytest.raises(ActionError, match="niet meer krijgen"):
        accept_offer(offer, by=None)


@pytest.mark.parametrize(
    "act",
    [
        lambda offer: accept_offer(offer, by=None),
        lambda offer: decline_offer(offer, by=None),
        lambda offer: withdraw_offer(offer, "Vergissing", by=None),
    ],
)
def test_an_archived_event_takes_no_answers(event, shift, act):
    offer = factories.make_assignment(factories.make_member(), shift, state="proposed")
    event.archived_at = timezone.now()
    event.save()
    with pytest.raises(ActionError, match="gearchiveerd"):
        act(offer)


def test_who_gets_the_place_waits_no_longer(shift):
    entry = factories.make_waitlist_entry(factories.make_member(), shift)
    stays = factories.make_waitlist_entry(factories.make_member(), shift)
    assign_member(entry.member, shift, by=factories.make_staff("planner"))
    assert WaitlistEntry.objects.get() == stays


def test_an_offer_by_hand_is_not_undone_but_withdrawn(shift):
    offer_place(shift, factories.make_member(), by=factories.make_staff("planner"))
    assert not PlanChange.objects.exists()
