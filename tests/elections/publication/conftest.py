"""An event with one shift that nobody has."""

import pytest

from tests import factories
from tests.elections.publication.places import make_shift


@pytest.fixture
def event():
    return factories.make_event()


@pytest.fixture
def morning(event):
    return factories.make_day_part(factories.make_polling_day(event), name="Ochtend")


@pytest.fixture
def shift(event, morning):
    return make_shift(event, morning, "De Kuip")
