"""What comes in as a file, what is refused, and that nothing is left behind."""

import io
import os
import stat
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, transaction
from django.http import Http404
from django_tenants.utils import tenant_context
from PIL import Image

from elections.documents import upload as uploads
from elections.documents.serving import serve_file
from elections.documents.upload import (
    clean_file_name,
    delete_stored,
    kind_words,
    store_upload,
    sweep_orphans,
    upload_transaction,
)
from elections.errors import ActionError
from elections.models import Audience, Document
from elections.tasks import clean_up_data
from tests.elections.upload_files import BAD, GOOD, pdf, photo_with_place, picture, upload

DAYS = 24 * 3600


def kept_files() -> list[Path]:
    """Every file in the private storage of the municipality."""
    return [path for path in Path(default_storage.path("")).rglob("*") if path.is_file()]


def store(name: str, content: bytes) -> uploads.StoredFile:
    with upload_transaction():
        return store_upload(upload(name, content), folder="documents")


def make_document(stored: uploads.StoredFile) -> Any:
    return Document.objects.create(
        title="Gids", audience=Audience.objects.create(), created_by="Collega", **stored.fields
    )


def scanner(tmp_path: Path, script: str) -> str:
    """A virus scanner: a shell script that gets the path of the file."""
    program = tmp_path / "scan.sh"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    return str(program)


@pytest.mark.parametrize("name", GOOD)
def test_file_is_known_by_its_content(name: str) -> None:
    make, media_type = GOOD[name]
    stored = store(name, make())
    assert stored.media_type == media_type
    assert stored.file_name == name
    content = default_storage.open(stored.file).read()
    assert len(content) == stored.size
    assert kind_words(name) != "bestand"


@pytest.mark.parametrize("case", BAD)
def test_file_is_refused_and_not_kept(case: str) -> None:
    name, make, code = BAD[case]
    with pytest.raises(ActionError) as refused:
        store(name, make())
    assert refused.value.message == str(uploads.REFUSALS[code])
    assert kept_files() == []


def test_file_over_the_limit_is_refused_before_it_is_opened(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    with pytest.raises(ActionError, match="Het maximum is 1 MB"):
        store("gids.pdf", b"%PDF-" + b"0" * 1024 * 1024)


def test_stored_file_has_a_name_that_says_nothing_and_is_private() -> None:
    stored = store("Geheim van Noor.pdf", pdf())
    assert stored.file.startswith("uploads/documents/")
    assert "Noor" not in stored.file
    assert stat.S_IMODE(Path(default_storage.path(stored.file)).stat().st_mode) == 0o600


def test_picture_is_painted_anew_without_where_it_was_taken() -> None:
    stored = store("foto.jpg", photo_with_place())
    content = default_storage.open(stored.file).read()
    assert b"GEHEIMEPLEK" not in content
    assert b"script" not in content
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (20, 10)


def test_large_picture_is_made_smaller_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    stored = store("foto.jpg", picture("JPEG", size=(4000, 2000), exif=exif))
    with Image.open(default_storage.path(stored.file)) as image:
        assert image.size == (1500, 3000)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/wachtwoord.pdf", "wachtwoord.pdf"),
        ("C:\\Users\\noor\\gids.pdf", "gids.pdf"),
        ("gids\r\nSet-Cookie: a=b.pdf", "gidsSet-Cookie- a=b.pdf"),
        ("foto\u202egnp.pdf", "fotognp.pdf"),
        ('a<b>"c".pdf', "a-b--c.pdf"),
        ("  veel   ruimte  .pdf", "veel ruimte.pdf"),
        ("e\u0301e\u0301n.pdf", "één.pdf"),
    ],
)
def test_file_name_is_cleaned(given: str, kept: str) -> None:
    assert clean_file_name(given) == kept


def test_long_file_name_keeps_its_suffix() -> None:
    name = clean_file_name("a" * 400 + ".pdf")
    assert len(name) == 150
    assert name.endswith(".pdf")


@pytest.mark.parametrize("name", ["", "\u202e", "...", "///"])
def test_file_without_a_name_is_refused(name: str) -> None:
    with pytest.raises(ActionError):
        clean_file_name(name)


def test_file_that_the_scanner_finds_clean_is_kept(settings: Any, tmp_path: Path) -> None:
    settings.ANTIVIRUS_COMMAND = scanner(tmp_path, 'grep -q EICAR "$1" && exit 1; exit 0')
    assert store("lees.txt", b"Beste leden").size == 11


