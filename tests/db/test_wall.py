"""Row-level security on a real PostgreSQL: what it holds where our own filter is forgotten; screens stay the same."""

import uuid
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, Table, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from db import acting, doctor, verify, wall
from db.access_matrix import ROLES
from db.actor import Actor
from db.commands.drafts import drop_draft, keep_draft
from db.commands.observation_import import remember_columns
from db.commands.visits import log_visit
from db.engine import make_engine
from db.errors import Conflict, InvalidInput, NotFound
from db.models import Base, Visit
from db.models.base import new_id
from db.queries.drafts import my_drafts
from db.queries.observation_import import remembered_columns
from db.survey_results import results_of
from tests.db.test_access_everywhere import COMMANDS, QUERIES, arguments, told
from tests.db.two_sites import TwoSites

ROLE = "attune_app_of_test"
TABLES = {name: Base.metadata.tables[name] for name in wall.protected()}


class Neighbors(TwoSites):
    """The two sites, and a third one in the north that only the coordinator reaches, with records of every kind."""

    def __init__(self, session: Session, today: date) -> None:
        super().__init__(session, today)
        self.next_door = self.site("Next Door Demo Center")
        there = {role: self.person(role, f"Next Door {role}") for role in ("consultant", "director")}
        for person in there.values():
            self.give(person, site_id=self.next_door.id)
        south, self.south_people = self.south_people, there
        self.fill(self.next_door, self.classroom(self.next_door, "Wrens"), there["consultant"], "Next door words")
        self.south_people = south
        session.commit()


@pytest.fixture(scope="module")
def place(postgres_url: str, postgres_template: str) -> Iterator[SimpleNamespace]:
    """Two databases with the same rows: without a wall, and with one, as the owner and as the servers' role."""
    admin = make_engine(postgres_url).execution_options(isolation_level="AUTOCOMMIT")
    names = [f"attune_wall_{uuid.uuid4().hex}" for _each in range(2)]
    urls = [make_url(postgres_url).set(database=name) for name in names]
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {names[0]} TEMPLATE attune_template"))
    plain = make_engine(urls[0].render_as_string(hide_password=False))
    opened = Session(plain, expire_on_commit=False)
    sites = Neighbors(opened, date.today())
    actors = {role: sites.actor(role) for role in ROLES}
    for row in opened:
        opened.refresh(row)
    opened.expunge_all()
    opened.close()
    plain.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {names[1]} TEMPLATE {names[0]}"))
    owner = make_engine(urls[1].render_as_string(hide_password=False))
    wall.protect(owner, ROLE, "a password of a test")
    app = make_engine(urls[1].set(username=ROLE).render_as_string(hide_password=False))
    yield SimpleNamespace(sites=sites, foreign=sites.sides["foreign"], actors=actors, plain=plain, owner=owner, app=app)
    for engine in (plain, owner, app):
        engine.dispose()
    with admin.connect() as connection:
        for name in names:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def as_person(person_id: uuid.UUID | None, work: Callable[..., Any], *given: Any) -> Any:
    """Do something as somebody, where nobody acted before."""

    def noted() -> Any:
        if person_id is not None:
            acting.note(person_id)
        return work(*given)

    return Context().run(noted)


def rows(engine: Engine, table: Table) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(table.select()))


def texts(found: list[Any]) -> list[str]:
    return sorted(map(repr, found))


def behind(place: SimpleNamespace, sites: set[Any], person_id: uuid.UUID) -> dict[str, list[Any]]:
    """Give what somebody may see of each table, worked out row by row from everything that there is."""
    seen: dict[str, list[Any]] = {}
    events = {row.seq: row.site_id for row in rows(place.owner, Base.metadata.tables["audit_event"])}
    for name, table in TABLES.items():
        above = next((key for key in table.foreign_key_constraints if key.referred_table.name in seen), None)
        every = rows(place.owner, table)
        if name == "audit_content":
            seen[name] = [row for row in every if events[row.seq] in {None, *sites}]
        elif "site_id" in table.c:
            seen[name] = [row for row in every if row.site_id in sites]
        elif "person_id" in table.c:
            seen[name] = [row for row in every if row.person_id == person_id]
        else:
            assert above is not None, name
            (key,) = (one.parent.name for one in above.elements if one.column.name == "id")
            keys = {row.id for row in seen[above.referred_table.name]}
            seen[name] = [row for row in every if getattr(row, key) in keys]
    return seen


