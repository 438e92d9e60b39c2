"""The storage in a bucket does what the one in a folder does; the server is a real one."""

import errno
import urllib.error
import urllib.request
from datetime import timedelta

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from tenants.context import NoMunicipality
from tenants.s3_storage import TenantS3Storage
from tenants.storage import PrivateStorage, TenantStorage, private_files
from tests.s3_server import BUCKET


@pytest.fixture(params=["folder", "bucket"])
def place(request):
    """The same test for both kinds of storage."""
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    return request.param


def keep(name, content=b"inhoud"):
    with private_files.writing(name) as path:
        path.write_bytes(content)
    return name


def _break_off(name):
    with private_files.writing(name) as path:
        path.write_bytes(b"half")
        raise ZeroDivisionError


def test_both_do_all_that_the_product_asks():
    asked = {name for name in vars(PrivateStorage) if not name.startswith("_")} - {
        "url",
        "get_available_name",
    }
    assert asked == {"writing", "local_copy", "entries", "folders", "delete_folder", "shred"}
    for kind in (TenantStorage, TenantS3Storage):
        assert asked <= vars(kind).keys()


def test_file_comes_back_as_it_was(place):
    name = private_files.save("letters/brief van Noor.PDF", ContentFile(b"inhoud" * 400_000))
    assert name.startswith("letters/")
    assert name.endswith(".pdf")
    assert "Noor" not in name
    assert private_files.exists(name)
    assert private_files.size(name) == 2_400_000
    with private_files.open(name) as file:
        assert file.read() == b"inhoud" * 400_000
    with private_files.local_copy(name) as path:
        assert path.stat().st_size == 2_400_000


def test_written_file_is_there_whole_or_not_at_all(place):
    keep("jobs/1/part", b"oud")
    with pytest.raises(ZeroDivisionError):
        _break_off("jobs/1/part")
    assert private_files.open("jobs/1/part").read() == b"oud"
    keep("jobs/1/part", b"nieuw")
    assert private_files.open("jobs/1/part").read() == b"nieuw"
    assert [entry.name for entry in private_files.entries()] == ["jobs/1/part"]


def test_nothing_stays_in_the_temporary_folder(bucket, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    keep("letters/brief.pdf")
    with private_files.local_copy("letters/brief.pdf") as path:
        assert path.read_bytes() == b"inhoud"
        assert path.parent == tmp_path
    assert [path for path in tmp_path.iterdir() if path.is_file() and path.name != "master-key.json"] == []


def test_file_of_one_municipality_is_absent_at_another(place, zonneiland):
    keep("letters/brief.pdf")
    with tenant_context(zonneiland):
        assert not private_files.exists("letters/brief.pdf")
        assert list(private_files.entries()) == []
        with pytest.raises(FileNotFoundError):
            private_files.open("letters/brief.pdf")
        private_files.delete_folder("")
    assert private_files.exists("letters/brief.pdf")


def test_objects_lie_under_the_schema(bucket, zonneiland):
    keep("letters/brief.pdf")
    with tenant_context(zonneiland):
        keep("letters/brief.pdf", b"daar")
    assert bucket.keys() == ["gm0001/letters/brief.pdf", "gm9009/letters/brief.pdf"]


def test_entries_tell_name_size_and_age(place):
    for name in ("uploads/documents/a.pdf", "uploads/b.pdf", "jobs/1/part"):
        keep(name)
    found = {entry.name: entry for entry in private_files.entries("uploads")}
    assert found.keys() == {"uploads/documents/a.pdf", "uploads/b.pdf"}
    entry = found["uploads/b.pdf"]
    assert entry.size == 6
    assert abs(entry.modified - timezone.now()) < timedelta(minutes=5)
    assert private_files.folders("jobs") == ["1"]
    assert private_files.folders("nergens") == []
    assert list(private_files.entries("nergens")) == []


def test_folder_goes_with_all_in_it(place):
    for name in ("jobs/1/part", "jobs/1/deep/file", "jobs/10/part"):
        keep(name)
    private_files.delete_folder("jobs/1")
    private_files.delete_folder("jobs/1")
    assert [entry.name for entry in private_files.entries()] == ["jobs/10/part"]
    private_files.delete_folder("")
    assert list(private_files.entries()) == []


def test_deleted_and_shredded_files_are_gone(place):
    for name in ("imports/a", "imports/b"):
        keep(name)
    private_files.delete("imports/a")
    private_files.delete("imports/a")
    private_files.shred("imports/b")
    private_files.shred("imports/b")
    assert not private_files.exists("imports/a")
    assert not private_files.exists("imports/b")
    for call in (private_files.open, private_files.size):
        with pytest.raises(FileNotFoundError):
            call("imports/a")


@pytest.mark.parametrize(
    "name", ["../gm9009/brief.pdf", "/etc/passwd", "letters/../../gm9009/x", "..", "letters/../.."]
)
def test_name_outside_the_municipality_is_refused(place, name):
    calls = [
        private_files.open,
        private_files.delete,
        private_files.exists,
        lambda name: private_files.save(name, ContentFile(b"")),
        lambda name: private_files.writing(name).__enter__(),
        lambda name: private_files.local_copy(name).__enter__(),
        lambda name: list(private_files.entries(name)),
        private_files.delete_folder,
    ]
    for call in calls:
        with pytest.raises(SuspiciousFileOperation):
            call(name)


def test_nothing_is_stored_or_read_in_public(place):
    with schema_context("public"):
        for call in (
            lambda: keep("brief.pdf"),
            lambda: private_files.save("brief.pdf", ContentFile(b"")),
            lambda: private_files.open("brief.pdf"),
            lambda: private_files.exists("brief.pdf"),
            lambda: private_files.listdir(""),
            lambda: list(private_files.entries()),
            lambda: private_files.delete_folder(""),
        ):
            with pytest.raises(NoMunicipality):
                call()


def test_file_has_no_public_address(bucket):
    keep("letters/brief.pdf")
    with pytest.raises(NotImplementedError):
        private_files.url("letters/brief.pdf")
    for path in (f"/{BUCKET}/gm0001/letters/brief.pdf", f"/{BUCKET}"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(bucket.endpoint + path, timeout=10)
        assert refused.value.code == 403


def test_server_keeps_the_file_encrypted(bucket):
    secret = b"Noor de Vries, Dorpsstraat 1, Juinen. " * 50
    keep("letters/brief.txt", secret)
    head = bucket.client.head_object(Bucket=BUCKET, Key="gm0001/letters/brief.txt")
    assert head["ServerSideEncryption"] == "AES256"
    kept = b"".join(path.read_bytes() for path in bucket.folder.rglob("*") if path.is_file())
    assert b"Dorpsstraat" not in kept


def test_refusal_of_the_server_is_an_error_of_the_disk(bucket, settings, monkeypatch):
    keep("letters/brief.pdf")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    storage = TenantS3Storage()
    for call in (storage.open, storage.exists, storage.delete, lambda name: list(storage.entries())):
        with pytest.raises(OSError, match="S3 storage refused") as refused:
            call("letters/brief.pdf")
        assert refused.value.errno == errno.EACCES
    with pytest.raises(OSError, match="S3 storage refused"), storage.writing("letters/x") as path:
        path.write_bytes(b"x")


def test_server_that_is_away_is_an_error_of_the_disk(bucket, settings):
    settings.S3_ENDPOINT = "http://127.0.0.1:9"
    storage = TenantS3Storage()
    for call in (storage.open, storage.exists):
        with pytest.raises(OSError, match="cannot be reached") as away:
            call("letters/brief.pdf")
        assert away.value.errno == errno.EIO
