"""How HiGHS is led to an answer: price columns in, keep what is whole, decide the rest, and prove how good it is.

0. Prove something at once, with prices that need no linear model: time may be up before the first one is solved.
1. Solve the linear model over likely columns; `bound.price` proves what nobody can exceed, and names the columns that
   were missing. Again, until little is missing.
2. Most people have a whole place in that solution. These are kept; HiGHS decides about the others in whole numbers.
   The model does not know that a change of station takes points: what it proves nobody can exceed, nobody can with
   those points off either. `settle` repairs such changes in every answer, before it is compared with the best.
3. A small instance is then solved to the end: columns that can not be in a better answer are closed.
"""

import math
from itertools import product

import highspy
import numpy as np

from elections.planning.bound import price
from elections.planning.greedy import Rows, settle
from elections.planning.model import Model
from elections.planning.points import Scorer
from elections.planning.result import gap_of
from elections.planning.tables import Tables
from elections.planning.watch import SolverFailed, Watch

SMALL = 40_000  # columns that go in at once
NEAREST = 10  # in a larger instance: stations per person and group in the first model
BEST = 10  # and people per seat, on top of three for each of its places
LINEAR_SHARE = 0.65  # of the time, for the linear models
NEXT_ROUND = 1.6  # times what the round before took
GOOD_ENOUGH = 5e-4  # a gap that is not worth more time
CLOSE = 20.0  # points a column may lack to be looked at in whole numbers
FEW = 5_000  # open columns with which the best answer is proven
MOST_NODES = 500  # of the tree, for that proof
TOLERANCE = 1e-6


class _Search:
    """One search; keeps the best answer and the best bound."""

    def __init__(self, tables: Tables, start: Rows, watch: Watch, threads: int) -> None:
        highspy.Highs.resetGlobalScheduler(True)  # or it keeps the number of threads of an earlier search
        self.tables = tables
        self.watch = watch
        self.scorer = Scorer(tables.instance)
        self.constant = self.scorer.score(()).objective  # of the fixed placements, which the model leaves out
        self.best, self.points = start, self._worth(start)
        self.bound = math.inf
        columns = sum(
            int(tables.eligible[:, row].sum()) * len(group.seats) for row, group in enumerate(tables.groups)
        )
        self.is_small = columns <= SMALL
        self.model = Model(tables, *first_columns(tables, everything=self.is_small))
        if self.is_small:
            self.model.add_both(list(product(range(len(tables.pairs)), range(len(tables.cells)))))
        self.highs = self.model.solver
        self.highs.setOptionValue("threads", threads)
        self.highs.setOptionValue("random_seed", 0)
        for callback in (self.highs.cbSimplexInterrupt, self.highs.cbMipInterrupt):
            callback.subscribe(self._interrupt)

    def _interrupt(self, event: highspy.HighsCallbackEvent) -> None:
        if self.watch.must_stop():
            event.interrupt()

    def _worth(self, rows: Rows) -> int:
        return self.scorer.score(self.tables.ids(rows)).objective

    def offer(self, rows: Rows) -> None:
        """Complete an answer and keep it when it is better."""
        rows = settle(self.tables, rows)
        points = self._worth(rows)
        if points > self.points:
            self.best, self.points = rows, points
        self._tell()

    def _tell(self) -> None:
        self.watch.filled = len(self.best)
        if self.bound < math.inf:
            self.watch.gap = self.gap

    @property
    def gap(self) -> float:
        """How much better an answer could be at most, as a part of this one."""
        return gap_of(self.points, self.bound)

    def _run(self, seconds: float) -> highspy.HighsModelStatus:
        self.highs.clearSolver()
        # HiGHS counts the time of all runs together.
        limit = self.highs.getRunTime() + max(0.01, min(seconds, self.watch.left))
        self.highs.setOptionValue("time_limit", limit)
        status = self.highs.run()
        if status == highspy.HighsStatus.kError:
            raise SolverFailed(str(self.highs.getModelStatus()))
        return self.highs.getModelStatus()

    def bound_at_once(self) -> None:
        """A first bound from prices that need no linear model, should the time be up before there is a better one.

        Free seats, which is near when people are scarce; and seats for what they earn now, near when seats are.
        """
        t = self.tables
        free = np.zeros(len(self.model.upper))
        paid = free.copy()
        for person, seat in self.best:
            row = self.model.seat_row[seat]
            worth = t.near[person, t.station_of[seat]] + t.worth[person, t.group_of[seat]]
            paid[row] = min(paid[row] or math.inf, worth)
        for prices in (free, paid):
            self._lower(price(self.model, prices).bound)

    def _lower(self, bound: float) -> None:
        # All points are whole numbers, so that the bound may be one.
        self.bound = min(self.bound, math.floor(bound + self.constant + TOLERANCE))
        self._tell()

    def linear(self) -> bool:
        """Rounds of pricing; true when there is a linear solution to go on with."""
        limit = self.watch.seconds * LINEAR_SHARE
        solved = False
        while not self.watch.must_stop():
            begin = self.watch.elapsed
            status = self._run(limit - begin if solved else self.watch.left)
            if status in (highspy.HighsModelStatus.kTimeLimit, highspy.HighsModelStatus.kInterrupt):
                break
            if status != highspy.HighsModelStatus.kOptimal:
                raise SolverFailed(str(status))
            solved = True
            if self._price() or self.watch.elapsed + NEXT_ROUND * (self.watch.elapsed - begin) > limit:
                break
        return solved

    def _price(self) -> bool:
        """Read the linear solution, bound everything and add what was missing; true when that is next to nothing."""
        solution = self.highs.getSolution()
        columns = self.model.columns
        self.values = np.array(solution.col_value)[columns]
        self.lacks = -np.array(solution.col_dual)[columns]
        priced = price(self.model, np.array(solution.row_dual))
        self._lower(priced.bound)
        value = self.highs.getInfo().objective_function_value + self.constant
        if not (len(priced.people) or priced.both) or self.bound - value < GOOD_ENOUGH / 2 * value:
            return True
        self.model.add(priced.people, priced.seats)
        self.model.add_both(priced.both)
        # What is new has no part in this solution, should the next one never come.
        new = len(self.model.columns) - len(columns)
        self.values = np.append(self.values, np.zeros(new))
        self.lacks = np.append(self.lacks, np.zeros(new))
        return False

    def whole(self, kept: np.ndarray, is_open: np.ndarray, gap: float) -> float:
        """Decide in whole numbers, with `kept` columns at one and those not open at zero; the bound proven for that.

        It stops within `gap` of that bound. The answer, when there is one, is offered.
        """
        columns = self.model.columns.astype(np.int32)
        count = len(columns)
        self.highs.changeColsBounds(count, columns, kept.astype(float), (kept | is_open).astype(float))
        self.highs.changeColsIntegrality(count, columns, np.full(count, highspy.HighsVarType.kInteger))
        self.highs.setOptionValue("mip_rel_gap", gap)
        self._run(self.watch.left)
        info = self.highs.getInfo()
        if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            values = np.array(self.highs.getSolution().col_value)
            self.offer(self.rows(np.flatnonzero(values[columns] > 0.5)))
        return float(info.mip_dual_bound) + self.constant

    def prove(self) -> None:
        """Solve to the end, when few columns can be in a better answer.

        A column that lacks more than the gap cannot: with it the linear solution loses more than can be won.
        """
        if self.gap == 0 or self.watch.must_stop():
            return
        is_open = self.lacks <= self.bound - self.points + TOLERANCE
        if is_open.sum() <= FEW:
            self.highs.setOptionValue("mip_max_nodes", MOST_NODES)
            proven = self.whole(np.zeros(len(is_open), dtype=bool), is_open, 0.0)
            self.bound = min(self.bound, max(math.floor(proven + TOLERANCE), self.points))

    def rows(self, at: np.ndarray) -> Rows:
        """Columns as placements."""
        return [(int(self.model.people[number]), int(self.model.seats[number])) for number in at]


