"""Looks at every statement that tests of the database run: does each join of two tables of a region name the region?

Tables can only be spread over nodes by ``region_id`` when rows that are joined lie on the same one (docs/scale.md).
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BinaryExpression, BooleanClauseList, ColumnElement, Select, Table
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.dml import Delete, Update
from sqlalchemy.sql.selectable import CompoundSelect, Join

from tests.db.test_partition_keys import REGIONAL

REGION = "region_id"


class JoinWithoutRegion(AssertionError):
    """A statement joins two tables of a region by something else alone."""


class Looker:
    """Holds each new statement of an engine against the rule, before it is run."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.joins: set[frozenset[str]] = set()
        """The pairs of tables that were joined, with the region."""

    def __call__(self, _connection: Any, _cursor: Any, words: str, _given: Any, context: Any, _many: bool) -> None:
        """Look at a statement once; the event ``before_cursor_execute`` of SQLAlchemy gives the arguments."""
        if words in self.seen:
            return
        if context is not None and getattr(context, "compiled", None) is not None:
            self.look(context.compiled.statement)
        self.seen.add(words)

    def look(self, statement: Any) -> None:
        """Look at a statement with all that it holds.

        Raises:
            JoinWithoutRegion: naming the first join that does not name the region.
        """
        for element in visitors.iterate(statement):
            if isinstance(element, Select | Update | Delete):
                self._together(element._where_criteria, ())
            if isinstance(element, Select):
                for _target, on, _left, _how in element._setup_joins:
                    if on is not None:
                        self._together((on,), ())
            elif isinstance(element, Join):
                self._together((element.onclause,), ())

    def _together(self, conditions: Any, given: tuple[Any, ...]) -> None:
        """Look at conditions that all hold; ``given`` are those around them, if they are one side of an OR."""
        terms = [term for one in conditions for term in _terms(one)]
        pairs = [pair for term in (*terms, *given) if (pair := _joined(term))]
        same = {frozenset(map(_name, pair)) for pair in pairs if all(_is_region(side) for side in pair)}
        for term in terms:
            pair = _joined(term)
            if pair and not any(map(_is_region, pair)) and all(map(_regional, pair)):
                one, other = map(_name, pair)
                if one != other and frozenset((one, other)) not in same:
                    raise JoinWithoutRegion(f"{term}: name the region, too (db.regions.same_region)")
                self.joins.add(frozenset(_regional(side) for side in pair if _regional(side)))
            elif isinstance(term, BooleanClauseList):
                for branch in term.clauses:
                    self._together((branch,), (*terms, *given))
            elif _is_in(term):
                self._semi_join(term)

    def _semi_join(self, term: Any) -> None:
        """Look at ``column IN (SELECT ...)``: it joins what it selects, and has no place to name the region."""
        inner = getattr(term.right, "element", term.right)
        for query in inner.selects if isinstance(inner, CompoundSelect) else (inner,):
            if isinstance(query, Select) and _regional(term.left):
                for column in query.selected_columns:
                    if _regional(column) and not _is_region(column):
                        raise JoinWithoutRegion(f"{term}: join instead, and name the region")


def _terms(condition: Any) -> Iterator[Any]:
    """Give what all must hold for ``condition`` to hold."""
    inner = getattr(condition, "element", None) if condition.__visit_name__ == "grouping" else None
    if inner is not None:
        yield from _terms(inner)
    elif isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        for one in condition.clauses:
            yield from _terms(one)
    else:
        yield condition


def _joined(term: Any) -> tuple[Any, Any] | None:
    """Give the two columns that must be equal, or None for any other condition."""
    if not isinstance(term, BinaryExpression) or term.operator is not operators.eq:
        return None
    sides = (term.left, term.right)
    return sides if all(isinstance(side, ColumnElement) and hasattr(side, "table") for side in sides) else None


def _is_in(term: Any) -> bool:
    return isinstance(term, BinaryExpression) and term.operator in (operators.in_op, operators.not_in_op)


def _tables(column: Any) -> Iterator[tuple[str, str]]:
    """Give the stored columns that a column of a statement comes from, each with its table."""
    for base in getattr(column, "base_columns", ()):
        table = getattr(base, "table", None)
        if isinstance(table, Table):
            yield table.name, base.key


def _regional(column: Any) -> str:
    """Give the table of a region that a column comes from, or nothing."""
    return next((table for table, _key in _tables(column) if table in REGIONAL), "")


def _is_region(column: Any) -> bool:
    return any(key == REGION for _table, key in _tables(column))


def _name(column: Any) -> str:
    """Give what a statement calls the table of a column: two aliases of one table are two."""
    return str(getattr(column.table, "name", column.table))
