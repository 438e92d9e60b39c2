"""What no assignment can be worth more than, proven over every (person, seat), also those that no model has seen.

Any prices for the rows of the model that are not below zero give a bound (weak duality): the prices of what there is
to share out, plus for each person and time the best that is left of a seat after paying its prices.
"""

from dataclasses import dataclass

import numpy as np

from elections.planning.model import Model
from elections.planning.tables import Group

TOLERANCE = 1e-6
PER_GROUP = 5  # columns that one person may add per group in one round
PER_PAIR = 4  # teams per day part in which one pair may be added


@dataclass(frozen=True)
class Pricing:
    """`bound` for the whole instance; the columns and pairs in teams that would improve the model."""

    bound: float
    people: np.ndarray
    seats: np.ndarray
    both: list[tuple[int, int]]


def price(model: Model, duals: np.ndarray) -> Pricing:
    """Value everything against the prices `duals` of the rows of the model."""
    t = model.tables
    prices = np.maximum(duals, 0)
    bound = float(prices @ model.upper) + model.carried_gain(prices)
    paid = _paid_by_person(model, prices)
    best = np.zeros((len(t.people), len(t.slots)))
    paired = np.array(sorted({row for pair in t.pairs for row in (pair.one, pair.other)}), dtype=np.int64)
    in_team = np.full((len(paired), len(t.cells)), -np.inf)
    slot_in_team = np.zeros((len(paired), len(t.cells)), dtype=np.int64)
    people, seats = [], []
    for number, group in enumerate(t.groups):
        who = np.flatnonzero(t.eligible[:, number])
        if not len(who):
            continue
        left = _left(model, prices, paid, number, who)
        most = left.max(axis=1)
        best[who, group.slot] = np.maximum(best[who, group.slot], most)
        found_people, found_seats = _improving(model, left, who, group.seats)
        people.append(found_people)
        seats.append(found_seats)
        if group.is_team and len(paired):
            _note_teams(in_team, slot_in_team, paired, who, left, group)
    bound += float(best.sum())
    both: list[tuple[int, int]] = []
    if len(paired):
        in_team -= np.take_along_axis(best[paired], slot_in_team, axis=1)
        gain, both = _pairs(model, paired, in_team)
        bound += gain
    return Pricing(bound, np.concatenate([*people, _NO_ROWS]), np.concatenate([*seats, _NO_ROWS]), both)


_NO_ROWS = np.zeros(0, dtype=np.int64)


def _paid_by_person(model: Model, prices: np.ndarray) -> np.ndarray:
    """[person, slot]: what working then costs, less what first work earns."""
    t = model.tables
    padded = np.append(prices, 0.0)  # so that the row NONE costs nothing
    paid = np.zeros((len(t.people), len(t.slots)))
    for number, slot in enumerate(t.slots):
        for clique in model.slot_cliques[number]:
            paid[:, number] += padded[model.clique_row[:, clique]]
        if slot.day in model.hours_row:
            paid[:, number] += slot.hours * padded[model.hours_row[slot.day]]
    return paid - padded[model.first_row][:, None] - model.bonus[:, None]


def _left(model: Model, prices: np.ndarray, paid: np.ndarray, number: int, who: np.ndarray) -> np.ndarray:
    """[person of who, seat of the group]: what is left of the points after paying."""
    t = model.tables
    group = t.groups[number]
    padded = np.append(prices, 0.0)
    left = t.near[np.ix_(who, group.stations)].astype(np.float64)
    left += (t.worth[who, number] - paid[who, group.slot])[:, None]
    left -= prices[model.seat_row[group.seats]]
    if group.is_team:
        left[t.experienced[who]] += padded[model.experience_row[group.cells]]
        for label, rows in model.label_row.items():
            left[t.has_label[label][who]] += padded[rows[group.cells]]
        at = {cell: column for column, cell in enumerate(group.cells)}
        row_of = {person: row for row, person in enumerate(who)}
        for (person, cell), value in model.tie_values(prices).items():
            if person in row_of and cell in at:
                left[row_of[person], at[cell]] += value
    return left


def _improving(
    model: Model, left: np.ndarray, who: np.ndarray, seats: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The best columns of each person that would improve the model."""
    some = np.flatnonzero(left.max(axis=1) > TOLERANCE)
    values = np.where(model.has[np.ix_(who[some], seats)], -np.inf, left[some])
    count = min(PER_GROUP, values.shape[1])
    top = np.argpartition(-values, count - 1, axis=1)[:, :count]
    rows, places = np.nonzero(np.take_along_axis(values, top, axis=1) > TOLERANCE)
    return who[some[rows]], seats[top[rows, places]]


def _note_teams(
    in_team: np.ndarray,
    slot_in_team: np.ndarray,
    paired: np.ndarray,
    who: np.ndarray,
    left: np.ndarray,
    group: Group,
) -> None:
    """Remember for people in pairs the most that is left for them in each team, and when that is."""
    at = np.searchsorted(paired, who)
    at[at == len(paired)] = 0
    mine = np.flatnonzero(paired[at] == who)
    rows, cells = at[mine], group.cells
    better = left[mine] > in_team[np.ix_(rows, cells)]
    in_team[np.ix_(rows, cells)] = np.where(better, left[mine], in_team[np.ix_(rows, cells)])
    slot_in_team[np.ix_(rows, cells)] = np.where(better, group.slot, slot_in_team[np.ix_(rows, cells)])


def _pairs(model: Model, paired: np.ndarray, in_team: np.ndarray) -> tuple[float, list[tuple[int, int]]]:
    """What pairs can gain in teams that the model does not know, after both pay what they lack there."""
    t = model.tables
    gain = 0.0
    found: list[tuple[int, int]] = []
    day_parts = np.array([part for _station, part in t.cells])
    for number, pair in enumerate(t.pairs):
        one, other = np.searchsorted(paired, [pair.one, pair.other])
        new = np.isfinite(in_team[one]) & np.isfinite(in_team[other])
        new[list(model.cells_of_pair[number])] = False
        need = np.where(new, float(pair.points), 0.0)
        for row in (one, other):
            lacks = np.where(new, np.minimum(need, -np.where(new, in_team[row], 0)), 0.0)
            lacks = np.maximum(lacks, 0)
            in_team[row] += lacks
            need -= lacks
        for part in np.unique(day_parts[need > TOLERANCE]):
            cells = np.flatnonzero(day_parts == part)
            gain += float(need[cells].max())
            found.extend(
                (number, int(cell))
                for cell in cells[np.argsort(-need[cells])[:PER_PAIR]]
                if need[cell] > TOLERANCE
            )
    return gain, found
