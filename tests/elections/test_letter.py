"""Appointment letters: who gets one, what it says, once each, and when it is no longer true."""

import os
import threading
from datetime import date, time
from time import sleep

import pytest
from django.core.files.storage import default_storage
from django.db import connection, connections, transaction
from django_tenants.utils import tenant_context

from elections.actions import letter as actions
from elections.actions.assignment import unassign
from elections.actions.job import cancel_job, resume_job
from elections.actions.letter_edition import save_letter_texts
from elections.errors import ActionError
from elections.letter_texts import LetterBlock
from elections.models import AppointmentLetter, Job, OutboxMail
from elections.queries.letter import check_letters
from elections.queries.letter_facts import letter_facts, money
from tests import factories
from tests.elections.test_event_lock import wait_for_somebody_who_waits
from tests.elections.test_planning_race import at_once


@pytest.fixture
def event():
    made = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    factories.make_election(made, name="Provinciale Staten")
    return made


@pytest.fixture
def shift(event):
    day_part = factories.make_day_part(factories.make_polling_day(event), name="Ochtend")
    position = factories.make_position(event, allowance_cents=16900, name="Stembureaulid")
    return factories.make_shift(factories.make_polling_station(event), day_part, position, places=50)


def _appoint(shift, **member):
    made = factories.make_member(**member)
    return factories.make_assignment(made, shift)


def _make(event):
    job = actions.make_letters(event, by=None)
    actions.work_on_letters(job)
    job.refresh_from_db()
    return job


def _update_text(event, text):
    return save_letter_texts(
        event,
        blocks=[LetterBlock(text)],
        decision_date=event.decision_date,
        signatory=event.signatory,
        signatory_title="",
        by=None,
    )


def test_make_letters_gives_each_appointed_member_one_letter(event, shift):
    people = [_appoint(shift) for _number in range(3)]
    second_part = factories.make_day_part(
        shift.day_part.polling_day, name="Middag", start=time(14), end=time(21)
    )
    second = factories.make_shift(shift.polling_station, second_part, shift.position)
    factories.make_assignment(people[0].member, second)
    factories.make_assignment(factories.make_member(), shift, state="declined")
    job = _make(event)
    letters = list(AppointmentLetter.objects.all())
    assert (job.state, job.done, job.result) == ("done", 3, "3 brieven gemaakt.")
    assert [letter.number for letter in letters] == [1, 2, 3]
    assert {letter.state for letter in letters} == {"made"}
    assert all(default_storage.exists(letter.file) for letter in letters)


def test_make_letters_without_decision_or_signatory_is_refused(event, shift):
    _appoint(shift)
    event.signatory = ""
    event.save()
    with pytest.raises(ActionError, match="datum van het besluit"):
        actions.make_letters(event, by=None)


def test_make_letters_twice_makes_nothing_new(event, shift):
    _appoint(shift)
    _make(event)
    before = AppointmentLetter.objects.get()
    with pytest.raises(ActionError, match="Er is niets veranderd"):
        actions.make_letters(event, by=None)
    after = AppointmentLetter.objects.get()
    assert (after.file, after.made_at) == (before.file, before.made_at)


def test_make_letters_twice_at_once_is_one_job(event, shift):
    _appoint(shift)
    assert actions.make_letters(event, by=None) == actions.make_letters(event, by=None)
    assert AppointmentLetter.objects.count() == 1


def test_work_on_letters_twice_does_not_make_a_letter_again(event, shift):
    for _number in range(3):
        _appoint(shift)
    job = actions.make_letters(event, by=None)
    assert actions.work_on_letters(job, limit=2)
    actions.work_on_letters(job)
    actions.work_on_letters(job)
    job.refresh_from_db()
    assert (job.state, job.done) == ("done", 3)


def test_two_workers_side_by_side_never_make_the_same_letter(committed, juinen, monkeypatch):
    event = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    day_part = factories.make_day_part(factories.make_polling_day(event))
    station = factories.make_polling_station(event)
    shift = factories.make_shift(station, day_part, factories.make_position(event), places=50)
    for _number in range(8):
        _appoint(shift, with_user=False)
    job = actions.make_letters(event, by=None)
    made: list[str] = []

    def render_slowly(_facts, *, number):
        made.append(number)
        sleep(0.1)
        return b"%PDF"

    monkeypatch.setattr(actions, "render_letter", render_slowly)

    def work():
        with tenant_context(juinen):
            actions.work_on_letters(Job.objects.get(pk=job.pk))
            connections["default"].close()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    job.refresh_from_db()
    assert len(made) == len(set(made)) == 8
    assert (job.state, job.done) == ("done", 8)


