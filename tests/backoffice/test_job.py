"""The pages of long work."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories


@pytest.fixture
def planner(juinen, client_for):
    return client_for(juinen, factories.make_staff("planner"))


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
