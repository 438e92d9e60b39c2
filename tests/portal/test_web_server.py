"""The web server of the product when it is asked to stop, and when Redis is away or says nothing.

Without time to finish (gunicorn's graceful timeout) the click gets no answer; without the limits on waiting for Redis
(settings.REDIS_PATIENCE) nobody logs in while it is silent.
"""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.db import connection, transaction

from elections import models
from tests import factories
from tests.live_web import LiveWeb
from tests.live_worker import LiveBroker, wait_until

STOPS_WITHIN = 60
LOCKED = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
def broker(committed: None, tmp_path: Path) -> Iterator[LiveBroker]:
    server = LiveBroker(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def web(broker: LiveBroker, tmp_path: Path) -> Iterator[LiveWeb]:
    running = LiveWeb(broker.url, tmp_path / "web.log")
    yield running
    running.stop()


@pytest.fixture
def member(committed: None) -> models.Member:
    """Somebody whose password a server of the product can check."""
    hashed = ScryptPasswordHasher().encode(factories.PASSWORD, "zout")
    return factories.make_member(user=factories.make_user(username="anna", password=hashed))


def test_server_that_is_asked_to_stop_answers_what_it_has_in_hand(web, member, juinen, client_for):
    """A deploy loses nobody's click: the place is taken, once, and the member reads so."""
    event = factories.make_event()
    factories.make_portal_step(event, "reservation")
    day_part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(
        factories.make_polling_station(event), day_part, factories.make_position(event)
    )
    session = client_for(juinen, member.user).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
    path = f"/reservation/shift/{shift.uuid}/"
    assert web.get(path, host="juinen.localhost", cookies=cookie).status == 200
    with ThreadPoolExecutor(1) as elsewhere:
        with transaction.atomic():
            models.Shift.objects.select_for_update().get(pk=shift.pk)
            click = elsewhere.submit(web.post, path, host="juinen.localhost", cookies=cookie)
            wait_until(_somebody_waits, seconds=STOPS_WITHIN, what="a click that waits for the place")
            web.process.terminate()
            wait_until(
                lambda: not web.is_ready(within=2), seconds=STOPS_WITHIN, what="a server that takes no more"
            )
        answer = click.result()
    assert (answer.status, answer.location) == (302, "/reservation/")
    assert models.Assignment.objects.filter(member=member, shift=shift, state="reserved").count() == 1
    assert web.process.wait(STOPS_WITHIN) == 0


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_clear_snapshot()"
        )  # inside a transaction it would see the same forever
        cursor.execute(LOCKED)
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("trouble", ["gone", "silent"])
def test_people_log_in_while_redis_is_away(web, member, broker, trouble):
    """The mail with the code waits in the outbox. A Redis that is silent takes connections and never answers."""
    broker.process.send_signal({"gone": signal.SIGKILL, "silent": signal.SIGSTOP}[trouble])
    answer = web.post(
        "/login/", host="juinen.localhost", username=member.user.username, password=factories.PASSWORD
    )
    assert (answer.status, answer.location) == (302, "/login/code/")
    assert list(models.OutboxMail.objects.values_list("kind", "state")) == [("login_code", "waiting")]
    assert web.get("/login/", host="juinen.localhost").status == 200
