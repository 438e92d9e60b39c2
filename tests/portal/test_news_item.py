"""The member reads news."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from elections.models import NewsReading
from tests import factories
from tests.portal.test_look import look

URL = "/news-item/"


def test_empty_list_says_what_will_be_here(as_member: Any) -> None:
    assert "Er is nu geen nieuws" in as_member.get(URL).content.decode()


def test_list_is_newest_first_and_marks_what_is_new(as_member: Any, member: Any) -> None:
    now = timezone.now()
    old = factories.make_news_item(title="Oud bericht", publishes_at=now - timedelta(days=2))
    factories.make_news_item(title="Vers bericht", body="Met **vet** <b>", publishes_at=now)
    as_member.get(f"{URL}{old.uuid}/")
    page = as_member.get(URL).content.decode()
    assert page.index("Vers bericht") < page.index("Oud bericht")
    assert page.count("Nieuw</span>") == 1
    assert "Met vet &lt;b&gt;" in page


def test_page_is_read_once(as_member: Any, member: Any) -> None:
    item = factories.make_news_item(body="# Kop\n\nTekst met [een link](https://juinen.nl)")
    for _time in range(2):
        page = as_member.get(f"{URL}{item.uuid}/").content.decode()
    assert "<h2>Kop</h2>" in page
    assert 'rel="noopener noreferrer"' in page
    assert NewsReading.objects.filter(item=item, member=member).count() == 1


def test_colleague_who_looks_along_marks_nothing(client_for: Any, juinen: Any, member: Any) -> None:
    item = factories.make_news_item()
    browser = look(client_for(juinen, factories.make_staff("planner")), member)
    assert item.title in browser.get(f"{URL}{item.uuid}/").content.decode()
    assert not NewsReading.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"state": "draft"},
        {"state": "withdrawn"},
        {"publishes_at": timezone.now() + timedelta(days=900)},
        {
            "publishes_at": timezone.now() - timedelta(days=901),
            "ends_at": timezone.now() - timedelta(days=900),
        },
    ],
)
def test_what_does_not_show_is_not_found(as_member: Any, values: dict[str, Any]) -> None:
    item = factories.make_news_item(**values)
    assert as_member.get(f"{URL}{item.uuid}/").status_code == 404
    assert item.title not in as_member.get(URL).content.decode()
    assert not NewsReading.objects.exists()


def test_item_for_others_is_not_found(as_member: Any) -> None:
    item = factories.make_news_item(factories.make_member())
    assert as_member.get(f"{URL}{item.uuid}/").status_code == 404
    assert item.title not in as_member.get(URL).content.decode()


def test_home_tells_what_is_new_until_it_is_read(as_member: Any, member: Any) -> None:
    event = factories.make_event()
    factories.make_portal_step(event, "letters")
    item = factories.make_news_item(title="Een <b>titel")
    factories.make_document(title="De gids")
    conversation = factories.make_conversation(member, subject="Mijn vraag", state="answered")
    factories.make_letter(member, event, state="published", file="x", published_at=timezone.now())
    page = as_member.get("/").content.decode()
    assert "Nieuw voor u" in page
    for words in ("1 nieuwsbericht", "Een &lt;b&gt;titel", "1 nieuw document", "De gids", "1 nieuwe brief"):
        assert words in page
    assert "1 ongelezen bericht" in page
    assert f"/conversation/{conversation.uuid}/" in page
    as_member.get(f"{URL}{item.uuid}/")
    assert "1 nieuwsbericht" not in as_member.get("/").content.decode()


def test_home_without_anything_new_has_no_such_part(as_member: Any) -> None:
    assert "Nieuw voor u" not in as_member.get("/").content.decode()


def test_home_counts_everything_and_names_the_newest(as_member: Any) -> None:
    for number in range(5):
        factories.make_news_item(title=f"Bericht {number}")
    page = as_member.get("/").content.decode()
    assert "5 nieuwsberichten" in page
    assert "en nog 2" in page
