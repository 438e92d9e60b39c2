"""A planner who is logged in, members, and an event with a morning in which a chair works."""

import pytest

from tests import factories


@pytest.fixture
def staff():
    return factories.make_staff("planner")


@pytest.fixture
def planner(juinen, client_for, staff):
    return client_for(juinen, staff)


@pytest.fixture
def new_member():
    """A maker of members without an account."""
    return lambda **values: factories.make_member(with_user=False, **values)


@pytest.fixture
def event():
    return factories.make_event()


@pytest.fixture
def morning(event):
    return factories.make_day_part(factories.make_polling_day(event), name="Ochtend")


@pytest.fixture
def chair(event):
    return factories.make_position(event, kind="chair", name="Voorzitter", rank=1)
