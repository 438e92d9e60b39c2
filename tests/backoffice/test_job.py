"""The pages of long work."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.models import AuditEvent
from tests import factories


def _url(name, job):
    return reverse(f"backoffice:job-{name}", kwargs={"uuid": job.uuid})


def test_job_list_shows_an_empty_state_and_then_the_jobs(planner):
    url = reverse("backoffice:job-list")
    assert "Er zijn nog geen taken" in planner.get(url).content.decode()
    factories.make_job(total=200, done=50, state="running")
    text = planner.get(url).content.decode()
    assert "Brieven maken" in text
    assert "50 van 200" in text


@pytest.mark.parametrize("jobs", [1, 3])
def test_job_list_needs_the_same_queries_for_any_number(planner, jobs, django_assert_num_queries):
    for _number in range(jobs):
        factories.make_job(event=factories.make_event())
    planner.get(reverse("backoffice:job-list"))
    with django_assert_num_queries(6):
        planner.get(reverse("backoffice:job-list"))


def test_job_detail_works_without_script(planner):
    job = factories.make_job(total=200, done=50, state="running")
    text = planner.get(_url("detail", job)).content.decode()
    assert 'value="25"' in text
    assert "Ververs" in text
    assert 'http-equiv="refresh"' not in text


def test_job_progress_is_only_the_progress_for_htmx(planner):
    job = factories.make_job(total=200, done=50, state="running")
    answer = planner.get(_url("progress", job), headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "25%" in answer.content.decode()
    assert planner.get(_url("progress", job)).url == _url("detail", job)


def test_job_progress_refreshes_the_page_at_the_end(planner):
    job = factories.make_job(state="done", result="200 brieven gemaakt.")
    answer = planner.get(_url("progress", job), headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"


def test_job_cancel_and_resume(planner):
    job = factories.make_job(total=2, state="running")
    planner.post(_url("cancel", job))
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert "is al klaar of gestopt" in planner.post(_url("cancel", job), follow=True).content.decode()
    planner.post(_url("resume", job))
    job.refresh_from_db()
    assert job.state == "queued"


@pytest.mark.parametrize(("kind", "status"), [("member_import", 403), ("letters", 302), ("invitations", 302)])
def test_job_is_changed_by_who_may_do_its_work(juinen, client_for, kind, status):
    colleague = client_for(juinen, factories.make_staff("communication"))
    job = factories.make_job(kind=kind, state="failed")
    assert ("Ga verder" in colleague.get(_url("detail", job)).content.decode()) is (status == 302)
    assert colleague.post(_url("resume", job)).status_code == status
    assert colleague.post(_url("cancel", job)).status_code == status


def test_job_detail_offers_to_resume_a_silent_job(planner):
    job = factories.make_job(state="running", heartbeat_at=timezone.now() - timedelta(minutes=3))
    text = planner.get(_url("detail", job)).content.decode()
    assert "geen teken van leven" in text
    assert _url("resume", job) in text


def _with_file(**values):
    job = factories.make_job(
        **{
            "kind": "letter_print",
            "state": "done",
            "event": factories.make_event(),
            "finished_at": timezone.now(),
            "file_name": "brieven-om-te-printen.pdf",
        }
        | values
    )
    job.file = default_storage.save(f"jobs/{job.uuid}/file.pdf", ContentFile(b"%PDF-1.7 brieven"))
    job.save()
    return job


def test_job_offers_its_file_and_notes_who_took_it(planner):
    job = _with_file()
    page = planner.get(_url("detail", job)).content.decode()
    assert _url("download", job) in page
    assert "te downloaden tot" in page
    response = planner.get(_url("download", job))
    assert b"".join(response.streaming_content) == b"%PDF-1.7 brieven"
    assert response.headers["Content-Disposition"] == 'attachment; filename="brieven-om-te-printen.pdf"'
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert AuditEvent.objects.get(action="job.download").object_id == str(job.uuid)


@pytest.mark.parametrize(
    ("kind", "role", "status"),
    [
        ("letter_print", "reader", 403),
        ("letter_zip", "finance", 403),
        ("letter_zip", "communication", 200),
        ("station_dossiers", "communication", 403),
        ("badges", "reader", 403),
        ("presence_lists", "planner", 200),
    ],
)
def test_job_gives_its_file_to_who_may_do_its_work_alone(juinen, client_for, kind, role, status):
    colleague = client_for(juinen, factories.make_staff(role))
    job = _with_file(kind=kind)
    assert colleague.get(_url("download", job)).status_code == status
    page = colleague.get(_url("detail", job)).content.decode()
    assert (_url("download", job) in page) is (status == 200)
    assert ("Uw rol mag dit bestand niet downloaden" in page) is (status == 403)
    assert AuditEvent.objects.filter(action="job.download").exists() is (status == 200)


def test_job_says_that_its_file_is_gone_after_seven_days(planner):
    job = _with_file(finished_at=timezone.now() - timedelta(days=7))
    assert planner.get(_url("download", job)).status_code == 404
    assert "Het bestand is verwijderd" in planner.get(_url("detail", job)).content.decode()


@pytest.mark.parametrize("state", ["running", "failed", "cancelled"])
def test_job_that_is_not_done_offers_no_file(planner, state):
    assert planner.get(_url("download", _with_file(state=state))).status_code == 404


def test_job_whose_file_is_lost_offers_none(planner):
    job = _with_file()
    default_storage.delete(job.file)
    assert planner.get(_url("download", job)).status_code == 404


def test_file_of_a_job_of_another_municipality_is_not_found(planner, zonneiland):
    with tenant_context(zonneiland):
        job = _with_file()
    assert planner.get(_url("download", job)).status_code == 404
