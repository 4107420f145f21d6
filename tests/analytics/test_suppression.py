from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analytics.disclosure import PublishedSums, exposed_cells, feasible_range
from analytics.suppression import (
    Cell,
    SuppressedRow,
    SuppressedTable,
    Tally,
    joined,
    may_tell_sum,
    show_mean,
    suppress_row,
    suppress_table,
    told_share,
)


def shown(row: SuppressedRow) -> list[int | float | None]:
    return [cell.value for cell in row.cells]


def reasons(row: SuppressedRow) -> list[str | None]:
    return [cell.reason for cell in row.cells]


def attack_row(row: SuppressedRow) -> list[float]:
    """The width of each hidden cell's range for someone who knows that a hidden count is at least 1."""
    if row.total is None or row.total.hidden:
        return []
    hidden = sum(cell.hidden for cell in row.cells)
    left = (row.total.value or 0) - sum(cell.value or 0 for cell in row.cells)
    return [left - hidden] * hidden


def attack_table(table: SuppressedTable, least: int = 1) -> list[float]:
    """The width of every hidden cell's range, by linear programming from the published table alone.

    `least` is what the attacker believes a hidden count to be at least.
    """
    assert table.row_totals is not None
    assert table.column_totals is not None
    assert table.grand_total is not None
    full = [[*row, total] for row, total in zip(table.cells, table.row_totals, strict=True)]
    full.append([*table.column_totals, table.grand_total])
    height, width = len(full), len(full[0])

    def at(row: int, column: int) -> int:
        return row * width + column

    sums = []
    for row in range(height):
        sums.append({at(row, column): 1 for column in range(width - 1)} | {at(row, width - 1): -1})
    for column in range(width):
        sums.append({at(row, column): 1 for row in range(height - 1)} | {at(height - 1, column): -1})
    matrix = np.zeros((len(sums), height * width))
    for line, terms in enumerate(sums):
        for position, sign in terms.items():
            matrix[line, position] = sign
    cells = [cell for row in full for cell in row]
    bounds = [(least, 10_000) if cell.hidden else (cell.value, cell.value) for cell in cells]
    widths = []
    for position, cell in enumerate(cells):
        if cell.hidden:
            goal = np.zeros(len(cells))
            goal[position] = 1
            ends = [
                linprog(sign * goal, A_eq=matrix, b_eq=np.zeros(len(sums)), bounds=bounds).x[position]
                for sign in (1, -1)
            ]
            widths.append(ends[1] - ends[0])
    return widths


def test_a_small_count_is_hidden_and_zero_and_larger_counts_are_shown() -> None:
    row = suppress_row([0, 1, 9, 10, 25], 10, total_shown=False)
    assert shown(row) == [0, None, None, 10, 25]
    assert reasons(row) == [None, "primary", "primary", None, None]
    assert row.total is None


def test_one_hidden_cell_takes_the_smallest_other_with_it_when_the_total_is_shown() -> None:
    row = suppress_row({"bites": 3, "hits": 12, "runs": 0, "cries": 50}, 10)
    assert row.by_key() == {
        "bites": Cell(None, True, "primary"),
        "hits": Cell(None, True, "complementary"),
        "runs": Cell(0, False, None),
        "cries": Cell(50, False, None),
    }
    assert row.total == Cell(65, False, None)


def test_hidden_cells_whose_sum_gives_them_away_take_another_with_them() -> None:
    # 1 and 1 out of a shown total of 52 could only be 1 and 1.
    assert reasons(suppress_row([1, 1, 50], 10)) == ["primary", "primary", "complementary"]


def test_where_nothing_else_is_left_the_total_is_hidden() -> None:
    row = suppress_row([1] * 10, 10)
    assert row.total == Cell(None, True, "complementary")


def test_a_total_that_is_small_itself_is_hidden() -> None:
    assert suppress_row([4, 0], 10).total == Cell(None, True, "primary")


def test_a_row_without_small_counts_is_left_alone() -> None:
    assert shown(suppress_row([12, 0, 15], 10)) == [12, 0, 15]
    assert suppress_row([], 10).total == Cell(0, False, None)


def test_a_single_hidden_cell_in_a_table_makes_a_closed_rectangle() -> None:
    frame = pd.DataFrame([[3, 20, 30], [40, 50, 60], [70, 80, 90]], index=list("abc"), columns=list("xyz"))
    table = suppress_table(frame, 10)
    hidden = [(r, c) for r, c in product(range(3), range(3)) if table.cells[r][c].hidden]
    assert hidden == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert table.cells[0][0].reason == "primary"
    assert table.grand_total == Cell(443, False, None)
    assert (table.rows, table.columns) == (("a", "b", "c"), ("x", "y", "z"))


