"""The linear model over some of all (person, seat) columns, in HiGHS; columns can be added to it.

Variables: x[person, seat]; `first[person]` has work at all; `experienced[cell, n]` the n-th experienced person of a
team is there; `label[cell, label]`; `both[pair, cell]` two people who want it are in one team. Rows: the places of a
seat; what one person can do; and for each of the other variables that people carry it. A dual value of a row is what
one unit of it costs, so that `price` in bound.py can value every column that was left out.
"""

from dataclasses import dataclass

import highspy
import numpy as np

from elections.planning.tables import Tables

NONE = -1


@dataclass
class Entries:
    """Row numbers and values of columns, as triplets that are put in order at the end."""

    columns: list[np.ndarray]
    rows: list[np.ndarray]
    values: list[np.ndarray]

    @classmethod
    def none(cls) -> "Entries":
        """No entries at all."""
        return cls([np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)], [np.zeros(0)])

    def add(self, columns: np.ndarray, rows: np.ndarray, value: float | np.ndarray) -> None:
        """Entries of `columns` in `rows`; rows that are NONE are left out."""
        real = rows != NONE
        self.columns.append(columns[real])
        self.rows.append(rows[real])
        self.values.append(np.broadcast_to(np.asarray(value, dtype=float), rows.shape)[real])

    def compressed(self, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Start of each column, rows and values, as HiGHS wants them."""
        columns = np.concatenate(self.columns)
        order = np.argsort(columns, kind="stable")
        starts = np.zeros(count + 1, dtype=np.int32)
        np.cumsum(np.bincount(columns, minlength=count), out=starts[1:])
        return (
            starts,
            np.concatenate(self.rows)[order].astype(np.int32),
            np.concatenate(self.values)[order],
        )


class Model:
    """See the module. `people` and `seats` name the x columns; other variables have columns in between."""

    def __init__(self, tables: Tables, people: np.ndarray, seats: np.ndarray) -> None:
        self.tables = tables
        self._upper: list[float] = []
        self._number_rows()
        self.has = np.zeros((len(tables.people), len(tables.seats)), dtype=bool)
        self.column: dict[tuple[int, int], int] = {}
        self.solver = highspy.Highs()
        self.solver.silent()
        self.people = np.zeros(0, dtype=np.int64)
        self.seats = np.zeros(0, dtype=np.int64)
        self.columns = np.zeros(0, dtype=np.int64)
        self.cells_of_pair: list[set[int]] = [set() for _pair in tables.pairs]
        self._tie_rows: dict[tuple[int, int], list[int]] = {}
        self._tied = np.zeros(len(tables.people), dtype=bool)
        self._tied[[row for pair in tables.pairs for row in (pair.one, pair.other)]] = True
        self._both: list[tuple[int, int, int]] = []
        self._fixed_ties = self._ties_to_fixed()
        self._carried: list[tuple[np.ndarray, np.ndarray]] = []
        self.solver.addRows(
            len(self._upper),
            np.full(len(self._upper), -highspy.kHighsInf),
            np.array(self._upper),
            0,
            np.zeros(len(self._upper) + 1, dtype=np.int32),
            np.zeros(0, dtype=np.int32),
            np.zeros(0),
        )
        self.solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self._add_carried()
        self.add(people, seats)

    def _rows(self, upper: np.ndarray) -> np.ndarray:
        begin = len(self._upper)
        self._upper.extend(float(value) for value in upper)
        return np.arange(begin, len(self._upper))

    def _number_rows(self) -> None:
        t = self.tables
        count = len(t.people)
        self.seat_row = self._rows(t.places)
        self.clique_row = np.full((count, len(t.cliques)), NONE)
        by_slot = np.zeros((count, len(t.slots)), dtype=bool)
        for number, group in enumerate(t.groups):
            by_slot[:, group.slot] |= t.eligible[:, number]
        for number, clique in enumerate(t.cliques):
            who = np.flatnonzero(by_slot[:, clique].any(axis=1))
            self.clique_row[who, number] = self._rows(np.ones(len(who)))
        self.slot_cliques = [
            [number for number, clique in enumerate(t.cliques) if slot in clique]
            for slot in range(len(t.slots))
        ]
        self.hours_row = {
            day: np.full(count, NONE) for day in t.long_days | {day for _person, day in t.fixed_hours}
        }
        if t.instance.rules.maximum_hours is None:
            self.hours_row = {}
        for day, rows in self.hours_row.items():
            who = (
                np.arange(count)
                if day in t.long_days
                else np.array(sorted(person for person, other in t.fixed_hours if other == day))
            )
            rows[who] = self._rows(np.array([t.hours_left(int(person), day) for person in who]))
        self.first_row = np.full(count, NONE)
        several = np.array(
            [bool((~t.clash[np.ix_(own, own)]).any()) for own in (np.flatnonzero(row) for row in by_slot)],
            dtype=bool,
        )
        who = np.flatnonzero(several & (t.first_work > 0))
        self.first_row[who] = self._rows(np.zeros(len(who)))
        self.bonus = np.where(several, 0, t.first_work)
        self.experience_row = np.full(len(t.cells), NONE)
        if t.weights.experience_mix and t.experienced.any():
            self.experience_row = self._rows(np.zeros(len(t.cells)))
        self.label_row: dict[int, np.ndarray] = {}
        if t.label_points:
            for cell, label in t.wanted:
                fixed_there = t.fixed_teams.get(cell, set())
                row = self.label_row.setdefault(label, np.full(len(t.cells), NONE))
                if not any(t.has_label[label][p] for p in fixed_there):
                    row[cell] = self._rows(np.zeros(1))[0]

    def _add_plain(self, costs: np.ndarray, uppers: np.ndarray, entries: Entries) -> None:
        starts, rows, values = entries.compressed(len(costs))
        self.solver.addCols(
            len(costs),
            costs.astype(float),
            np.zeros(len(costs)),
            uppers.astype(float),
            len(rows),
            starts,
            rows,
            values,
        )

    def _add_carried(self) -> None:
        """What people carry: first work, experience beside that of fixed people, labels."""
        t = self.tables
        count = len(t.cells)
        fixed = np.array(
            [
                sum(bool(t.experienced[person]) for person in t.fixed_teams.get(cell, ()))
                for cell in range(count)
            ]
        )
        experienced = [
            (np.where(fixed <= number, self.experience_row, NONE), np.full(count, points))
            for number, points in enumerate(t.experience_points)
        ]
        labels = [(rows, np.full(count, t.label_points)) for rows in self.label_row.values()]
        for rows, points in [(self.first_row, t.first_work), *experienced, *labels]:
            who = np.flatnonzero(rows != NONE)
            if len(who):
                entries = Entries.none()
                entries.add(np.arange(len(who)), rows[who], 1.0)
                self._add_plain(points[who].astype(float), np.ones(len(who)), entries)
                self._carried.append((rows[who], points[who]))

    def cost(self, people: np.ndarray, seats: np.ndarray) -> np.ndarray:
        t = self.tables
        costs = (
            t.near[people, t.station_of[seats]] + t.worth[people, t.group_of[seats]] + self.bonus[people]
        ).astype(float)
        if self._fixed_ties:
            for at in np.flatnonzero(self._tied[people]):
                if t.groups[t.group_of[seats[at]]].is_team:
                    costs[at] += self._fixed_ties.get((people[at], t.cell_of[seats[at]]), 0)
        return costs

    def add(self, people: np.ndarray, seats: np.ndarray) -> None:
        """Add columns that are not there yet."""
        t = self.tables
        fresh = ~self.has[people, seats]
        people, seats = people[fresh], seats[fresh]
        keys = np.unique(people * len(t.seats) + seats)
        people, seats = keys // len(t.seats), keys % len(t.seats)
        if not len(people):
            return
        self.has[people, seats] = True
        entries = Entries.none()
        at = np.arange(len(people))
        entries.add(at, self.seat_row[seats], 1.0)
        slots, cells = t.slot_of[seats], t.cell_of[seats]
        for slot in np.unique(slots):
            mine = slots == slot
            for clique in self.slot_cliques[slot]:
                entries.add(at[mine], self.clique_row[people[mine], clique], 1.0)
            day = t.slots[slot].day
            if day in self.hours_row:
                entries.add(at[mine], self.hours_row[day][people[mine]], t.slots[slot].hours)
        entries.add(at, self.first_row[people], -1.0)
        team = np.array([group.is_team for group in t.groups])[t.group_of[seats]]
        mine = team & t.experienced[people]
        entries.add(at[mine], self.experience_row[cells[mine]], -1.0)
        for label, rows in self.label_row.items():
            mine = team & t.has_label[label][people]
            entries.add(at[mine], rows[cells[mine]], -1.0)
        for column in np.flatnonzero(team & self._tied[people]):
            for row in self._tie_rows.get((people[column], cells[column]), ()):
                entries.add(at[column : column + 1], np.array([row]), -1.0)
        begin = self.solver.getNumCol()
        self._add_plain(self.cost(people, seats), np.ones(len(people)), entries)
        self.columns = np.concatenate([self.columns, begin + at])
        self.people = np.concatenate([self.people, people])
        self.seats = np.concatenate([self.seats, seats])

    def _ties_to_fixed(self) -> dict[tuple[int, int], int]:
        """(person, cell) -> points for being there with people who are fixed there."""
        ties: dict[tuple[int, int], int] = {}
        for cell, team in self.tables.fixed_teams.items():
            for pair in self.tables.pairs:
                for person, other in ((pair.one, pair.other), (pair.other, pair.one)):
                    if other in team:
                        ties[person, cell] = ties.get((person, cell), 0) + pair.points
        return ties

    def tie_values(self, prices: np.ndarray) -> dict[tuple[int, int], float]:
        """(person, cell) -> what others who want to sit there with the person pay for it."""
        values: dict[tuple[int, int], float] = dict(self._fixed_ties)
        for key, rows in self._tie_rows.items():
            values[key] = values.get(key, 0) + float(prices[rows].sum())
        return values

    def carried_gain(self, prices: np.ndarray) -> float:
        """What the variables other than x are worth above the prices of their rows."""
        gain = sum(float(np.maximum(points - prices[rows], 0).sum()) for rows, points in self._carried)
        for pair, one, other in self._both:
            gain += max(0.0, self.tables.pairs[pair].points - prices[one] - prices[other])
        return gain

    @property
    def upper(self) -> np.ndarray:
        """The right-hand sides of the rows."""
        return np.array(self._upper)

    def add_both(self, both: list[tuple[int, int]]) -> None:
        """Let pairs sit together in teams: (pair, cell). Adds the columns that the two need for it."""
        t = self.tables
        both = [(pair, cell) for pair, cell in both if cell not in self.cells_of_pair[pair]]
        people, seats = [], []
        for pair, cell in both:
            for person in (t.pairs[pair].one, t.pairs[pair].other):
                for seat in t.team_seats[cell]:
                    if t.eligible[person, t.group_of[seat]]:
                        people.append(person)
                        seats.append(seat)
        self.add(np.array(people, dtype=np.int64), np.array(seats, dtype=np.int64))
        where: dict[tuple[int, int], list[int]] = {}
        tied = np.flatnonzero(self._tied[self.people])
        for at in tied:
            if t.groups[t.group_of[self.seats[at]]].is_team:
                where.setdefault((self.people[at], t.cell_of[self.seats[at]]), []).append(self.columns[at])
        both = [
            (pair, cell)
            for pair, cell in both
            if (t.pairs[pair].one, cell) in where and (t.pairs[pair].other, cell) in where
        ]
        if not both:
            return
        first = self.solver.getNumCol()
        points = np.array([t.pairs[pair].points for pair, _cell in both], dtype=float)
        self._add_plain(points, np.ones(len(both)), Entries.none())
        rows = self._rows(np.zeros(2 * len(both)))
        entries = []
        for number, (pair, cell) in enumerate(both):
            for row, person in zip(
                rows[2 * number :], (t.pairs[pair].one, t.pairs[pair].other), strict=False
            ):
                entries.append([first + number, *where[person, cell]])
                self._tie_rows.setdefault((person, cell), []).append(int(row))
            self.cells_of_pair[pair].add(cell)
            self._both.append((pair, int(rows[2 * number]), int(rows[2 * number + 1])))
        starts = np.cumsum([0, *(len(columns) for columns in entries)]).astype(np.int32)
        values = np.full(starts[-1], -1.0)
        values[starts[:-1]] = 1.0
        self.solver.addRows(
            len(rows),
            np.full(len(rows), -highspy.kHighsInf),
            np.zeros(len(rows)),
            len(values),
            starts,
            np.concatenate(entries).astype(np.int32),
            values,
        )
