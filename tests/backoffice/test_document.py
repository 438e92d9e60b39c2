"""The team adds documents: upload, replacing, publishing, who opened it."""

from typing import Any

import pytest
from django.core.files.storage import default_storage

from elections.actions.announcement import mark_read
from elections.models import Document
from tests import factories
from tests.elections.upload_files import pdf, pdf_with_attachment, picture, upload

URL = "/backoffice/document/"


@pytest.fixture
def colleague(client_for: Any, juinen: Any) -> Any:
    return client_for(juinen, factories.make_staff("communication"))


def filled(**values: Any) -> dict[str, Any]:
    return {
        "title": "De gids",
        "category": "Instructies",
        "audience-who": "everyone",
        "file": upload("gids.pdf", pdf()),
    } | values


def test_empty_list_says_what_to_do(colleague: Any) -> None:
    page = colleague.get(URL).content.decode()
    assert "Er zijn nog geen documenten" in page
    assert f"{URL}create/" in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_number_of_queries(
    colleague: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(count):
        factories.make_document(factories.make_member())
    with django_assert_max_num_queries(14):
        page = colleague.get(URL).content.decode()
    assert page.count("lid dat u zelf koos") == count


def test_added_document_is_a_draft_with_its_file(colleague: Any) -> None:
    answer = colleague.post(f"{URL}create/", filled())
    document = Document.objects.get()
    assert answer.headers["Location"] == f"{URL}{document.uuid}/"
    assert (document.state, document.category, document.media_type) == (
        "draft",
        "Instructies",
        "application/pdf",
    )
    page = colleague.get(answer.headers["Location"]).content.decode()
    assert "gids.pdf" in page
    download = colleague.get(f"{URL}{document.uuid}/download/")
    assert b"".join(download.streaming_content).startswith(b"%PDF")
    assert "sandbox" in download.headers["Content-Security-Policy"]
    assert "no-store" in download.headers["Cache-Control"]


def test_groups_in_use_are_offered(colleague: Any) -> None:
    factories.make_document(category="Training")
    assert '<option value="Training">' in colleague.get(f"{URL}create/").content.decode()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (None, "Kies een bestand"),
        (("leeg.pdf", b""), "Dit bestand is leeg"),
        (("gids.exe", b"MZ"), "Dit soort bestand"),
        (("gids.pdf", pdf_with_attachment()), "In deze PDF zit"),
    ],
)
def test_file_that_is_refused_is_told_and_nothing_is_kept(colleague: Any, file: Any, words: str) -> None:
    sent = filled()
    del sent["file"]
    if file:
        sent["file"] = upload(*file)
    page = colleague.post(f"{URL}create/", sent).content.decode()
    assert words in page
    assert 'value="De gids"' in page
    assert not Document.objects.exists()
    if default_storage.exists("uploads/documents"):
        assert default_storage.listdir("uploads/documents")[1] == []


def test_upload_by_script_hears_where_to_go_and_keeps_the_message(colleague: Any) -> None:
    answer = colleague.post(f"{URL}create/", filled(), headers={"X-Upload": "1"})
    document = Document.objects.get()
    assert answer.status_code == 204
    assert answer.headers["X-Location"] == f"{URL}{document.uuid}/"
    assert "Location" not in answer.headers
    assert "is bewaard" in colleague.get(answer.headers["X-Location"]).content.decode()


def test_refused_upload_by_script_is_the_page_with_the_error(colleague: Any) -> None:
    answer = colleague.post(
        f"{URL}create/", filled(file=upload("gids.exe", b"MZ")), headers={"X-Upload": "1"}
    )
    assert answer.status_code == 200
    assert "Dit soort bestand" in answer.content.decode()


def test_replacing_the_file_makes_it_new_again(colleague: Any) -> None:
    member = factories.make_member()
    document = factories.make_document()
    mark_read(document, member)
    page = colleague.get(f"{URL}{document.uuid}/edit/").content.decode()
    assert document.file_name in page
    sent = filled(file=upload("kaart.png", picture()), version=document.version)
    colleague.post(f"{URL}{document.uuid}/edit/", sent)
    document.refresh_from_db()
    assert document.media_type == "image/png"
    assert not document.readings.exists()


def test_change_without_a_file(colleague: Any) -> None:
    document = factories.make_document()
    sent = filled(version=document.version, title="Anders")
    del sent["file"]
    colleague.post(f"{URL}{document.uuid}/edit/", sent)
    changed = Document.objects.get()
    assert (changed.title, changed.file) == ("Anders", document.file)


def test_publish_withdraw_and_delete(colleague: Any) -> None:
    factories.make_member()
    document, draft = factories.make_document(state="draft"), factories.make_document(state="draft")
    assert "1 lid krijgt één e-mail" in colleague.get(f"{URL}{document.uuid}/publish/").content.decode()
    colleague.post(f"{URL}{document.uuid}/publish/", {"version": 1})
    document.refresh_from_db()
    assert document.state == "published"
    colleague.post(f"{URL}{document.uuid}/withdraw/", {"version": document.version})
    document.refresh_from_db()
    assert document.state == "withdrawn"
    colleague.post(f"{URL}{draft.uuid}/delete/", {"version": 1})
    assert not Document.objects.filter(pk=draft.pk).exists()


def test_who_opened_it(colleague: Any) -> None:
    member = factories.make_member(last_name="Opener")
    document = factories.make_document(member)
    mark_read(document, member)
    page = colleague.get(f"{URL}{document.uuid}/readers/").content.decode()
    assert "1 van 1 lid las dit" in page
    assert "Opener" in page
