"""The positions of an event."""

import pytest
from django.db import IntegrityError

from elections.actions.event import create_event
from elections.actions.position import save_positions
from elections.actions.shift import make_shifts
from elections.enums import PositionKind
from elections.errors import ActionError
from elections.event_plan import PositionPlan, proposed_plan
from tests import factories


@pytest.fixture
def event():
    return create_event(proposed_plan(is_public_body=False), by=None)


def _rows(event, without=()):
    return [
        (position.uuid, PositionPlan(PositionKind(position.kind), position.name, position.allowance_cents))
        for position in event.positions.all()
        if position.name not in without
    ]


def test_save_positions_keeps_the_order_of_the_list(event):
    rows = _rows(event)

    save_positions(
        event, [(None, PositionPlan(PositionKind.COUNTER, "Teller dag 2", 100_00)), *reversed(rows)], by=None
    )

    names = [position.name for position in event.positions.all()]
    assert names == [
        "Teller dag 2",
        "Reserve",
        "Teller",
        "Stembureaulid",
        "Plaatsvervangend voorzitter",
        "Voorzitter",
    ]


def test_save_positions_refuses_a_board_member_of_17(event):
    young = PositionPlan(PositionKind.MEMBER, "Jong lid", minimum_age=17)

    with pytest.raises(ActionError, match="minstens 18 jaar"):
        save_positions(event, [*_rows(event), (None, young)], by=None)


def test_save_positions_allows_a_counter_of_17(event):
    save_positions(
        event, [*_rows(event), (None, PositionPlan(PositionKind.COUNTER, "Hulp", minimum_age=17))], by=None
    )

    assert event.positions.get(name="Hulp").minimum_age == 17


def test_database_refuses_a_board_member_of_17(event):
    with pytest.raises(IntegrityError, match="position_minimum_age"):
        factories.make_position(event, kind="chair", minimum_age=17)


def test_save_positions_refuses_to_drop_one_with_shifts(event):
    factories.make_polling_station(event)
    make_shifts(event, by=None)

    with pytest.raises(ActionError, match="nog 1 diensten"):
        save_positions(event, _rows(event, without=("Teller",)), by=None)


def test_save_positions_refuses_another_kind_under_existing_shifts(event):
    factories.make_polling_station(event)
    make_shifts(event, by=None)
    rows = [
        (u, PositionPlan(PositionKind.RESERVE, p.name) if p.name == "Teller" else p) for u, p in _rows(event)
    ]

    with pytest.raises(ActionError, match="soort staat daarom vast"):
        save_positions(event, rows, by=None)


@pytest.mark.parametrize("names", [(), ("Teller", "Teller")])
def test_save_positions_refuses_none_or_two_of_one_name(event, names):
    with pytest.raises(ActionError):
        save_positions(event, [(None, PositionPlan(PositionKind.COUNTER, name)) for name in names], by=None)
