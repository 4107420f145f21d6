"""Hiding small counts so that they cannot be worked out from what is shown.

A count of 1 to threshold - 1 is hidden (primary); 0 is shown, and so are larger counts, except those that are
hidden as well (complementary) because a hidden one could be derived from the totals (domain.md 5.2). Sums
that are small themselves are hidden like any other count.

The attacker who is kept out knows every shown number, the totals, and that a hidden count is at least 1.
For that attacker every hidden count keeps a range at least threshold - 2 wide, which is what "hidden, so 1
to threshold - 1" leaves open anyway; one who does not know that zeros are always shown is left a range at least
threshold wide. Screens must mark primary and complementary cells alike: the reason is for tests and audits.

This is the one rule: which thresholds hold, and which sums a screen offers, stands in ``db.small_numbers``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import pandas as pd

from analytics.disclosure import SMALLEST_HIDDEN, CellId, PublishedSums, exposed_cells

Reason = Literal["primary", "complementary"]


@dataclass(frozen=True)
class Cell:
    """One count as it may be shown; a hidden one has no value."""

    value: int | float | None
    hidden: bool
    reason: Reason | None


@dataclass(frozen=True)
class SuppressedRow:
    """The cells of one row in the order given, and their total (None where no total is shown)."""

    keys: tuple[str, ...]
    cells: tuple[Cell, ...]
    total: Cell | None

    def by_key(self) -> dict[str, Cell]:
        """The cells by their key (the position as text for a row given as a list)."""
        return dict(zip(self.keys, self.cells, strict=True))


@dataclass(frozen=True)
class SuppressedTable:
    """A table as it may be shown, row by row; totals are None where they were not asked for.

    `grand_total` is there when both kinds of totals are.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    row_totals: tuple[Cell, ...] | None
    column_totals: tuple[Cell, ...] | None
    grand_total: Cell | None


def show_mean(n: int, threshold: int, complement: int | None = None) -> bool:
    """Whether the mean of a group of n may be shown.

    `complement` is how many remain when the group is taken out of a larger group that is shown too; it must
    be 0 or reach the threshold as well, or the rest could be derived (domain.md 5.2).
    """
    return n >= threshold and (not complement or complement >= threshold)


class Tally(NamedTuple):
    """A sum of counts: what it comes to, how many of them are not zero, and how many of those are small."""

    total: int = 0
    counted: int = 0
    small: int = 0

    @classmethod
    def of(cls, counts: Iterable[int], threshold: int) -> "Tally":
        """Sum up counts."""
        found = [count for count in counts if count]
        return cls(sum(found), len(found), sum(_small(count, threshold) for count in found))

    def plus(self, other: "Tally") -> "Tally":
        """Give the sum of both."""
        return Tally(*map(sum, zip(self, other, strict=True)))


def may_tell_sum(tally: Tally, threshold: int) -> bool:
    """Whether a sum may be told beside its parts, of which the small ones, and others with them, are hidden.

    Even with every part hidden that is not zero, each must keep its room: k parts of at least 1 that add up to s leave
    each of them s - k. A sum without a small part gives nothing away.
    """
    return bool(may_tell_sums(*tally, threshold))


def may_tell_sums(total: Any, counted: Any, small: Any, threshold: int) -> Any:
    """Say for the numbers of a ``Tally``, or for arrays of them, which sums may be told: see ``may_tell_sum``."""
    roomy = (small == 0) | (total - counted >= _narrowest(threshold))
    return (total == 0) | (roomy & (total >= threshold))


def joined(counts: Sequence[int], threshold: int) -> list[list[int]]:
    """Join hidden counts, none of them zero, to the shortest runs whose sums may be told; gives their positions.

    A run is closed as soon as its sum leaves every part its room; what is left at the end goes to the last run, or is
    not told at all.
    """
    runs: list[list[int]] = []
    run: list[int] = []
    for at in range(len(counts)):
        run.append(at)
        room = sum(counts[part] - SMALLEST_HIDDEN for part in run)
        if len(run) > 1 and room >= _narrowest(threshold) and not _small(sum(counts[part] for part in run), threshold):
            runs.append(run)
            run = []
    if runs:
        runs[-1].extend(run)
    return runs


LOW_SHARE, HIGH_SHARE = 0.05, 0.95
"""Shares below or above are told as "under 5 %" and "over 95 %" (domain.md 5.2: Delaware, OSSE)."""


class Share(NamedTuple):
    """A share as it may be told. ``value`` is None when it is hidden or at an end; ``end`` says at which."""

    value: float | None
    end: Literal["low", "high"] | None = None

    @property
    def hidden(self) -> bool:
        """Whether nothing is told."""
        return self.value is None and self.end is None


def told_share(part: int, whole: int, threshold: int) -> Share:
    """Give a share whose counts are not told beside it: hidden on a small base, never its ends, else in whole percent.

    It is rounded after that was decided, not before. A base of zero has no share and is hidden, too.
    """
    if whole < max(threshold, 1):
        return Share(None)
    value = part / whole
    if value < LOW_SHARE:
        return Share(None, "low")
    return Share(None, "high") if value > HIGH_SHARE else Share(round(value, 2))


