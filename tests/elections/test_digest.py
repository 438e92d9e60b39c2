"""The overview of the day: one mail for each person at 17.00 local time, with counts only, and never twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as mailbox
from django.db import connections
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.audience import save_audience
from elections.actions.mail_rhythm import choose_mail_rhythm
from elections.enums import AudienceKind, MailKind, MailRhythm, MailState
from elections.models import AuditEvent, NewsItem, OutboxMail
from elections.notify import delivery, digest, outbox
from tests import factories
from tests.killed import run_until_killed

MORNING = datetime(2026, 11, 10, 9, tzinfo=UTC)
FIVE_O_CLOCK = datetime(2026, 11, 10, 16, tzinfo=UTC)


@pytest.fixture
def member() -> Any:
    return daily()


def daily() -> Any:
    made = factories.make_member()
    made.user.mail_rhythm = MailRhythm.DAILY
    made.user.save()
    return made


def news(title: str = "Geheim nieuws", **values: Any) -> Any:
    everyone = save_audience(kind=AudienceKind.EVERYONE, by=None)
    defaults = {"state": "published", "publishes_at": timezone.now() - timedelta(hours=1), "created_by": "C"}
    return NewsItem.objects.create(audience=everyone, title=title, body="Tekst", **defaults | values)


def tell(*members: Any, item: Any = None) -> Any:
    item = item or news()
    outbox.enqueue_many(
        MailKind.NEWS_PUBLISHED,
        [outbox.Recipient(each.user, f"news:{item.uuid}:{each.uuid}", item.uuid) for each in members],
    )
    return item


def digests() -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(kind=MailKind.DIGEST))


def test_news_waits_for_five_o_clock_and_goes_as_one_mail(member: Any) -> None:
    with time_machine.travel(MORNING, tick=False) as traveller:
        tell(member)
        tell(member)
        assert delivery.deliver_due() == 0
        traveller.move_to(FIVE_O_CLOCK - timedelta(seconds=1))
        assert delivery.deliver_due() == 0
        traveller.move_to(FIVE_O_CLOCK)
        assert delivery.deliver_due() == 1
        assert delivery.deliver_due() == 0
    (overview,) = digests()
    assert overview.state == MailState.SENT
    told = OutboxMail.objects.filter(kind=MailKind.NEWS_PUBLISHED)
    assert {(each.state, each.bundle) for each in told} == {(MailState.BUNDLED, overview)}
    assert [sent.to for sent in mailbox.outbox] == [[member.user.email]]


def test_overview_counts_and_tells_nothing(member: Any) -> None:
    with time_machine.travel(MORNING, tick=False) as traveller:
        tell(member)
        tell(member)
        traveller.move_to(FIVE_O_CLOCK)
        delivery.deliver_due()
    (sent,) = mailbox.outbox
    html = sent.alternatives[0].content
    for text in (sent.body, html):
        assert "2 nieuwsberichten" in text
        assert "Geheim" not in text
        assert "document" not in text


def test_what_was_withdrawn_meanwhile_is_not_counted(member: Any) -> None:
    with time_machine.travel(MORNING, tick=False) as traveller:
        item = tell(member)
        item.state = "withdrawn"
        item.save()
        traveller.move_to(FIVE_O_CLOCK)
        assert delivery.deliver_due() == 0
    assert mailbox.outbox == []
    assert digests()[0].state == MailState.FAILED


def test_at_once_means_at_once() -> None:
    tell(factories.make_member())
    assert delivery.deliver_due() == 1
    assert digests() == []


@pytest.mark.parametrize(
    ("kind", "key", "waits"),
    [
        (MailKind.NEWS_PUBLISHED, "news:1", True),
        (MailKind.DOCUMENT_PUBLISHED, "document:1", True),
        (MailKind.MESSAGE_RECEIVED, "group-message:1", True),
        (MailKind.MESSAGE_RECEIVED, "message:1", False),
        (MailKind.LETTER_PUBLISHED, "letter:1", False),
        (MailKind.LOGIN_CODE, "login:1", False),
        (MailKind.STEP_REMINDER, "reminder:1", False),
        (MailKind.PLACEMENT_CHANGED, "placement-changed:1", False),
    ],
)
def test_only_what_is_not_urgent_waits(member: Any, kind: MailKind, key: str, waits: bool) -> None:
    assert (digest.due_for(kind, member.user, key=key) is not None) is waits
    assert digest.due_for(kind, factories.make_user(), key=key) is None
    assert digest.due_for(kind, None, key=key) is None


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (MORNING, FIVE_O_CLOCK),
        (FIVE_O_CLOCK, FIVE_O_CLOCK + timedelta(days=1)),
        # The days on which the clock changes: 17.00 is 16.00 UTC in winter and 15.00 in summer.
        (datetime(2026, 10, 24, 16, tzinfo=UTC), datetime(2026, 10, 25, 16, tzinfo=UTC)),
        (datetime(2026, 10, 24, 14, tzinfo=UTC), datetime(2026, 10, 24, 15, tzinfo=UTC)),
        (datetime(2027, 3, 27, 17, tzinfo=UTC), datetime(2027, 3, 28, 15, tzinfo=UTC)),
    ],
)
def test_overview_goes_at_five_local_time(now: datetime, due: datetime) -> None:
    with time_machine.travel(now, tick=False):
        assert digest.next_overview() == due


def test_overview_goes_at_five_of_the_island(zonneiland: Any) -> None:
    with (
        tenant_context(zonneiland),
        timezone.override(zonneiland.tz),
        time_machine.travel(MORNING, tick=False),
    ):
        assert digest.next_overview() == datetime(2026, 11, 10, 21, tzinfo=UTC)


def test_one_overview_a_day_over_the_change_of_the_clock(member: Any) -> None:
    with time_machine.travel(datetime(2026, 10, 23, 22, tzinfo=UTC), tick=False) as traveller:
        for _hour in range(72):
            tell(member)
            delivery.deliver_due()
            traveller.shift(timedelta(hours=1))
    assert len(digests()) == 3
    assert len({timezone.localdate(each.created_at) for each in digests()}) == 3
    assert len(mailbox.outbox) == 3


def test_what_comes_after_the_overview_waits_for_the_next(member: Any) -> None:
    with time_machine.travel(MORNING, tick=False) as traveller:
        tell(member)
        late = tell(member)
        waits = OutboxMail.objects.filter(reference=late.uuid)
        waits.update(due_at=FIVE_O_CLOCK + timedelta(hours=1))  # as if it was written a second too late
        traveller.move_to(FIVE_O_CLOCK + timedelta(minutes=1))
        digest.bundle_due()
        waits.update(due_at=FIVE_O_CLOCK)
        digest.bundle_due()
        assert waits.get().state == MailState.WAITING
        assert waits.get().due_at == FIVE_O_CLOCK + timedelta(days=1)
        assert len(digests()) == 1


def test_overview_after_an_outage_of_days_is_one_mail(member: Any) -> None:
    with time_machine.travel(MORNING, tick=False) as traveller:
        for _day in range(3):
            tell(member)
            traveller.shift(timedelta(days=1))
        assert delivery.deliver_due() == 1
    assert "3 nieuwsberichten" in mailbox.outbox[0].body


def test_many_people_get_theirs_in_a_few_statements(
    monkeypatch: Any, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(digest, "USERS_AT_ONCE", 3)
    with time_machine.travel(MORNING, tick=False) as traveller:
        tell(*(daily() for _member in range(7)))
        traveller.move_to(FIVE_O_CLOCK)
        with django_assert_max_num_queries(40):
            assert digest.bundle_due() == 7
    assert len({each.user_id for each in digests()}) == 7


def test_member_without_address_shows_as_failed(member: Any) -> None:
    with time_machine.travel(MORNING, tick=False) as traveller:
        tell(member)
        member.user.email = ""
        member.user.save()
        traveller.move_to(FIVE_O_CLOCK)
        digest.bundle_due()
    assert digests()[0].state == MailState.FAILED


def test_choosing_at_once_frees_what_waits(member: Any) -> None:
    with time_machine.travel(MORNING, tick=False):
        tell(member)
        assert choose_mail_rhythm(member.user, MailRhythm.AT_ONCE, by=member.user)
        assert not choose_mail_rhythm(member.user, MailRhythm.AT_ONCE, by=member.user)
        assert delivery.deliver_due() == 1
    assert digests() == []
    assert AuditEvent.objects.get(action="mail_rhythm.choose").details == {"rhythm": "at_once"}


def test_recipient_who_stands_there_twice_gets_one_mail() -> None:
    user = factories.make_staff()
    factories.make_member(user=user)
    item = news()
    twice = [outbox.Recipient(user, f"news:{item.uuid}:{role}", item.uuid) for role in ("lid", "collega")]
    assert outbox.enqueue_many(MailKind.NEWS_PUBLISHED, twice) == 1
    assert OutboxMail.objects.count() == 1


def test_senders_at_the_same_time_make_one_overview(committed: None, juinen: Any) -> None:
    members = [daily() for _member in range(10)]
    for _item in range(2):
        tell(*members)
    OutboxMail.objects.update(due_at=digest._latest_overviews()[0])

    def bundle(_number: int) -> int:
        try:
            with tenant_context(juinen), timezone.override(juinen.tz):
                return digest.bundle_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(bundle, range(4))) == 10
    assert len(digests()) == 10
    assert OutboxMail.objects.filter(state=MailState.BUNDLED, bundle__isnull=False).count() == 20


# Kills itself when the overviews are written, before what they tell is marked.
KILLED = """
import os, signal
import django
django.setup()
from django.utils import timezone
from django_tenants.utils import schema_context
from elections.models import OutboxMail
from elections.notify import digest

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

digest.OutboxMail.objects.bulk_update = die
with schema_context("%s"), timezone.override("Europe/Amsterdam"):
    digest.bundle_due()
"""


def test_sender_that_is_killed_halfway_leaves_it_to_the_next(committed: None) -> None:
    members = [daily() for _member in range(5)]
    tell(*members)
    OutboxMail.objects.update(due_at=digest._latest_overviews()[0])
    run_until_killed(KILLED)
    assert digests() == []
    assert digest.bundle_due() == 5
    assert digest.bundle_due() == 0
    assert len(digests()) == 5