def test_cells_that_only_linear_programming_can_pin_are_found() -> None:
    # Every row and column has two hidden cells, yet the sums leave them little room.
    frame = pd.DataFrame([[1, 1, 40], [1, 2, 50], [60, 70, 80]])
    sums = PublishedSums.of_table(frame.to_numpy().tolist(), row_totals=True, column_totals=True)
    square = [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert exposed_cells(sums, square, 8) == square
    assert feasible_range(sums, square, (1, 1)) == pytest.approx((2, 2))
    assert min(attack_table(suppress_table(frame, 10))) >= 8


def test_without_totals_nothing_can_be_derived_and_only_small_counts_are_hidden() -> None:
    table = suppress_table(pd.DataFrame([[3, 20], [40, 50]]), 10, row_totals=False, column_totals=False)
    assert [[cell.value for cell in row] for row in table.cells] == [[None, 20], [40, 50]]
    assert (table.row_totals, table.column_totals, table.grand_total) == (None, None, None)


def test_only_the_totals_that_are_shown_need_a_complement() -> None:
    by_row = suppress_table(pd.DataFrame([[3, 20], [40, 50]]), 10, column_totals=False)
    assert [[cell.value for cell in row] for row in by_row.cells] == [[None, None], [40, 50]]
    by_column = suppress_table(pd.DataFrame([[3, 20], [40, 50]]), 10, row_totals=False)
    assert [[cell.value for cell in row] for row in by_column.cells] == [[None, 20], [None, 50]]


def test_a_threshold_above_every_count_ends_with_everything_hidden() -> None:
    table = suppress_table(pd.DataFrame([[3, 20], [40, 0]]), 100_000)
    assert [[cell.value for cell in row] for row in table.cells] == [[None, None], [None, 0]]
    assert table.grand_total == Cell(None, True, "primary")


def test_what_is_not_a_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        suppress_row([3, -1], 10)
    with pytest.raises(ValueError, match="negative"):
        suppress_table(pd.DataFrame([[3, -1]]), 10)
    with pytest.raises(ValueError, match="every cell"):
        suppress_table(pd.DataFrame([[3, None]]), 10)


def test_a_mean_needs_enough_people_and_must_not_give_away_the_rest() -> None:
    assert show_mean(5, 5)
    assert not show_mean(4, 5)
    assert show_mean(6, 5, complement=0)
    assert not show_mean(6, 5, complement=2)
    assert show_mean(6, 5, complement=5)


def test_a_share_is_hidden_on_a_small_base_and_told_without_its_ends():
    """domain.md 5.2: Delaware and OSSE tell "<5 %" and ">95 %", not a share that points to one or two children."""
    shares = [
        told_share(part, whole, 10) for part, whole in ((3, 9), (0, 0), (0, 20), (1, 21), (1, 20), (19, 20), (20, 20))
    ]
    assert [share.hidden for share in shares] == [True, True, False, False, False, False, False]
    assert [share.end for share in shares] == [None, None, "low", "low", None, None, "high"]
    assert [share.value for share in shares] == [None, None, None, None, 0.05, 0.95, None]


def test_a_share_is_rounded_after_it_was_decided():
    assert told_share(49, 1000, 10).end == "low", "4.9 % would round to a share that may be told"
    assert told_share(123, 456, 10).value == 0.27


def test_a_sum_is_told_only_where_every_hidden_part_keeps_its_room():
    assert may_tell_sum(Tally.of([], 10), 10)
    assert may_tell_sum(Tally.of([0, 12, 30], 10), 10)
    assert not may_tell_sum(Tally.of([4, 5], 10), 10), "small itself"
    assert not may_tell_sum(Tally.of([1] * 12, 10), 10), "one each"
    assert may_tell_sum(Tally.of([4, 7], 10), 10)
    assert Tally.of([4, 0], 10).plus(Tally.of([7, 20], 10)) == Tally(31, 3, 2)


@given(st.lists(st.integers(1, 30), max_size=24), st.integers(3, 12))
def test_joined_counts_leave_each_of_them_its_room(counts: list[int], threshold: int) -> None:
    runs = joined(counts, threshold)
    assert [at for run in runs for at in run] == sorted({at for run in runs for at in run})
    for run in runs:
        assert len(run) > 1
        assert may_tell_sum(Tally.of([counts[at] for at in run], threshold), threshold)
        assert sum(counts[at] - 1 for at in run) >= threshold - 2
    together = {at for run in runs for at in run}
    assert not runs or together == set(range(len(counts)))


COUNTS = st.one_of(st.integers(0, 3), st.integers(0, 15), st.integers(0, 60))


@given(st.lists(COUNTS, max_size=9), st.integers(2, 12))
def test_no_one_can_pin_a_hidden_cell_of_a_row(counts: list[int], threshold: int) -> None:
    row = suppress_row(counts, threshold)
    for count, cell in zip(counts, row.cells, strict=True):
        assert cell.hidden == (cell.value is None) == (cell.reason is not None)
        assert cell.hidden or cell.value == count
        assert cell.hidden or not 0 < count < threshold
        assert count or not cell.hidden
    assert all(width >= max(1, threshold - 2) for width in attack_row(row))


@given(st.lists(COUNTS, min_size=1, max_size=9), st.integers(2, 12))
def test_a_hidden_total_cannot_be_added_up(counts: list[int], threshold: int) -> None:
    row = suppress_row(counts, threshold)
    assert row.total is not None
    assert not row.total.hidden or any(cell.hidden for cell in row.cells)


@settings(max_examples=60)
@given(
    st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
        lambda size: st.lists(st.lists(COUNTS, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0])
    ),
    st.integers(2, 12),
)
def test_no_one_can_pin_a_hidden_cell_of_a_table(counts: list[list[int]], threshold: int) -> None:
    table = suppress_table(pd.DataFrame(counts), threshold)
    for row, cells in zip(counts, table.cells, strict=True):
        for count, cell in zip(row, cells, strict=True):
            assert cell.hidden or cell.value == count
            assert cell.hidden or not 0 < count < threshold
    assert all(width >= max(1, threshold - 2) - 1e-6 for width in attack_table(table))
    assert all(width >= threshold - 1e-6 for width in attack_table(table, least=0))
