"""The instant preview: every place gets the best person that is left. Also the start and the fallback of HiGHS."""

import time
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from elections.planning.instance import Instance
from elections.planning.points import Scorer, filled_points
from elections.planning.result import Method, Result, gap_of
from elections.planning.tables import Diary, Tables
from elections.planning.unfilled import unfilled

Rows = list[tuple[int, int]]


def greedy(instance: Instance) -> Result:
    """A good assignment in about a second; the seats that matter most and are hardest to fill choose first.

    InstanceError when the instance contradicts itself.
    """
    begin = time.monotonic()
    instance.validate()
    tables = Tables(instance)
    rows = fill(tables)
    return as_result(tables, rows, Method.GREEDY, time.monotonic() - begin)


def fill(tables: Tables, placements: Iterable[tuple[int, int]] = ()) -> Rows:
    """`placements` (rows, within the rules) and what can be added to them, place by place."""
    diary = Diary(tables, placements)
    ties = _ties(tables)
    for seat in _order(tables, diary):
        while diary.left[seat] > 0:
            person = _best(tables, diary, seat, ties)
            if person is None:
                break
            diary.put(person, seat)
    return diary.placements


def as_result(
    tables: Tables,
    placements: Rows,
    method: Method,
    seconds: float,
    bound: float | None = None,
    *,
    cancelled: bool = False,
    failure: str = "",
) -> Result:
    """Placements by rows, with their points, and what is unfilled with its remedies."""
    scored = Scorer(tables.instance).score(tables.ids(placements))
    return Result(
        placements=scored.placed,
        unfilled=unfilled(tables, placements),
        objective=scored.objective,
        parts=scored.parts,
        method=method,
        seconds=seconds,
        bound=bound,
        gap=None if bound is None else gap_of(scored.objective, bound),
        cancelled=cancelled,
        failure=failure,
    )


def _order(tables: Tables, diary: Diary) -> list[int]:
    """Seats with places left: leading and scarce kinds first."""
    people = diary.free.sum(axis=0)
    places = np.zeros(len(tables.groups))
    np.add.at(places, tables.group_of, diary.left)
    supply = people / np.maximum(places, 1)
    rank = [
        (filled_points(group.kind) + tables.chair_points[number], -supply[number])
        for number, group in enumerate(tables.groups)
    ]
    seats = np.flatnonzero(diary.left > 0)
    return sorted(
        (int(seat) for seat in seats),
        key=lambda seat: (-rank[tables.group_of[seat]][0], -rank[tables.group_of[seat]][1], seat),
    )


def _ties(tables: Tables) -> dict[int, list[tuple[int, int]]]:
    """Person -> (other, points) for every pair."""
    ties = defaultdict(list)
    for pair in tables.pairs:
        ties[pair.one].append((pair.other, pair.points))
        ties[pair.other].append((pair.one, pair.points))
    return ties


def _best(tables: Tables, diary: Diary, seat: int, ties: dict[int, list[tuple[int, int]]]) -> int | None:
    """Who earns most in this seat beside those who are there; the lowest id when several do."""
    group = int(tables.group_of[seat])
    who = np.flatnonzero(diary.free[:, group])
    if not len(who):
        return None
    points = tables.near[who, tables.station_of[seat]] + tables.worth[who, group]
    points += np.where(diary.has_work[who], 0, tables.first_work[who])
    if tables.groups[group].is_team:
        cell = int(tables.cell_of[seat])
        team = diary.teams[cell]
        experienced = sum(bool(tables.experienced[person]) for person in team)
        if experienced < len(tables.experience_points):
            points += tables.experience_points[experienced] * tables.experienced[who]
        for label in tables.wanted_in.get(cell, ()):
            if not any(tables.has_label[label][person] for person in team):
                points += tables.label_points * tables.has_label[label][who]
        for person in team:
            for other, value in ties.get(person, ()):
                points[who == other] += value
    return int(who[np.argmax(points)])
