"""Someone who writes down every sum that a role can reach and solves for what is hidden.

Nothing here uses the rule that hides: only equations, and linear programming over them (HiGHS).
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import lil_array

Cell = Hashable
MUCH = 5_000.0
SLACK = 1e-6


@dataclass
class Notebook:
    """What was told. ``least`` is what a hidden cell is at least: 1 where zeros are always shown."""

    least: dict[Cell, float] = field(default_factory=dict)
    sums: set[tuple[frozenset[tuple[Cell, int]], float]] = field(default_factory=set)

    def know(self, cell: Cell, least: float = 0) -> None:
        """Note that there is such a cell, and what it is at least."""
        self.least[cell] = max(least, self.least.get(cell, 0))

    def tell(self, cells: Iterable[Cell] | Mapping[Cell, int], value: float) -> None:
        """Note that these cells, each with its factor, add up to a value."""
        terms = dict(cells) if isinstance(cells, Mapping) else dict.fromkeys(cells, 1)
        for cell in terms:
            self.know(cell)
        self.sums.add((frozenset(terms.items()), float(value)))

    def widths(self, wanted: Collection[Cell], enough: float = MUCH) -> dict[Cell, float]:
        """Give the width of the range that all sums leave to cells that no sum gives away by itself.

        Of the wanted cells; widths of ``enough`` and more are not worked out to the end.
        """
        known = self._told_by_themselves()
        rest: list[tuple[dict[Cell, int], float]] = []
        for terms, value in self.sums:
            left = {cell: factor for cell, factor in terms if cell not in known}
            value -= sum(factor * known[cell] for cell, factor in terms if cell in known)
            if left:
                rest.append((left, value))
            else:
                assert abs(value) < SLACK, "two figures contradict each other"
        found: dict[Cell, float] = {}
        for cells, sums in _apart(set(self.least) - set(known), rest):
            found |= self._ranges(cells, sums, set(wanted), enough)
        return found

    def imply(self, others: Sequence[Mapping[Cell, int]]) -> bool:
        """Tell whether each of these sums follows from what was told: is it made up of told sums?"""
        cells = sorted({*self.least, *(cell for terms in others for cell in terms)}, key=repr)
        place = {cell: at for at, cell in enumerate(cells)}
        told, asked = np.zeros((len(cells), len(self.sums))), np.zeros((len(cells), len(others)))
        for at, (terms, _value) in enumerate(self.sums):
            for cell, factor in terms:
                told[place[cell], at] = factor
        for at, wanted in enumerate(others):
            for cell, factor in wanted.items():
                asked[place[cell], at] = factor
        found = np.linalg.lstsq(told, asked)[0]
        return bool(np.abs(told @ found - asked).max(initial=0) < SLACK)

    def zeros(self) -> set[Cell]:
        """Give the cells that can only be zero: parts of a sum that is zero, with what follows from them."""
        zero: set[Cell] = set()
        while True:
            sums = [
                {cell: factor for cell, factor in terms if cell not in zero} for terms, value in self.sums if not value
            ]
            found = {cell for terms in sums if all(factor > 0 for factor in terms.values()) for cell in terms}
            # What stands for the sum of such parts is zero as well: parts less their sum.
            found |= {cell for terms in sums if all(factor < 0 for factor in terms.values()) for cell in terms}
            if not found - zero:
                return zero
            zero |= found

    def _told_by_themselves(self) -> dict[Cell, float]:
        """Give the cells that were told as such: a sum of one cell. A number that was told is no secret."""
        return {cell: value / factor for terms, value in self.sums if len(terms) == 1 for cell, factor in terms}

    def _ranges(
        self, cells: list[Cell], sums: list[tuple[dict[Cell, int], float]], wanted: set[Cell], enough: float
    ) -> dict[Cell, float]:
        if not sums:
            return dict.fromkeys(cells, MUCH)
        place = {cell: at for at, cell in enumerate(cells)}
        matrix = lil_array((len(sums), len(cells)))
        for row, (terms, _value) in enumerate(sums):
            for cell, factor in terms.items():
                matrix[row, place[cell]] = factor
        values = np.array([value for _terms, value in sums])
        bounds = [(self.least[cell], MUCH) for cell in cells]
        low, high = np.full(len(cells), np.inf), np.full(len(cells), -np.inf)

        def solve(goal: np.ndarray) -> None:
            nonlocal low, high
            solved = linprog(goal, A_eq=matrix.tocsr(), b_eq=values, bounds=bounds, method="highs")
            assert solved.x is not None, f"what was told cannot all be true: {solved.message}"
            low, high = np.minimum(low, solved.x), np.maximum(high, solved.x)

        # Every answer is possible: a few that pull all cells apart at once spare most of them a program of their own.
        chance = np.random.default_rng(7)
        for _round in range(12):
            solve(np.where(high - low < enough, chance.choice((-1.0, 1.0), len(cells)), 0.0))
        for at in (place[cell] for cell in cells if cell in wanted):
            for sign in (1.0, -1.0):
                if high[at] - low[at] < enough:
                    solve(sign * np.eye(1, len(cells), at)[0])
        return {cell: float(high[at] - low[at]) for cell, at in place.items() if cell in wanted}


def _apart(cells: set[Cell], sums: list[tuple[dict[Cell, int], float]]) -> list[tuple[list[Cell], list]]:  # type: ignore[type-arg]
    """Give the cells in groups that share no sum, each with its sums."""
    group = {cell: cell for cell in cells}

    def root(cell: Cell) -> Cell:
        while group[cell] != cell:
            group[cell] = cell = group[group[cell]]
        return cell

    for terms, _value in sums:
        first, *others = terms
        for other in others:
            group[root(other)] = root(first)
    members: dict[Cell, tuple[list[Cell], list[tuple[dict[Cell, int], float]]]] = {}
    for cell in sorted(cells, key=repr):
        members.setdefault(root(cell), ([], []))[0].append(cell)
    for one in sums:
        members[root(next(iter(one[0])))][1].append(one)
    return list(members.values())
