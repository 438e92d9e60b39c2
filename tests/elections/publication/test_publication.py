"""Publishing: what members see, what changed for them, and one mail for each."""

import threading
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connections
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.assignment import assign_member, move_assignment, unassign
from elections.actions.plan_change import undo_change
from elections.actions.publication import publish_assignments
from elections.errors import ActionError
from elections.models import Assignment, AuditEvent, OutboxMail, PlacementChange, PlanChange
from elections.queries.letter import check_letters
from elections.queries.letter_facts import letter_facts
from elections.queries.placement import in_words
from elections.queries.publication import (
    differences,
    publication_preview,
    unpublished,
)
from tests import factories
from tests.elections.publication.places import mails_of, make_shift, publish

# --- new places ---


def test_publish_assignments_mails_each_member_once(event, morning, shift):
    member = factories.make_member()
    afternoon = factories.make_day_part(morning.polling_day, name="Middag", start=time(14), end=time(21))
    assign_member(member, shift, by=None)
    assign_member(member, factories.make_shift(shift.polling_station, afternoon, shift.position), by=None)
    done = publish_assignments(event, by=None)
    assert (done.new, done.moved, done.removed, done.members) == (2, 0, 0, 1)
    assert [mail.user for mail in mails_of("placement_published")] == [member.user]
    assert not PlacementChange.objects.exists()


def test_publish_assignments_of_lawful_stations_looks_where_people_go(event, morning, shift):
    """Who goes from a station with a gap to one without is published; who only leaves the one with a gap is not."""
    there = make_shift(event, morning, "De Brug")
    chair = factories.make_position(event, kind="chair", name="Voorzitter", rank=1)
    mover, leaver = factories.make_member(), factories.make_member()
    publish(mover, shift)
    publish(leaver, shift)
    assign_member(
        factories.make_member(), factories.make_shift(there.polling_station, morning, chair), by=None
    )
    assign_member(factories.make_member(), there, by=None)
    move_assignment(mover.assignments.get(), there, by=None)
    unassign(leaver.assignments.get(), by=None, reason="Ziek")
    done = publish_assignments(event, by=None, only_lawful=True)
    assert (done.new, done.moved, done.removed) == (2, 1, 0)
    assert AuditEvent.objects.filter(action="assignment.publish").order_by("pk").last().details["only_lawful"]
    with pytest.raises(ActionError, match="geen enkel stembureau zonder gaten"):
        publish_assignments(event, by=None, only_lawful=True)
    assert publish_assignments(event, by=None).removed == 1


def test_publishing_twice_says_that_nothing_is_left(event, shift):
    publish(factories.make_member(), shift)
    with pytest.raises(ActionError, match="al gepubliceerd"):
        publish_assignments(event, by=None)
    assert len(mails_of("placement_published")) == 1


def test_publish_assignments_of_one_station_leaves_the_others(event, morning, shift):
    here = assign_member(factories.make_member(), shift, by=None)
    there = assign_member(factories.make_member(), make_shift(event, morning, "De Brug"), by=None)
    publish_assignments(event, by=None, station=shift.polling_station)
    assert list(Assignment.objects.visible_to_member()) == [here]
    assert [each.after for each in differences(event)] == [there]
    assert unpublished(event) == 1


def test_publish_assignments_of_one_member_leaves_the_others(event, shift):
    one, other = factories.make_member(), factories.make_member()
    mine = assign_member(one, shift, by=None)
    assign_member(other, shift, by=None)
    publish_assignments(event, by=None, member=one)
    assert list(Assignment.objects.visible_to_member()) == [mine]
    assert [mail.user for mail in OutboxMail.objects.all()] == [one.user]


@pytest.mark.parametrize("state", ["reserved", "proposed"])
def test_reserved_and_offered_places_are_not_published(event, shift, state):
    factories.make_assignment(factories.make_member(), shift, state=state)
    with pytest.raises(ActionError, match="al gepubliceerd"):
        publish_assignments(event, by=None)
    preview = publication_preview(event)
    assert (preview.waiting_reservations, preview.open_offers) == (
        int(state == "reserved"),
        int(state == "proposed"),
    )


def test_publishing_sets_the_end_of_a_local_day_as_deadline(event, shift):
    event.answer_days = 3
    event.save()
    place = publish(factories.make_member(), shift)
    due = timezone.localtime(place.answer_due_at)
    assert due.date() == timezone.localdate() + timedelta(days=3)
    assert due.time() == time(23, 59, 59)


def test_deadline_on_the_island_is_the_end_of_its_own_day(zonneiland):
    with tenant_context(zonneiland), timezone.override(zonneiland.tz):
        event = factories.make_event(answer_days=1)
        part = factories.make_day_part(factories.make_polling_day(event))
        place = publish(factories.make_member(), make_shift(event, part, "Playa"))
        tomorrow = timezone.localdate() + timedelta(days=1)
        assert place.answer_due_at == datetime(
            tomorrow.year, tomorrow.month, tomorrow.day, 23, 59, 59, tzinfo=zonneiland.tz
        )


