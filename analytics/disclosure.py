"""What can be worked out about hidden cells from the numbers that are shown beside them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

CellId = tuple[int, int]
"""(row, column); one row after the last holds the column totals, one column after it the row totals."""

Equation = tuple[CellId, ...]
"""Cells of one sum, the total last: all but the last add up to the last."""

SOLVER_SLACK = 1e-6
SMALLEST_HIDDEN = 1


@dataclass(frozen=True)
class PublishedSums:
    """Counts with their totals by cell, and the sums between them that a reader can see."""

    counts: Mapping[CellId, int]
    equations: tuple[Equation, ...]
    size: tuple[int, int]

    @classmethod
    def of_table(cls, table: Sequence[Sequence[int]], row_totals: bool, column_totals: bool) -> "PublishedSums":
        """The sums of a table that is shown with these totals (and the grand total when it has both).

        Raises ValueError for a negative count.
        """
        if any(count < 0 for row in table for count in row):
            raise ValueError("a count must not be negative")
        height, width = len(table), len(table[0]) if table else 0
        rows, columns = range(height), range(width)
        counts: dict[CellId, int] = {(row, column): int(table[row][column]) for row in rows for column in columns}
        equations: list[Equation] = []
        if row_totals:
            counts |= {(row, width): sum(map(int, table[row])) for row in rows}
            equations += [tuple((row, column) for column in range(width + 1)) for row in rows]
        if column_totals:
            counts |= {(height, column): sum(int(table[row][column]) for row in rows) for column in columns}
            equations += [tuple((row, column) for row in range(height + 1)) for column in columns]
        if row_totals and column_totals:
            counts[height, width] = sum(counts[row, width] for row in rows)
            equations.append(tuple((row, width) for row in range(height + 1)))
            equations.append(tuple((height, column) for column in range(width + 1)))
        return cls(counts, tuple(equations), (height, width))

    def equations_of(self, cell: CellId) -> list[Equation]:
        """The sums that a cell takes part in, as a part or as the total."""
        return [equation for equation in self.equations if cell in equation]

    def is_total(self, cell: CellId) -> bool:
        """Whether the cell is a row, column or grand total."""
        return cell[0] == self.size[0] or cell[1] == self.size[1]


def exposed_cells(sums: PublishedSums, hidden: Collection[CellId], narrowest: int) -> list[CellId]:
    """The hidden cells whose possible values span less than `narrowest`, in order.

    Cells that stand alone in a sum, and sums that share no hidden cell, are judged by counting. Otherwise
    the exact bounds are worked out, by linear programming over everything that is shown (the matrix of a
    two-way table is totally unimodular, so the bounds hold for whole numbers).
    """
    unknown = [[cell for cell in equation if cell in hidden] for equation in sums.equations]
    alone = {cells[0] for cells in unknown if len(cells) == 1}
    if alone or not hidden:
        return sorted(alone)
    if sum(map(len, unknown)) == len({cell for cells in unknown for cell in cells}):
        return _too_narrow_in_own_sum(sums, unknown, narrowest)
    return _too_narrow(sums, sorted(hidden), narrowest)


def _too_narrow_in_own_sum(sums: PublishedSums, unknown: Sequence[Sequence[CellId]], narrowest: int) -> list[CellId]:
    """Where no hidden cell stands in two sums: k parts that add up to s leave each of them s - k of room.

    A hidden total leaves all of them open upwards.
    """
    return sorted(
        cell
        for equation, cells in zip(sums.equations, unknown, strict=True)
        if equation[-1] not in cells and sum(sums.counts[part] - SMALLEST_HIDDEN for part in cells) < narrowest
        for cell in cells
    )


def feasible_range(sums: PublishedSums, hidden: Collection[CellId], target: CellId) -> tuple[float, float]:
    """The least and the greatest value that a hidden cell can have, given all that is shown.

    Hidden counts are at least 1, because zeros are always shown. A cell that nothing bounds from above is
    given a large but finite upper end.
    """
    cells = sorted(hidden)
    problem = _Problem.of(sums, cells, room=1000.0)
    at = cells.index(target)
    return float(problem.extreme(at, 1)[at]), float(problem.extreme(at, -1)[at])


def _too_narrow(sums: PublishedSums, cells: list[CellId], narrowest: int) -> list[CellId]:
    problem = _Problem.of(sums, cells, room=10.0 * narrowest)
    # Every solution is a possible table: the widest span seen so far spares most cells a programme of their
    # own.
    low = high = np.array([sums.counts[cell] for cell in cells], dtype=np.float64)
    narrow = []
    for at, cell in enumerate(cells):
        for direction in (-1, 1):
            if high[at] - low[at] < narrowest - SOLVER_SLACK:
                table = problem.extreme(at, direction)
                low, high = np.minimum(low, table), np.maximum(high, table)
        if high[at] - low[at] < narrowest - SOLVER_SLACK:
            narrow.append(cell)
    return narrow


@dataclass(frozen=True)
class _Problem:
    """The equations between hidden cells: matrix @ hidden = known."""

    matrix: NDArray[np.float64]
    known: NDArray[np.float64]
    greatest: float

    @classmethod
    def of(cls, sums: PublishedSums, cells: Sequence[CellId], room: float) -> "_Problem":
        position = {cell: at for at, cell in enumerate(cells)}
        rows, known = [], []
        for equation in sums.equations:
            row, shown = np.zeros(len(cells)), 0
            for cell in equation:
                sign = -1 if cell == equation[-1] else 1
                if cell in position:
                    row[position[cell]] = sign
                else:
                    shown += sign * sums.counts[cell]
            if row.any():
                rows.append(row)
                known.append(-shown)
        # A bound above everything that could be meant keeps the programmes finite where no total is shown.
        greatest = 10.0 * sum(sums.counts.values()) + room
        return cls(np.array(rows).reshape(len(rows), len(cells)), np.array(known, dtype=np.float64), greatest)

    def extreme(self, at: int, direction: int) -> NDArray[np.float64]:
        """A possible set of hidden values in which the one at this position is least (1) or greatest (-1)."""
        cost = np.zeros(self.matrix.shape[1])
        cost[at] = direction
        has_sums = len(self.known) > 0
        solved = linprog(
            cost,
            A_eq=self.matrix if has_sums else None,
            b_eq=self.known if has_sums else None,
            bounds=(SMALLEST_HIDDEN, self.greatest),
            method="highs",
        )
        if solved.x is None:
            raise ArithmeticError(f"no bounds for a hidden cell: {solved.message}")
        return np.asarray(solved.x, dtype=np.float64)
