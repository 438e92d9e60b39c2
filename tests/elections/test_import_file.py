"""Uploaded spreadsheets, before anything is read in."""

import os
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from elections.actions.import_file import cancel_import_file, throw_away_old_files
from elections.actions.member_import import upload_member_list
from elections.enums import ImportState
from elections.errors import ActionError
from elections.models import ImportFile
from tests.factories import make_job, make_staff


@pytest.fixture
def staff():
    return make_staff()


def kept(*, by):
    """A small list that was uploaded and waits."""
    return upload_member_list(SimpleUploadedFile("leden.csv", b"Achternaam\nJansen\n"), by=by)


def test_file_left_lying_for_a_day_is_thrown_away(staff):
    import_file = kept(by=staff)
    fresh = kept(by=staff)
    ImportFile.objects.filter(pk=import_file.pk).update(created_at="2026-01-01T00:00Z")
    assert throw_away_old_files() == 1
    fresh.refresh_from_db()
    assert fresh.state == ImportState.UPLOADED


def test_list_is_overwritten_before_it_goes(staff, tmp_path, django_capture_on_commit_callbacks):
    """Another name for the same blocks shows what is left in them."""
    import_file = kept(by=staff)
    path, kept_blocks = Path(default_storage.path(import_file.file)), tmp_path / "blocks"
    os.link(path, kept_blocks)
    size = path.stat().st_size
    assert kept_blocks.read_bytes().strip(b"\0")
    with django_capture_on_commit_callbacks(execute=True):
        cancel_import_file(import_file, by=staff)
    assert not path.exists()
    assert kept_blocks.read_bytes() == bytes(size)


def test_file_without_a_row_is_thrown_away_after_a_day(staff):
    """What a process leaves behind that is killed between keeping the file and writing its row."""
    import_file = kept(by=staff)
    row, fresh, old = (Path(default_storage.path(f"imports/{name}")) for name in ("row", "fresh", "old"))
    Path(default_storage.path(import_file.file)).rename(row)
    ImportFile.objects.filter(pk=import_file.pk).update(file="imports/row")
    for path in (fresh, old):
        path.write_bytes(b"Achternaam")
    for path in (row, old):
        os.utime(path, (0, 0))
    assert throw_away_old_files() == 1
    assert (row.exists(), fresh.exists(), old.exists()) == (True, True, False)


@pytest.mark.parametrize(("job_state", "state"), [("running", "running"), ("failed", "cancelled")])
def test_old_file_of_a_job_that_ended_is_thrown_away(staff, job_state, state):
    import_file = kept(by=staff)
    long_ago = {"state": ImportState.RUNNING, "created_at": "2026-01-01T00:00Z"}
    ImportFile.objects.filter(pk=import_file.pk).update(**long_ago)
    parameters = {"import_file": str(import_file.uuid)}
    make_job(kind="member_import", state=job_state, parameters=parameters)
    throw_away_old_files()
    import_file.refresh_from_db()
    assert import_file.state == state


def test_unreadable_upload_leaves_no_file_and_no_row(staff):
    with pytest.raises(ActionError):
        upload_member_list(SimpleUploadedFile("leden.xlsx", b"geen excel"), by=staff)
    assert not ImportFile.objects.exists()
    assert default_storage.listdir("imports")[1] == []


@pytest.mark.parametrize("number", ["999993653", "9999.93.653", "NL91 ABNA 0417 1643 00"])
def test_list_without_headings_is_refused_and_keeps_no_number(staff, number):
    text = f"Jansen;{number};Juinen\nBakker;;Juinen\n"
    with pytest.raises(ActionError, match="kolomkoppen ontbreken"):
        upload_member_list(SimpleUploadedFile("leden.csv", text.encode()), by=staff)
    assert not ImportFile.objects.exists()
    assert default_storage.listdir("imports")[1] == []


def test_cancelled_file_keeps_nothing_of_what_was_in_it(staff):
    import_file = kept(by=staff)
    cancel_import_file(import_file, by=staff)
    import_file.refresh_from_db()
    assert (import_file.file, import_file.options) == ("", {})


def test_upload_over_the_limit_is_refused(staff, settings):
    settings.UPLOAD_MAX_BYTES = 10
    with pytest.raises(ActionError, match="te groot"):
        upload_member_list(SimpleUploadedFile("leden.csv", b"Achternaam\nJansen"), by=staff)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.csv", "C:\\leden\\lijst.csv", "<script>.csv", "a" * 300 + ".csv"]
)
def test_hostile_file_name_does_no_harm(staff, name):
    upload = SimpleUploadedFile("x.csv", b"Achternaam\nJansen\n")
    upload._name = name
    import_file = upload_member_list(upload, by=staff)
    assert import_file.original_name.endswith(".csv")
    assert "/" not in import_file.original_name
    assert "\\" not in import_file.original_name
    assert import_file.file.startswith("imports/")