def test_deadline_is_before_the_work_begins(event):
    event.answer_days = 90
    event.save()
    today = timezone.localdate()
    part = factories.make_day_part(factories.make_polling_day(event, date=today + timedelta(days=5)))
    place = publish(factories.make_member(), make_shift(event, part, "De Kuip"))
    assert place.answer_due_at == place.period.lower


def test_event_that_asks_no_answer_sets_no_deadline(event, shift):
    event.asks_answer = False
    event.save()
    assert publish(factories.make_member(), shift).answer_due_at is None


def test_accepted_offer_is_not_asked_again(event, shift):
    member = factories.make_member()
    factories.make_assignment(member, shift, state="confirmed", accepted_at=timezone.now())
    publish_assignments(event, by=None)
    place = member.assignments.get()
    assert place.accepted_at
    assert place.answer_due_at is None


def test_member_without_account_gets_no_mail_and_no_error(event, shift):
    member = factories.make_member(with_user=False)
    assign_member(member, shift, by=None)
    assert [each.pk for each in publication_preview(event).without_login] == [member.pk]
    assert publish_assignments(event, by=None).members == 1
    assert not OutboxMail.objects.exists()


# --- what changes afterwards ---


def test_removal_is_invisible_until_it_is_published(event, shift):
    member = factories.make_member()
    place = publish(member, shift)
    unassign(place, by=None)
    assert list(Assignment.objects.visible_to_member()) == [place]
    assert not mails_of("placement_changed")
    publish_assignments(event, by=None)
    assert not Assignment.objects.visible_to_member().exists()
    place.refresh_from_db()
    assert place.retracted_at
    change = PlacementChange.objects.get()
    assert (change.kind, change.after) == ("cancelled", {})
    assert change.before["station"].endswith("De Kuip")
    assert [mail.user for mail in mails_of("placement_changed")] == [member.user]


def test_move_tells_the_member_exactly_what_changed(event, morning, shift):
    member = factories.make_member()
    place = publish(member, shift)
    evening = factories.make_day_part(morning.polling_day, name="Avond", start=time(14), end=time(21))
    other = make_shift(event, evening, "De Brug")
    other.polling_station.venue.street = "Kade"
    other.polling_station.venue.save()
    move_assignment(place, other, by=None)
    done = publish_assignments(event, by=None)
    assert (done.new, done.moved, done.removed, done.members) == (0, 1, 0, 1)
    rows = {label: (before, after) for label, before, after in in_words(PlacementChange.objects.get()).rows}
    assert rows["Tijd"] == ("07.00 tot 14.00 uur", "14.00 tot 21.00 uur")
    assert rows["Aanwezig"] == ("06.45 uur", "13.45 uur")
    assert rows["Stembureau"][0].endswith("De Kuip")
    assert rows["Stembureau"][1].endswith("De Brug")
    assert "Kade 1" in rows["Adres"][1]
    assert "Dag" not in rows
    assert "Functie" not in rows
    assert [mail.user for mail in mails_of("placement_changed")] == [member.user]
    assert len(mails_of("placement_published")) == 1
    (now,) = Assignment.objects.visible_to_member()
    assert now.shift == other
    assert now.accepted_at is None


def test_move_belongs_to_both_stations(event, morning, shift):
    place = publish(factories.make_member(), shift)
    other = make_shift(event, morning, "De Brug")
    move_assignment(place, other, by=None)
    assert publish_assignments(event, by=None, station=shift.polling_station).moved == 1
    assert [row.shift for row in Assignment.objects.visible_to_member()] == [other]


def test_many_changes_for_one_member_are_one_mail(event, morning, shift):
    member = factories.make_member()
    evening = factories.make_day_part(morning.polling_day, name="Avond", start=time(14), end=time(21))
    place = publish(member, shift)
    assign_member(member, make_shift(event, evening, "De Brug"), by=None)
    move_assignment(place, make_shift(event, morning, "Het Plein"), by=None)
    done = publish_assignments(event, by=None)
    assert (done.new, done.moved, done.members) == (1, 1, 1)
    assert sorted(PlacementChange.objects.values_list("kind", flat=True)) == ["added", "moved"]
    assert len(mails_of("placement_changed")) == 1


def test_place_taken_away_and_another_given_that_day_is_told_as_a_move(event, morning, shift):
    member = factories.make_member()
    unassign(publish(member, shift), by=None)
    assign_member(member, make_shift(event, morning, "De Brug"), by=None)
    (found,) = differences(event)
    assert found.kind == "moved"


