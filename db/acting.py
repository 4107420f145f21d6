"""On whose behalf this piece of work runs, told to PostgreSQL where the wall stands (``db.wall``).

``db.access`` notes the person whenever it turns an actor into a filter, and every command when it begins. Before the
first statement of a transaction, and whenever it changed since, the database is told with settings that end with the
transaction. Where nobody was noted nothing is told, and the wall shows nothing.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, event

POLICY = "attune_wall"
"""What every policy of the wall is called, so that it can be recognised."""
PERSON, REACH, WHOLE = "attune.person", "attune.reach", "whole"

_NOBODY = ("", "")
_STANDS = "SELECT EXISTS (SELECT FROM pg_policy WHERE polname = %s)"
_TELL = f"SELECT set_config('{PERSON}', %s, true), set_config('{REACH}', %s, true)"

_person: ContextVar[str] = ContextVar("acting_person", default="")
_reach: ContextVar[str] = ContextVar("acting_reach", default="")


def note(person_id: uuid.UUID) -> None:
    """Note who acts in this thread, or task, from now on."""
    _person.set(str(person_id))


@contextmanager
def whole_reach() -> Iterator[None]:
    """Let the statements inside pass the wall: for work that is nobody's, or is right only when it sees everything.

    Everything inside must filter by itself. Each use says why it needs it.
    """
    token = _reach.set(WHOLE)
    try:
        yield
    finally:
        _reach.reset(token)


def tell_postgres(made: Engine) -> None:
    """Let every connection of an engine on PostgreSQL tell who acts, if the wall stood when it was opened."""
    event.listen(made, "connect", _look)
    event.listen(made, "begin", _forget)
    event.listen(made, "rollback_savepoint", _doubt)
    event.listen(made, "before_cursor_execute", _tell)


def _look(opened: Any, record: Any) -> None:
    record.info["wall"] = opened.execute(_STANDS, (POLICY,)).fetchone()[0]
    opened.rollback()


def _forget(connection: Connection) -> None:
    connection.info["told"] = _NOBODY


def _doubt(connection: Connection, *_told: Any) -> None:
    """What was told since the savepoint is taken back with it."""
    connection.info["told"] = None


def _tell(connection: Connection, _cursor: Any, statement: str, *_told: Any) -> None:
    acting = (_person.get(), _reach.get())
    if not connection.info.get("wall") or connection.info.get("told") == acting:
        return
    if statement.startswith("ROLLBACK TO"):
        return  # it would take back at once what is told now
    connection.info["told"] = acting  # first, because telling is a statement, too
    connection.exec_driver_sql(_TELL, acting, execution_options={"stream_results": False})
