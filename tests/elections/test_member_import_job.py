"""A member list is read in by one job, whole or not at all, and its file does not stay."""

import threading

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django_tenants.utils import tenant_context

from elections.actions import member_import
from elections.actions.import_file import cancel_import_file
from elections.actions.job import cancel_job
from elections.actions.member_import import plan_of, run_member_import, start_member_import
from elections.enums import ImportState, JobState
from elections.errors import ActionError
from elections.imports.member_plan import DoubleChoices
from elections.models import ImportFile, Job, Member, MemberSecret
from tests.elections.test_member_import import BSN, uploaded
from tests.factories import make_member, make_staff


@pytest.fixture
def staff():
    return make_staff()


def test_file_with_one_fault_is_not_read_in_at_all(staff):
    import_file = uploaded("Achternaam;E-mail\nJansen;j@voorbeeld.nl\nBakker;fout\n", by=staff)
    plan = plan_of(import_file)
    assert plan.faulty == 1
    with pytest.raises(ActionError, match="fouten"):
        start_member_import(import_file, seen=plan.fingerprint, choices=DoubleChoices(), by=staff)
    assert not Member.objects.exists()


def test_file_that_was_changed_after_the_upload_is_refused(staff):
    import_file = uploaded("Achternaam\nJansen\n", by=staff)
    seen = plan_of(import_file).fingerprint
    with open(default_storage.path(import_file.file), "ab") as stored:
        stored.write(b"Indringer\n")
    with pytest.raises(ActionError, match="veranderd na het uploaden"):
        start_member_import(import_file, seen=seen, choices=DoubleChoices(), by=staff)


def test_member_file_that_changed_after_the_check_stops_the_import(staff):
    member = make_member(number=7, last_name="Jansen")
    import_file = uploaded("Lidnummer;Achternaam\n7;Bakker\n", by=staff)
    job = start_member_import(
        import_file, seen=plan_of(import_file).fingerprint, choices=DoubleChoices(), by=staff
    )
    Member.objects.filter(pk=member.pk).update(version=5)
    run_member_import(job)
    job.refresh_from_db()
    import_file.refresh_from_db()
    assert (job.state, import_file.state) == (JobState.FAILED, ImportState.CHECKED)
    assert "veranderd" in job.errors[0]


def test_double_click_makes_one_job_and_a_second_run_adds_nobody(staff):
    import_file = uploaded("Achternaam\nJansen\nBakker\n", by=staff)
    seen = plan_of(import_file).fingerprint
    job = start_member_import(import_file, seen=seen, choices=DoubleChoices(), by=staff)
    again = ImportFile.objects.get(pk=import_file.pk)
    assert start_member_import(again, seen=seen, choices=DoubleChoices(), by=staff) == job
    run_member_import(job)
    run_member_import(job)
    assert Member.objects.count() == 2
    with pytest.raises(ActionError, match="al ingelezen"):
        start_member_import(again, seen=seen, choices=DoubleChoices(), by=staff)


def test_failure_halfway_leaves_nothing_and_the_file_can_be_tried_again(staff, monkeypatch):
    import_file = uploaded(f"Achternaam;BSN\nJansen;{BSN}\n", by=staff)
    seen = plan_of(import_file).fingerprint
    job = start_member_import(import_file, seen=seen, choices=DoubleChoices(), by=staff)
    with monkeypatch.context() as broken:
        broken.setattr(member_import, "_result", _raise)
        run_member_import(job)
    assert not Member.objects.exists()
    assert not MemberSecret.objects.exists()
    import_file.refresh_from_db()
    job = start_member_import(import_file, seen=seen, choices=DoubleChoices(), by=staff)
    run_member_import(job)
    assert Member.objects.count() == 1


def _raise(*_numbers):
    raise ActionError("stuk")


def test_anything_unexpected_ends_the_job_and_tells_no_numbers(staff, monkeypatch, caplog):
    import_file = uploaded(f"Achternaam;BSN\nJansen;{BSN}\n", by=staff)
    seen = plan_of(import_file).fingerprint
    job = start_member_import(import_file, seen=seen, choices=DoubleChoices(), by=staff)
    monkeypatch.setattr(member_import, "_result", _break)
    run_member_import(job)
    job.refresh_from_db()
    import_file.refresh_from_db()
    assert (job.state, import_file.state) == (JobState.FAILED, ImportState.CHECKED)
    assert "storing" in job.errors[0]
    assert BSN not in caplog.text + job.errors[0]
    assert not Member.objects.exists()


def _break(*_numbers):
    raise RuntimeError(BSN)


def test_two_workers_at_once_read_the_file_in_once(committed, staff, juinen):
    import_file = uploaded("Achternaam\nJansen\nBakker\n", by=staff)
    seen = plan_of(import_file).fingerprint
    job = start_member_import(import_file, seen=seen, choices=DoubleChoices(), by=staff)
    start = threading.Barrier(2)

    def work():
        with tenant_context(juinen):
            start.wait()
            run_member_import(Job.objects.get(pk=job.pk))
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert Member.objects.count() == 2


def test_stopped_job_reads_nothing_in(staff):
    import_file = uploaded("Achternaam\nJansen\n", by=staff)
    seen = plan_of(import_file).fingerprint
    job = start_member_import(import_file, seen=seen, choices=DoubleChoices(), by=staff)
    cancel_job(job, by=staff)
    run_member_import(job)
    assert not Member.objects.exists()
    import_file.refresh_from_db()
    assert import_file.state == ImportState.CHECKED
    assert start_member_import(import_file, seen=seen, choices=DoubleChoices(), by=staff) != job


def test_file_is_thrown_away_after_the_import_and_after_a_cancel(staff, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        import_file = uploaded("Achternaam\nJansen\n", by=staff)
        stored = import_file.file
        other = uploaded("Achternaam\nBakker\n", by=staff)
        cancel_import_file(other, by=staff)
        cancel_import_file(other, by=staff)
        job = start_member_import(
            import_file, seen=plan_of(import_file).fingerprint, choices=DoubleChoices(), by=staff
        )
        run_member_import(job)
    assert not default_storage.exists(stored)
    assert not default_storage.exists(other.file)
    import_file.refresh_from_db()
    assert (import_file.state, import_file.file) == (ImportState.DONE, "")


def test_file_that_is_being_read_in_cannot_be_thrown_away(staff):
    import_file = uploaded("Achternaam\nJansen\n", by=staff)
    start_member_import(import_file, seen=plan_of(import_file).fingerprint, choices=DoubleChoices(), by=staff)
    with pytest.raises(ActionError, match="wordt nu ingelezen"):
        cancel_import_file(import_file, by=staff)