def test_place_that_came_back_keeps_its_answer_and_sends_no_mail(event, morning, shift):
    member = factories.make_member()
    place = publish(member, shift)
    said = timezone.now()
    Assignment.objects.filter(pk=place.pk).update(state="cancelled", accepted_at=said)
    factories.make_assignment(member, shift, state="confirmed", replaces=place)
    done = publish_assignments(event, by=None)
    assert (done.new, done.moved, done.removed, done.members) == (0, 0, 0, 0)
    assert not mails_of("placement_changed")
    (now,) = Assignment.objects.visible_to_member()
    assert now.accepted_at == said


def test_two_new_places_of_which_one_was_moved_before_publishing_are_new(event, morning, shift):
    member = factories.make_member()
    place = assign_member(member, shift, by=None)
    move_assignment(place, make_shift(event, morning, "De Brug"), by=None)
    done = publish_assignments(event, by=None)
    assert (done.new, done.moved) == (1, 0)
    assert not PlacementChange.objects.exists()


def test_preview_says_who_hears_what(event, morning, shift):
    known, new = factories.make_member(), factories.make_member()
    unassign(publish(known, shift), by=None)
    assign_member(new, shift, by=None)
    preview = publication_preview(event)
    assert preview.told == [new]
    assert preview.changed == [known]
    assert (len(preview.new), len(preview.moved), len(preview.removed)) == (1, 0, 1)


def test_preview_needs_the_same_queries_for_one_and_three(event, shift, django_assert_num_queries):
    assign_member(factories.make_member(), shift, by=None)
    with django_assert_num_queries(3):
        publication_preview(event)
    for _person in range(2):
        assign_member(factories.make_member(), shift, by=None)
    with django_assert_num_queries(3):
        assert len(publication_preview(event).told) == 3


def test_letter_of_a_place_that_was_taken_back_is_not_made_anew(event, shift):
    member = factories.make_member()
    factories.make_letter(member, event, state="published", content_digest="x", file="a.pdf")
    unassign(publish(member, shift), by=None)
    assert member.pk not in letter_facts(event)
    check = check_letters(event)
    assert not check.to_make
    assert not check.missing


def test_publishing_raises_the_version_and_says_so_to_who_undoes(event, shift):
    planner = factories.make_staff("planner", name="Pim Planning")
    place = assign_member(factories.make_member(), shift, by=planner)
    publish_assignments(event, by=factories.make_staff("planner", name="Cato"))
    place.refresh_from_db()
    assert place.version == 2
    with pytest.raises(ActionError, match="gepubliceerd door Cato"):
        undo_change(PlanChange.objects.get(), by=planner)
    unassign(place, by=planner)
    publish_assignments(event, by=planner)
    place.refresh_from_db()
    assert place.version == 4


def test_the_button_counts_what_the_page_shows(event, morning, shift):
    """Also of two rows without a reference to each other, and of a move to another station."""
    member = factories.make_member()
    place = publish(member, shift)
    unassign(place, by=None)
    other = make_shift(event, morning, "De Brug")
    assign_member(member, other, by=None)
    assert unpublished(event) == len(differences(event)) == 1
    for station in (shift.polling_station, other.polling_station):
        assert unpublished(event, station) == len(differences(event, station=station)) == 1
    for _person in range(2):
        assign_member(factories.make_member(), shift, by=None)
    assert unpublished(event) == len(differences(event)) == 3
    for station, count in ((shift.polling_station, 3), (other.polling_station, 1)):
        assert unpublished(event, station) == len(differences(event, station=station)) == count


def test_the_button_takes_as_much_for_more_places(event, shift, django_assert_num_queries):
    for _person in range(3):
        with django_assert_num_queries(1):
            unpublished(event)
        assign_member(factories.make_member(), shift, by=None)


# --- two colleagues at once ---


def _at_once(municipality, attempts):
    outcomes = []
    barrier = threading.Barrier(len(attempts))

    def run(attempt):
        try:
            with tenant_context(municipality), timezone.override(municipality.tz):
                barrier.wait(timeout=20)
                try:
                    outcomes.append(attempt())
                except ActionError as problem:
                    outcomes.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(attempt,)) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def test_two_colleagues_publishing_at_once_send_one_mail_per_member(committed, juinen):
    event = factories.make_event()
    part = factories.make_day_part(factories.make_polling_day(event, date=date(2027, 3, 17)))
    shift = make_shift(event, part, "De Kuip")
    for _person in range(3):
        factories.make_assignment(factories.make_member(), shift)
    outcomes = _at_once(juinen, [lambda: publish_assignments(event, by=None)] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ActionError", "Published"]
    assert OutboxMail.objects.filter(kind="placement_published").count() == 3
    assert Assignment.objects.filter(state="published").count() == 3
