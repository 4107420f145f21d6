"""Every public query and command, as every role, on own, foreign and mixed sites. Found by introspection.

A new function is found by itself; one that takes a parameter not known here fails until ``ARGUMENTS`` tells how to
fill it for a site. What belongs to the other site carries the word "Harbor" or one of its keys, so that anything that
leaks is recognised whatever its shape.
"""

import copy
import dataclasses
import importlib
import inspect
import pkgutil
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func
from sqlalchemy.engine import make_url
from sqlmodel import Session, select

import db.commands
import db.queries
from db.access_matrix import ROLES
from db.actor import Actor
from db.engine import session as open_session
from db.errors import Conflict, InvalidInput, NotFound
from db.models import AuditEvent, Base
from tests.databases import copy_of
from tests.db.arguments import ARGUMENTS
from tests.db.two_sites import FOREIGN_WORD, TwoSites

NOT_ACTIONS = {"command", "kept_record", "query"}


def public_functions(package: Any) -> dict[str, Callable[..., Any]]:
    found = {}
    for info in pkgutil.iter_modules(package.__path__):
        if info.name in NOT_ACTIONS:
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for name, member in inspect.getmembers(module, inspect.isfunction):
            if not name.startswith("_") and member.__module__ == module.__name__:
                found[f"{info.name}.{name}"] = member
    return found


QUERIES = public_functions(db.queries)
COMMANDS = public_functions(db.commands)


def test_everything_public_takes_a_session_and_an_actor_first():
    for name, function in {**QUERIES, **COMMANDS}.items():
        assert list(inspect.signature(function).parameters)[:2] == ["session", "actor"], name


def test_every_command_is_one():
    assert [name for name, function in COMMANDS.items() if not hasattr(function, "is_command")] == []
    assert len(COMMANDS) > 20
    assert len(QUERIES) > 15


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A database of each kind with the two sites, filled once: each test gets a copy."""
    folder = tmp_path_factory.mktemp("two-sites")
    template = request.getfixturevalue(f"{request.param}_template")
    empty = make_url(f"sqlite:///{template}" if request.param == "sqlite" else template)
    with copy_of(empty, folder) as engine:
        with Session(engine, expire_on_commit=False) as opened:
            sites = TwoSites(opened, date.today())
            for row in opened:
                opened.refresh(row)
            opened.expunge_all()
        engine.dispose()
        yield SimpleNamespace(sites=sites, copy=lambda: copy_of(engine.url, folder))


@pytest.fixture
def session(filled: SimpleNamespace) -> Iterator[Session]:
    with filled.copy() as engine, open_session(engine) as opened:
        yield opened


@pytest.fixture
def sites(filled: SimpleNamespace, session: Session) -> TwoSites:
    sites = copy.copy(filled.sites)
    sites.session = session
    return sites


def arguments(function: Callable[..., Any], sites: TwoSites, side: str) -> dict[str, Any]:
    """Fill a function's parameters for one of the two sites."""
    filled = {}
    for name, parameter in list(inspect.signature(function).parameters.items())[2:]:
        maker = ARGUMENTS.get(f"{function.__name__}.{name}", ARGUMENTS.get(name))
        if maker is not None:
            filled[name] = maker(sites, side)
        elif parameter.default is inspect.Parameter.empty:
            pytest.fail(f"tell in tests/db/arguments.py how to fill {function.__module__}.{function.__name__}({name})")
    return filled


def told(value: Any) -> Iterator[Any]:
    """Give every plain value inside a result, however deep."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = [getattr(value, one.name) for one in dataclasses.fields(value)]
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from told(key)
            yield from told(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from told(inner)
    elif isinstance(value, Base):
        yield from told(value.model_dump())
    elif hasattr(value, "to_dict"):
        yield from told(value.to_dict("list"))
    else:
        yield value


def leaks(result: Any, sites: TwoSites, role: str) -> list[Any]:
    """Give what of the other site stands in a result. An admin may see organisations everywhere, but no records."""
    keys = sites.foreign_record_keys if role == "admin" else sites.foreign_keys
    found = []
    word = sites.foreign_text if role == "admin" else FOREIGN_WORD
    for value in told(result):
        if isinstance(value, uuid.UUID):
            leaked = value in keys
        else:
            leaked = isinstance(value, str) and (word in value or any(str(key) in value for key in keys))
        if leaked:
            found.append(value)
    return found


@pytest.mark.parametrize("role", ROLES)
def test_no_query_gives_anything_of_a_foreign_site(session: Session, sites: TwoSites, role: str):
    actor = sites.actor(role)
    for name, function in QUERIES.items():
        for side in ("own", "foreign", "mixed"):
            values = arguments(function, sites, side)
            try:
                result = function(session, actor, **values)
            except NotFound:
                continue
            finally:
                session.rollback()
            asked = {str(value) for value in told(list(values.values()))}
            found = [leak for leak in leaks(result, sites, role) if str(leak) not in asked or side == "own"]
            assert found == [], f"{name} as {role} on {side}"


SHOWN = {
    table.name: {
        "sqlite": " || ' ' || ".join(f'quote("{column.name}")' for column in table.c),
        "postgresql": f'"{table.name}"::text',
    }
    for table in Base.metadata.sorted_tables
    if table.name not in {"audit_event", "audit_content"}
}
"""How each kind of database shows a whole row of a table as text."""


def snapshot(session: Session) -> list[tuple[Any, ...]]:
    """Give all rows of all tables but the audit's, in one statement, to see whether anything changed."""
    session.rollback()
    connection = session.connection()
    kind = connection.dialect.name
    every = " UNION ALL ".join(f"SELECT '{name}', {shown[kind]} FROM \"{name}\"" for name, shown in SHOWN.items())
    rows = sorted(tuple(row) for row in connection.exec_driver_sql(every))
    session.rollback()
    return rows


