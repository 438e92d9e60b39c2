"""Test 13 of the bar: a mail server that refuses, hangs, answers 4xx after DATA or is gone before or after its answer.

The server is real, on loopback, and counts what a receiver would find in the mailbox.
"""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.utils import timezone

from elections.enums import MailKind, MailState
from elections.models import OutboxMail
from elections.notify import delivery, outbox
from elections.notify.handover import AnswerLost, CarefulSMTP, Handover
from tests import factories
from tests.fake_smtp import Behaviour, FakeSmtp

TO = "anna@voorbeeld.example"


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = "elections.notify.handover.EmailBackend"
    settings.EMAIL_TIMEOUT, settings.EMAIL_ANSWER_TIMEOUT = 5, 0.3
    with FakeSmtp() as running:
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.host, running.port
        yield running


@pytest.fixture
def waiting():
    user = factories.make_user(email=TO)
    return outbox.enqueue(MailKind.PLACEMENT_PUBLISHED, user=user, key="placement:1")


def _queue(count):
    users = [factories.make_user() for _number in range(count)]
    outbox.enqueue_many(
        MailKind.PLACEMENT_PUBLISHED, [outbox.Recipient(user, f"placement:{user.pk}") for user in users]
    )


def _minutes_later(minutes):
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True)


def test_mail_is_handed_over_with_its_message_id(waiting, server):
    assert delivery.deliver(waiting.pk) is True
    waiting.refresh_from_db()
    assert waiting.state == MailState.SENT
    assert waiting.handed_at <= waiting.sent_at
    assert [(mail.recipient, mail.message_id) for mail in server.taken] == [
        (TO, f"<{waiting.uuid}@juinen.localhost>")
    ]


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (Behaviour.REFUSE_CONNECTION, "niet bereikbaar"),
        (Behaviour.LATER_RECIPIENT, "neemt nu geen e-mail aan voor dit adres"),
        (Behaviour.CLOSE_BEFORE_CONTENT, "niet bereikbaar"),
        (Behaviour.LATER_AFTER_CONTENT, "antwoord 451"),
    ],
)
def test_server_that_took_nothing_gets_the_mail_later(waiting, server, behaviour, words):
    server.behaviour = behaviour
    assert delivery.deliver(waiting.pk) is False
    waiting.refresh_from_db()
    assert (waiting.state, waiting.handed_at, waiting.attempts) == (MailState.WAITING, None, 1)
    assert words in waiting.error
    assert waiting.due_at > timezone.now()
    server.behaviour = Behaviour.ACCEPT
    with _minutes_later(2):
        assert delivery.deliver(waiting.pk) is True
    assert server.copies(TO) == 1


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [(Behaviour.REFUSE_RECIPIENT, "weigert dit e-mailadres"), (Behaviour.REFUSE_CONTENT, "antwoord 554")],
)
def test_server_that_refuses_for_good_makes_the_mail_fail(waiting, server, behaviour, words):
    server.behaviour = behaviour
    delivery.deliver(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == MailState.FAILED
    assert words in waiting.error
    assert server.taken == []


@pytest.mark.parametrize("behaviour", [Behaviour.HANG_AFTER_CONTENT, Behaviour.CLOSE_AFTER_CONTENT])
def test_lost_answer_leaves_doubt_and_no_second_mail(waiting, server, behaviour):
    server.behaviour = behaviour
    assert delivery.deliver(waiting.pk) is False
    waiting.refresh_from_db()
    assert waiting.state == MailState.UNCERTAIN
    assert "Misschien is de e-mail toch aangekomen" in waiting.error
    server.behaviour = Behaviour.ACCEPT
    with _minutes_later(600):
        assert delivery.deliver_due() == 0
        assert delivery.deliver(waiting.pk) is False
    assert server.copies(TO) == 1


def test_server_that_is_gone_after_its_answer_took_the_mail(server):
    """The answer is there, so there is no doubt; and the next mail finds a new connection."""
    _queue(3)
    server.behaviour = Behaviour.CLOSE_AFTER_ANSWER
    assert delivery.deliver_due() == 3
    assert set(server.per_message_id().values()) == {1}
    assert server.connections == 3
    assert not OutboxMail.objects.exclude(state=MailState.SENT).exists()


def test_one_connection_serves_a_whole_turn(server):
    _queue(5)
    assert delivery.deliver_due() == 5
    assert server.connections == 1


def test_one_bad_address_does_not_stop_the_turn(server):
    _queue(3)
    OutboxMail.objects.filter(pk=OutboxMail.objects.first().pk).update(
        to_email="a@b.example\nBcc: c@d.example"
    )
    assert delivery.deliver_due() == 2


@pytest.mark.parametrize("behaviour", [Behaviour.REFUSE_CONNECTION, Behaviour.CLOSE_AFTER_CONTENT])
def test_server_in_trouble_spoils_one_mail_and_not_the_turn(server, behaviour):
    """Else one bad minute of the server would put five thousand mails in doubt."""
    _queue(4)
    server.behaviour = behaviour
    assert delivery.deliver_due() == 0
    assert OutboxMail.objects.filter(attempts=0, state=MailState.WAITING).count() == 3


def test_handover_is_committed_before_the_server_gets_the_content(waiting, server):
    seen = []
    mail = OutboxMail.objects.get(pk=waiting.pk)
    delivery._claim(mail)
    message = delivery.mails.compose(mail)
    with Handover() as handover:

        def look():
            seen.append(len(server.taken))
            delivery._hand_over(mail)

        handover.give(message, look)
    assert (seen, len(server.taken)) == ([0], 1)


def test_sender_lost_before_the_handover_leaves_no_doubt(waiting, server):
    OutboxMail.objects.update(
        state=MailState.SENDING, attempts=1, locked_until=timezone.now() + timedelta(minutes=1)
    )
    assert delivery.deliver_due() == 0
    with _minutes_later(2):
        assert delivery.deliver_due() == 1
    assert server.copies(TO) == 1


def test_sender_lost_after_the_handover_leaves_doubt(waiting, server):
    now = timezone.now()
    OutboxMail.objects.update(
        state=MailState.SENDING, attempts=1, handed_at=now, locked_until=now + timedelta(minutes=2)
    )
    with _minutes_later(3):
        assert delivery.deliver_due() == 0
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == (
        MailState.UNCERTAIN,
        "Het versturen werd afgebroken. Misschien is de e-mail toch aangekomen.",
    )
    assert server.taken == []


def test_who_lost_the_claim_hands_nothing_over(waiting, server):
    """A sender that slept longer than its claim: another took the mail in hand meanwhile."""
    slow = OutboxMail.objects.get(pk=waiting.pk)
    assert delivery._claim(slow)
    with _minutes_later(2):
        assert delivery.deliver(waiting.pk) is True
        with Handover() as handover, pytest.raises(delivery.ClaimLost):
            handover.give(delivery.mails.compose(slow), lambda: delivery._hand_over(slow))
    assert server.copies(TO) == 1


def test_answer_that_comes_after_the_flag_takes_the_doubt_away(waiting):
    mail = OutboxMail.objects.get(pk=waiting.pk)
    delivery._claim(mail)
    delivery._hand_over(mail)
    with _minutes_later(10):
        assert delivery.flag_doubts() == 1
    delivery._mark(mail, state=MailState.SENT, error="")
    waiting.refresh_from_db()
    assert waiting.state == MailState.SENT


def test_doubt_begins_with_the_last_byte_of_the_content(server):
    """Lost while the content goes out: no doubt. Lost while waiting for the answer: doubt."""
    server.behaviour = Behaviour.CLOSE_BEFORE_CONTENT
    with CarefulSMTP(server.host, server.port, timeout=5) as client, pytest.raises(SMTPServerDisconnected):
        client.sendmail("a@b.example", ["c@d.example"], "Subject: x\r\n\r\nx")
    server.behaviour = Behaviour.CLOSE_AFTER_CONTENT
    with pytest.raises(AnswerLost):
        CarefulSMTP(server.host, server.port, timeout=5).sendmail(
            "a@b.example", ["c@d.example"], "Subject: x\r\n\r\nx"
        )
