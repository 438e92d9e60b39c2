"""Long work: progress, stopping, and taking up what fell silent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from elections.actions import job as actions
from elections.enums import JobKind
from elections.errors import ActionError
from elections.models import AuditEvent, Job
from tests import factories


@pytest.fixture
def sent(monkeypatch):
    """The messages that a commit would send."""
    messages = []
    monkeypatch.setattr(
        actions.current_app,
        "send_task",
        lambda name, **options: messages.append((name, options)),
        raising=False,
    )
    return messages


@pytest.fixture
def no_import_task(monkeypatch):
    """As if a member import could only be started anew."""
    monkeypatch.delitem(actions.TASKS, JobKind.MEMBER_IMPORT, raising=False)


def test_start_job_rings_every_core_with_the_schema_of_now(sent, juinen, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = actions.start_job(JobKind.LETTERS, by=factories.make_staff(), total=5)
    assert {name for name, _options in sent} == {"elections.make_letters_chunk"}
    assert len(sent) == actions.TASKS[JobKind.LETTERS].messages
    assert sent[0][1]["headers"] == {"_schema_name": juinen.schema_name}
    assert sent[0][1]["kwargs"] == {"job_id": job.pk}
    assert AuditEvent.objects.filter(action="job.start").exists()


def test_job_progress_stops_the_work_after_a_cancel():
    job = actions.start_job(JobKind.LETTERS, by=None, total=5)
    assert actions.job_progress(job, 2)
    actions.cancel_job(job, by=factories.make_staff())
    assert not actions.job_progress(job, 3)
    job.refresh_from_db()
    assert (job.state, job.done) == ("cancelled", 2)


def test_job_step_counts_side_by_side():
    job = factories.make_job(total=5)
    actions.job_step(job)
    actions.job_step(job, 2)
    job.refresh_from_db()
    assert job.done == 3


def test_finish_job_happens_once():
    job = factories.make_job(total=1)
    assert actions.finish_job(job, "klaar")
    assert not actions.finish_job(job, "nog eens")
    assert job.result == "klaar"


def test_finish_job_cuts_a_result_that_does_not_fit():
    job = factories.make_job()
    assert actions.finish_job(job, "lang " * 100)
    assert (job.state, job.result) == ("done", "lang " * 60)


def test_fail_job_keeps_the_reason():
    job = factories.make_job()
    actions.fail_job(job, "Het bestand is weg.")
    assert (job.state, job.errors) == ("failed", ["Het bestand is weg."])


def test_resume_job_refuses_what_is_done_alive_or_of_another_kind(sent, no_import_task):
    by = factories.make_staff()
    with pytest.raises(ActionError, match="al klaar"):
        actions.resume_job(factories.make_job(state="done"), by=by)
    with pytest.raises(ActionError, match="nog bezig"):
        actions.resume_job(factories.make_job(state="running"), by=by)
    with pytest.raises(ActionError, match="Begin opnieuw"):
        actions.resume_job(factories.make_job(kind="member_import", state="failed"), by=by)


def test_resume_stale_jobs_rings_silent_work_and_leaves_the_rest(sent, django_capture_on_commit_callbacks):
    long_ago = timezone.now() - timedelta(minutes=3)
    silent = factories.make_job(state="running", heartbeat_at=long_ago)
    factories.make_job(state="running")
    factories.make_job(state="cancelled", heartbeat_at=long_ago)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.resume_stale_jobs() == 1
    assert {options["kwargs"]["job_id"] for _name, options in sent} == {silent.pk}
    assert actions.resume_stale_jobs() == 0


def test_resume_stale_jobs_gives_up_what_nothing_can_wake(sent, no_import_task):
    hour_ago = timezone.now() - timedelta(hours=1)
    job = factories.make_job(kind="member_import", state="running", heartbeat_at=hour_ago)
    actions.resume_stale_jobs()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "half uur" in job.errors[0]


def test_resume_stale_jobs_gives_up_after_five_times_in_vain(sent):
    job = factories.make_job(kind="member_import", state="running", total=9)
    for _time in range(actions.MAX_ATTEMPTS):
        _fall_silent(job, done=3)
        assert job.state == "queued"
    _fall_silent(job, done=3)
    assert job.state == "failed"
    assert "vijf keer" in job.errors[0]
    actions.resume_job(job, by=factories.make_staff())
    _fall_silent(job, done=3)
    assert job.state == "queued"


def test_resume_stale_jobs_is_patient_with_work_that_goes_on_or_waits(sent):
    job = factories.make_job(state="running", total=99)
    for done in range(1, 10):
        _fall_silent(job, done=done)
    for _time in range(10):
        _fall_silent(job, done=9, state="queued")
    assert job.state == "queued"


def _fall_silent(job, *, done, state="running"):
    long_ago = timezone.now() - timedelta(minutes=3)
    Job.objects.filter(pk=job.pk).update(state=state, done=done, heartbeat_at=long_ago)
    actions.resume_stale_jobs()
    job.refresh_from_db()