def test_infected_file_is_refused(settings: Any, tmp_path: Path) -> None:
    settings.ANTIVIRUS_COMMAND = scanner(tmp_path, 'grep -q EICAR "$1" && exit 1; exit 0')
    with pytest.raises(ActionError, match="virus gevonden"):
        store("lees.txt", b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE")
    assert kept_files() == []


@pytest.mark.parametrize("script", ["exit 2", "kill -9 $$", "sleep 30"])
def test_file_that_cannot_be_scanned_is_refused(settings: Any, tmp_path: Path, script: str) -> None:
    settings.ANTIVIRUS_COMMAND = scanner(tmp_path, script)
    settings.ANTIVIRUS_SECONDS = 1
    with pytest.raises(ActionError, match="kon niet worden gecontroleerd"):
        store("lees.txt", b"Beste leden")
    assert kept_files() == []


def test_scanner_that_is_not_there_refuses(settings: Any) -> None:
    settings.ANTIVIRUS_COMMAND = "/nergens/clamdscan --fdpass"
    with pytest.raises(ActionError, match="kon niet worden gecontroleerd"):
        store("lees.txt", b"Beste leden")


def test_scanner_gets_no_secrets(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZITTING_SECRET_FOR_TEST", "x")
    settings.ANTIVIRUS_COMMAND = scanner(tmp_path, 'test -z "$ZITTING_SECRET_FOR_TEST"')
    assert store("lees.txt", b"Beste leden").size == 11


def test_disk_that_cannot_be_written_is_told() -> None:
    in_the_way = Path(default_storage.path("uploads"))
    in_the_way.parent.mkdir(parents=True)
    in_the_way.write_bytes(b"")
    with pytest.raises(ActionError, match="geen ruimte"):
        store("gids.pdf", pdf())


def test_disk_that_fills_up_while_writing_leaves_no_half_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ActionError, match="geen ruimte"):
        store("gids.pdf", pdf())
    assert kept_files() == []


def test_roll_back_takes_the_file_with_it() -> None:
    def fail() -> None:
        with upload_transaction():
            store_upload(upload("gids.pdf", pdf()), folder="documents")
            with upload_transaction():
                store_upload(upload("kaart.png", picture()), folder="documents")
            assert len(kept_files()) == 2
            raise ActionError("niet goed")

    with pytest.raises(ActionError):
        fail()
    assert kept_files() == []


def test_connection_lost_at_the_commit_leaves_the_file_to_the_sweep(juinen: Any, committed: None) -> None:
    with tenant_context(juinen):
        with pytest.raises(OperationalError):  # noqa: SIM117, PT012 - the end of the inner one fails
            with upload_transaction():
                stored = store_upload(upload("gids.pdf", pdf()), folder="documents")
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    process = cursor.fetchone()[0]
                here = connection.settings_dict
                address = f"postgres://{here['USER']}@{here['HOST']}:{here['PORT']}/{here['NAME']}"
                with psycopg.connect(address, autocommit=True) as other:
                    other.execute("SELECT pg_terminate_backend(%s)", [process])
        connection.close()
        assert default_storage.exists(stored.file)  # nobody knows whether there is a row
        old = time.time() - 2 * DAYS
        os.utime(default_storage.path(stored.file), (old, old))
        sweep_orphans()
        assert not default_storage.exists(stored.file)


def test_file_needs_a_transaction_that_knows_of_it() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        store_upload(upload("gids.pdf", pdf()), folder="documents")
    assert kept_files() == []


def test_deleted_file_stays_until_commit_and_while_in_use(
    django_capture_on_commit_callbacks: Any,
) -> None:
    stored = store("gids.pdf", pdf())
    document = make_document(stored)
    with django_capture_on_commit_callbacks(execute=True):
        delete_stored(stored.file)
    assert default_storage.exists(stored.file)  # a row points to it
    with django_capture_on_commit_callbacks(execute=True):
        document.delete()
        delete_stored(stored.file)
        assert default_storage.exists(stored.file)
    assert not default_storage.exists(stored.file)


def test_nightly_sweep_takes_old_files_without_a_row_only() -> None:
    lost, young, used = (store("gids.pdf", pdf()) for _ in range(3))
    make_document(used)
    for stored in (lost, used):
        os.utime(default_storage.path(stored.file), (time.time() - 2 * DAYS,) * 2)
    clean_up_data()
    assert not default_storage.exists(lost.file)
    assert default_storage.exists(young.file)
    assert default_storage.exists(used.file)


def test_sweep_of_a_municipality_without_files_does_nothing() -> None:
    assert sweep_orphans() == 0


def test_served_file_cannot_run() -> None:
    document = make_document(store("één gids.pdf", pdf()))
    shown = serve_file(document, inline=True)
    kept = serve_file(document)
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert kept.headers["Content-Disposition"] == "attachment; filename*=utf-8''%C3%A9%C3%A9n%20gids.pdf"
    for response in (shown, kept):
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]
        response.close()


def test_only_a_pdf_is_shown_in_the_browser() -> None:
    response = serve_file(make_document(store("lees.txt", b"<script>alert(1)</script>")), inline=True)
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    response.close()


def test_lost_file_is_not_found() -> None:
    document = make_document(store("gids.pdf", pdf()))
    default_storage.delete(document.file)
    with pytest.raises(Http404):
        serve_file(document)
