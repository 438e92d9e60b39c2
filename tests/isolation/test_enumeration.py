"""Nobody learns from the front door who has an account: not from text, not from status, not from time.

OWASP ASVS 5.0 row 6.3.8. Sixty names that exist against sixty that do not, shuffled. The clock of a busy machine is no
judge: up to three rounds, and only a difference that all of them show is one. Everybody asks from an address of their
own, so that no limit comes in between.

What sixty can see: a hash or a mail that one of the two does not cost, which makes an answer slower by a factor; the
leaky door below shows that. A difference of a few percent needs more, and the number of queries, which is counted
exactly, finds most of what would cause one. ENUMERATION_EACH=200 asks two hundred of each.
"""

import gc
import itertools
import os
import random
import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import ScryptPasswordHasher, make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from elections.models import AccountQuestion, LoginAttempt, SignUp
from portal.forms.sign_up import new_moment
from tests import factories
from tests.conftest import MunicipalityClient

EACH = int(os.environ.get("ENUMERATION_EACH", "60"))
ROUNDS = 3
MEDIANS_DIFFER = 0.05 if EACH >= 200 else 0.25
"""Medians of sixty wander by a tenth on a busy machine; a hash more or less is a factor."""

LIKELY = 0.01

_addresses = itertools.count(1)


class CheapScrypt(ScryptPasswordHasher):
    """The product's hasher with less work: dear enough to show whether it ran, cheap enough to run a thousand times."""

    work_factor = 2**10


@dataclass(frozen=True)
class Door:
    """A page that could tell: what is posted to it for one name."""

    path: str
    form: Callable[[str], dict[str, str]]
    make: Callable[[str], Any]  # what makes a name a known one


def _make_member(name: str, **values: Any) -> Any:
    user = factories.make_user(username=name, email=name, password=_hash(), **values)
    return factories.make_member(user=user, email=name)


def _make_without_access(name: str) -> None:
    """In turn disabled, without a password yet, and a colleague."""
    number = int(re.sub(r"\D", "", name))
    kinds: list[dict[str, Any]] = [{"is_active": False}, {"password": "!"}, {"role": "planner"}]
    factories.make_user(**{"username": name, "email": name, "password": _hash()} | kinds[number % 3])


def _make_lettered(name: str) -> None:
    user = factories.make_user(username=name, email="", password="!")
    factories.make_member(user=user, email="")
    factories.make_invitation(user, kind="member_letter")


def _hash() -> str:
    if "cheap" not in _hashes:
        _hashes["cheap"] = make_password(factories.PASSWORD, hasher=CheapScrypt())
    return _hashes["cheap"]


_hashes: dict[str, str] = {}


def _sign_up(name: str) -> dict[str, str]:
    """What a person sends some seconds after the page was opened."""
    SignUp.objects.update_or_create(pk=1, defaults={"is_open": True})
    with time_machine.travel(timezone.now() - timedelta(seconds=10)):
        opened = new_moment()
    return {
        "first_name": "Noor",
        "last_name": "Dijk",
        "birth_date": "27-3-1984",
        "city": "Juinen",
        "email": name,
        "phone": "06 12345678",
        "has_experience": "yes",
        "opened": opened,
    }


DOORS = {
    "login": Door("/login/", lambda name: {"username": name, "password": "verkeerd"}, _make_member),
    "login without access": Door(
        "/login/", lambda name: {"username": name, "password": "verkeerd"}, _make_without_access
    ),
    "reset": Door("/password/forgotten/", lambda name: {"username": name}, _make_member),
    "user name": Door("/username/forgotten/", lambda name: {"email": name}, _make_member),
    "sign-up": Door("/sign-up/", _sign_up, _make_member),
    "activation": Door(
        "/activation/", lambda name: {"username": name, "code": "BCDFGHJKMNPQRSTV"}, _make_lettered
    ),
}


