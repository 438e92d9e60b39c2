"""Every kind of data goes after its term and not before, files too, whatever happens in between."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections import master_keys, models, tasks
from elections.actions import retention as actions
from elections.actions.retention import clean_up, update_term
from elections.enums import RetentionKind, SecretKind
from elections.errors import ActionError
from elections.models import (
    AppointmentLetter,
    Assignment,
    AuditEvent,
    Availability,
    AvailabilityResponse,
    ImportFile,
    Invitation,
    Job,
    Member,
    MemberSecret,
    OutboxMail,
    PrivacyRequest,
    RetentionTerm,
    SignIn,
)
from elections.queries.retention import CLEANED, FINISHED, preview, retention_overview
from elections.retention import RULES, months, term_words, years
from elections.secrets import set_secret
from tests import factories

BSN = "111222333"


@pytest.fixture(autouse=True)
def master_key(settings, tmp_path):
    settings.MASTER_KEY_FILE = str(tmp_path / "keys" / "master-key.json")
    master_keys.make_master_key_file(settings.MASTER_KEY_FILE)


def ago(days):
    return timezone.now() - timedelta(days=days)


def past_world(days):
    """A member who worked `days` ago, with answers, a place and a letter."""
    member = factories.make_member()
    event = factories.make_event()
    day = factories.make_polling_day(event, date=timezone.localdate() - timedelta(days=days))
    part = factories.make_day_part(day)
    shift = factories.make_shift(factories.make_polling_station(event), part, factories.make_position(event))
    factories.make_assignment(member, shift, state="published")
    factories.make_availability(member, part)
    AvailabilityResponse.objects.create(member=member, event=event, remark="ik kan alleen vroeg")
    name = default_storage.save("letters/brief.pdf", ContentFile(b"%PDF-1.7"))
    factories.make_letter(member, event, state="published", file=name)
    return member


def test_every_kind_has_a_rule_with_a_default_between_its_bounds():
    assert set(RULES) == set(RetentionKind.values)
    for rule in RULES.values():
        assert 1 <= rule.least <= rule.days <= rule.most
        assert str(rule.ground)


def test_terms_of_the_selection_list():
    """Selectielijst gemeenten 2020: 19.24 six months, 9.1 one year, 18.1 seven years; the log at least 180 days."""
    assert RULES["sign_in"].most == months(6)
    assert RULES["appointment"].least == years(1)
    assert RULES["numbers"].least == years(7)
    assert RULES["audit"].least == 180


@pytest.mark.parametrize(
    ("days", "words"),
    [(years(7), "7 jaar"), (years(1), "1 jaar"), (365, "1 jaar"), (months(6), "6 maanden"), (45, "45 dagen")],
)
def test_term_in_words(days, words):
    assert term_words(days) == words


def test_sign_ins_go_after_six_months_and_not_before():
    user = factories.make_user()
    factories.make_sign_in(user, at=ago(months(6) + 1))
    recent = factories.make_sign_in(user, at=ago(months(6) - 1))
    factories.make_invitation(user, expires_at=ago(months(6) + 1))
    clean_up()
    assert list(SignIn.objects.filter(user=user)) == [recent]
    assert not Invitation.objects.filter(user=user).exists()


def test_sent_mails_go_and_waiting_mails_stay():
    user = factories.make_user()
    factories.make_mail(user, state="sent", created_at=ago(months(6) + 1))
    waiting = factories.make_mail(user, state="waiting", created_at=ago(months(6) + 1))
    clean_up()
    assert list(OutboxMail.objects.filter(user=user)) == [waiting]


def test_finished_jobs_go_with_their_files_and_running_jobs_stay():
    factories.make_job(state="done", finished_at=ago(months(3) + 1))
    running = factories.make_job(state="running", created_at=ago(months(3) + 1))
    name = default_storage.save("imports/leden.csv", ContentFile(b"naam"))
    factories.make_import_file(state="done", created_at=ago(months(3) + 1), file=name)
    clean_up()
    assert list(Job.objects.all()) == [running]
    assert not ImportFile.objects.exists()
    assert not default_storage.exists(name)


def test_answers_go_three_months_after_the_event_and_letters_stay():
    past_world(months(3) + 2)
    kept = past_world(months(3) - 2)
    clean_up()
    assert list(Availability.objects.values_list("member", flat=True)) == [kept.pk]
    assert list(AvailabilityResponse.objects.values_list("member", flat=True)) == [kept.pk]
    assert AppointmentLetter.objects.count() == Assignment.objects.count() == 2


def test_wishes_proposals_and_candidates_go_with_the_answers_and_changes_with_the_places():
    for days in (months(3) + 2, months(3) - 2):
        member = past_world(days)
        shift = member.assignments.get().shift
        event = shift.polling_station.event
        models.CompanionWish.objects.create(member=member, event=event, name="Noor Bakker")
        models.WaitlistEntry.objects.create(member=factories.make_member(), shift=shift, kind="line")
        proposal = models.Proposal.objects.create(event=event, number=1)
        models.ProposedPlacement.objects.create(proposal=proposal, member=member, shift=shift)
        models.PlanChange.objects.create(event=event, kind="assign")
        models.PlacementChange.objects.create(member=member, event=event, kind="moved")
        candidate = models.Candidate.objects.create(
            election=factories.make_election(event), list_number=1, number=1, last_name="Lijstman"
        )
        models.CandidateClash.objects.create(member=member, candidate=candidate)
    clean_up()
    for model in (
        models.CompanionWish,
        models.WaitlistEntry,
        models.Proposal,
        models.ProposedPlacement,
        models.PlanChange,
        models.Candidate,
        models.CandidateClash,
    ):
        assert model.objects.count() == 1, model
    assert models.PlacementChange.objects.count() == 2


def test_places_and_letters_go_a_year_after_the_appointment_with_their_files():
    member = past_world(years(1) + 2)
    name = member.letters.get().file
    clean_up()
    assert not member.letters.exists()
    assert not member.assignments.exists()
    assert not default_storage.exists(name)
    member.refresh_from_db()
    assert member.last_worked_on == timezone.localdate() - timedelta(days=years(1) + 2)


def test_numbers_count_from_the_last_work_also_when_its_place_is_gone():
    """The place goes after a year; the account number must outlive it by seven more."""
    member = past_world(years(1) + 2)
    set_secret(member, SecretKind.BSN, BSN, by=None)
    MemberSecret.objects.update(set_at=ago(years(9)))
    clean_up()
    assert not member.assignments.exists()
    clean_up()
    assert MemberSecret.objects.filter(member=member).exists()
    Member.objects.update(last_worked_on=timezone.localdate() - timedelta(days=years(8) + 1))
    clean_up()
    assert not MemberSecret.objects.filter(member=member).exists()


def test_who_stopped_is_erased_after_the_term_and_active_members_stay():
    stopped = factories.make_member(is_active=False, deactivated_at=ago(months(6) + 1))
    lately = factories.make_member(is_active=False, deactivated_at=ago(months(6) - 1))
    unknown = factories.make_member(is_active=False)
    active = factories.make_member(created_at=ago(years(9)))
    clean_up()
    erased = Member.objects.exclude(erased_at=None)
    assert list(erased) == [stopped]
    assert {lately, unknown, active} <= set(Member.objects.present())


def test_who_stopped_but_worked_within_the_term_stays():
    member = past_world(30)
    Member.objects.filter(pk=member.pk).update(is_active=False, deactivated_at=ago(months(6) + 1))
    clean_up()
    assert Member.objects.present().filter(pk=member.pk).exists()


def test_empty_row_of_an_erased_member_goes_when_nothing_needs_it():
    empty = {"is_active": False, "email": "", "birth_date": None, "with_user": False}
    gone = factories.make_member(erased_at=ago(months(6) + 1), **empty)
    kept = past_world(30)
    kept_row = Member.objects.filter(pk=kept.pk)
    kept_row.update(erased_at=ago(months(6) + 1), is_active=False, email="", phone="", birth_date=None)
    clean_up()
    assert not Member.objects.filter(pk=gone.pk).exists()
    assert kept_row.exists()


def test_answered_questions_go_and_open_ones_stay():
    member = factories.make_member()
    factories.make_privacy_request(member, state="refused", answered_at=ago(years(1) + 1))
    waiting = factories.make_privacy_request(member, created_at=ago(years(3)))
    clean_up()
    assert list(PrivacyRequest.objects.all()) == [waiting]


def test_clean_up_is_logged_per_kind_with_its_count_and_a_second_run_changes_nothing():
    user = factories.make_user()
    for _number in range(3):
        factories.make_sign_in(user, at=ago(months(6) + 1))
    clean_up()
    events = AuditEvent.objects.filter(action=CLEANED)
    assert [(event.details["kind"], event.details["rows"]) for event in events] == [("sign_in", 3)]
    clean_up()
    assert events.count() == 1
    assert AuditEvent.objects.filter(action=FINISHED).count() == 2


def test_clean_up_stops_in_time_and_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr(actions, "CHUNK", 2)
    user = factories.make_user()
    for _number in range(5):
        factories.make_sign_in(user, at=ago(months(6) + 1))
    assert clean_up(seconds=-1) is True
    assert SignIn.objects.filter(user=user).count() == 3
    assert clean_up() is False
    assert not SignIn.objects.filter(user=user).exists()


def test_row_whose_file_went_before_a_crash_goes_the_next_night():
    member = past_world(years(1) + 2)
    default_storage.delete(member.letters.get().file)
    clean_up()
    assert not member.letters.exists()


def test_own_term_of_a_municipality_wins_and_is_logged():
    by = factories.make_staff()
    user = factories.make_user()
    factories.make_mail(user, state="sent", created_at=ago(40))
    clean_up()
    assert OutboxMail.objects.filter(user=user).exists()
    update_term("mail", 35, by=by)
    clean_up()
    assert not OutboxMail.objects.filter(user=user).exists()
    event = AuditEvent.objects.get(action="retention.update")
    assert (event.details["before"], event.details["days"]) == (months(6), 35)


@pytest.mark.parametrize("kind", RetentionKind.values)
def test_term_outside_its_bounds_is_refused(kind):
    rule = RULES[kind]
    for days in (rule.least - 1, rule.most + 1):
        with pytest.raises(ActionError):
            update_term(kind, days, by=factories.make_staff())
    assert not RetentionTerm.objects.exists()


def test_preview_counts_what_a_term_would_remove_and_tells_no_names():
    member = factories.make_member(last_name="Zeldzamenaam", is_active=False, deactivated_at=ago(40))
    shown = preview(RULES["member"], 35)
    assert shown.count == 1
    assert str(member.number) in shown.examples[0]
    assert "Zeldzamenaam" not in " ".join(shown.examples)
    assert preview(RULES["member"], months(6)).count == 0


def test_overview_tells_when_it_was_last_cleaned():
    assert {term.cleaned_at for term in retention_overview()} == {None}
    clean_up()
    assert None not in {term.cleaned_at for term in retention_overview()}


def test_nightly_task_cleans_up_every_municipality(juinen, zonneiland):
    for municipality in (juinen, zonneiland):
        with tenant_context(municipality):
            factories.make_sign_in(factories.make_user(), at=ago(months(6) + 1))
    connection.set_schema_to_public()
    tasks.dispatch_clean_up.delay()
    for municipality in (juinen, zonneiland):
        with tenant_context(municipality):
            assert not SignIn.objects.exists()


def test_day_of_the_event_counts_in_the_time_of_the_municipality():
    """Half past eleven in Greenwich is tomorrow here: the term ends by the calendar on our own wall."""
    evening = datetime(2027, 6, 1, 23, 30, tzinfo=UTC)
    days = RULES[RetentionKind.ANSWERS].days
    member, event = factories.make_member(), factories.make_event()
    factories.make_polling_day(event, date=timezone.localdate(evening - timedelta(days=days)))
    AvailabilityResponse.objects.create(member=member, event=event)
    with time_machine.travel(evening, tick=False):
        clean_up()
        assert AvailabilityResponse.objects.exists()
    with time_machine.travel(evening + timedelta(days=1), tick=False):
        clean_up()
        assert not AvailabilityResponse.objects.exists()
