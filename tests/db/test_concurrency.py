"""Many at once, and the same thing sent many times."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db import verify
from db.actor import Actor
from db.commands.incidents import record_incident
from db.commands.visits import log_visit
from db.engine import session as open_session
from db.errors import Conflict
from db.models import AuditEvent, SiteMonth, Visit
from db.models.base import new_id


def at_once(count: int, work: Any) -> list[Any]:
    """Run ``work(number)`` in ``count`` threads that start together; gives results and errors in order."""
    start = threading.Barrier(count)

    def one(number: int) -> Any:
        start.wait()
        try:
            return work(number)
        except Conflict as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_twenty_equal_submissions_store_one_visit_with_one_event(engine: Engine, session: Session, field):
    actor, visit = field.actor("consultant"), field.visit()

    def send(_number: int) -> Any:
        with open_session(engine) as own:
            return log_visit(own, actor, visit)

    answers = at_once(20, send)
    assert len({answer.id for answer in answers}) == 1
    assert [answer.created for answer in answers].count(True) == 1
    assert len(session.exec(select(Visit)).all()) == 1
    assert len(session.exec(select(AuditEvent)).all()) == 1


def test_of_two_contents_under_one_key_the_first_is_kept(engine: Engine, session: Session, field):
    actor, key = field.actor("consultant"), new_id()

    def send(number: int) -> Any:
        with open_session(engine) as own:
            return log_visit(own, actor, field.visit(client_uuid=key, summary=f"Version {number}"))

    answers = at_once(8, send)
    kept = [answer for answer in answers if not isinstance(answer, Conflict)]
    assert len(kept) == 1
    assert {str(answer) for answer in answers if isinstance(answer, Conflict)} == {"other_content"}
    assert len(session.exec(select(Visit)).all()) == 1


def test_thirty_writers_wait_their_turn_and_lose_nothing(engine: Engine, session: Session, field):
    actor: Actor = field.actor("consultant")
    visits = [field.visit() for _ in range(30)]
    incidents = [field.incident() for _ in range(30)]

    def send(number: int) -> Any:
        with open_session(engine) as own:
            record_incident(own, actor, incidents[number])
            return log_visit(own, actor, visits[number])

    answers = at_once(30, send)
    assert len({answer.id for answer in answers}) == 30
    month = session.exec(select(SiteMonth)).one()
    assert (month.visits, month.incidents, month.minutes) == (30, 30, 30 * 60)
    assert [check.problem for check in verify.checks(engine) if check.problem] == []


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET reason = 'x'", "DELETE FROM audit_event"])
def test_the_database_itself_refuses_to_change_the_audit(session: Session, field, statement: str):
    log_visit(session, field.actor("consultant"), field.visit())
    with pytest.raises(Exception, match="append-only"):
        session.connection().exec_driver_sql(statement)
    session.rollback()