@pytest.fixture(autouse=True)
def cheap_hasher(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.isolation.test_enumeration.CheapScrypt"]


@pytest.fixture
def steady_clock() -> Iterator[None]:
    """No collecting of garbage in the middle of a measurement."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.usefixtures("steady_clock")
def test_known_and_unknown_names_cannot_be_told_apart(client: MunicipalityClient, name: str) -> None:
    found = _rounds(client, DOORS[name])
    assert not _tells(found), f"every round tells known from unknown (difference of medians, p): {found}"


@pytest.mark.usefixtures("steady_clock")
def test_door_that_hashes_for_known_names_alone_is_found(
    client: MunicipalityClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole judge, with the clock of this machine: the hash that unknown names cost is taken away."""
    monkeypatch.setattr("elections.actions.login.check_password", lambda _password, _encoded: False)
    found = _rounds(client, DOORS["login"], each=30)
    assert _tells(found), found
    assert len(found) == ROUNDS


@pytest.mark.parametrize("name", DOORS)
def test_known_and_unknown_names_cost_the_same_queries(client: MunicipalityClient, name: str) -> None:
    door = DOORS[name]
    for number in range(3):
        door.make(f"bekend{number}@voorbeeld.example")
    _answer(client, door, "opwarmen@voorbeeld.example")
    counts = set()
    for number in range(3):
        for typed in (f"bekend{number}@voorbeeld.example", f"nieman{number}@voorbeeld.example"):
            with CaptureQueriesContext(connection) as queries:
                _answer(client, door, typed)
            counts.add(len(queries))
    assert len(counts) == 1


def test_mann_whitney_tells_a_difference_and_no_difference() -> None:
    """The judge is judged: against a known case, and against a shift of a fifth of the spread."""
    assert mann_whitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) == pytest.approx(0.0122, abs=0.001)
    chance = random.Random(1)
    one = [chance.gauss(10, 1) for _number in range(200)]
    assert mann_whitney(one, [chance.gauss(10, 1) for _number in range(200)]) > LIKELY
    assert mann_whitney(one, [chance.gauss(10.5, 1) for _number in range(200)]) < LIKELY


def mann_whitney(one: list[float], other: list[float]) -> float:
    """Two-sided p of the Mann-Whitney U test, by the normal approximation with continuity correction.

    For samples without ties, as times with nine digits are.
    """
    ranked = sorted([(value, True) for value in one] + [(value, False) for value in other])
    ranks = sum(rank for rank, (_value, mine) in enumerate(ranked, start=1) if mine)
    n, m = len(one), len(other)
    u = ranks - n * (n + 1) / 2
    spread = (n * m * (n + m + 1) / 12) ** 0.5
    z = max(0.0, abs(u - n * m / 2) - 0.5) / spread
    return 2 * (1 - statistics.NormalDist().cdf(z))


def _rounds(client: MunicipalityClient, door: Door, each: int = EACH) -> list[tuple[float, float]]:
    """The difference of medians and p of each round, until one of them sees no difference."""
    known = [f"bekend{number}@voorbeeld.example" for number in range(each)]
    unknown = [f"nieman{number}@voorbeeld.example" for number in range(each)]
    for typed in known:
        door.make(typed)
    for _number in range(10):
        _answer(client, door, "opwarmen@voorbeeld.example")
    found: list[tuple[float, float]] = []
    while len(found) < ROUNDS and _tells(found):
        LoginAttempt.objects.all().delete()
        AccountQuestion.objects.all().delete()
        times = _measure(client, door, known, unknown)
        difference = abs(statistics.median(times[0]) / statistics.median(times[1]) - 1)
        found.append((round(difference, 4), round(mann_whitney(*times), 4)))
    return found


def _tells(found: list[tuple[float, float]]) -> bool:
    """Whether every round sees a difference."""
    return all(difference >= MEDIANS_DIFFER or likely <= LIKELY for difference, likely in found)


def _measure(
    client: MunicipalityClient, door: Door, known: list[str], unknown: list[str]
) -> tuple[list[float], list[float]]:
    """Seconds for each name; fails at once when an answer differs in status or text."""
    tries = [(name, 0) for name in known] + [(name, 1) for name in unknown]
    random.shuffle(tries)
    times: tuple[list[float], list[float]] = ([], [])
    answers = set()
    for name, group in tries:
        seconds, answer = _answer(client, door, name)
        times[group].append(seconds)
        answers.add(answer)
    assert len(answers) == 1
    return times


def _answer(client: MunicipalityClient, door: Door, name: str) -> tuple[float, tuple[int, str, str]]:
    """How long the answer took, and what it says without what was typed and without tokens."""
    number = next(_addresses)
    form, origin = door.form(name), f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    begin = time.perf_counter()
    response = client.post(door.path, form, REMOTE_ADDR=origin)
    seconds = time.perf_counter() - begin
    body = response.content.decode().replace(name, "")
    body = re.sub(r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"', "", body)
    client.cookies.clear()
    return seconds, (response.status_code, response.headers.get("Location", ""), body)
