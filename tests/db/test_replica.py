"""Screens read from a real streaming replica, and from the database itself where that would be too old."""

import time
from collections.abc import Iterator
from contextvars import Context
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlmodel import Session, select

from db import acting, meters, migrate, replica, wall
from db.commands.visits import log_visit
from db.engine import make_engine
from db.engine import session as open_session
from db.errors import NotFound
from db.models import AuditEvent, Classroom, Person, Site, Visit
from db.models.base import new_id
from db.queries.trends import site_head
from tests.cluster import Node, cluster, pause_replay
from tests.factories import Field


@pytest.fixture(scope="module")
def nodes() -> Iterator[tuple[Node, Node]]:
    with cluster() as made:
        engine = make_engine(made[0].url)
        migrate.upgrade(engine)
        with open_session(engine) as opened:
            Field(opened, date.today())
        engine.dispose()
        yield made


@pytest.fixture
def place(nodes, monkeypatch) -> Iterator[SimpleNamespace]:
    primary, copy = make_engine(nodes[0].url), make_engine(nodes[1].url)
    monkeypatch.setattr(replica, "engine", lambda: primary)
    monkeypatch.setattr(replica, "open_session", lambda bind=None: Session(bind or primary))
    monkeypatch.setattr(replica, "read_engine", lambda: copy)
    monkeypatch.setattr(replica, "_replica", replica._Replica())
    with open_session(primary) as opened:
        people = SimpleNamespace(primary=primary, copy=copy, nodes=nodes, session=opened)
        yield people
    primary.dispose()
    copy.dispose()


@pytest.fixture
def field(place) -> Field:
    made = object.__new__(Field)
    made.session, made.today = place.session, date.today()
    made.here = place.session.exec(select(Site).where(Site.name == "Maple Demo Center")).one()
    made.people = {one.role: one for one in place.session.exec(select(Person))}
    return made


def read_from(place, actor) -> Engine:
    with replica.reading(actor) as opened:
        return opened.get_bind()


def wait_until_caught_up(place, actor) -> None:
    for _attempt in range(400):
        if read_from(place, actor) is place.copy:
            return
    pytest.fail("the replica never caught up")


def test_it_is_read_when_it_holds_what_one_wrote_and_never_before(place, field):
    consultant, director = field.actor("consultant"), field.actor("director")
    wait_until_caught_up(place, consultant)
    pause_replay(place.nodes[1], True)
    try:
        saved = log_visit(place.session, consultant, field.visit())
        assert read_from(place, consultant) is place.primary
        assert read_from(place, director) is place.copy
        with replica.reading(consultant) as opened:
            assert opened.get(Visit, saved.id) is not None
        with replica.reading(director) as opened:
            assert opened.get(Visit, saved.id) is None
    finally:
        pause_replay(place.nodes[1], False)
    wait_until_caught_up(place, consultant)
    with replica.reading(consultant) as opened:
        assert opened.get(Visit, saved.id) is not None


def test_one_that_lags_longer_than_stated_is_not_read_by_anybody(place, field, monkeypatch):
    pause_replay(place.nodes[1], True)
    try:
        log_visit(place.session, field.actor("consultant"), field.visit())
        monkeypatch.setattr(replica, "settings", lambda: SimpleNamespace(read_staleness_seconds=-1))
        assert read_from(place, field.actor("director")) is place.primary
    finally:
        pause_replay(place.nodes[1], False)


def test_it_refuses_what_would_change_something(place, field):
    wait_until_caught_up(place, field.actor("director"))
    with pytest.raises(Exception, match="read-only transaction"):
        log_visit(Session(place.copy), field.actor("consultant"), field.visit())


def test_a_refusal_on_it_leaves_its_trace_in_the_database_itself(place, field):
    director = field.actor("director")
    wait_until_caught_up(place, director)
    before = len(place.session.exec(select(AuditEvent).where(AuditEvent.action == "access_denied")).all())
    with replica.reading(director) as opened, pytest.raises(NotFound):
        site_head(opened, director, new_id())
    place.session.rollback()
    after = place.session.exec(select(AuditEvent).where(AuditEvent.action == "access_denied")).all()
    assert len(after) == before + 1


def test_a_lost_replica_costs_one_try_and_the_screen_is_the_same(place, field):
    director = field.actor("director")
    wait_until_caught_up(place, director)
    place.nodes[1].stop("immediate")
    before = meters.REPLICA.labels("no_answer")._value.get()
    assert read_from(place, director) is place.primary
    assert read_from(place, director) is place.primary
    assert meters.REPLICA.labels("no_answer")._value.get() == before + 1
    place.nodes[1].start()
    replica._replica.silent_until = 0
    wait_until_caught_up(place, director)


def test_without_one_everything_is_read_from_the_database(sqlite_engine, monkeypatch):
    monkeypatch.setattr(replica, "open_session", lambda bind=None: Session(bind or sqlite_engine))
    replica.read_engine.cache_clear()
    with open_session(sqlite_engine) as opened:
        actor = Field(opened, date.today()).actor("director")
    assert read_from(None, actor) is sqlite_engine


def wait_until_replayed(place) -> None:
    with place.primary.connect() as connection:
        until = connection.execute(text("SELECT pg_current_wal_lsn()::text")).scalar_one()
    replayed, deadline = text("SELECT pg_last_wal_replay_lsn() >= CAST(:until AS pg_lsn)"), time.monotonic() + 30
    with place.copy.connect() as connection:
        while not connection.execute(replayed, {"until": until}).scalar_one():
            assert time.monotonic() < deadline, "the replica never caught up"


def test_the_wall_holds_on_it_as_on_the_database_itself(place, field):
    """A statement without any filter gives the acting person's sites, and nothing where nobody acts."""
    wall.protect(place.primary, "attune_reads_of_test")
    try:
        wait_until_replayed(place)
        as_servers = make_url(place.nodes[1].url).set(username="attune_reads_of_test")
        with place.primary.begin() as connection:
            connection.execute(text("ALTER ROLE attune_reads_of_test LOGIN"))
        wait_until_replayed(place)
        app = make_engine(as_servers.render_as_string(hide_password=False))

        def rooms(role: str | None) -> list[str]:
            if role is not None:
                acting.note(field.people[role].id)
            with open_session(app) as opened:
                return sorted(opened.exec(select(Classroom.name)))

        assert [Context().run(rooms, role) for role in ("consultant", None)] == [["Owls"], []]
        app.dispose()
    finally:
        wall.take_down(place.primary)
    with open_session(place.primary) as opened:
        assert len(opened.exec(select(Classroom.name)).all()) == 2
