"""The outbox: once when it can, again when it must, and never silent."""

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connections
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections import tasks
from elections.actions.mail import retry_mail
from elections.enums import ImportState, MailKind, MailState
from elections.errors import ActionError
from elections.models import OutboxMail
from elections.notify import delivery, outbox
from tests import factories


class RefusingBackend(EmailBackend):
    """A mail server that knows nobody of this name."""

    def send_messages(self, messages):
        raise SMTPRecipientsRefused({"iemand@example.nl": (550, b"no such user on mx1.internal")})


@pytest.fixture
def user():
    return factories.make_user(email="anna@voorbeeld.example")


@pytest.fixture
def waiting(user):
    return outbox.enqueue(MailKind.PLACEMENT_PUBLISHED, user=user, key="placement:1")


@pytest.fixture
def closed_server(settings):
    """A mail server that is not there: a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = probe.getsockname()
    settings.EMAIL_BACKEND = "elections.notify.handover.EmailBackend"


def test_enqueue_twice_with_one_key_makes_one_mail(user, waiting):
    again = outbox.enqueue(MailKind.PLACEMENT_PUBLISHED, user=user, key="placement:1")
    assert again == waiting
    assert OutboxMail.objects.count() == 1


def test_enqueue_rings_once_and_only_when_the_transaction_commits(user, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as bells:
        for _number in range(2):
            outbox.enqueue(MailKind.LOGIN_CODE, user=user, key="login:1")
    assert len(bells) == 1


def test_enqueue_without_address_fails_where_staff_see_it():
    nobody = factories.make_user(email="")
    row = outbox.enqueue(MailKind.PLACEMENT_PUBLISHED, user=nobody, key="placement:1")
    assert (row.state, row.error) == (MailState.FAILED, "Er is geen e-mailadres bekend.")
    assert delivery.deliver(row.pk) is False


def test_enqueue_many_rings_one_bell_and_skips_known_keys(waiting, user, django_capture_on_commit_callbacks):
    people = [outbox.Recipient(factories.make_user(), f"placement:{number}") for number in (2, 3)]
    with django_capture_on_commit_callbacks() as bells:
        made = outbox.enqueue_many(
            MailKind.PLACEMENT_PUBLISHED, [outbox.Recipient(user, "placement:1"), *people]
        )
    assert (made, len(bells), OutboxMail.objects.count()) == (2, 1, 3)


def test_deliver_sends_once(waiting):
    assert [delivery.deliver(waiting.pk), delivery.deliver(waiting.pk)] == [True, False]
    assert len(mail.outbox) == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts) == (MailState.SENT, 1)


def test_two_workers_deliver_one_mail(committed, juinen):
    row = outbox.enqueue(MailKind.PLACEMENT_PUBLISHED, user=factories.make_user(), key="placement:1")

    def work(_number):
        try:
            with tenant_context(juinen):
                return delivery.deliver(row.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(16)))
    assert results.count(True) == 1
    assert len(mail.outbox) == 1


def test_mail_that_kills_its_worker_each_time_is_given_up(waiting):
    OutboxMail.objects.update(attempts=delivery.MAX_CLAIMS)
    assert delivery.deliver(waiting.pk) is False
    waiting.refresh_from_db()
    assert waiting.state == MailState.FAILED


def test_unreachable_server_makes_the_mail_wait_longer_each_time(waiting, closed_server):
    now = timezone.now()
    waits = []
    for _number in range(5):
        with time_machine.travel(now, tick=False):
            assert delivery.deliver(waiting.pk) is False
        waiting.refresh_from_db()
        assert (waiting.state, waiting.error) == (MailState.WAITING, "De mailserver is niet bereikbaar.")
        waits.append(waiting.due_at - now)
        now = waiting.due_at
    assert waits == list(delivery.WAITS)
    with time_machine.travel(now, tick=False):
        delivery.deliver(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == MailState.FAILED


def test_mail_is_not_tried_before_it_is_due(waiting, closed_server):
    delivery.deliver(waiting.pk)
    delivery.deliver(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.attempts == 1


def test_refused_address_fails_at_once_without_the_words_of_the_server(waiting, settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    delivery.deliver(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == (MailState.FAILED, "De mailserver weigert dit e-mailadres.")


def test_login_code_that_has_expired_is_not_sent(user):
    challenge = factories.make_challenge(user, expires_at=timezone.now() - timedelta(seconds=1))
    row = outbox.enqueue(MailKind.LOGIN_CODE, user=user, key="login:1", reference=challenge.uuid)
    delivery.deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, row.error) == (
        MailState.FAILED,
        "De inlogcode werkte niet meer toen de e-mail weg kon.",
    )
    assert mail.outbox == []


def test_urgent_mail_goes_first(user, waiting):
    challenge = factories.make_challenge(user)
    outbox.enqueue(MailKind.LOGIN_CODE, user=user, key="login:1", reference=challenge.uuid)
    assert delivery.deliver_due() == 2
    assert [message.subject for message in mail.outbox] == [
        "Uw inlogcode voor de gemeente Juinen",
        "Er staat iets voor u klaar",
    ]


def test_sweep_sends_what_a_lost_bell_left_behind(waiting):
    tasks.sweep.apply()
    waiting.refresh_from_db()
    assert waiting.state == MailState.SENT


def test_step_of_the_sweep_that_fails_does_not_stop_the_others(monkeypatch, caplog):
    old = factories.make_import_file(created_at="2026-01-01T00:00Z")

    def broken():
        raise RuntimeError

    monkeypatch.setattr(delivery, "deliver_due", broken)
    monkeypatch.setattr(tasks, "resume_stale_jobs", broken)
    tasks.sweep.apply(throw=True)
    old.refresh_from_db()
    assert old.state == ImportState.CANCELLED
    assert caplog.text.count("sweep: broken failed") == 2


def test_retry_sends_a_failed_mail_to_the_present_address(user, waiting):
    OutboxMail.objects.update(state=MailState.FAILED, error="weg")
    user.email = "nieuw@voorbeeld.example"
    user.save()
    retry_mail(waiting, by=factories.make_staff())
    assert delivery.deliver(waiting.pk) is True
    assert mail.outbox[0].to == ["nieuw@voorbeeld.example"]


@pytest.mark.parametrize(("state", "kind"), [("sent", "placement_published"), ("failed", "login_code")])
def test_retry_refuses_what_makes_no_sense(waiting, state, kind):
    OutboxMail.objects.update(state=state, kind=kind)
    with pytest.raises(ActionError):
        retry_mail(waiting, by=factories.make_staff())
