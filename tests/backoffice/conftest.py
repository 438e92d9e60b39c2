"""A planner who is logged in, members without an account, and a position for a chair."""

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
def chair(event):
    return factories.make_position(event, kind="chair", name="Voorzitter", rank=1)
