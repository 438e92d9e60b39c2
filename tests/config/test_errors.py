"""Which page an error gives."""

import errno
from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path

from config import urls_tenant
from elections.documents.pdf import PdfError


def session_lost(_request: HttpRequest) -> HttpResponse:
    _request.session["seen"] = 1
    return HttpResponse("-")


def letter_without_room(_request: HttpRequest) -> HttpResponse:
    try:
        raise OSError(errno.ENOSPC, "No space left on device")
    except OSError as error:
        raise PdfError("no letter") from error


urlpatterns = [path("session/", session_lost), path("letter/", letter_without_room), *urls_tenant.urlpatterns]
handler400, handler500 = urls_tenant.handler400, urls_tenant.handler500


@pytest.fixture
def browser(client: Any, settings: Any) -> Any:
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("problem", "status", "words"),
    [
        (OperationalError("server closed the connection unexpectedly"), 500, "Dit ligt niet aan u"),
        (DatabaseError("Forced update did not affect any rows."), 400, "400"),
    ],
)
def test_session_that_cannot_be_saved_is_a_mistake_of_ours_when_the_database_is_gone(
    browser: Any, monkeypatch: pytest.MonkeyPatch, problem: Exception, status: int, words: str
) -> None:
    def save(_store: SessionStore, must_create: bool = False) -> None:
        try:
            raise problem
        except DatabaseError:
            raise UpdateError  # noqa: B904 - as Django does

    monkeypatch.setattr(SessionStore, "save", save)
    answer = browser.get("/session/")
    assert (answer.status_code, words in answer.content.decode()) == (status, True)


def test_request_that_cannot_be_read_is_told_in_words_with_a_way_back(browser: Any, settings: Any) -> None:
    many = {f"field{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    answer = browser.post("/login/", many)
    page = answer.content.decode()
    assert (answer.status_code, "Dit is niet gelukt" in page, 'href="/"' in page) == (400, True, True)


@pytest.mark.parametrize("page", ["400", "500", "507"])
def test_page_that_stands_alone_finds_its_style_under_the_name_it_is_served_by(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only files with their digest in the name are served (WHITENOISE_KEEP_ONLY_HASHED_FILES)."""
    monkeypatch.setattr(staticfiles_storage, "url", lambda name: f"/static/{name}?hashed")
    assert 'href="/static/css/error.css?hashed"' in render_to_string(f"{page}.html")


def test_full_disk_has_a_page_of_its_own_wherever_it_is_met(browser: Any) -> None:
    answer = browser.get("/letter/")
    assert (answer.status_code, "De schijf van de server is vol" in answer.content.decode()) == (507, True)