def search(tables: Tables, start: Rows, watch: Watch, threads: int) -> tuple[Rows, float, bool]:
    """The best rows found within the time of `watch`, the bound, and whether HiGHS had the time to add anything.

    SolverFailed when HiGHS breaks off.
    """
    if not start:  # nobody can be placed anywhere
        return start, float(Scorer(tables.instance).score(()).objective), True
    found = _Search(tables, start, watch, threads)
    found.bound_at_once()
    solved = found.linear()
    if solved and not watch.must_stop():
        kept = found.values > 1 - TOLERANCE
        found.offer(found.rows(np.flatnonzero(kept)))
        if found.gap > 0:
            found.whole(kept, (found.lacks <= CLOSE) | (found.values > TOLERANCE), GOOD_ENOUGH / 5)
        if found.is_small:
            found.prove()
    return found.best, found.bound, solved


def first_columns(tables: Tables, *, everything: bool) -> tuple[np.ndarray, np.ndarray]:
    """For each person the best stations, and for each seat the best people; or every column that may be."""
    people, seats = [], []
    for number, group in enumerate(tables.groups):
        who = np.flatnonzero(tables.eligible[:, number])
        if not len(who):
            continue
        if everything:
            people.append(np.repeat(who, len(group.seats)))
            seats.append(np.tile(group.seats, len(who)))
            continue
        points = tables.near[np.ix_(who, group.stations)]
        count = min(NEAREST, points.shape[1])
        top = np.argpartition(-points, count - 1, axis=1)[:, :count]
        people.append(np.repeat(who, count))
        seats.append(group.seats[top.ravel()])
        points = points + tables.worth[who, number][:, None]
        count = min(BEST + 3 * int(tables.places[group.seats].max()), len(who))
        top = np.argpartition(-points, count - 1, axis=0)[:count]
        people.append(who[top.ravel()])
        seats.append(np.tile(group.seats, count))
    return np.concatenate(people), np.concatenate(seats)
