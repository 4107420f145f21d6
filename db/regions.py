"""The one way to say that two tables are joined within a region, so that they may be spread over nodes by it."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause


def same_region(one: Any, other: Any) -> ColumnElement[bool]:
    """Give the condition that two rows belong to the same region; it goes beside whatever else joins them.

    Args:
        one: a model with ``region_id``, an alias of one, or a subquery with that column.
        other: likewise.
    """
    same: ColumnElement[bool] = _region(one) == _region(other)
    return same


def _region(where: Any) -> Any:
    return (where.c if isinstance(where, FromClause) else where).region_id
