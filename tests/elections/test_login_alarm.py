"""A peak of failed log-ins is told to the team, once an hour and per municipality."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.login_alarm import FAILURES_PER_HOUR, failed_logins, raise_login_alarm
from elections.enums import MailKind
from elections.models import AuditEvent, LoginAttempt, OutboxMail
from elections.notify.mails import compose
from elections.tasks import sweep
from tests import factories


def fail(count, **values):
    LoginAttempt.objects.bulk_create(LoginAttempt(username_digest="x", **values) for _number in range(count))


def alarms():
    return OutboxMail.objects.filter(kind=MailKind.SECURITY_ALARM)


def test_too_many_failures_in_an_hour_are_told_once_an_hour():
    now = timezone.now()
    fail(FAILURES_PER_HOUR - 1)
    assert not raise_login_alarm()
    fail(1)
    assert raise_login_alarm()
    assert not raise_login_alarm()
    mail = alarms().get()
    assert (mail.user, mail.to_email) == (None, "verkiezingen@juinen.example")
    event = AuditEvent.objects.get(action="login.alarm")
    assert event.details == {"failures": FAILURES_PER_HOUR}
    with time_machine.travel(now + timedelta(minutes=61)):
        assert not raise_login_alarm()
        fail(FAILURES_PER_HOUR)
        assert raise_login_alarm()
    assert alarms().count() == 2


def test_wrong_codes_and_refused_tries_count_and_mails_and_right_codes_do_not():
    user = factories.make_user()
    factories.make_challenge(user, attempts=5)
    factories.make_challenge(user, attempts=2, used=True)
    fail(3, refused=True)
    fail(4, kind="mail")
    assert failed_logins() == 8


def test_peak_elsewhere_is_not_told_here(zonneiland):
    with tenant_context(zonneiland):
        fail(FAILURES_PER_HOUR)
    assert not raise_login_alarm()


def test_sweep_raises_the_alarm():
    fail(FAILURES_PER_HOUR)
    sweep()
    assert alarms().exists()


@pytest.mark.parametrize(
    ("key", "subject"),
    [("login-alarm:1", "Veel mislukte pogingen"), ("secret-reveal-alarm:1", "Iemand bekijkt vaak")],
)
def test_mail_says_what_is_the_matter_and_no_names(key, subject):
    mail = factories.make_mail(
        factories.make_user(), kind="security_alarm", idempotency_key=key, to_email="team@juinen.example"
    )
    mail.user = None
    message = compose(mail)
    assert message.to == ["team@juinen.example"]
    assert message.subject.startswith(subject)
    assert "https://juinen.localhost" in message.body


def test_two_sweeps_at_once_send_one_alarm(committed, juinen):
    with tenant_context(juinen):
        fail(FAILURES_PER_HOUR)

    def one(_number):
        try:
            with tenant_context(juinen):
                return raise_login_alarm()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(16))).count(True) == 1
