"""A member with an event whose steps are open, and a browser that is logged in."""

from datetime import date, time
from typing import Any

import pytest

from tests import factories
from tests.identity.flow import connect, linked


@pytest.fixture
def event() -> Any:
    return factories.make_event(name="Staten 2027")


@pytest.fixture
def day(event: Any) -> Any:
    return factories.make_polling_day(event)


@pytest.fixture
def morning(day: Any) -> Any:
    return factories.make_day_part(day, name="Ochtend")


@pytest.fixture
def evening(day: Any) -> Any:
    return factories.make_day_part(day, name="Avond", start=time(14), end=time(23))


@pytest.fixture
def member() -> Any:
    return factories.make_member(
        first_name="Noor",
        initials="N.A.",
        infix="van",
        last_name="Dijk",
        birth_date=date(1957, 3, 27),
        phone="+31 6 12345678",
        street="Dorpsstraat",
        house_number="12",
        postcode="1234 AB",
        city="Juinen",
        qualified_for=["member"],
    )


@pytest.fixture
def as_member(client_for: Any, juinen: Any, member: Any) -> Any:
    return client_for(juinen, member.user)


@pytest.fixture
def provider(issuer: str) -> Any:
    """The provider of the work accounts of juinen."""
    return connect(issuer)


@pytest.fixture
def colleague(provider: Any) -> Any:
    """A colleague whose work account is known to the provider as "anna"."""
    return linked("anna", provider.issuer, email="anna@juinen.example")
