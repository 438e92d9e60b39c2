"""Two web servers and two workers on hosts of their own, PostgreSQL and Redis on a fifth: people notice no host.

Members log in with a code from their mail and pick a place, the team says yes and makes letters, and members read them.
Then a web server and a worker lose their power in the middle of it, without a goodbye on the network, and it goes on.
Or they only lose their cable: they live, and come back with work in hand that others did meanwhile.
Without the keepalives of the settings PostgreSQL keeps the locks of the dead worker, and its letters are never made.
`HOSTS_LETTERS=200 pytest -m hosts -s tests/hosts` runs it at full size and prints the figures.
"""

import os
import re
import time
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from elections import models
from elections.enums import AssignmentSource, AssignmentState
from tests import factories
from tests.hosts.platform import Platform, Visitor, code_in
from tests.live_worker import wait_until

pytestmark = pytest.mark.hosts

LETTERS = int(os.environ.get("HOSTS_LETTERS", "24"))
AFTER_THE_KILL = 120
JOB = "SELECT state, done, errors FROM elections_job WHERE kind = 'letters' ORDER BY id DESC LIMIT 1"
LETTERS_MADE = "SELECT count(*) FROM elections_appointmentletter WHERE state <> 'waiting'"
LETTERS_OF = "SELECT count(*), count(DISTINCT number), count(DISTINCT file) FROM elections_appointmentletter"
PLACE = """
    SELECT assignment.state, assignment.uuid FROM elections_assignment assignment
    JOIN elections_member member ON member.id = assignment.member_id
    JOIN elections_user account ON account.id = member.user_id WHERE account.username = '{}'
"""
IN_HAND = "SELECT count(*) FROM pg_stat_activity WHERE host(client_addr) = '{}' AND xact_start IS NOT NULL"
CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE host(client_addr) = '{}'"


def _account(mailbox: str, **values: Any) -> models.User:
    """Somebody with a password that a server of the product can check."""
    hashed = ScryptPasswordHasher().encode(factories.PASSWORD, "zout")
    email = f"{mailbox}@example.nl"
    return models.User.objects.create(username=email, email=email, password=hashed, **values)


@pytest.fixture
def town(platform: Platform, juinen: Any) -> models.Shift:
    """An administrator, two members who pick a place, and a crowd who did so before."""
    event = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    day_part = factories.make_day_part(factories.make_polling_day(event))
    station = factories.make_polling_station(event)
    shift = factories.make_shift(station, day_part, factories.make_position(event), places=LETTERS + 2)
    factories.make_portal_step(event, "reservation")
    factories.make_authenticator(
        _account("hoofd", role="administrator", name="H. Hoofd"), seed=factories.SEED
    )
    for name in ("anna", "bert"):
        factories.make_member(user=_account(name))
    crowd = models.Member.objects.bulk_create(
        models.Member(number=1000 + n, last_name=f"Lid{n}", qualified_for=["member"]) for n in range(LETTERS)
    )
    period = DateTimeTZRange(day_part.starts_at, day_part.ends_at)
    models.Assignment.objects.bulk_create(
        models.Assignment(
            member=member,
            shift=shift,
            period=period,
            state=AssignmentState.RESERVED,
            source=AssignmentSource.RESERVATION,
        )
        for member in crowd
    )
    return shift


def _pick_place(member: Visitor, username: str, shift: models.Shift) -> None:
    path = f"/reservation/shift/{shift.uuid}/"
    assert member.get(path).status == 200
    assert member.post(path).location == "/reservation/"
    assert member.platform.rows("gm0001", PLACE.format(username))[0][0] == "reserved"


def _say_yes(team: Visitor, **ticked: str) -> None:
    """The team agrees with places that members picked."""
    asked = team.post("/backoffice/reservation/selection/", **ticked)
    assert asked.status == 200, team.get("/backoffice/reservation/").page
    sealed = re.findall(r'name="selection" value="([^"]+)"', asked.page)
    assert team.post("/backoffice/reservation/confirm/", selection=sealed[0]).status == 302


