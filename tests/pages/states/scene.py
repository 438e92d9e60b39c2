"""The stage of every state: a municipality with one of everything, browsers at it, and the list of states."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from tests import factories
from tests.conftest import MunicipalityClient


@dataclass
class Scene:
    """One of everything in a municipality, and browsers at it."""

    world: factories.World
    municipality: Any
    client_for: Callable[..., MunicipalityClient]

    @property
    def anyone(self) -> MunicipalityClient:
        return self.client_for(self.municipality)

    @property
    def member(self) -> MunicipalityClient:
        return self.as_user(self.world.member.user)

    @property
    def planner(self) -> MunicipalityClient:
        return self.as_user(self.world.staff["planner"])

    def as_user(self, user: Any) -> MunicipalityClient:
        return self.client_for(self.municipality, user)


State = Callable[[Scene], Any]
STATES: Final[dict[str, list[State]]] = defaultdict(list)


def state(of: str) -> Callable[[State], State]:
    """Register a state of this room."""

    def register(function: State) -> State:
        STATES[of].append(function)
        return function

    return register


def url(name: str, *rows: Any) -> str:
    return reverse(f"portal:{name}", urlconf="config.urls_tenant", args=[row.uuid for row in rows])


def change_session(client: MunicipalityClient, **values: Any) -> None:
    session = client.session
    session.update(values)
    session.save()
