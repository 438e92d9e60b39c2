"""Jobs that end in a file: gone on after a stop, stopped, too old, and never two of one."""

import errno
import os
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.job import cancel_job, resume_job
from elections.actions.job_file import (
    KEPT_FOR,
    had_file,
    offered_file,
    throw_away_job_files,
    work_on_file,
)
from elections.actions.retention import clean_up
from elections.errors import ActionError
from tests import factories


class Work:
    """Three parts of one letter each, put behind each other. `at` is called before a part with its number."""

    file_name = "abc.pdf"
    parts = 3

    def __init__(self, at=lambda _number: None):
        self.at = at
        self.made = []

    def done_after(self, parts):
        return parts

    def make_part(self, number, path):
        self.at(number)
        self.made.append(number)
        path.write_text("abc"[number])

    def make_file(self, parts, path, progress):
        progress(self.parts)
        path.write_text("".join(part.read_text() for part in parts))

    def result(self):
        return "Drie letters."


@pytest.fixture
def job():
    return factories.make_job(kind="badges", event=factories.make_event(), state="queued", total=3)


def _files(job):
    folder = Path(default_storage.path(f"jobs/{job.uuid}"))
    return sorted(path.name for path in folder.glob("*")) if folder.exists() else None


def _finish(job):
    assert work_on_file(job, Work) is False
    job.refresh_from_db()
    return job


def test_job_ends_with_one_private_file_and_without_parts(job):
    _finish(job)
    assert (job.state, job.done, job.result) == ("done", 3, "Drie letters.")
    assert default_storage.open(job.file).read() == b"abc"
    assert _files(job) == ["file.pdf"]
    path = Path(default_storage.path(job.file))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_job_goes_on_behind_the_last_part_after_a_killed_worker(job):
    def die(number):
        if number == 2:
            raise SystemExit

    first, second = Work(die), Work()
    with pytest.raises(SystemExit):
        work_on_file(job, lambda: first)
    job.refresh_from_db()
    assert (job.state, job.done, job.file) == ("running", 2, "")
    work_on_file(job, lambda: second)
    job.refresh_from_db()
    assert (first.made, second.made) == ([0, 1], [2])
    assert default_storage.open(job.file).read() == b"abc"
    assert _files(job) == ["file.pdf"]


def test_part_that_was_not_finished_is_made_again(job):
    class HalfWork(Work):
        def make_part(self, number, path):
            path.write_text("half")
            raise SystemExit

    with pytest.raises(SystemExit):
        work_on_file(job, HalfWork)
    _finish(job)
    assert default_storage.open(job.file).read() == b"abc"


def test_job_stops_between_parts_when_its_time_is_over(job):
    work = Work()
    assert work_on_file(job, lambda: work, seconds=0) is True
    assert work.made == [0]
    job.refresh_from_db()
    assert (job.state, job.done) == ("running", 1)
    _finish(job)


def test_cancelled_job_stops_after_the_part_in_hand_and_leaves_no_file(job):
    by = factories.make_staff()
    work = Work(lambda number: cancel_job(job, by=by) if number == 1 else None)
    assert work_on_file(job, lambda: work) is False
    job.refresh_from_db()
    assert (work.made, job.state, job.file) == ([0, 1], "cancelled", "")
    assert _files(job) is None


def test_job_that_is_cancelled_while_its_file_is_put_together_leaves_no_file(job):
    by = factories.make_staff()

    class LateWork(Work):
        def result(self):
            cancel_job(job, by=by)
            return "Te laat."

    work_on_file(job, LateWork)
    job.refresh_from_db()
    assert (job.state, job.file, job.file_name) == ("cancelled", "", "")
    assert _files(job) is None


def test_cancelled_job_can_be_taken_up_again(job):
    by = factories.make_staff()
    cancel_job(job, by=by)
    throw_away_job_files()
    resume_job(job, by=by)
    job.refresh_from_db()
    _finish(job)
    assert default_storage.exists(job.file)


