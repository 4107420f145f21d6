"""Row-level security on PostgreSQL: a second wall behind the filter of ``db.access``, put up by ``manage.py protect``.

A query that forgets its filter then gives the rows of the acting person's sites at most, and nothing when nobody acts.
docs/decisions/0013 says what it holds and what not.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple

from sqlalchemy import Connection, Engine, Table

from db.acting import PERSON, POLICY, REACH, WHOLE
from db.models import Base

OPEN = {
    "alembic_version", "region", "program", "site", "person", "person_scope", "sign_in_session", "recovery_code",
    "person_identity", "sign_in_throttle", "download_token", "capture_device", "option", "instrument", "scale",
    "instrument_pack", "database_mark", "tombstone", "audit_event",
}  # fmt: skip
"""Tables that no policy is on: who people are and what they reach (the policies ask them), lists, and the chain of the
audit, which whoever adds to it must see to its end. Its content is behind the wall."""
OWN = {"draft", "kept_table", "import_report", "column_mapping"}
"""Tables whose rows are one person's alone (``person_id``)."""
ONLY_READ = {"alembic_version", "option", "tombstone"}
ONLY_ADDED = {"audit_event", "audit_content", "database_mark", "instrument", "scale"}
DELETED = {
    "recovery_code", "site_month", "child_month", "sign_in_throttle", "survey_box", "survey_result", "score",
    "computed_score", "recomputed_score", "child_score", "visit_choice", "visit_classroom", "visit_participant",
    "incident_choice", "draft", "kept_table", "import_report",
}  # fmt: skip
"""Tables from which the servers delete rows; everywhere else they mark them as removed."""

_FUNCTIONS = (
    f"""CREATE OR REPLACE FUNCTION attune_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT nullif(current_setting('{PERSON}', true), '')::uuid
    $$""",
    """CREATE OR REPLACE FUNCTION attune_sites() RETURNS SETOF uuid LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
    SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
        WITH who AS (
            SELECT id, role FROM person WHERE id = attune_person() AND disabled_at IS NULL AND deleted_at IS NULL
        ), given AS (
            SELECT scope.site_id, scope.program_id, scope.region_id FROM person_scope AS scope, who
            WHERE scope.deleted_at IS NULL
                AND scope.valid_from <= (now() AT TIME ZONE 'utc')::date
                AND (scope.valid_to IS NULL OR scope.valid_to >= (now() AT TIME ZONE 'utc')::date)
                AND (scope.person_id = who.id OR who.role = 'supervisor' AND scope.person_id IN (
                    SELECT id FROM person WHERE supervisor_id = who.id AND disabled_at IS NULL))
        )
        SELECT site_id FROM given WHERE site_id IS NOT NULL
        UNION SELECT site.id FROM site JOIN given USING (program_id)
        UNION SELECT site.id FROM site JOIN given USING (region_id)
        UNION SELECT site.id FROM site, who WHERE who.role = 'admin'
    $$""",
    "REVOKE ALL ON FUNCTION attune_sites() FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION attune_person(), attune_sites() TO {role}",
)
"""Which sites a person reaches today: the rules of ``db.actor.load_actor`` once more, in SQL, asked as the owner."""

_WHOLE = f"(SELECT current_setting('{REACH}', true)) = '{WHOLE}'"


class WallRefused(Exception):
    """The wall cannot be put up or taken down; the message is what the operator needs to know."""


class Standing(NamedTuple):
    """How the wall stands. ``gaps`` are tables that should be behind it and are not; ``around``: we go around it."""

    up: bool
    gaps: tuple[str, ...] = ()
    around: bool = False


def protected() -> dict[str, str]:
    """Give the tables that belong behind the wall, each with the condition under which a row may be seen or written."""
    found: dict[str, str] = {}
    for table in Base.metadata.sorted_tables:
        if table.name in OPEN:
            continue
        found[table.name] = _condition(table, found)
    return found


def _condition(table: Table, above: dict[str, str]) -> str:
    if table.name == "audit_content":
        return (
            "(SELECT attune_person()) IS NOT NULL AND EXISTS ("
            "SELECT FROM audit_event AS event WHERE event.seq = audit_content.seq"
            " AND (event.site_id IS NULL OR event.site_id IN (SELECT attune_sites())))"
        )
    if table.name in OWN:
        return "person_id = (SELECT attune_person())"
    if "site_id" in table.c:
        return "site_id IN (SELECT attune_sites())"
    for key in table.foreign_key_constraints:
        if key.referred_table.name in above:
            pairs = " AND ".join(f"above.{one.column.name} = {table.name}.{one.parent.name}" for one in key.elements)
            return f'EXISTS (SELECT FROM "{key.referred_table.name}" AS above WHERE {pairs})'
    raise WallRefused(f"{table.name} has no place: name it in db/wall.py.")


