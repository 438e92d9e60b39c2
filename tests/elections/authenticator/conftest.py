"""A user with an authenticator app, at a moment that stands still."""

import pytest
import time_machine

from elections.actions import login
from tests import factories
from tests.factories import SEED

NOW = "2027-03-01T12:00:10Z"


@pytest.fixture(autouse=True)
def clock():
    """Standing still: a half minute that passes during a test would change the codes."""
    with time_machine.travel(NOW, tick=False) as stopped:
        yield stopped


@pytest.fixture
def user():
    return factories.make_user(username="a.vandenberg", email="anna@voorbeeld.example")


@pytest.fixture
def app(user):
    return factories.make_authenticator(user, seed=SEED)


@pytest.fixture
def session(user, app):
    """A browser that gave the right password and must show the code of the app."""
    session = {}
    login.start_login("a.vandenberg", factories.PASSWORD, session)
    return session