def test_make_letters_makes_only_what_changed(event, shift):
    moved, stays = _appoint(shift).member, _appoint(shift).member
    _make(event)
    files = dict(AppointmentLetter.objects.values_list("member", "file"))
    moved.street = "Nieuwe straat"
    moved.save()
    job = _make(event)
    again = dict(AppointmentLetter.objects.values_list("member", "file"))
    assert job.total == 1
    assert again[stays.pk] == files[stays.pk]
    assert again[moved.pk] != files[moved.pk]
    assert sorted(AppointmentLetter.objects.values_list("number", flat=True)) == [1, 2]


def test_a_changed_text_makes_every_letter_outdated(event, shift):
    _appoint(shift)
    _make(event)
    actions.publish_letters(event, by=None)
    assert not check_letters(event).outdated
    _update_text(event, "Een ander begin.")
    check = check_letters(event)
    assert len(check.outdated) == len(check.to_make) == 1


def test_a_letter_without_shift_is_withdrawn_and_comes_back(event, shift):
    assignment = _appoint(shift)
    _appoint(shift)
    _make(event)
    letter = AppointmentLetter.objects.get(member=assignment.member)
    unassign(assignment, by=None)
    assert check_letters(event).orphaned == [letter]
    _appoint(shift)
    _make(event)
    letter.refresh_from_db()
    assert letter.state == "withdrawn"
    factories.make_assignment(letter.member, shift)
    _make(event)
    letter.refresh_from_db()
    assert letter.state == "made"


def test_a_letter_withdrawn_by_hand_stays_away(event, shift):
    _appoint(shift)
    _make(event)
    letter = AppointmentLetter.objects.get()
    actions.withdraw_letter(letter, by=factories.make_staff())
    with pytest.raises(ActionError, match="Er is niets veranderd"):
        actions.make_letters(event, by=None)
    actions.work_on_letters(actions.make_letter_again(letter, by=None))
    letter.refresh_from_db()
    assert letter.state == "made"


def test_publishing_leaves_out_a_letter_that_a_colleague_withdraws_just_now(committed, juinen):
    event = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    letter = factories.make_letter(factories.make_member(), event, state="made")
    withdrew, pids = threading.Event(), []

    def withdraw():
        with transaction.atomic():
            actions.withdraw_letter(letter, by=None)
            withdrew.set()
            wait_for_somebody_who_waits(pids)

    def publish():
        assert withdrew.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.append(cursor.fetchone()[0])
        with pytest.raises(ActionError, match="geen brieven"):
            actions.publish_letters(event, by=None)

    at_once(juinen, withdraw, publish)
    letter.refresh_from_db()
    assert letter.state == "withdrawn"


def test_publish_letters_mails_each_member_once(event, shift):
    members = [_appoint(shift).member, _appoint(shift, with_user=False).member]
    _make(event)
    assert actions.publish_letters(event, by=None) == 2
    mail = OutboxMail.objects.get(kind="letter_published")
    assert mail.user == members[0].user
    assert mail.idempotency_key.startswith(f"letter:{AppointmentLetter.objects.get(member=members[0]).uuid}:")
    with pytest.raises(ActionError, match="geen brieven"):
        actions.publish_letters(event, by=None)
    assert OutboxMail.objects.count() == 1


def test_publish_letters_leaves_what_is_no_longer_true(event, shift):
    member = _appoint(shift).member
    _make(event)
    member.street = "Nieuwe straat"
    member.save()
    with pytest.raises(ActionError, match="geen brieven"):
        actions.publish_letters(event, by=None)


def test_publish_letters_waits_for_a_running_job(event, shift):
    _appoint(shift)
    actions.make_letters(event, by=None)
    with pytest.raises(ActionError, match="worden nu brieven gemaakt"):
        actions.publish_letters(event, by=None)


def test_a_cancelled_job_stops_and_the_rest_is_made_later(event, shift):
    for _number in range(3):
        _appoint(shift)
    job = actions.make_letters(event, by=None)
    actions.work_on_letters(job, limit=1)
    cancel_job(job, by=factories.make_staff())
    assert not actions.work_on_letters(job)
    assert AppointmentLetter.objects.filter(state="made").count() == 1
    assert _make(event).total == 2


def test_a_cancelled_job_can_go_on_where_it_stopped(event, shift):
    for _number in range(3):
        _appoint(shift)
    staff = factories.make_staff()
    job = actions.make_letters(event, by=None)
    actions.work_on_letters(job, limit=1)
    cancel_job(job, by=staff)
    first = AppointmentLetter.objects.get(state="made")
    resume_job(job, by=staff)
    actions.work_on_letters(job)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    assert AppointmentLetter.objects.get(pk=first.pk).made_at == first.made_at


