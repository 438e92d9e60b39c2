"""What the rows about mail share: a mail server that takes everything, notifications, and the bare way to send."""

import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from statistics import median

from django.core.cache import cache
from django.utils import timezone
from django_tenants.utils import tenant_context

from bench import world
from elections.enums import MailKind, MailState
from elections.models import LoginChallenge, OutboxMail, User
from elections.notify import mails, outbox
from tenants.models import Municipality

MAILS = 5_000
CODES = 30
DEADLINE = 600.0


def municipality() -> Municipality:
    """The municipality of the bench."""
    return Municipality.objects.get(code=world.CODE)


@contextmanager
def mail_server() -> Iterator[int]:
    """The port of a mail server in a process of its own; the product's workers that start inside the block use it."""
    command = [sys.executable, "-m", "tests.fake_smtp"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        port = int(process.stdout.readline())  # type: ignore[union-attr]
        os.environ["BENCH_SMTP_PORT"] = f"{port}"
        yield port
    finally:
        os.environ.pop("BENCH_SMTP_PORT", None)
        process.terminate()
        process.wait()


def queue_notifications(kind: MailKind = MailKind.LETTER_PUBLISHED) -> None:
    """5,000 notifications, as a published plan or a batch of letters queues them."""
    OutboxMail.objects.all().delete()
    cache.clear()
    users = list(User.objects.exclude(email="").order_by("pk")[:MAILS])
    if len(users) < MAILS:
        raise RuntimeError(f"Only {len(users)} people of the bench can be mailed.")
    outbox.enqueue_many(kind, [outbox.Recipient(user, f"bench:{user.pk}") for user in users])


def wait_until_sent(count: int) -> None:
    """Until this many mails have been handed over; looks five times a second."""
    end = time.monotonic() + DEADLINE
    while OutboxMail.objects.filter(state=MailState.SENT).count() < count:
        if time.monotonic() > end:
            raise RuntimeError("The mails were not handed over in time.")
        time.sleep(0.2)


def handed_over_per_second() -> float:
    """From the moment that 5,000 are queued, by the product's workers on all cores that are running already."""
    with tenant_context(municipality()), world.workers():
        warm_up()
        begun = time.perf_counter()
        queue_notifications()
        wait_until_sent(MAILS)
        return MAILS / (time.perf_counter() - begun)


def warm_up() -> None:
    """One mail first: a worker that is still starting measures nothing."""
    OutboxMail.objects.all().delete()
    cache.clear()
    user = User.objects.exclude(email="").first()
    outbox.enqueue(MailKind.LETTER_PUBLISHED, user=user, key="bench:first")
    wait_until_sent(1)


def bare_loop_per_second(port: int) -> float:
    """The same mails, written beforehand, through one connection of smtplib: nothing is stored, nothing is known."""
    with tenant_context(municipality()):
        mail = OutboxMail.objects.select_related("user").order_by("pk").first()
        content = mails.compose(mail).message().as_bytes(linesep="\r\n")  # type: ignore[arg-type]
        addresses = list(
            User.objects.exclude(email="").order_by("pk").values_list("email", flat=True)[:MAILS]
        )
    with smtplib.SMTP("127.0.0.1", port) as client:
        begun = time.perf_counter()
        for address in addresses:
            client.sendmail("zitting@localhost", [address], content)
        return len(addresses) / (time.perf_counter() - begun)


def code_wait() -> float:
    """Seconds from asking a log-in code until the mail server has it: the median of 30, a few each second."""
    waits = []
    users = list(User.objects.exclude(email="").order_by("-pk")[:CODES])
    for user in users:
        challenge = LoginChallenge.objects.create(
            user=user, name="bench", session_digest="", expires_at=timezone.now() + timedelta(minutes=10)
        )
        asked = timezone.now()
        mail = outbox.enqueue(
            MailKind.LOGIN_CODE, user=user, key=f"login:{challenge.uuid}", reference=challenge.uuid
        )
        end = time.monotonic() + DEADLINE
        while mail.state != MailState.SENT:
            if time.monotonic() > end:
                raise RuntimeError("A log-in code was not handed over in time.")
            time.sleep(0.005)
            mail.refresh_from_db()
        waits.append((mail.sent_at - asked).total_seconds())  # type: ignore[operator]
        time.sleep(0.1)
    return median(waits)