def suppress_row(values: Mapping[str, int] | Sequence[int], threshold: int, total_shown: bool = True) -> SuppressedRow:
    """One row of counts with its total, small counts hidden and, where the total is shown, their complement.

    With a total at least two cells are hidden, their sum leaving each of them open; the smallest further
    count is taken, and where there is none the total is hidden instead. Raises ValueError for a negative
    count.
    """
    keys = tuple(values) if isinstance(values, Mapping) else tuple(str(at) for at in range(len(values)))
    counts = list(values.values() if isinstance(values, Mapping) else values)
    sums = PublishedSums.of_table([counts], total_shown, column_totals=False)
    reasons = _hidden(sums, threshold)
    cells = [_cell(count, reasons.get((0, at))) for at, count in enumerate(counts)]
    total = (0, len(counts))
    shown_total = _cell(sums.counts[total], reasons.get(total)) if total_shown else None
    return SuppressedRow(keys, tuple(cells), shown_total)


def suppress_table(
    frame: pd.DataFrame, threshold: int, row_totals: bool = True, column_totals: bool = True
) -> SuppressedTable:
    """A table of counts (rows x columns) and the totals shown beside it, safe to publish together.

    Primary cells are hidden first; then, as long as linear programming can squeeze a hidden cell into too
    narrow a range, the cell in its row or column that costs least is hidden too: a count rather than a
    total, one whose own row or column is already guarded, the smallest. Zeros are never hidden; totals are
    where nothing else is left. Raises ValueError for a negative count or a cell without one.
    """
    if frame.isna().to_numpy().any():
        raise ValueError("a table of counts needs a number in every cell")
    sums = PublishedSums.of_table(frame.to_numpy().tolist(), row_totals, column_totals)
    return _published(frame, sums, _hidden(sums, threshold), row_totals, column_totals)


def _hidden(sums: PublishedSums, threshold: int) -> dict[CellId, Reason]:
    """The cells to hide, each with its reason."""
    reasons: dict[CellId, Reason] = {cell: "primary" for cell, count in sums.counts.items() if _small(count, threshold)}
    narrowest = _narrowest(threshold)
    # Every pass hides at least one cell more, so there are never more passes than cells.
    for _ in range(len(sums.counts)):
        relieved: set[CellId] = set()
        for cell in exposed_cells(sums, reasons.keys(), narrowest):
            complement = None if cell in relieved else _complement(sums, reasons, cell)
            if complement is not None:
                reasons[complement] = "complementary"
                relieved.update(other for equation in sums.equations_of(complement) for other in equation)
        if not relieved:
            break
    return reasons


def _complement(sums: PublishedSums, reasons: Mapping[CellId, Reason], exposed: CellId) -> CellId | None:
    """The cell to hide for the sake of an exposed one: from its weakest sum, its others, or anywhere."""
    own = sums.equations_of(exposed)
    weakest = min(own, key=lambda equation: sum(cell in reasons for cell in equation))
    for candidates in (weakest, {cell for equation in own for cell in equation}, sums.counts.keys()):
        shown = [cell for cell in candidates if cell not in reasons and sums.counts[cell] > 0]
        if shown:
            return min(shown, key=lambda cell: _cost(sums, reasons, cell))
    return None


def _cost(sums: PublishedSums, reasons: Mapping[CellId, Reason], cell: CellId) -> tuple[bool, int, float, CellId]:
    unguarded = sum(not any(other in reasons for other in equation) for equation in sums.equations_of(cell))
    return (sums.is_total(cell), unguarded, sums.counts[cell], cell)


def _published(
    frame: pd.DataFrame,
    sums: PublishedSums,
    reasons: Mapping[CellId, Reason],
    row_totals: bool,
    column_totals: bool,
) -> SuppressedTable:
    height, width = frame.shape

    def shown(row: int, column: int) -> Cell:
        return _cell(sums.counts[row, column], reasons.get((row, column)))

    return SuppressedTable(
        rows=tuple(str(label) for label in frame.index),
        columns=tuple(str(label) for label in frame.columns),
        cells=tuple(tuple(shown(row, column) for column in range(width)) for row in range(height)),
        row_totals=tuple(shown(row, width) for row in range(height)) if row_totals else None,
        column_totals=tuple(shown(height, column) for column in range(width)) if column_totals else None,
        grand_total=shown(height, width) if row_totals and column_totals else None,
    )


def _cell(count: int, reason: Reason | None) -> Cell:
    return Cell(None, True, reason) if reason else Cell(count, False, None)


def _narrowest(threshold: int) -> int:
    """Give the width that the range of a hidden count must keep."""
    return max(1, threshold - 2)


def _small(count: int, threshold: int) -> bool:
    return 0 < count < threshold