def _end_of_letters(platform: Platform, *, seconds: float) -> None:
    wait_until(
        lambda: platform.rows("gm0001", JOB)[0][0] not in ("queued", "running"),
        seconds=seconds,
        what="the end of the letters",
    )
    assert platform.rows("gm0001", JOB)[0][::2] == ("done", [])


def _read_letter(member: Visitor) -> None:
    """On as many hosts as there are: they share the files."""
    path = re.findall(r'href="(/letter/[0-9a-f-]+/)"', member.get("/letter/").page)[0]
    for _host in member.platform.webs:
        assert member.get(path).content.startswith(b"%PDF")


@pytest.mark.parametrize("trouble", ["power", "cable"])
def test_people_go_on_when_a_web_server_and_a_worker_are_gone(platform, town, trouble):
    platform.start()
    anna, bert, team = (Visitor(platform, "juinen.localhost") for _person in range(3))

    anna.log_in("anna@example.nl", factories.PASSWORD)
    _pick_place(anna, "anna@example.nl", town)
    team.log_in("hoofd@example.nl", factories.PASSWORD, factories.app_code())
    _say_yes(team, selection=str(platform.rows("gm0001", PLACE.format("anna@example.nl"))[0][1]))
    assert team.post("/backoffice/letter/make/").status == 302
    _end_of_letters(platform, seconds=AFTER_THE_KILL)
    assert team.post("/backoffice/letter/publish/").status == 302
    _read_letter(anna)
    assert set(anna.served_by) == set(team.served_by) == {"web1", "web2"}

    # Now somebody is between password and code, and both workers make letters.
    bert.give_password("bert@example.nl", factories.PASSWORD)
    _say_yes(team, all=f"{LETTERS}", query="")
    assert team.post("/backoffice/letter/make/").status == 302
    dying = platform.workers[0]
    wait_until(
        lambda: (
            platform.rows("gm0001", LETTERS_MADE)[0][0] > 1
            and platform.rows("gm0001", IN_HAND.format(dying.address))[0][0] > 0
        ),
        seconds=AFTER_THE_KILL,
        what=f"letters in the hands of {dying.name}",
    )
    for host in (dying, platform.webs[0]):
        {"power": platform.network.cut_power, "cable": platform.network.unplug}[trouble](host)
    cut = time.monotonic()
    assert platform.rows("gm0001", JOB)[0][0] == "running"

    bert.give_code(code_in(platform.mail_to("bert@example.nl")))
    _pick_place(bert, "bert@example.nl", town)
    _end_of_letters(platform, seconds=AFTER_THE_KILL)
    print(f"{LETTERS} letters done {time.monotonic() - cut:.0f} s after the cut")  # noqa: T201 - a figure
    assert team.post("/backoffice/letter/publish/").status == 302
    assert platform.rows("gm0001", LETTERS_OF) == [(LETTERS + 1,) * 3]
    _read_letter(anna)
    assert {visitor.served_by[-1] for visitor in (anna, bert, team)} == {"web2"}
    if trouble == "cable":
        _come_back(platform)
        assert platform.rows("gm0001", LETTERS_OF) == [(LETTERS + 1,) * 3]
        _read_letter(anna)
        assert set(anna.served_by[-2:]) == {"web1", "web2"}


def _come_back(platform: Platform) -> None:
    """The hosts that had no cable get one; their servers and workers find the others by themselves."""
    before = platform.rows("gm0001", CONNECTED.format(platform.workers[0].address))
    assert before == [(0,)], "PostgreSQL let go of the worker that it could not reach"
    for host in (platform.webs[0], platform.workers[0]):
        platform.network.plug_in(host)
    wait_until(lambda: platform.is_ready(platform.webs[0]), seconds=AFTER_THE_KILL, what="web1 back")
    wait_until(
        lambda: platform.rows("gm0001", CONNECTED.format(platform.workers[0].address)) != [(0,)],
        seconds=2 * AFTER_THE_KILL,
        what="work for worker1, which the clock sends each minute",
    )
