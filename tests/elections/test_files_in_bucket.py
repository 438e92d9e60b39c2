"""Every kind of file that the product keeps, with its files in a bucket: on this machine nothing stays behind."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from elections.actions import attachment
from elections.actions.import_file import cancel_import_file, require_unchanged
from elections.actions.job_file import throw_away_job_files, work_on_file
from elections.actions.letter import make_letters, publish_letters, work_on_letters
from elections.actions.letter_bundle import start_letter_bundle
from elections.actions.member_import import upload_member_list
from elections.actions.paper_work import work_on_papers
from elections.documents import upload as uploads
from elections.documents.upload import store_upload, upload_transaction
from elections.enums import JobKind
from elections.errors import ActionError
from elections.models import Document, Job
from tenants.storage import private_files
from tests import factories
from tests.elections.test_job_file import Work
from tests.elections.upload_files import upload


@pytest.fixture(autouse=True)
def nothing_here(bucket, settings, tmp_path):
    """The folder of files is never made, and the temporary folder ends empty."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "temporary"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    yield
    assert not Path(settings.MEDIA_ROOT).exists()
    assert list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) == []


@pytest.fixture
def event():
    """Two members with a place, whose letters can be made."""
    made = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    factories.make_election(made, name="Provinciale Staten")
    day_part = factories.make_day_part(factories.make_polling_day(made))
    shift = factories.make_shift(
        factories.make_polling_station(made), day_part, factories.make_position(made), places=50
    )
    for _number in range(2):
        member = factories.make_member(
            street="Dorpsstraat", house_number="1", postcode="1234 AB", city="Juinen"
        )
        factories.make_assignment(member, shift)
    return made


def content(response):
    return b"".join(response.streaming_content)


def test_letter_is_made_and_read_by_its_member(event, juinen, client_for, bucket):
    work_on_letters(make_letters(event, by=None))
    publish_letters(event, by=None)
    letter = event.letters.select_related("member__user").first()
    assert f"gm0001/{letter.file}" in bucket.keys()  # noqa: SIM118 - a method of the server
    browser = client_for(juinen, letter.member.user)
    answer = browser.get(reverse("portal:letter-download", args=[letter.uuid]))
    assert answer["Content-Type"] == "application/pdf"
    assert "Benoeming" in PdfReader(io.BytesIO(content(answer))).pages[0].extract_text()


@pytest.mark.parametrize("kind", [JobKind.LETTER_PRINT, JobKind.LETTER_ZIP])
def test_letters_become_one_file_that_the_team_downloads(event, juinen, client_for, kind):
    work_on_letters(make_letters(event, by=None))
    planner = factories.make_staff("planner")
    job = start_letter_bundle(event, kind, by=planner)
    while work_on_papers(job):
        pass
    job.refresh_from_db()
    assert job.state == "done", job.errors
    answer = client_for(juinen, planner).get(reverse("backoffice:job-download", args=[job.uuid]))
    assert answer.status_code == 200
    file = io.BytesIO(content(answer))
    if kind == JobKind.LETTER_PRINT:
        letters = [PdfReader(private_files.open(letter.file)) for letter in event.letters.all()]
        assert len(PdfReader(file).pages) == sum(len(letter.pages) for letter in letters)
    else:
        assert len(zipfile.ZipFile(file).namelist()) == 2


def test_worker_elsewhere_goes_on_behind_the_last_part(settings, tmp_path, bucket):
    """Another machine has another temporary folder; only the bucket is shared."""
    job = factories.make_job(kind="badges", event=factories.make_event(), state="queued", total=3)
    here = Work()
    assert work_on_file(job, lambda: here, seconds=0) is True
    assert here.made == [0]
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "elsewhere"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    there = Work()
    assert work_on_file(job, lambda: there) is False
    assert there.made == [1, 2]
    job.refresh_from_db()
    assert private_files.open(job.file).read() == b"abc"
    assert bucket.keys() == [f"gm0001/{job.file}"]
    Job.objects.filter(pk=job.pk).delete()
    assert throw_away_job_files() == 1
    assert bucket.keys() == []


def test_document_is_uploaded_scanned_and_downloaded(juinen, client_for, settings, tmp_path):
    settings.ANTIVIRUS_COMMAND = "grep -q Gids"
    name, text = "gids.txt", b"Gids voor het stembureau"
    with upload_transaction():
        stored = store_upload(upload(name, text), folder="documents")
        published = factories.make_document(file=stored.file, file_name=name, media_type="text/plain")
    member = factories.make_member()
    answer = client_for(juinen, member.user).get(reverse("portal:document-download", args=[published.uuid]))
    assert content(answer) == text


def test_infected_upload_never_reaches_the_bucket(settings, bucket):
    settings.ANTIVIRUS_COMMAND = "false"
    with pytest.raises(ActionError, match="virus"), upload_transaction():
        store_upload(upload("gids.txt", b"Gids"), folder="documents")
    assert bucket.keys() == []


def test_file_of_a_failed_transaction_goes(bucket):
    with pytest.raises(ZeroDivisionError):
        _store_and_break_off()
    assert bucket.keys() == []


@upload_transaction()
def _store_and_break_off():
    store_upload(upload("gids.txt", b"Gids"), folder=attachment.FOLDER)
    raise ZeroDivisionError


def test_file_without_a_row_goes_when_it_is_old(bucket, monkeypatch):
    kept = factories.make_document()
    with private_files.writing("uploads/documents/lost.txt") as path:
        path.write_bytes(b"lost")
    assert uploads.sweep_orphans() == 0, "it is young, and may get its row yet"
    monkeypatch.setattr(uploads, "ORPHAN_AFTER", -uploads.ORPHAN_AFTER)
    assert uploads.sweep_orphans() == 1
    assert Document.objects.get().file == kept.file
    assert bucket.keys() == [f"gm0001/{kept.file}"]


def test_member_list_is_read_and_thrown_away(bucket, django_capture_on_commit_callbacks):
    staff = factories.make_staff()
    import_file = upload_member_list(SimpleUploadedFile("leden.csv", b"Achternaam\nJansen\n"), by=staff)
    assert bucket.keys() == [f"gm0001/{import_file.file}"]
    require_unchanged(import_file)
    with django_capture_on_commit_callbacks(execute=True):
        cancel_import_file(import_file, by=staff)
    assert bucket.keys() == []


def test_upload_is_refused_in_words_while_the_bucket_is_away(bucket, settings):
    settings.S3_ENDPOINT = "http://127.0.0.1:9"
    settings.STORAGES = dict(settings.STORAGES)  # a new storage object reads the new address
    with pytest.raises(ActionError, match="geen ruimte"), upload_transaction():
        store_upload(upload("gids.txt", b"Gids"), folder="documents")
    settings.S3_ENDPOINT = bucket.endpoint
