"""The same city assigned by the product, by greedy, and by one plain model in HiGHS and in CP-SAT.

`run(method, ...)` does one of them in a process of its own, so that its memory can be told; the objective is always
that of `elections.planning.points.score`.
"""

import json
import resource
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from bench.planning_city import AMSTERDAM, JUINEN, city
from elections.planning.greedy import greedy
from elections.planning.points import score
from elections.planning.solver import solve
from elections.planning.tables import Tables

SIZES = {"amsterdam": AMSTERDAM, "juinen": JUINEN}
METHODS = ("ours", "greedy", "plain_highs", "plain_cpsat")
NEAREST = 15  # stations per person in the plain model, and those of their wishes


@dataclass
class Outcome:
    """`gap` in %: ours against every column there is, plain models only against the columns they were given."""

    method: str
    objective: int
    filled: int
    gap: float | None
    seconds: float
    cpu_seconds: float
    megabytes: float

    def __str__(self) -> str:
        gap = "no bound" if self.gap is None else f"gap {self.gap:.3f} %"
        return (
            f"  {self.method:12} {self.objective:>12,} points {self.filled:>6,} filled  {gap:14} "
            f"{self.seconds:6.1f} s ({self.cpu_seconds:.1f} s of processor) {self.megabytes:7.0f} MB"
        )