def refused(engine: Engine, statement: Any, person_id: uuid.UUID | None = None) -> str:
    """Give PostgreSQL's reason to refuse a statement, or what it did."""

    def run() -> str:
        with engine.connect() as connection:
            try:
                return f"{connection.execute(statement).rowcount} rows"
            except DBAPIError as error:
                return str(error.orig.sqlstate)

    return as_person(person_id, run)


def test_every_table_is_behind_the_wall_or_named_as_open():
    assert {*Base.metadata.tables, "alembic_version"} == wall.OPEN | TABLES.keys()
    assert wall.OPEN.isdisjoint(TABLES)


@pytest.mark.parametrize("role", ROLES)
def test_a_statement_without_any_filter_sees_the_sites_of_who_acts(place, role):
    sites = {"coordinator": {place.sites.here.id, place.sites.next_door.id}}.get(role, {place.sites.here.id})
    if role == "admin":
        sites = {place.sites.here.id, place.sites.next_door.id, place.sites.elsewhere.id}
    person_id = place.actors[role].person_id
    seen = behind(place, sites, person_id)
    for name, table in TABLES.items():
        assert texts(as_person(person_id, rows, place.app, table)) == texts(seen[name]), name
    hidden = [name for name in TABLES if len(seen[name]) < len(rows(place.owner, TABLES[name]))]
    assert role == "admin" or len(hidden) >= 20


def test_where_nobody_acts_nothing_is_seen(place):
    for name, table in TABLES.items():
        assert as_person(None, rows, place.app, table) == [], name
        assert as_person(new_id(), rows, place.app, table) == [] or name == "audit_content"


def test_who_was_shut_out_or_whose_scope_ended_sees_nothing_at_once(place):
    person_id, visits = place.actors["consultant"].person_id, TABLES["visit"]
    assert as_person(person_id, rows, place.app, visits) != []
    for change, back in (
        ("UPDATE person SET disabled_at = now() WHERE id = :id", "UPDATE person SET disabled_at = NULL WHERE id = :id"),
        (
            "UPDATE person_scope SET valid_to = current_date - 3 WHERE person_id = :id",
            "UPDATE person_scope SET valid_to = NULL WHERE person_id = :id",
        ),
    ):
        with place.owner.begin() as connection:
            connection.execute(text(change), {"id": person_id})
        assert as_person(person_id, rows, place.app, visits) == []
        with place.owner.begin() as connection:
            connection.execute(text(back), {"id": person_id})


