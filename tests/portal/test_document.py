"""The member opens documents."""

from typing import Any

import pytest

from elections.models import DocumentReading
from tests import factories
from tests.portal.test_look import look

URL = "/document/"


def test_empty_list_says_what_will_be_here(as_member: Any) -> None:
    assert "Er zijn nu geen documenten" in as_member.get(URL).content.decode()


def test_list_is_by_group_with_kind_and_size_in_words(as_member: Any) -> None:
    factories.make_document(title="Route", category="Training", content=b"x" * 2048)
    factories.make_document(title="Gids", category="Instructies", description="Lees dit eerst")
    factories.make_document(title="Los")
    page = as_member.get(URL).content.decode()
    order = [page.index(words) for words in ("Instructies", "Gids", "Training", "Route", "Overig", "Los")]
    assert order == sorted(order)
    assert "tekst, 2,0 kB" in page.replace("\xa0", " ").replace("KB", "kB")
    assert "Lees dit eerst" in page
    assert page.count("Nieuw</span>") == 3


def test_opening_marks_it_read_once(as_member: Any, member: Any) -> None:
    document = factories.make_document(content=b"Beste leden")
    for _time in range(2):
        answer = as_member.get(f"{URL}{document.uuid}/download/")
        assert b"".join(answer.streaming_content) == b"Beste leden"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    assert DocumentReading.objects.filter(document=document, member=member).count() == 1
    assert "Nieuw</span>" not in as_member.get(URL).content.decode()


def test_lost_file_is_not_found_and_not_read(as_member: Any) -> None:
    document = factories.make_document(file="uploads/documents/weg.txt")
    assert as_member.get(f"{URL}{document.uuid}/download/").status_code == 404
    assert not DocumentReading.objects.exists()


def test_colleague_who_looks_along_marks_nothing(client_for: Any, juinen: Any, member: Any) -> None:
    document = factories.make_document()
    browser = look(client_for(juinen, factories.make_staff("planner")), member)
    assert browser.get(f"{URL}{document.uuid}/download/").status_code == 200
    assert not DocumentReading.objects.exists()


@pytest.mark.parametrize("values", [{"state": "draft"}, {"state": "withdrawn"}])
def test_what_does_not_show_is_not_found(as_member: Any, values: dict[str, Any]) -> None:
    document = factories.make_document(**values)
    assert as_member.get(f"{URL}{document.uuid}/download/").status_code == 404


def test_document_for_others_is_not_found(as_member: Any) -> None:
    document = factories.make_document(factories.make_member())
    assert as_member.get(f"{URL}{document.uuid}/download/").status_code == 404
    assert document.title not in as_member.get(URL).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_number_of_queries(
    as_member: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(count):
        factories.make_document()
    with django_assert_max_num_queries(13):
        as_member.get(URL)