def run(method: str, size: str, seconds: float) -> Outcome:
    """One method in a child process."""
    command = [sys.executable, "-m", "bench.planning_peers", method, size, str(seconds)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(f"{method}: {answer.stderr[-2000:]}")
    return Outcome(**json.loads(answer.stdout.splitlines()[-1]))


@dataclass
class Plain:
    """One linear model: what a first attempt with any solver looks like. Every variable is zero or one."""

    points: list[int] = field(default_factory=list)
    rows: list[tuple[list[int], list[int], int]] = field(default_factory=list)  # columns, values, at most
    placements: list[tuple[int, int]] = field(default_factory=list)

    def variable(self, points: int) -> int:
        self.points.append(int(points))
        return len(self.points) - 1

    def at_most(self, columns: list[int], limit: int) -> None:
        self.rows.append((columns, [1] * len(columns), limit))

    def carried(self, points: int, by: list[int], units: int = 1) -> None:
        """A variable that needs `units` of the columns that carry it."""
        column = self.variable(points)
        self.rows.append(([column, *by], [units] + [-1] * len(by), 0))


def plain(tables: Tables) -> Plain:
    """All rules over the nearest stations. In the city nothing clashes but two places in one day part."""
    model = Plain()
    in_seat, in_part, in_team, of_person = (defaultdict(list) for _ in range(4))
    for number, group in enumerate(tables.groups):
        who = np.flatnonzero(tables.eligible[:, number])
        nearest = np.argsort(-tables.near[np.ix_(who, group.stations)], axis=1)[:, :NEAREST]
        for person, places in zip(who, nearest, strict=True):
            for place in places:
                seat = group.seats[place]
                column = model.variable(
                    tables.near[person, tables.station_of[seat]] + tables.worth[person, number]
                )
                model.placements.append((tables.people[person].id, tables.seats[seat].id))
                in_seat[seat].append(column)
                in_part[person, group.slot].append(column)
                in_team[tables.cell_of[seat], person].append(column)
                of_person[person].append(column)
    for seat, columns in in_seat.items():
        model.at_most(columns, int(tables.places[seat]))
    for columns in in_part.values():
        model.at_most(columns, 1)
    for person, columns in of_person.items():
        model.carried(tables.first_work[person], columns)
    teams = defaultdict(dict)
    for (cell, person), columns in in_team.items():
        teams[cell][person] = columns
    for cell, team in teams.items():
        _team_rules(model, tables, cell, team)
    return model


def _team_rules(model: Plain, tables: Tables, cell: int, team: dict[int, list[int]]) -> None:
    experienced = [
        column for person, columns in team.items() if tables.experienced[person] for column in columns
    ]
    one, two = (model.variable(points) for points in tables.experience_points)
    model.rows.append(([one, two, *experienced], [1, 1] + [-1] * len(experienced), 0))
    for label in tables.wanted_in.get(cell, ()):
        labelled = [
            column
            for person, columns in team.items()
            if tables.has_label[label][person]
            for column in columns
        ]
        model.carried(tables.label_points, labelled)
    for pair in tables.pairs:
        if pair.one in team and pair.other in team:
            both = model.variable(pair.points)
            for person in (pair.one, pair.other):
                model.rows.append(([both, *team[person]], [1] + [-1] * len(team[person]), 0))


def solve_with_highs(model: Plain, seconds: float) -> tuple[list[float], float]:
    """The values of all variables and the gap in %."""
    import highspy  # slow import: only this method needs it

    highs = highspy.Highs()
    highs.silent()
    count = len(model.points)
    empty = np.zeros(0)
    highs.addCols(count, np.array(model.points, float), np.zeros(count), np.ones(count), 0,
                  np.zeros(count + 1, np.int32), np.zeros(0, np.int32), empty)  # fmt: skip
    highs.changeColsIntegrality(
        count, np.arange(count, dtype=np.int32), np.full(count, highspy.HighsVarType.kInteger)
    )
    starts = np.cumsum([0, *(len(columns) for columns, _values, _limit in model.rows)]).astype(np.int32)
    highs.addRows(
        len(model.rows),
        np.full(len(model.rows), -highspy.kHighsInf),
        np.array([limit for _columns, _values, limit in model.rows], float),
        int(starts[-1]),
        starts,
        np.concatenate([columns for columns, _values, _limit in model.rows]).astype(np.int32),
        np.concatenate([values for _columns, values, _limit in model.rows]).astype(float),
    )
    highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
    for option, value in {"time_limit": seconds, "threads": 2, "mip_rel_gap": 5e-4}.items():
        highs.setOptionValue(option, value)
    highs.run()
    info = highs.getInfo()
    return list(highs.getSolution().col_value), 100 * info.mip_gap


def solve_with_cpsat(model: Plain, seconds: float) -> tuple[list[float], float]:
    """The values of all variables and the gap in %."""
    from ortools.sat.python import cp_model  # slow import: only this method needs it

    problem = cp_model.CpModel()
    variables = [problem.new_bool_var("") for _points in model.points]
    for columns, values, limit in model.rows:
        chosen = [variables[column] for column in columns]
        problem.add(cp_model.LinearExpr.weighted_sum(chosen, values) <= limit)
    problem.maximize(cp_model.LinearExpr.weighted_sum(variables, model.points))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    solver.parameters.relative_gap_limit = 5e-4
    status = solver.solve(problem)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return [0.0] * len(variables), float("inf")
    gap = 100 * (solver.best_objective_bound - solver.objective_value) / max(1, solver.objective_value)
    return [float(solver.value(variable)) for variable in variables], gap


def main(method: str, size: str, seconds: float) -> None:
    """Do it and print the outcome as JSON."""
    instance = city(SIZES[size])
    begin = time.perf_counter()
    gap: float | None = None
    if method in ("ours", "greedy"):
        result = solve(instance, seconds=seconds) if method == "ours" else greedy(instance)
        pairs, gap = sorted(result.pairs), None if result.gap is None else 100 * result.gap
    else:
        model = plain(Tables(instance))
        left = seconds - (time.perf_counter() - begin)
        values, gap = (solve_with_highs if method == "plain_highs" else solve_with_cpsat)(model, left)
        pairs = [pair for pair, value in zip(model.placements, values, strict=False) if value > 0.5]
    taken = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    objective = score(instance, pairs).objective
    print(json.dumps(vars(Outcome(method, objective, len(pairs), gap, taken, time.process_time(), peak))))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