def protect(engine: Engine, role: str, password: str | None = None) -> int:
    """Put the wall up, or bring it up to date, for servers that sign in to PostgreSQL as ``role``.

    In one transaction, as the owner of the tables. The role is made when it is not there; with a password it can sign
    in (PostgreSQL gets the password's SCRAM verifier only). Gives how many tables are behind the wall.

    Raises:
        WallRefused: not PostgreSQL, no sensible name, or a role that could go around the wall.
        ProgrammingError: whoever runs this may not make roles, or does not own the tables.
    """
    with _owner(engine) as connection:
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
            raise WallRefused("A role's name is made of small letters, digits and _.")
        _role(connection, role, password)
        run = connection.exec_driver_sql
        schema = _schema(connection)
        for statement in _FUNCTIONS:
            run(statement.format(schema=schema, role=role))
        run(f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
        for grant in _grants(role, schema):
            run(grant)
        tables = protected()
        for name, condition in tables.items():
            run(f'DROP POLICY IF EXISTS {POLICY} ON "{name}"')
            run(f'CREATE POLICY {POLICY} ON "{name}" USING ({_WHOLE} OR {condition}){_check(name)}')
            run(f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
        return len(tables)


def _check(name: str) -> str:
    """Everybody adds to the audit, also about a site that they do not reach: that they were refused."""
    return " WITH CHECK (true)" if name == "audit_content" else ""


def _grants(role: str, schema: str) -> Iterator[str]:
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {role}"
    for name in [*Base.metadata.tables, "alembic_version"]:
        rights = ["SELECT"]
        if name not in ONLY_READ:
            rights.append("INSERT")
        if name not in ONLY_READ | ONLY_ADDED:
            rights.append("UPDATE")
        if name in DELETED:
            rights.append("DELETE")
        yield f'GRANT {", ".join(rights)} ON "{name}" TO {role}'


def take_down(engine: Engine) -> int:
    """Take the wall down, and give how many tables were behind it. The role and its rights stay as they are."""
    with _owner(engine) as connection:
        run = connection.exec_driver_sql
        behind = run("SELECT polrelid::regclass::text FROM pg_policy WHERE polname = %s", (POLICY,)).scalars().all()
        for name in behind:
            run(f"DROP POLICY {POLICY} ON {name}")
            run(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY")
        run("DROP FUNCTION IF EXISTS attune_sites(), attune_person()")
        return len(behind)


def standing(connection: Connection) -> Standing:
    """Tell how the wall stands in this database, and for whoever asks."""
    if connection.dialect.name != "postgresql":
        return Standing(False)
    run = connection.exec_driver_sql
    behind = set(
        run(
            "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid"
            " WHERE polname = %s AND relrowsecurity AND relforcerowsecurity",
            (POLICY,),
        ).scalars()
    )
    if not run("SELECT EXISTS (SELECT FROM pg_policy WHERE polname = %s)", (POLICY,)).scalar_one():
        return Standing(False)
    tables = set(run("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").scalars())
    around = run("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").scalar_one()
    return Standing(True, tuple(sorted(tables - OPEN - behind)), bool(around))


def _owner(engine: Engine) -> AbstractContextManager[Connection]:
    if engine.dialect.name != "postgresql":
        raise WallRefused("Only PostgreSQL has row-level security; SQLite has none.")
    return engine.begin()


def _schema(connection: Connection) -> str:
    return str(connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one())


def _role(connection: Connection, role: str, password: str | None) -> None:
    """Make the role, or look whether the one that stands can be trusted not to go around the wall."""
    run = connection.exec_driver_sql
    stands = run(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR pg_has_role(oid, tableowner, 'MEMBER')"
        " FROM pg_roles, pg_tables WHERE rolname = %s AND schemaname = current_schema() AND tablename = 'visit'",
        (role,),
    ).scalar()
    if stands:
        raise WallRefused(f"{role} owns the tables or may go around the wall. Name another role.")
    if stands is None:
        run(f"CREATE ROLE {role} NOLOGIN")
    if password:
        pgconn = connection.connection.driver_connection.pgconn  # type: ignore[union-attr]
        verifier = pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
        run(f"ALTER ROLE {role} LOGIN PASSWORD '{verifier}'")