def test_a_snapshot_tells_of_every_row_and_every_column(session: Session, sites: TwoSites):
    before = snapshot(session)
    for table in Base.metadata.sorted_tables:
        if table.name in SHOWN:
            rows = session.connection().execute(table.select()).all()
            assert len([1 for name, _row in before if name == table.name]) == len(rows), table.name
    for name, changed in (("visit", "reflection = 'other'"), ("person", "language = 'es'"), ("site", "capacity = 7")):
        session.connection().exec_driver_sql(f"UPDATE {name} SET {changed}")
        session.commit()
        assert {row[0] for row in set(snapshot(session)) - set(before)} >= {name}


def may_reach_everywhere(role: str, name: str) -> bool:
    """An admin's organisation commands reach every site; they are held by the tests of those commands."""
    return role == "admin" and name.partition(".")[0] in ORGANISATION


ORGANISATION = {
    "sites", "programs", "people", "scopes", "staff", "enrolment", "closures", "site_import", "classrooms",
    "devices", "packs",
}  # fmt: skip
FOR_ONESELF = {
    "drafts.keep_draft", "drafts.drop_draft", "drafts.restore_draft", "own_account.choose_language",
    "own_account.begin_second_factor", "own_account.confirm_second_factor", "own_account.renew_recovery_codes",
    "own_account.end_second_factor", "own_account.end_own_session",
    "devices.register_device", "observation_import.remember_columns", "import_reports.keep_import_report",
    "chart_tables.keep_table", "need_to_know.note_reading", "survey_waves.count_ended_surveys",
}  # fmt: skip
"""What one does for oneself: it names no site. Its own tests hold it."""


@pytest.mark.parametrize("role", ROLES)
def test_every_foreign_write_is_not_found_and_leaves_a_trace(session: Session, sites: TwoSites, role: str):
    actor = sites.actor(role)
    before, traces = snapshot(session), count_denied(session, actor)
    for name, function in COMMANDS.items():
        if may_reach_everywhere(role, name) or name in FOR_ONESELF:
            continue
        values = arguments(function, sites, "foreign")
        with pytest.raises(NotFound):
            function(session, actor, **values)
        assert snapshot(session) == before, f"{name} as {role} changed something"
        traces += 1
        assert count_denied(session, actor) == traces, f"{name} as {role} left no trace"


@pytest.mark.parametrize("role", ROLES)
def test_own_writes_do_all_or_nothing_with_one_event_at_least(session: Session, sites: TwoSites, role: str):
    actor = sites.actor(role)
    done = 0
    after, events_after = snapshot(session), count_events(session)
    for name, function in COMMANDS.items():
        values = arguments(function, sites, "own")
        before, events = after, events_after
        try:
            function(session, actor, **values)
        except (NotFound, InvalidInput, Conflict):
            assert snapshot(session) == before, f"{name} as {role} was refused and yet changed something"
            events_after = count_events(session)
            continue
        done += 1
        after, events_after = snapshot(session), count_events(session)
        if name not in FOR_ONESELF and after != before:
            assert events_after > events, f"{name} as {role} changed something without an event"
    assert done >= {"admin": 5, "consultant": 8}.get(role, 1)


@pytest.mark.parametrize("role", ROLES)
def test_a_scope_that_is_not_in_force_reaches_nothing(session: Session, sites: TwoSites, role: str):
    if role == "admin":
        return
    actor = sites.actor(role, on=date.today() - timedelta(days=500))
    for name, function in QUERIES.items():
        try:
            result = function(session, actor, **arguments(function, sites, "own"))
        except NotFound:
            continue
        finally:
            session.rollback()
        kept = [value for value in told(result) if isinstance(value, uuid.UUID) and value in sites.own_record_keys]
        assert kept == [], f"{name} as {role} before the scope began"


def count_denied(session: Session, actor: Actor) -> int:
    return count(session, AuditEvent, AuditEvent.action == "access_denied", AuditEvent.actor_id == actor.person_id)


def count_events(session: Session) -> int:
    return count(session, AuditEvent)


def count(session: Session, table: type[Base], *only: Any) -> int:
    session.rollback()
    return session.exec(select(func.count()).select_from(table).where(*only)).one()
