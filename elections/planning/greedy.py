"""The instant preview: every place gets the best person that is left. Also the start and the fallback of HiGHS."""

import time
from collections.abc import Iterable

import numpy as np

from elections.planning.instance import Instance
from elections.planning.points import CHANGE_OF_STATION, Scorer, filled_points
from elections.planning.repair import repair
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
    rows = settle(tables)
    return as_result(tables, rows, Method.GREEDY, time.monotonic() - begin)


def settle(tables: Tables, placements: Iterable[tuple[int, int]] = ()) -> Rows:
    """`placements` filled up, after which as few people as can be change stations without the time to travel."""
    return repair(tables, fill(tables, placements))


def fill(tables: Tables, placements: Iterable[tuple[int, int]] = ()) -> Rows:
    """`placements` (rows, within the rules) and what can be added to them, place by place."""
    diary = Diary(tables, placements)
    for seat in _order(tables, diary):
        while diary.left[seat] > 0:
            person = _best(tables, diary, seat)
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


def _best(tables: Tables, diary: Diary, seat: int) -> int | None:
    """Who earns most in this seat beside those who are there; the lowest id when several do."""
    group = int(tables.group_of[seat])
    who = np.flatnonzero(diary.free[:, group])
    if not len(who):
        return None
    points = tables.near[who, tables.station_of[seat]] + tables.worth[who, group]
    points += np.where(diary.has_work[who], 0, tables.first_work[who])
    slot, station = int(tables.slot_of[seat]), int(tables.station_of[seat])
    points -= CHANGE_OF_STATION * diary.hurried[who, slot]
    for person in diary.around.get((station, slot), ()):
        points[who == person] += CHANGE_OF_STATION
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
            for other, value in tables.ties.get(person, ()):
                points[who == other] += value
    return int(who[np.argmax(points)])
