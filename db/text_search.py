"""Finding a text that somebody typed, letter by letter: the wildcards of SQL stand for themselves."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true


def like(text: str) -> str:
    r"""Give a pattern that finds ``text`` anywhere; its own wildcards stand for themselves (escape ``\``)."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def containing(text: str, *columns: Any) -> ColumnElement[bool]:
    """Give the condition that every word of ``text`` stands in one of the columns, whatever its case."""
    words = text.replace("\x00", "").split()[:10]
    return (
        true()
        if not words
        else and_(*(or_(*(column.ilike(like(word), escape="\\") for column in columns)) for word in words))
    )