def test_a_cancelled_job_does_not_take_back_letters_of_the_next(event, shift):
    for _number in range(3):
        _appoint(shift)
    staff = factories.make_staff()
    cancelled = actions.make_letters(event, by=None)
    actions.work_on_letters(cancelled, limit=1)
    cancel_job(cancelled, by=staff)
    following = actions.make_letters(event, by=None)
    resume_job(cancelled, by=staff)
    assert not actions.work_on_letters(cancelled)
    cancelled.refresh_from_db()
    assert (cancelled.state, cancelled.done) == ("done", 1)
    assert AppointmentLetter.objects.filter(job=following, state="waiting").count() == 2
    actions.work_on_letters(following)
    assert sorted(AppointmentLetter.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_two_colleagues_who_start_at_once_give_each_letter_its_own_number(committed, juinen):
    event = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    day_part = factories.make_day_part(factories.make_polling_day(event))
    station = factories.make_polling_station(event)
    shift = factories.make_shift(station, day_part, factories.make_position(event), places=50)
    for _number in range(5):
        _appoint(shift, with_user=False)
    factories.make_letter_edition(event)
    start = threading.Barrier(3)
    jobs: list[int] = []

    def make():
        with tenant_context(juinen):
            start.wait(30)
            jobs.append(actions.make_letters(event, by=None).pk)
            connections["default"].close()

    threads = [threading.Thread(target=make) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert jobs == [Job.objects.get(kind="letters").pk] * 3
    assert list(AppointmentLetter.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_a_letter_that_cannot_be_made_does_not_stop_the_others(event, shift, monkeypatch):
    for _number in range(2):
        _appoint(shift)
    render = actions.render_letter

    def render_or_fail(facts, *, number):
        if number.endswith("0001"):
            raise actions.PdfError("broken")
        return render(facts, number=number)

    monkeypatch.setattr(actions, "render_letter", render_or_fail)
    job = _make(event)
    assert (job.state, job.done) == ("done", 2)
    assert job.result == "1 brieven gemaakt. 1 mislukt: maak die opnieuw."
    failed = AppointmentLetter.objects.get(state="failed")
    assert "broken" not in failed.error
    monkeypatch.undo()
    _make(event)
    failed.refresh_from_db()
    assert failed.state == "made"


def test_letter_facts_name_the_bodies_of_a_public_body(zonneiland):
    with tenant_context(zonneiland):
        event = factories.make_event()
        day_part = factories.make_day_part(factories.make_polling_day(event))
        position = factories.make_position(event, kind="counter", allowance_cents=5000)
        shift = factories.make_shift(factories.make_polling_station(event), day_part, position)
        member = _appoint(shift).member
        facts = letter_facts(event)[member.pk]
    assert facts.college == "het bestuurscollege"
    assert facts.municipality == "het openbaar lichaam Zonneiland"
    assert facts.total == "US$ 50,00"
    assert facts.variant == "counter"


def test_letter_facts_tell_the_place_and_the_time_of_arrival(event, shift):
    member = _appoint(shift).member
    (row,) = letter_facts(event)[member.pk].shifts
    assert row.day == "woensdag 17 maart 2027"
    assert row.hours == "07.00 tot 14.00 uur"
    assert row.arrival == "06.45 uur"
    assert row.allowance == "€ 169,00"


@pytest.mark.parametrize("members", [1, 4])
def test_check_letters_needs_the_same_queries_for_any_number(
    event, shift, members, django_assert_num_queries
):
    for _number in range(members):
        _appoint(shift)
    with django_assert_num_queries(11):
        check_letters(event)


def test_money_is_written_as_in_a_dutch_letter():
    assert money(120450, "EUR") == "€ 1.204,50"


def test_earlier_texts_of_a_letter_go_after_a_day(event, shift):
    """Who asked to be forgotten must not live on in a file that no letter points to."""
    _appoint(shift)
    _make(event)
    earlier = AppointmentLetter.objects.get().file
    _update_text(event, "Een andere tekst.")
    _make(event)
    newest = AppointmentLetter.objects.get().file
    assert newest != earlier
    assert actions.sweep_orphan_letters() == 0, "it is young: its row may still be on its way"
    for name in (earlier, newest):
        os.utime(default_storage.path(name), (1_700_000_000,) * 2)
    assert actions.sweep_orphan_letters() == 1
    assert (default_storage.exists(earlier), default_storage.exists(newest)) == (False, True)
