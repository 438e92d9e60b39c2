"""The team writes news: list, form with preview, publishing, who read it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from elections.actions.announcement import mark_read
from elections.models import AuditEvent, NewsItem, OutboxMail
from tests import factories

URL = "/backoffice/news-item/"


@pytest.fixture
def colleague(client_for: Any, juinen: Any) -> Any:
    return client_for(juinen, factories.make_staff("communication"))


def filled(**values: Any) -> dict[str, Any]:
    return {"title": "Zo doet u mee", "body": "Beste **leden**", "audience-who": "everyone"} | values


def test_empty_list_says_what_to_do(colleague: Any) -> None:
    page = colleague.get(URL).content.decode()
    assert "Er is nog geen nieuws" in page
    assert f"{URL}create/" in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_number_of_queries(
    colleague: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(count):
        factories.make_news_item(factories.make_member())
    with django_assert_max_num_queries(14):
        page = colleague.get(URL).content.decode()
    assert page.count("lid dat u zelf koos") == count


def test_list_filters_on_what_members_see_now(colleague: Any) -> None:
    now = timezone.now()
    rows = {
        "draft": factories.make_news_item(state="draft"),
        "showing": factories.make_news_item(),
        "planned": factories.make_news_item(publishes_at=now + timedelta(hours=1)),
        "over": factories.make_news_item(
            publishes_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1)
        ),
        "withdrawn": factories.make_news_item(state="withdrawn"),
    }
    for state, row in rows.items():
        page = colleague.get(URL, {"state": state}).content.decode()
        assert [str(each.uuid) in page for each in rows.values()] == [each == row for each in rows.values()]


def test_written_item_is_a_draft_that_can_be_looked_at(colleague: Any) -> None:
    answer = colleague.post(f"{URL}create/", filled())
    item = NewsItem.objects.get()
    assert answer.headers["Location"] == f"{URL}{item.uuid}/"
    page = colleague.get(answer.headers["Location"]).content.decode()
    assert "<p>Beste <strong>leden</strong></p>" in page
    assert "Concept" in page
    assert item.state == "draft"
    assert not OutboxMail.objects.exists()


def test_preview_without_script_keeps_what_was_typed_and_saves_nothing(colleague: Any) -> None:
    page = colleague.post(f"{URL}create/", filled(preview="1", title="")).content.decode()
    assert "<p>Beste <strong>leden</strong></p>" in page
    assert "Beste **leden**</textarea>" in page
    assert "error-summary" not in page
    assert not NewsItem.objects.exists()


def test_preview_while_typing_is_safe(colleague: Any) -> None:
    page = colleague.post(f"{URL}preview/", {"body": "# Kop\n\n<script>alert(1)</script>"}).content.decode()
    assert "<h2>Kop</h2>" in page
    assert "<script" not in page
    assert "te lang" in colleague.post(f"{URL}preview/", {"body": "a" * 10_001}).content.decode()
    assert "Begin te schrijven" in colleague.post(f"{URL}preview/", {}).content.decode()


def test_form_tells_what_is_missing(colleague: Any) -> None:
    page = colleague.post(f"{URL}create/", {"ends_time": "25:99", "begins_time": "07.00"}).content.decode()
    for words in (
        "Geef een titel",
        "Schrijf een tekst",
        "Vul een tijd in als 07:00",
        "ook de datum",
        "Fout: ",
    ):
        assert words in page
    assert not NewsItem.objects.exists()


def test_end_before_begin_is_refused(colleague: Any) -> None:
    page = colleague.post(
        f"{URL}create/", filled(begins_on="2040-05-02", ends_on="2040-05-01")
    ).content.decode()
    assert "Het einde moet na het begin liggen" in page


def test_days_count_whole_in_the_time_of_the_municipality(colleague: Any, juinen: Any) -> None:
    colleague.post(f"{URL}create/", filled(begins_on="2040-05-01", ends_on="2040-05-02"))
    item = NewsItem.objects.get()
    assert item.publishes_at.astimezone(juinen.tz).isoformat() == "2040-05-01T00:00:00+02:00"
    assert item.ends_at.astimezone(juinen.tz).isoformat() == "2040-05-02T23:59:00+02:00"


def test_colleague_who_saves_over_another_is_stopped_and_keeps_the_text(colleague: Any) -> None:
    item = factories.make_news_item(state="draft", version=3)
    page = colleague.post(f"{URL}{item.uuid}/edit/", filled(version="2", body="Mijn werk")).content.decode()
    assert "Een collega heeft dit intussen gewijzigd" in page
    assert "Mijn werk</textarea>" in page
    item.refresh_from_db()
    assert item.body == "Beste leden,"


def test_publishing_asks_with_the_number_of_members_and_mails(colleague: Any) -> None:
    members = [factories.make_member(), factories.make_member(with_user=False)]
    item = factories.make_news_item(*members, state="draft")
    page = colleague.get(f"{URL}{item.uuid}/publish/").content.decode()
    assert "<strong>2</strong> leden kunnen dit lezen" in page
    assert "1 lid krijgt één e-mail" in page
    assert "1 lid heeft geen inlog" in page
    colleague.post(f"{URL}{item.uuid}/publish/", {"version": item.version})
    item.refresh_from_db()
    assert item.state == "published"
    assert OutboxMail.objects.filter(kind="news_published").count() == 1


def test_audience_of_nobody_cannot_be_published(colleague: Any) -> None:
    item = factories.make_news_item(state="draft")
    assert "geen enkel lid" in colleague.get(f"{URL}{item.uuid}/publish/").content.decode()
    page = colleague.post(f"{URL}{item.uuid}/publish/", {"version": 1}, follow=True).content.decode()
    assert "geen enkel lid" in page


@pytest.mark.parametrize("sent", [{}, {"version": "x"}, {"version": "7"}])
def test_act_needs_the_version_that_the_page_showed(colleague: Any, sent: dict[str, str]) -> None:
    item = factories.make_news_item()
    page = colleague.post(f"{URL}{item.uuid}/withdraw/", sent, follow=True).content.decode()
    assert "Een collega heeft dit intussen gewijzigd" in page
    item.refresh_from_db()
    assert item.state == "published"


def test_withdraw_and_delete(colleague: Any) -> None:
    item, draft = factories.make_news_item(), factories.make_news_item(state="draft")
    colleague.post(f"{URL}{item.uuid}/withdraw/", {"version": 1})
    item.refresh_from_db()
    assert item.state == "withdrawn"
    assert "verwijderen?" in colleague.get(f"{URL}{draft.uuid}/delete/").content.decode()
    assert colleague.post(f"{URL}{draft.uuid}/delete/", {"version": 1}).headers["Location"] == URL
    assert not NewsItem.objects.filter(pk=draft.pk).exists()


def test_who_read_it_and_who_did_not(colleague: Any) -> None:
    reader, other = factories.make_member(last_name="Lezeres"), factories.make_member(last_name="Nietgelezen")
    item = factories.make_news_item(reader, other)
    mark_read(item, reader)
    url = f"{URL}{item.uuid}/readers/"
    page = colleague.get(url).content.decode()
    assert "1 van 2 leden lazen dit" in page
    assert "Lezeres" in page
    assert "nog niet" in page
    assert "Lezeres" not in colleague.get(url, {"read": "no"}).content.decode()
    assert "Nietgelezen" not in colleague.get(url, {"read": "yes"}).content.decode()
    assert "Nietgelezen" not in colleague.get(url, {"q": "lezeres"}).content.decode()
    assert AuditEvent.objects.filter(action="news_item.readers").count() == 4


@pytest.mark.parametrize("count", [1, 3])
def test_readers_take_the_same_number_of_queries(
    colleague: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    members = [factories.make_member() for _number in range(count)]
    item = factories.make_news_item(*members)
    with django_assert_max_num_queries(16):
        colleague.get(f"{URL}{item.uuid}/readers/")
