"""An event with one shift that nobody has."""

import pytest

from tests.elections.publication.places import make_shift


@pytest.fixture
def shift(event, morning):
    return make_shift(event, morning, "De Kuip")