def test_foreign_rows_cannot_be_written(place):
    person_id, foreign = place.actors["consultant"].person_id, place.sites.elsewhere.id
    for name, table in TABLES.items():
        if "site_id" in table.c:
            row = next((row for row in rows(place.owner, table) if row.site_id == foreign), None)
            if row is None:
                continue
            again = {**row._mapping, **{key: new_id() for key in ("id", "client_uuid") if key in table.c}}
            there = table.c.site_id == foreign
            assert refused(place.app, table.insert().values(again), person_id) == "42501", name
            assert refused(place.app, table.update().where(there).values(site_id=foreign), person_id) == "0 rows", name
    visits = TABLES["visit"]
    assert refused(place.app, visits.update().values(site_id=foreign), person_id) == "42501"
    choice = next(row for row in rows(place.owner, TABLES["visit_choice"]) if row.visit_id == place.foreign.visit)
    chosen = {**choice._mapping, "code": "other"}
    assert refused(place.app, TABLES["visit_choice"].insert().values(chosen), person_id) == "42501"
    assert refused(place.app, TABLES["visit_choice"].delete().where(text("true")), None) == "0 rows"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION attune_sites() RETURNS SETOF uuid LANGUAGE sql AS 'SELECT id FROM site'",
        "ALTER TABLE visit DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE visit NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY attune_wall ON visit",
        "CREATE POLICY mine ON visit USING (true)",
        f"ALTER ROLE {ROLE} BYPASSRLS",
        "SET ROLE postgres",
        "SET session_replication_role = replica",
        "TRUNCATE visit",
        "UPDATE audit_event SET reason = ''",
        "DELETE FROM audit_event",
        "DELETE FROM audit_content",
        "UPDATE audit_content SET after = NULL",
        "DROP TRIGGER audit_event_append_only ON audit_event",
        "DELETE FROM visit",
        "DELETE FROM person",
        "INSERT INTO tombstone SELECT * FROM tombstone",
        "UPDATE alembic_version SET version_num = ''",
    ],
)
def test_the_servers_role_may_not(place, statement):
    assert refused(place.app, text(statement), place.actors["admin"].person_id) == "42501"


def test_the_policies_cannot_be_set_aside_by_a_setting(place):
    with place.app.connect() as connection:
        connection.execute(text("SET row_security = off"))
        with pytest.raises(DBAPIError, match="row-level security"):
            connection.execute(text("SELECT * FROM visit"))


def test_who_acts_is_told_anew_in_each_transaction_and_after_a_savepoint(place):
    here, there = place.actors["consultant"].person_id, place.foreign.person.id

    def work() -> None:
        with place.app.connect() as connection:
            acting.note(here)
            inner = connection.begin_nested()
            acting.note(there)
            assert {row.site_id for row in connection.execute(TABLES["visit"].select())} == {place.sites.elsewhere.id}
            inner.rollback()
            assert {row.site_id for row in connection.execute(TABLES["visit"].select())} == {place.sites.elsewhere.id}
            acting.note(here)
            connection.rollback()
            assert {row.site_id for row in connection.execute(TABLES["visit"].select())} == {place.sites.here.id}

    Context().run(work)
    assert as_person(None, rows, place.app, TABLES["visit"]) == []


def test_whole_reach_lasts_for_its_block_only(place):
    def work() -> None:
        with acting.whole_reach():
            assert len(rows(place.app, TABLES["visit"])) == len(rows(place.owner, TABLES["visit"]))
        assert rows(place.app, TABLES["visit"]) == []

    Context().run(work)


def test_the_operators_checks_pass_through_the_wall(place):
    def work() -> None:
        with acting.whole_reach():
            assert [one.problem for one in verify.checks(place.app) if one.problem] == []

    Context().run(work)


def given_by(engine: Engine, function: Callable[..., Any], actor: Actor, values: dict[str, Any]) -> Any:
    """Give what a query or command tells, in the order of its texts, or how it refuses."""
    with Session(engine, expire_on_commit=False) as opened:
        try:
            result = function(opened, actor, **values)
        except (NotFound, InvalidInput, Conflict) as error:
            return type(error).__name__
        return "done" if hasattr(function, "is_command") else sorted(map(repr, told(result)))


@pytest.mark.parametrize("role", ROLES)
def test_every_query_tells_the_same_as_without_the_wall(place, role):
    for name, function in QUERIES.items():
        for side in ("own", "mixed") if role == "director" else ("own",):
            values = arguments(function, place.sites, side)
            free, walled = (
                Context().run(given_by, engine, function, place.actors[role], values)
                for engine in (place.plain, place.app)
            )
            assert walled == free, f"{name} as {role} on {side}"


