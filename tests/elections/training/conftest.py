"""A shift of which the work can need a training, and one training."""

from datetime import date
from typing import Any

import pytest

from tests import factories


@pytest.fixture
def event() -> Any:
    made = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    factories.make_election(made, name="Provinciale Staten")
    return made


@pytest.fixture
def shift(event: Any) -> Any:
    part = factories.make_day_part(factories.make_polling_day(event))
    position = factories.make_position(event)
    return factories.make_shift(factories.make_polling_station(event), part, position, places=9)


@pytest.fixture
def training() -> Any:
    return factories.make_training()
