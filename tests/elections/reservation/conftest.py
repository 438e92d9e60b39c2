"""One shift with one place, which a member may pick."""

import pytest

from tests import factories


@pytest.fixture
def step(event):
    return factories.make_portal_step(event, "reservation")


@pytest.fixture
def morning(event, step):
    return factories.make_day_part(factories.make_polling_day(event), name="Ochtend")


@pytest.fixture
def position(event):
    return factories.make_position(event)


@pytest.fixture
def shift(event, morning, position):
    return factories.make_shift(factories.make_polling_station(event), morning, position, places=1)


@pytest.fixture
def member(event):
    return factories.make_member()