def test_what_is_made_of_a_whole_region_is_the_same_for_who_reaches_one_site(place):
    """A wave next door takes part in what may be told of one's own, and its box counts for nobody signed in."""
    for name in ("child_outcomes", "group_counts"):
        assert name in {key.rpartition(".")[2] for key in QUERIES}
    wave = place.sites.sides["own"].wave

    def work(engine: Engine) -> Any:
        acting.note(place.actors["director"].person_id)
        with Session(engine) as opened:
            return results_of(opened, [wave])

    assert Context().run(work, place.app) == Context().run(work, place.plain) != {}


def test_every_command_does_the_same_as_without_the_wall(place):
    for role, actor in place.actors.items():
        for name, function in COMMANDS.items():
            values = arguments(function, place.sites, "own")
            free, walled = (
                Context().run(given_by, engine, function, actor, values) for engine in (place.plain, place.app)
            )
            assert walled == free, f"{name} as {role}"
    for name, table in Base.metadata.tables.items():
        assert len(rows(place.owner, table)) == len(rows(place.plain, table)), name


def test_what_is_ones_own_is_found_where_nobody_acted_before(place):
    actor, key, head = place.actors["director"], new_id(), ["Center", "Room"]
    kept = {"client_uuid": key, "form": "incident", "content": {"description": "mine"}}
    assert Context().run(given_by, place.app, keep_draft, actor, kept) == "done"
    chosen = {"kind": "observation", "header": head}
    consultant = place.actors["consultant"]
    given = {**chosen, "columns": {"site": "0"}}
    assert Context().run(given_by, place.app, remember_columns, consultant, given) == "done"
    assert "'mine'" in Context().run(given_by, place.app, my_drafts, actor, {})
    assert Context().run(given_by, place.app, remembered_columns, consultant, chosen) == ["'0'", "'site'"]
    assert Context().run(given_by, place.app, keep_draft, consultant, kept) == "NotFound"
    assert Context().run(given_by, place.app, drop_draft, consultant, {"client_uuid": key}) == "NotFound"


def test_a_key_that_was_used_out_of_reach_is_told_as_without_the_wall(place):
    with Session(place.owner) as opened:
        used = opened.get_one(Visit, place.foreign.visit).client_uuid
    sent = place.sites.visit(client_uuid=used)
    for engine in (place.plain, place.app):
        assert Context().run(given_by, engine, log_visit, place.actors["consultant"], {"visit": sent}) == "Conflict"


def test_it_goes_up_twice_names_what_a_later_version_added_and_comes_down(postgres_engine: Engine):
    assert doctor._wall(Session(postgres_engine)).state == "ok"
    for _time in range(2):
        assert wall.protect(postgres_engine, ROLE) == len(TABLES)
    with postgres_engine.begin() as connection:
        assert wall.standing(connection) == wall.Standing(up=True, around=True)
        connection.execute(text("CREATE TABLE later (id uuid, site_id uuid)"))
        connection.execute(text("ALTER TABLE visit NO FORCE ROW LEVEL SECURITY"))
        assert wall.standing(connection).gaps == ("later", "visit")
    with Session(postgres_engine) as opened:
        found = doctor._wall(opened)
        assert (found.state, "later, visit" in found.told) == ("fault", True)
    assert wall.take_down(postgres_engine) == len(TABLES)
    with postgres_engine.connect() as connection:
        assert wall.standing(connection) == wall.Standing(up=False)
        assert connection.execute(text("SELECT count(*) FROM pg_class WHERE relrowsecurity")).scalar_one() == 0


def test_a_role_that_could_go_around_it_is_refused_and_so_is_sqlite(postgres_engine: Engine, sqlite_engine: Engine):
    with pytest.raises(wall.WallRefused, match="Name another role"):
        wall.protect(postgres_engine, "postgres")
    with pytest.raises(wall.WallRefused, match="small letters"):
        wall.protect(postgres_engine, 'x" SUPERUSER')
    with pytest.raises(wall.WallRefused, match="SQLite"):
        wall.protect(sqlite_engine, ROLE)
