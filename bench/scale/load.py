"""People at work over HTTP in many municipalities at once."""

import math
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from bench.planner import p95
from bench.visit import visit
from bench.world import City, session_of

MEMBER_PAGES: Final = ("/", "/", "/placement/", "/availability/")
STAFF_PAGES: Final = ("/backoffice/", "/backoffice/member/", "/backoffice/board/")


@dataclass(frozen=True)
class Person:
    """Somebody with a session, and the pages that they open."""

    city: City
    cookie: str
    pages: tuple[str, ...]


@dataclass
class Answers:
    """What a load gave: milliseconds of each answer, and the seconds in which they came."""

    took: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: "Answers") -> None:
        """Put another round of the same load to it."""
        self.took += other.took
        self.seconds += other.seconds

    @property
    def per_second(self) -> float:
        return len(self.took) / self.seconds

    @property
    def p95(self) -> float:
        return p95(self.took)


def people(cities: list[City], number: int) -> list[Person]:
    """So many sessions, spread evenly over the municipalities: as many of members as of colleagues.

    Where there are fewer people than sessions, some have more than one.
    """
    from django_tenants.utils import schema_context  # slow import: needs the database's address

    from elections.models import User  # slow import: as above

    found = []
    for at, city in enumerate(cities):
        here = range(at, number, len(cities))
        with schema_context(city.code.lower()):
            placed = User.objects.filter(member__assignments__isnull=False).distinct().order_by("pk")
            members, colleagues = list(placed[: len(here)]), list(User.objects.filter(role="administrator"))
            for turn in range(len(here)):
                who, pages = (members, MEMBER_PAGES) if turn % 2 else (colleagues, STAFF_PAGES)
                found.append(Person(city, session_of(who[turn // 2 % len(who)], city), pages))
    return found


class Visits:
    """Who opens what, without end: everybody in turn, in the same order in each run. Threads may share it."""

    def __init__(self, everybody: list[Person]) -> None:
        self.order = random.Random(1848).sample(everybody, len(everybody))
        self.numbers = count()

    def __len__(self) -> int:
        return len(self.order)

    def next(self) -> tuple[Person, str]:
        """The next person, and the page that is their turn."""
        turn, at = divmod(next(self.numbers), len(self.order))
        person = self.order[at]
        return person, person.pages[(turn + at) % len(person.pages)]


def closed_loop(
    port: int, source: Visits, *, clients: int, seconds: float = math.inf, number: float = math.inf
) -> Answers:
    """So many clients at once, each opening the next page as soon as the one before is there.

    seconds, number: after so long, or so many pages, it ends.

    Raises:
        RuntimeError: when an answer is not a page (200).
    """
    answers = Answers()
    numbers = count()
    began = time.perf_counter()

    def work(_client: int) -> None:
        while time.perf_counter() - began < seconds and next(numbers) < number:
            answers.took.append(view(port, *source.next()))

    _together(work, clients)
    answers.seconds = time.perf_counter() - began
    return answers


def open_loop(port: int, source: Visits, *, rate: float, seconds: float) -> Answers:
    """So many visits a second, whether or not the ones before are answered: a page that waits counts its waiting.

    Raises:
        RuntimeError: when an answer is not a page (200).
    """
    answers = Answers()
    numbers = count()
    began = time.perf_counter()

    def work(_client: int) -> None:
        while (number := next(numbers)) < rate * seconds:
            due = began + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            late = max(0.0, time.perf_counter() - due) * 1000
            answers.took.append(late + view(port, *source.next()))

    _together(work, clients=32)
    answers.seconds = time.perf_counter() - began
    return answers


def view(port: int, person: Person, path: str) -> float:
    """Open a page as this person; the milliseconds until it was there."""
    return visit(port, person.city, person.cookie, path)


def _together(work: Callable[[int], None], clients: int) -> None:
    """Let so many threads work, and raise what one of them raised."""
    with ThreadPoolExecutor(clients) as pool:
        for done in [pool.submit(work, client) for client in range(clients)]:
            done.result()
