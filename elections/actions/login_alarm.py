"""Peaks of failed log-ins are told to the team (BIO2 5.17.01): one municipality at a time, once an hour."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from elections import audit
from elections.enums import AttemptKind, MailKind
from elections.models import LoginAttempt, LoginChallenge, OutboxMail
from elections.notify import outbox
from elections.notify.account_mails import LOGIN_ALARM
from tenants.context import current_municipality
from tenants.locks import hold_lock

# On the busiest day, when hundreds of members use their account for the first time, some dozens go wrong an hour.
FAILURES_PER_HOUR: Final = 100
WINDOW: Final = timedelta(hours=1)


def failed_logins() -> int:
    """How many passwords, letter codes and e-mailed codes of the last hour were wrong, or not even looked at."""
    since = timezone.now() - WINDOW
    tries = LoginAttempt.objects.filter(kind=AttemptKind.PASSWORD, at__gt=since).count()
    codes = LoginChallenge.objects.filter(created_at__gt=since, used_at=None).aggregate(sum=Sum("attempts"))
    return tries + (codes["sum"] or 0)


@transaction.atomic
def raise_login_alarm() -> bool:
    """Mail the team when there are too many, and note it in the log; whether it did. At most once an hour."""
    failures = failed_logins()
    if failures < FAILURES_PER_HOUR:
        return False
    # Two sweeps at the same time must not both find that nobody was told.
    hold_lock(LOGIN_ALARM)
    now = timezone.now()
    told = OutboxMail.objects.filter(
        kind=MailKind.SECURITY_ALARM, idempotency_key__startswith=f"{LOGIN_ALARM}:"
    )
    if told.filter(created_at__gt=now - WINDOW).exists():
        return False
    audit.record("login.alarm", by=None, failures=failures)
    outbox.enqueue(
        MailKind.SECURITY_ALARM,
        user=None,
        key=f"{LOGIN_ALARM}:{now.isoformat()}",
        to_email=current_municipality().email,
    )
    return True
