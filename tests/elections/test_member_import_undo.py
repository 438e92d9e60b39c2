"""Undoing an import: what nobody touched goes back, what somebody touched stays, with the reason."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections import secrets
from elections.actions import member_import_undo
from elections.actions.job import cancel_job
from elections.actions.member import deactivate_member, label_members, update_member
from elections.actions.member_import import (
    map_columns,
    plan_of,
    run_member_import,
    start_member_import,
    upload_member_list,
)
from elections.actions.member_import_undo import forget_old_imports, run_import_undo, start_import_undo
from elections.actions.privacy import erase_member
from elections.enums import EraseReason, ImportState, JobKind, JobState, SecretKind
from elections.errors import ActionError
from elections.exports.person import person_sections
from elections.imports.member_plan import DoubleChoices
from elections.imports.member_undo import Fate, undo_plan
from elections.models import (
    AuditEvent,
    ImportedMember,
    ImportFile,
    Job,
    Member,
    MemberSecret,
    OutboxMail,
    OwnField,
    OwnFieldValue,
)
from tests import factories

BSN, OTHER_BSN, IBAN = "999900018", "999900031", "NL91ABNA0417164300"


@pytest.fixture
def staff():
    return factories.make_staff()


def imported(text, *, by):
    """The file after a whole import."""
    import_file = upload_member_list(SimpleUploadedFile("leden.csv", text.encode()), by=by)
    map_columns(import_file, {int(index): field for index, field in import_file.mapping.items()}, by=by)
    import_file.refresh_from_db()
    plan = plan_of(import_file)
    job = start_member_import(import_file, seen=plan.fingerprint, choices=DoubleChoices(), by=by)
    run_member_import(job)
    import_file.refresh_from_db()
    assert import_file.state == ImportState.DONE
    return import_file


def undone(import_file, *, by):
    """The job after undoing."""
    import_file.refresh_from_db()
    job = start_import_undo(import_file, seen=undo_plan(import_file).fingerprint, by=by)
    run_import_undo(job)
    job.refresh_from_db()
    return job


def fates(import_file):
    import_file.refresh_from_db()
    return {row.member.number: (row.fate, row.reason) for row in undo_plan(import_file).rows}


def snapshot():
    """Everything of the member file that an import touches."""
    plain = [field.attname for field in Member._meta.concrete_fields if field.attname != "version"]
    return (
        list(Member.objects.order_by("pk").values(*plain)),
        sorted(Member.labels.through.objects.values_list("member__number", "label__name")),
        sorted(MemberSecret.objects.values_list("member__number", "kind")),
    )


def test_undo_leaves_the_member_file_as_it_was(staff):
    known = factories.make_member(
        with_user=False,
        number=7,
        last_name="Bakker",
        first_name="Bo",
        birth_date=date(1970, 1, 2),
        qualified_for=["member"],
    )
    secrets.set_secret(known, SecretKind.IBAN, IBAN, by=staff)
    factories.make_member(with_user=False, number=8, last_name="Visser")
    before = snapshot()
    import_file = imported(
        "lidnr;achternaam;voornaam;geboortedatum;kan werken als;kenmerken;bsn;iban\n"
        f"7;Bakker;Bob;3-4-1971;voorzitter;ervaren;{BSN};{IBAN}\n"
        f"8;Visser;;;;ervaren;;\n"
        f"9;Nieuw;Nina;;;nieuw;{OTHER_BSN};\n",
        by=staff,
    )
    assert snapshot() != before
    job = undone(import_file, by=staff)
    assert (job.state, job.result) == (JobState.DONE, "1 lid verwijderd. 2 leden teruggezet.")
    assert snapshot() == before
    import_file.refresh_from_db()
    assert import_file.state == ImportState.UNDONE
    assert not import_file.members.exists()
    logged = AuditEvent.objects.filter(action="member.import_undo").values_list("object_label", flat=True)
    assert sorted(logged) == ["Bob Bakker", "Nina Nieuw", "Visser"] or len(logged) == 3


def test_same_file_can_be_read_in_again_after_undoing(staff):
    text = "lidnr;achternaam\n7;Bakker\n8;Visser\n"
    undone(imported(text, by=staff), by=staff)
    assert not Member.objects.exists()
    imported(text, by=staff)
    assert Member.objects.count() == 2


def shift():
    event = factories.make_event()
    day_part = factories.make_day_part(factories.make_polling_day(event))
    return factories.make_shift(
        factories.make_polling_station(event), day_part, factories.make_position(event)
    )


TOUCHED = {
    "wijzigen": (
        lambda member, staff: update_member(member, {"city": "Elders"}, [], version=member.version, by=staff),
        "is daarna gewijzigd",
    ),
    "kenmerk": (
        lambda member, staff: label_members([member], "later", by=staff),
        "kreeg daarna andere kenmerken",
    ),
    "bsn": (
        lambda member, staff: secrets.set_secret(member, SecretKind.BSN, BSN, by=staff),
        "BSN of IBAN is daarna ingevuld",
    ),
    "account": (
        lambda member, staff: Member.objects.filter(pk=member.pk).update(user=factories.make_user()),
        "is uitgenodigd",
    ),
    "nagekeken": (
        lambda member, staff: Member.objects.filter(pk=member.pk).update(data_checked_at=timezone.now()),
        "heeft de gegevens daarna nagekeken",
    ),
    "training": (
        lambda member, staff: factories.make_training_result(factories.make_training(), member),
        "deed een training",
    ),
    "indeling": (
        lambda member, staff: factories.make_assignment(member, shift()),
        "is ingedeeld",
    ),
    "niet actief": (
        lambda member, staff: deactivate_member(member, by=staff),
        "is daarna gewijzigd",
    ),
}


@pytest.mark.parametrize("touched", TOUCHED)
def test_new_member_with_whom_something_was_done_stays_and_the_reason_is_told(staff, touched):
    import_file = imported("lidnr;achternaam\n7;Bakker\n8;Visser\n", by=staff)
    touch, reason = TOUCHED[touched]
    touch(Member.objects.get(number=7), staff)
    assert fates(import_file) == {7: (Fate.KEEP, reason), 8: (Fate.REMOVE, "")}
    job = undone(import_file, by=staff)
    assert job.result == "1 lid verwijderd. 1 lid bleef zoals het was."
    assert list(Member.objects.values_list("number", flat=True)) == [7]


def test_every_kind_of_row_that_can_hang_on_a_member_keeps_a_new_member(staff):
    """A model that is made tomorrow counts as well: what points to a member is asked of the models themselves."""
    import_file = imported("lidnr;achternaam\n7;Bakker\n", by=staff)
    pointing = {each.related_model.__name__ for each in Member._meta.related_objects}
    assert {"Assignment", "AppointmentLetter", "Availability", "Conversation", "DocumentReading"} <= pointing
    factories.make_calendar_feed(Member.objects.get(number=7))
    assert fates(import_file)[7] == (Fate.KEEP, "er is al iets mee gedaan")


def test_answer_to_an_own_question_counts_only_when_it_was_given_later(staff):
    question = OwnField.objects.create(name="Eet u vegetarisch?", why="Voor de lunch", kind="yes_no")
    factories.make_member(with_user=False, number=6, last_name="Dekker")
    import_file = imported(
        "lidnr;achternaam;Eet u vegetarisch?\n6;Dekker;ja\n7;Bakker;ja\n8;Visser;nee\n", by=staff
    )
    assert {number: fate for number, (fate, _reason) in fates(import_file).items()} == {
        6: Fate.RESTORE,
        7: Fate.REMOVE,
        8: Fate.REMOVE,
    }
    OwnFieldValue.objects.filter(member__number__in=(6, 7)).update(answered_at=timezone.now())
    reason = "een eigen vraag is daarna beantwoord"
    assert fates(import_file) == {6: (Fate.KEEP, reason), 7: (Fate.KEEP, reason), 8: (Fate.REMOVE, "")}
    [row] = [
        row
        for row in person_sections(Member.objects.get(number=6))["Lidnummer en data van het ledenbestand"]
        if "Op" in row
    ]
    assert question.name + " daarvoor" in row


def test_changed_member_who_changed_again_keeps_the_newest_data(staff):
    factories.make_member(with_user=False, number=7, last_name="Bakker", city="Oud", phone="")
    factories.make_member(with_user=False, number=8, last_name="Visser", city="Oud")
    import_file = imported("lidnr;achternaam;plaats\n7;Bakker;Nieuw\n8;Visser;Nieuw\n", by=staff)
    member = Member.objects.get(number=7)
    update_member(member, {"phone": "06 12345678"}, [], version=member.version, by=staff)
    assert fates(import_file) == {7: (Fate.KEEP, "is daarna gewijzigd"), 8: (Fate.RESTORE, "")}
    undone(import_file, by=staff)
    assert dict(Member.objects.values_list("number", "city")) == {7: "Nieuw", 8: "Oud"}
    assert [row.member.number for row in import_file.members.all()] == [7]


def test_number_that_was_replaced_after_the_import_is_not_taken_away(staff):
    member = factories.make_member(with_user=False, number=7, last_name="Bakker")
    import_file = imported(f"lidnr;achternaam;bsn\n7;Bakker;{BSN}\n", by=staff)
    secrets.set_secret(member, SecretKind.BSN, OTHER_BSN, by=staff)
    assert fates(import_file)[7] == (Fate.KEEP, "BSN of IBAN is daarna ingevuld")
    with pytest.raises(ActionError, match="niets meer"):
        undone(import_file, by=staff)
    assert MemberSecret.objects.filter(member=member).exists()


def test_other_number_that_was_filled_in_later_does_not_stand_in_the_way(staff):
    member = factories.make_member(with_user=False, number=7, last_name="Bakker")
    import_file = imported(f"lidnr;achternaam;bsn\n7;Bakker;{BSN}\n", by=staff)
    secrets.set_secret(member, SecretKind.IBAN, IBAN, by=staff)
    undone(import_file, by=staff)
    assert list(MemberSecret.objects.filter(member=member).values_list("kind", flat=True)) == ["iban"]


def test_old_address_comes_back_to_the_account_and_both_addresses_are_told(staff):
    user = factories.make_user(email="oud@voorbeeld.nl")
    factories.make_member(number=7, last_name="Bakker", email="oud@voorbeeld.nl", user=user)
    import_file = imported("lidnr;achternaam;e-mail\n7;Bakker;nieuw@voorbeeld.nl\n", by=staff)
    OutboxMail.objects.all().delete()
    # The notice of the new address is kept as the moment of a sensitive change, not as another version.
    assert fates(import_file)[7] == (Fate.RESTORE, "")
    undone(import_file, by=staff)
    user.refresh_from_db()
    assert user.email == "oud@voorbeeld.nl"
    told = OutboxMail.objects.filter(kind="email_changed").values_list("to_email", flat=True)
    assert sorted(told) == ["nieuw@voorbeeld.nl", "oud@voorbeeld.nl"]


def test_what_changed_after_the_page_was_shown_stops_the_undoing(staff):
    import_file = imported("lidnr;achternaam\n7;Bakker\n8;Visser\n", by=staff)
    seen = undo_plan(import_file).fingerprint
    member = Member.objects.get(number=7)
    update_member(member, {"city": "Elders"}, [], version=member.version, by=staff)
    with pytest.raises(ActionError, match="Kijk opnieuw"):
        start_import_undo(import_file, seen=seen, by=staff)
    job = start_import_undo(import_file, seen=undo_plan(import_file).fingerprint, by=staff)
    label_members([Member.objects.get(number=8)], "later", by=staff)
    run_import_undo(job)
    job.refresh_from_db()
    assert (job.state, Member.objects.count()) == (JobState.FAILED, 2)
    assert "Kijk opnieuw" in job.errors[0]


def test_double_click_makes_one_job_and_a_second_run_does_nothing_more(staff):
    import_file = imported("lidnr;achternaam\n7;Bakker\n", by=staff)
    seen = undo_plan(import_file).fingerprint
    job = start_import_undo(import_file, seen=seen, by=staff)
    assert start_import_undo(import_file, seen=seen, by=staff) == job
    run_import_undo(job)
    run_import_undo(job)
    assert Job.objects.filter(kind=JobKind.IMPORT_UNDO).count() == 1
    assert AuditEvent.objects.filter(action="import_file.undo").count() == 1


def test_failure_halfway_leaves_everything_as_it_was(staff, monkeypatch):
    factories.make_member(with_user=False, number=7, last_name="Bakker", city="Oud")
    import_file = imported("lidnr;achternaam;plaats\n7;Bakker;Nieuw\n8;Visser;Nieuw\n", by=staff)
    job = start_import_undo(import_file, seen=undo_plan(import_file).fingerprint, by=staff)
    real = member_import_undo.finish_job

    def stopped_meanwhile(*arguments):
        cancel_job(Job.objects.get(pk=job.pk), by=staff)
        return real(*arguments)

    monkeypatch.setattr(member_import_undo, "finish_job", stopped_meanwhile)
    run_import_undo(job)
    assert dict(Member.objects.values_list("number", "city")) == {7: "Nieuw", 8: "Nieuw"}


def test_after_thirty_days_it_is_forgotten_what_was_there_before(staff):
    import_file = imported("lidnr;achternaam\n7;Bakker\n", by=staff)
    assert forget_old_imports() == 0
    ImportFile.objects.update(imported_at=timezone.now() - timedelta(days=31))
    assert forget_old_imports() == 1
    import_file.refresh_from_db()
    with pytest.raises(ActionError, match="niet meer"):
        start_import_undo(import_file, seen="", by=staff)
    assert Member.objects.exists()


def test_erasing_a_member_takes_what_was_there_before_with_it(staff):
    member = factories.make_member(with_user=False, number=7, last_name="Bakker", city="Vroeger")
    imported("lidnr;achternaam;plaats\n7;Bakker;Nieuw\n", by=staff)
    [row] = [row for row in person_sections(member)["Lidnummer en data van het ledenbestand"] if "Op" in row]
    assert row["Plaats daarvoor"] == "Vroeger"
    erase_member(member, by=staff, reason=EraseReason.REQUEST)
    assert not ImportedMember.objects.exists()


def test_numbers_are_not_kept_to_undo_by(staff):
    imported(f"lidnr;achternaam;bsn\n7;Bakker;{BSN}\n", by=staff)
    assert BSN not in str(list(ImportedMember.objects.values()))


def test_undo_stays_in_its_own_municipality(staff, zonneiland):
    import_file = imported("lidnr;achternaam\n1;Bakker\n", by=staff)
    with tenant_context(zonneiland):
        factories.make_member(with_user=False, number=1, last_name="Bakker")
    undone(import_file, by=staff)
    with tenant_context(zonneiland):
        assert Member.objects.filter(number=1).exists()


def test_number_of_statements_does_not_grow_with_the_members(staff, django_assert_max_num_queries):
    rows = "".join(f"{number};Lid {number}\n" for number in range(2, 302))
    import_file = imported(f"lidnr;achternaam\n{rows}", by=staff)
    with django_assert_max_num_queries(45):
        plan = undo_plan(import_file)
    assert len(plan.rows) == 300


def test_anything_unexpected_ends_the_job_and_tells_nothing_of_members(staff, monkeypatch, caplog):
    factories.make_member(with_user=False, number=7, last_name="Bakker", city="Oud")
    import_file = imported("lidnr;achternaam;plaats\n7;Bakker;Nieuw\n", by=staff)

    told = "wat er stond"

    def broken(*_rows, **_by):
        raise RuntimeError(told)

    monkeypatch.setattr(member_import_undo, "_restore", broken)
    job = undone(import_file, by=staff)
    assert job.state == JobState.FAILED
    assert "niets ongedaan gemaakt" in job.errors[0]
    assert told not in caplog.text + job.errors[0]
    assert Member.objects.get().city == "Nieuw"
    monkeypatch.undo()
    assert undone(import_file, by=staff).state == JobState.DONE