def test_full_disk_fails_the_job_with_a_sentence_and_leaves_nothing(job):
    def full(number):
        if number == 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert work_on_file(job, lambda: Work(full)) is False
    job.refresh_from_db()
    assert job.state == "failed"
    assert "De schijf van de server is vol" in job.errors[0]
    assert _files(job) is None


def test_broken_rule_fails_the_job_with_its_own_sentence(job):
    def refuse(_number):
        raise ActionError("Dit kan niet.")

    work_on_file(job, lambda: Work(refuse))
    job.refresh_from_db()
    assert (job.state, job.errors) == ("failed", ["Dit kan niet."])
    assert _files(job) is None


def test_finished_job_is_not_worked_on_again(job):
    _finish(job)
    again = Work()
    assert work_on_file(job, lambda: again) is False
    assert again.made == []


@contextmanager
def _held_elsewhere(job):
    """Another process at work on this job: a connection of its own holds the lock."""
    database = connection.settings_dict
    address = {"host": database["HOST"], "port": database["PORT"], "user": database["USER"]}
    with psycopg.connect(dbname=database["NAME"], password=database["PASSWORD"] or None, **address) as other:
        name = f"{connection.schema_name}:job-{job.pk}"
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
        yield


def test_second_worker_leaves_the_job_alone(job):
    work = Work()
    with _held_elsewhere(job):
        assert work_on_file(job, lambda: work) is False
    assert work.made == []
    _finish(job)


def test_file_is_offered_for_seven_days_and_then_thrown_away(job):
    _finish(job)
    assert offered_file(job).size == 3
    throw_away_job_files()
    assert _files(job) == ["file.pdf"]
    job.finished_at = timezone.now() - KEPT_FOR
    job.save()
    assert offered_file(job) is None
    assert throw_away_job_files() == 1
    job.refresh_from_db()
    assert (job.file, job.file_name, had_file(job)) == ("", "abc.pdf", True)
    assert _files(job) is None


@pytest.mark.parametrize("state", ["queued", "running"])
def test_parts_of_an_unfinished_job_are_kept(job, state):
    work_on_file(job, Work, seconds=0)
    job.state = state
    job.save()
    assert throw_away_job_files() == 0
    assert _files(job) == ["part-00000"]


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_folder_of_a_stopped_or_failed_job_is_thrown_away(job, state):
    work_on_file(job, Work, seconds=0)
    job.state = state
    job.finished_at = timezone.now()
    job.save()
    assert throw_away_job_files() == 1
    assert _files(job) is None


def test_folder_of_a_job_that_is_gone_is_thrown_away(job):
    _finish(job)
    folder = Path(default_storage.path(job.file)).parent
    job.delete()
    assert throw_away_job_files() == 1
    assert not folder.exists()


def test_retention_takes_the_file_with_the_job(job):
    _finish(job)
    folder = Path(default_storage.path(job.file)).parent
    job.finished_at = timezone.now() - timedelta(days=400)
    job.save()
    clean_up()
    assert list(folder.glob("*")) == []


def test_nothing_but_folders_of_jobs_is_thrown_away(job):
    _finish(job)
    stranger = Path(default_storage.path("jobs/iets-anders"))
    stranger.mkdir()
    letter = Path(default_storage.path("letters/brief.pdf"))
    letter.parent.mkdir(parents=True)
    letter.write_text("brief")
    assert throw_away_job_files() == 0
    assert stranger.exists()
    assert letter.exists()


def test_files_of_another_municipality_are_left_alone(job, zonneiland):
    _finish(job)
    job.finished_at = timezone.now() - KEPT_FOR
    job.save()
    with tenant_context(zonneiland):
        assert throw_away_job_files() == 0
    assert _files(job) == ["file.pdf"]
    assert str(Path(settings.MEDIA_ROOT)) in default_storage.path(job.file)
