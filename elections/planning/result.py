"""What the optimiser answers: placements with their reasons, and what could not be filled with remedies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from elections.planning.instance import Placement

Parts = Mapping[str, int]


class Part(StrEnum):
    """The rules that give points, in the order in which staff see them."""

    FILLED = "filled"
    CHAIRS_FIRST = "chairs_first"
    PREFERENCES = "preferences"
    DISTANCE = "distance"
    EXPERIENCE_MIX = "experience_mix"
    LABELS = "labels"
    TOGETHER = "together"
    EARLIER_TEAM = "earlier_team"
    SPREAD = "spread"
    CHANGE_OF_STATION = "change_of_station"  # the only one that takes points


class Method(StrEnum):
    HIGHS = "highs"
    GREEDY = "greedy"


class Reason(StrEnum):
    """Why a place stays empty; the first that holds."""

    NOBODY_ALLOWED = "nobody_allowed"  # nobody may do this work in this day part
    NOBODY_AVAILABLE = "nobody_available"  # those who may, are not available
    LIMITS = "limits"  # those who may and can, would break rest, hours or other work
    ALL_PLACED = "all_placed"  # those who may and can, sit elsewhere at that time


class RemedyCode(StrEnum):
    """What staff could do about it, from what asks least of people to what asks most."""

    MOVE = "move"  # a person in a lower-ranked seat, for whom there are others
    ASK = "ask"  # people who may do it and did not answer
    UNLOCK = "unlock"  # a fixed person in a lower-ranked seat, for whom there are others
    TRAIN = "train"  # people who could come, and only miss the training
    ASK_AGAIN = "ask_again"  # people who may do it and said no
    RELAX = "relax"  # people whom only rest or the maximum of hours keeps from it
    RECRUIT = "recruit"  # nobody: look for new people


@dataclass(frozen=True)
class Remedy:
    """`people`: ids of those it asks something of, best fit first, at most ten; `count`: how many there are.

    For MOVE and UNLOCK `seat_id` is where the first of them sits now and `alternatives` how many people could
    take over there.
    """

    code: RemedyCode
    people: tuple[int, ...] = ()
    count: int = 0
    seat_id: int | None = None
    alternatives: int = 0


@dataclass(frozen=True)
class Placed:
    """One placement and the points of each rule it earns: why this person sits here."""

    person_id: int
    seat_id: int
    parts: Parts
    fixed: bool = False


@dataclass(frozen=True)
class Unfilled:
    """`count` empty places of a seat. `remedies` are cheapest first and never none."""

    seat_id: int
    count: int
    reason: Reason
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True)
class Score:
    """What an assignment is worth: points per rule, and per placement why."""

    objective: int
    parts: Parts
    placed: tuple[Placed, ...]


@dataclass(frozen=True)
class Result:
    """`bound`: no assignment can be worth more; None when there was no time to prove one. `gap`: see gap_of.

    `parts`: totals per rule. `cancelled`: somebody stopped it, this is the best until then.
    `failure`: why the solver was not used, for the log; empty when all went well.
    """

    placements: tuple[Placed, ...]
    unfilled: tuple[Unfilled, ...]
    objective: int
    parts: Parts
    method: Method
    seconds: float
    bound: float | None = None
    gap: float | None = None
    cancelled: bool = False
    failure: str = ""

    @property
    def pairs(self) -> frozenset[Placement]:
        """(person id, seat id) of all placements, fixed ones too."""
        return frozenset((placed.person_id, placed.seat_id) for placed in self.placements)


def gap_of(objective: float, bound: float) -> float:
    """How much better an answer could be at most, as a part of this one: 0.01 is 1 %; 0 when it is the best."""
    return max(0.0, bound - objective) / max(1.0, objective)


@dataclass(frozen=True)
class Move:
    """The seats of a person in both assignments; empty `before` is who comes in, empty `after` who goes out."""

    person_id: int
    before: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True)
class Comparison:
    """`objective` and `parts` are after minus before: above zero is better. Seats that stay are not in `moved`."""

    moved: tuple[Move, ...]
    came_in: tuple[Move, ...]
    went_out: tuple[Move, ...]
    objective: int
    parts: Parts = field(default_factory=dict)
