"""A burst of one municipality keeps no other waiting: real Celery workers, Redis and a mail server that counts.

`BURST_MAILS=5000 pytest tests/elections/test_mail_fairness.py` runs it at full size.
"""

import os
from pathlib import Path
from typing import Any

import redis
from django_tenants.utils import tenant_context

from elections.enums import MailKind
from elections.models import User
from elections.notify import delivery, outbox
from tests import factories
from tests.fake_smtp import FakeSmtp
from tests.live_worker import LiveBroker, LiveWorker, wait_until

BURST = int(os.environ.get("BURST_MAILS", "400"))
FEW = 10
TERM = 120 + BURST // 10


def _work(broker: LiveBroker, smtp: FakeSmtp, tmp_path: Path, queue: str) -> LiveWorker:
    log = tmp_path / f"{queue}.log"
    environment = {"EMAIL_URL": f"smtp://{smtp.host}:{smtp.port}"}
    return LiveWorker(broker.url, log, processes=1, queues=queue, **environment)


def _mail_everybody(municipality: Any, count: int) -> None:
    domain = municipality.primary_domain
    with tenant_context(municipality):
        users = User.objects.bulk_create(
            User(username=f"lid{n}", email=f"lid{n}@{domain}", password="!") for n in range(count)
        )
        outbox.enqueue_many(
            MailKind.LETTER_PUBLISHED, [outbox.Recipient(user, f"letter:{user.pk}") for user in users]
        )


def _ask_code(municipality: Any, name: str) -> str:
    with tenant_context(municipality):
        user = factories.make_user(email=f"{name}@{municipality.primary_domain}")
        challenge = factories.make_challenge(user)
        outbox.enqueue(MailKind.LOGIN_CODE, user=user, key=f"login:{name}", reference=challenge.uuid)
        return user.email


def _places(smtp: FakeSmtp, domain: str) -> list[int]:
    return [place for place, mail in enumerate(smtp.taken) if mail.recipient.endswith(f"@{domain}")]


def test_few_mails_of_one_do_not_wait_for_many_of_another(broker, smtp, tmp_path, juinen, zonneiland):
    """One process only, so that whoever comes second has to wait for the turn of the first, and for no more."""
    _mail_everybody(juinen, BURST)
    _mail_everybody(zonneiland, FEW)
    worker = _work(broker, smtp, tmp_path, "default")
    try:
        wait_until(lambda: len(smtp.taken) == BURST + FEW, seconds=TERM, what="all mails")
    finally:
        worker.stop()
    assert set(smtp.per_recipient().values()) == {1}
    last = max(_places(smtp, zonneiland.primary_domain))
    assert last < 2 * delivery.TURN_MAILS + FEW < BURST


def test_codes_do_not_wait_for_the_burst_of_anybody(broker, smtp, tmp_path, juinen, zonneiland):
    workers = [_work(broker, smtp, tmp_path, queue) for queue in ("urgent", "default")]
    try:
        first = [_ask_code(juinen, "eerste"), _ask_code(zonneiland, "eerste")]
        wait_until(lambda: all(smtp.copies(email) for email in first), seconds=TERM, what="workers that work")
        _mail_everybody(juinen, BURST)
        wait_until(lambda: len(smtp.taken) > delivery.TURN_MAILS, seconds=TERM, what="the first of the burst")
        asked = [_ask_code(juinen, "tweede"), _ask_code(zonneiland, "tweede")]
        wait_until(lambda: len(smtp.taken) == BURST + 4, seconds=TERM, what="all mails")
    finally:
        for worker in workers:
            worker.stop()
    order = [mail.recipient for mail in smtp.taken]
    assert all(order.index(email) < len(order) - delivery.TURN_MAILS for email in asked)


def test_many_mails_ring_one_bell(broker, juinen, zonneiland):
    """Else five thousand messages of one municipality stand in the queue before the first of another."""
    with redis.Redis.from_url(broker.url) as client:
        for municipality in (juinen, zonneiland):
            with tenant_context(municipality):
                user = factories.make_user()
                for number in range(5):
                    outbox.enqueue(MailKind.LETTER_PUBLISHED, user=user, key=f"letter:{number}")
        assert client.llen("default") == 2
        outbox.forget_bell()
        outbox.enqueue(MailKind.LETTER_PUBLISHED, user=factories.make_user(), key="letter:6")
        assert client.llen("default") == 3
