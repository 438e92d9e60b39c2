"""News and documents: keeping, publishing, telling about them once, and who may see them when."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection, connections
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions import announcement
from elections.actions.announcement import Posting, announce_due, mark_read
from elections.actions.audience import save_audience
from elections.actions.document import About, create_document, delete_document, update_document
from elections.actions.news_item import create_news_item, delete_news_item, update_news_item
from elections.actions.privacy import erase_member
from elections.enums import AudienceKind, EraseReason, MailKind, PublishState
from elections.errors import ActionError, ChangedElsewhere
from elections.exports.person import person_sections
from elections.models import Audience, Document, NewsItem, OutboxMail
from elections.notify import mails
from elections.queries.announcement import read_count, readers, shown_to
from tests import factories
from tests.elections.upload_files import pdf, picture, upload

HOUR = timedelta(hours=1)


@pytest.fixture
def colleague() -> Any:
    return factories.make_staff("communication")


@pytest.fixture
def member() -> Any:
    return factories.make_member()


def everyone() -> Audience:
    return save_audience(kind=AudienceKind.EVERYONE, by=None)


def draft(colleague: Any, *, audience: Any = everyone, **posting: Any) -> NewsItem:
    return create_news_item(
        Posting(**{"title": "Nieuws"} | posting), "Tekst", choose_audience=audience, by=colleague
    )


def document(colleague: Any, **posting: Any) -> Document:
    return create_document(
        Posting(**{"title": "Gids"} | posting),
        About("Instructies"),
        upload("gids.pdf", pdf()),
        choose_audience=everyone,
        by=colleague,
    )


def publish(row: Any, colleague: Any) -> Any:
    return announcement.publish(row, version=row.version, by=colleague)


def mails_of(row: Any) -> Any:
    return OutboxMail.objects.filter(reference=row.uuid)


@pytest.mark.parametrize("make", [draft, document])
def test_draft_is_seen_by_nobody(colleague: Any, member: Any, make: Any) -> None:
    row = make(colleague)
    assert not shown_to(type(row), member).exists()
    announce_due()
    assert not mails_of(row).exists()


@pytest.mark.parametrize(("make", "kind"), [(draft, "news_published"), (document, "document_published")])
def test_publishing_tells_each_member_who_can_log_in_once(
    colleague: Any, member: Any, make: Any, kind: str
) -> None:
    factories.make_member(with_user=False)
    factories.make_member(user=factories.make_user(is_active=False))
    row = publish(make(colleague), colleague)
    assert list(mails_of(row).values_list("kind", "user")) == [(kind, member.user.pk)]
    assert announce_due() == 0
    assert mails_of(row).count() == 1
    assert shown_to(type(row), member).get() == row


def test_later_moment_is_told_of_when_it_comes_and_not_before(colleague: Any, member: Any) -> None:
    item = publish(draft(colleague, publishes_at=timezone.now() + HOUR), colleague)
    assert announce_due() == 0
    assert not shown_to(NewsItem, member).exists()
    NewsItem.objects.update(publishes_at=timezone.now())
    assert announce_due() == 1
    assert announce_due() == 0
    assert mails_of(item).count() == 1
    assert shown_to(NewsItem, member).exists()


def test_withdrawn_before_its_moment_is_never_told(colleague: Any, member: Any) -> None:
    item = publish(draft(colleague, publishes_at=timezone.now() + HOUR), colleague)
    announcement.withdraw(item, version=item.version, by=colleague)
    NewsItem.objects.update(publishes_at=timezone.now())
    assert announce_due() == 0
    assert not mails_of(item).exists()
    assert not shown_to(NewsItem, member).exists()


def test_sweeps_at_the_same_time_tell_once(committed: None, juinen: Any) -> None:
    with tenant_context(juinen):
        colleague = factories.make_staff()
        for _number in range(5):
            factories.make_member()
        item = publish(draft(colleague, publishes_at=timezone.now() + HOUR), colleague)
        NewsItem.objects.update(publishes_at=timezone.now())
    told: list[int] = []

    def sweep() -> None:
        try:
            with tenant_context(juinen):
                told.append(announce_due())
        finally:
            connections.close_all()

    threads = [Thread(target=sweep) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant_context(juinen):
        assert sum(told) == 1
        assert mails_of(item).count() == 5


def test_without_mail_nobody_is_mailed(colleague: Any, member: Any) -> None:
    item = publish(draft(colleague, tells_by_mail=False), colleague)
    announce_due()
    assert not mails_of(item).exists()
    assert shown_to(NewsItem, member).exists()


def test_audience_of_nobody_is_refused(colleague: Any) -> None:
    item = draft(colleague)
    with pytest.raises(ActionError, match="geen enkel lid"):
        publish(item, colleague)
    item.refresh_from_db()
    assert item.state == PublishState.DRAFT


def test_published_twice_is_refused(colleague: Any, member: Any) -> None:
    item = publish(draft(colleague), colleague)
    with pytest.raises(ActionError, match="al gepubliceerd"):
        publish(item, colleague)


def test_what_somebody_else_changed_is_not_published_unseen(colleague: Any, member: Any) -> None:
    item = draft(colleague)
    update_news_item(
        item, Posting("Anders"), "Anders", choose_audience=everyone, version=item.version, by=colleague
    )
    with pytest.raises(ChangedElsewhere):
        announcement.publish(item, version=item.version, by=colleague)


def test_change_of_what_somebody_else_changed_is_refused(colleague: Any) -> None:
    item = draft(colleague)
    for title in ("Eerst", "Daarna"):
        change = {"choose_audience": everyone, "version": 1, "by": colleague}
        if title == "Daarna":
            with pytest.raises(ChangedElsewhere):
                update_news_item(item, Posting(title), "Tekst", **change)
        else:
            update_news_item(item, Posting(title), "Tekst", **change)
    item.refresh_from_db()
    assert item.title == "Eerst"


def test_change_after_publishing_keeps_what_was_told_and_read(colleague: Any, member: Any) -> None:
    item = publish(draft(colleague), colleague)
    mark_read(item, member)
    begin = item.publishes_at
    later = Posting("Beter", publishes_at=timezone.now() + HOUR, tells_by_mail=False)
    update_news_item(item, later, "Beter", choose_audience=everyone, version=item.version, by=colleague)
    item.refresh_from_db()
    assert (item.publishes_at, item.tells_by_mail) == (begin, True)
    assert not shown_to(NewsItem, member).get().is_new
    announce_due()
    assert mails_of(item).count() == 1


def test_published_again_is_not_mailed_again(colleague: Any, member: Any) -> None:
    item = publish(draft(colleague), colleague)
    announcement.withdraw(item, version=item.version, by=colleague)
    item.refresh_from_db()
    publish(item, colleague)
    announce_due()
    assert mails_of(item).count() == 1


def test_period_must_be_in_order(colleague: Any) -> None:
    now = timezone.now()
    for period in (
        {"publishes_at": now + HOUR, "ends_at": now + HOUR},
        {"ends_at": now - HOUR},
    ):
        with pytest.raises(ActionError, match="einde moet na het begin"):
            draft(colleague, **period)


def test_period_over_before_publishing_is_refused(colleague: Any, member: Any) -> None:
    item = draft(colleague, ends_at=timezone.now() + HOUR)
    NewsItem.objects.update(ends_at=timezone.now() - HOUR)
    with pytest.raises(ActionError, match="einde moet na het begin"):
        publish(item, colleague)


@pytest.mark.parametrize("make", [factories.make_news_item, factories.make_document])
def test_who_sees_it_when(member: Any, make: Any) -> None:
    now = timezone.now()
    other = factories.make_member()
    shown = make(member)
    make(other)
    make(member, state="draft")
    make(member, state="withdrawn")
    make(member, publishes_at=now + HOUR)
    make(member, publishes_at=now - 2 * HOUR, ends_at=now - HOUR)
    assert [row.pk for row in shown_to(type(shown), member)] == [shown.pk]
    member.is_active = False
    member.save()
    assert not shown_to(type(shown), member).exists()


def test_read_once_and_counted(member: Any) -> None:
    other = factories.make_member()
    item = factories.make_news_item(member, other)
    assert shown_to(NewsItem, member).get().is_new
    mark_read(item, member)
    first = item.readings.get().read_at
    mark_read(item, member)
    assert item.readings.get().read_at == first
    assert not shown_to(NewsItem, member).get().is_new
    assert shown_to(NewsItem, other).get().is_new
    found = read_count(item)
    assert (found.members, found.read, found.unread) == (2, 1, 1)
    assert [(row.pk, bool(row.read_at)) for row in readers(item)] == [(member.pk, True), (other.pk, False)]


def test_reader_who_left_the_audience_stays_known(member: Any) -> None:
    item = factories.make_news_item(member)
    mark_read(item, member)
    item.audience.members.set([factories.make_member()])
    assert read_count(item).members == 2


def test_new_file_is_new_for_everybody_and_told_again(
    colleague: Any, member: Any, django_capture_on_commit_callbacks: Any
) -> None:
    row = publish(document(colleague), colleague)
    mark_read(row, member)
    old_file = row.file
    with django_capture_on_commit_callbacks(execute=True):
        update_document(
            row,
            Posting("Gids"),
            About("Kaarten"),
            upload("kaart.png", picture()),
            choose_audience=everyone,
            version=row.version,
            by=colleague,
        )
    row.refresh_from_db()
    assert (row.file_name, row.media_type, row.category) == ("kaart.png", "image/png", "Kaarten")
    assert shown_to(Document, member).get().is_new
    assert mails_of(row).count() == 2
    assert not default_storage.exists(old_file)
    assert default_storage.exists(row.file)


def test_change_without_a_file_keeps_the_file_and_who_read_it(colleague: Any, member: Any) -> None:
    row = publish(document(colleague), colleague)
    mark_read(row, member)
    update_document(
        row, Posting("Anders"), About(), None, choose_audience=everyone, version=row.version, by=colleague
    )
    kept = shown_to(Document, member).get()
    assert (kept.title, kept.file, kept.is_new) == ("Anders", row.file, False)
    assert mails_of(row).count() == 1


def test_refused_change_keeps_the_old_file_and_leaves_no_new_one(colleague: Any) -> None:
    row = document(colleague)
    with pytest.raises(ChangedElsewhere):
        update_document(
            row,
            Posting("Gids"),
            About(),
            upload("kaart.png", picture()),
            choose_audience=everyone,
            version=row.version + 1,
            by=colleague,
        )
    assert default_storage.listdir("uploads/documents")[1] == [row.file.rpartition("/")[2]]


def test_only_a_draft_can_be_deleted_and_its_audience_and_file_go(
    colleague: Any, member: Any, django_capture_on_commit_callbacks: Any
) -> None:
    item, row = draft(colleague), document(colleague)
    with django_capture_on_commit_callbacks(execute=True):
        delete_news_item(item, version=item.version, by=colleague)
        delete_document(row, version=row.version, by=colleague)
    assert not Audience.objects.exists()
    assert not default_storage.exists(row.file)
    published = publish(draft(colleague), colleague)
    with pytest.raises(ActionError, match="alleen een concept"):
        delete_news_item(published, version=published.version, by=colleague)


def test_stored_audience_outlives_what_used_it(colleague: Any) -> None:
    stored = save_audience(kind=AudienceKind.EVERYONE, name="Iedereen", by=colleague)
    item = draft(colleague, audience=lambda: stored)
    update_news_item(
        item, Posting("Nieuws"), "Tekst", choose_audience=everyone, version=item.version, by=colleague
    )
    assert Audience.objects.filter(name="Iedereen").exists()
    assert Audience.objects.count() == 2


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (factories.make_news_item, MailKind.NEWS_PUBLISHED),
        (factories.make_document, MailKind.DOCUMENT_PUBLISHED),
    ],
)
def test_mail_says_that_something_waits_and_not_what(member: Any, make: Any, kind: MailKind) -> None:
    row = make(title="Geheimzinnig")
    mail = factories.make_mail(member.user, kind=kind, reference=row.uuid)
    message = mails.compose(mail)
    whole = f"{message.subject}{message.body}{message.alternatives}"
    assert "klaar" in whole
    assert "Geheimzinnig" not in whole
    assert row.audience.get_kind_display() not in whole
    mark_read(row, member)
    with pytest.raises(mails.Obsolete):
        mails.compose(mail)


def test_mail_about_what_was_withdrawn_does_not_leave(member: Any) -> None:
    row = factories.make_news_item(state="withdrawn")
    with pytest.raises(mails.Obsolete):
        mails.compose(factories.make_mail(member.user, kind=MailKind.NEWS_PUBLISHED, reference=row.uuid))


def test_readings_are_in_the_export_and_go_with_the_member(member: Any) -> None:
    item, row = factories.make_news_item(title="Wat ik las"), factories.make_document(title="Wat ik opende")
    mark_read(item, member)
    mark_read(row, member)
    assert "Wat ik las" in str(person_sections(member))
    assert "Wat ik opende" in str(person_sections(member))
    erase_member(member, by=None, reason=EraseReason.REQUEST)
    assert not item.readings.exists()
    assert not row.readings.exists()


def test_other_municipality_sees_nothing(juinen: Any, zonneiland: Any) -> None:
    factories.make_news_item()
    with tenant_context(zonneiland):
        assert not shown_to(NewsItem, factories.make_member()).exists()
    assert connection.schema_name == juinen.schema_name


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_a_member_takes_the_same_number_of_queries(
    member: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(count):
        factories.make_news_item()
    with django_assert_max_num_queries(5):
        assert len(shown_to(NewsItem, member)) == count
