"""The shape of a new election event, and the plan that Zitting proposes for March 2027.

A plan is plain data: a form, the demo and a test fill one, `actions.event.create_event` makes it real.
"""

from dataclasses import dataclass, field
from datetime import date, time

from elections.enums import ElectionCategory, PollingDayKind, PositionKind


@dataclass(frozen=True)
class ElectionPlan:
    category: ElectionCategory
    name: str


@dataclass(frozen=True)
class DayPartPlan:
    """Local times; an end not after the start lies on the next day."""

    name: str
    start: time
    end: time


@dataclass(frozen=True)
class PollingDayPlan:
    """`date` is a local date of the municipality."""

    date: date
    kind: PollingDayKind
    day_parts: tuple[DayPartPlan, ...] = ()


@dataclass(frozen=True)
class PositionPlan:
    """`allowance_cents` is for one shift, in the municipality's own money (EUR or USD)."""

    kind: PositionKind
    name: str
    allowance_cents: int = 0
    minimum_age: int = 18
    needs_training: bool = True


@dataclass(frozen=True)
class EventPlan:
    """Everything that an event begins with. Each polling day serves all elections."""

    name: str
    elections: tuple[ElectionPlan, ...]
    polling_days: tuple[PollingDayPlan, ...]
    positions: tuple[PositionPlan, ...] = field(default=())


VOTING_DAY = date(2027, 3, 17)
COUNTING_DAY = date(2027, 3, 18)

# The evening part runs on until the count is done, as most municipalities plan it.
VOTING_DAY_PARTS = (
    DayPartPlan("Ochtend", time(7, 0), time(14, 0)),
    DayPartPlan("Middag en avond", time(14, 0), time(23, 0)),
    DayPartPlan("Tellen", time(20, 45), time(0, 0)),
)
COUNTING_DAY_PARTS = (DayPartPlan("Centraal tellen", time(9, 0), time(17, 0)),)

POSITIONS = (
    PositionPlan(PositionKind.CHAIR, "Voorzitter", 204_00),
    PositionPlan(PositionKind.DEPUTY_CHAIR, "Plaatsvervangend voorzitter", 157_00),
    PositionPlan(PositionKind.MEMBER, "Stembureaulid", 169_00),
    PositionPlan(PositionKind.COUNTER, "Teller", 50_00, needs_training=False),
    PositionPlan(PositionKind.RESERVE, "Reserve", 0),
)


def proposed_plan(*, is_public_body: bool) -> EventPlan:
    """The event of 17 March 2027.

    Municipalities vote for Provinciale Staten and water boards, by one board (Kieswet art. E 3 lid 2). Public bodies
    vote for the island council and the electoral college, by one board too (art. Ya 24). The names are not
    translated: they become data of the municipality.
    """
    if is_public_body:
        name = "Eilandsraad en kiescollege 2027"
        elections = (
            ElectionPlan(ElectionCategory.ER, "Eilandsraad"),
            ElectionPlan(ElectionCategory.KC, "Kiescollege"),
        )
    else:
        name = "Provinciale Staten en waterschappen 2027"
        elections = (
            ElectionPlan(ElectionCategory.PS, "Provinciale Staten"),
            ElectionPlan(ElectionCategory.WS, "Waterschap"),
        )
    days = (
        PollingDayPlan(VOTING_DAY, PollingDayKind.VOTING, VOTING_DAY_PARTS),
        PollingDayPlan(COUNTING_DAY, PollingDayKind.COUNTING, COUNTING_DAY_PARTS),
    )
    return EventPlan(name, elections, days, POSITIONS)
