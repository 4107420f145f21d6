"""Checks that what is stored is whole: nothing changed behind the audit's back, nothing points nowhere."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, and_, func, or_, select, true
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col

from db import child_rollups, rollups
from db.audit import START, digest, event_hash
from db.demo.order import MARK
from db.engine import session as open_session
from db.models.base import Base
from db.models.incidents import Exclusion, Incident
from db.models.instruments import Observation, SurveyWave
from db.models.records import AuditContent, AuditEvent, ChildMonth, SiteMonth, Tombstone
from db.models.visits import Visit

AT_ONCE = 1_000
SAME = 1e-6
"""Sums that differ by less than this differ only by the order in which they were added up."""
AUDITED: tuple[type[Any], ...] = (Visit, Incident, Exclusion, Observation, SurveyWave)
"""Tables whose every row has an audit event under its own key; an exclusion with an incident is part of that one's."""
NO_CONTENT = digest({"before": None, "after": None})


class Result(NamedTuple):
    """The outcome of one check: ``problem`` names the first bad row, ``note`` says what was checked."""

    check: str
    problem: str | None
    note: str = ""


def checks(engine: Engine) -> Iterator[Result]:
    """Run every check, one after the other, on one view of the database each."""
    found: list[tuple[str, Callable[[Session], Result]]] = [
        ("storage", _storage),
        ("foreign keys", _foreign_keys),
        ("audit chain", _audit_chain),
        ("audited rows", _audited_rows),
        ("monthly roll-ups", _rollups),
        ("children's months", _child_rollups),
    ]
    for name, check in found:
        try:
            with open_session(engine) as session:
                if engine.dialect.name == "postgresql":
                    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
                result = check(session)
        except DatabaseError as error:
            result = Result("", f"the database cannot be read ({error.orig})")
        yield result._replace(check=name)


def _storage(session: Session) -> Result:
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        checksums = connection.exec_driver_sql("SHOW data_checksums").scalar_one()
        return Result("", None, f"PostgreSQL looks after its pages (data checksums: {checksums})")
    problems = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(1)") if row[0] != "ok"]
    if not problems and _encrypted(connection):
        problems = [row[0] for row in connection.exec_driver_sql("PRAGMA cipher_integrity_check")]
    return Result("", problems[0] if problems else None, "every page, index and row rule holds")


def _encrypted(connection: Connection) -> bool:
    return str(connection.exec_driver_sql("PRAGMA cipher_status").scalar()) == "1"


def _foreign_keys(session: Session) -> Result:
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        bad = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        problem = None if bad is None else f"{bad[0]}, row {bad[1]}: it refers to a row of {bad[2]} that is not there"
    else:
        bad = connection.exec_driver_sql(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated LIMIT 1"
        ).first()
        problem = None if bad is None else f"{bad[0]}: its rule {bad[1]} was never checked on all rows"
        problem = problem or _missing_constraint(connection)
    return Result("", problem, "every reference leads to a row")


def _missing_constraint(connection: Connection) -> str | None:
    """Name a foreign key of the models that the database does not hold any more."""
    standing = set(connection.exec_driver_sql("SELECT conname FROM pg_constraint WHERE contype = 'f'").scalars())
    for table in Base.metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            if str(constraint.name)[:63] not in standing:
                return f"{table.name}: its foreign key {constraint.name} is not there"
    return None


def _audit_chain(session: Session) -> Result:
    """Walk the chain from its start, in memory for one chunk at a time."""
    run = session.connection().execute
    columns = list(AuditEvent.__table__.columns)  # type: ignore[attr-defined]
    contents = [col(AuditContent.seq).label("kept"), col(AuditContent.before), col(AuditContent.after)]
    contents.append(col(Tombstone.id).label("purged"))
    seq, last_hash = 0, START
    while True:
        rows = run(
            select(*columns, *contents)
            .outerjoin(AuditContent, col(AuditContent.seq) == col(AuditEvent.seq))
            .outerjoin(Tombstone, col(Tombstone.id) == col(AuditEvent.entity_id))
            .where(col(AuditEvent.seq) > seq)
            .order_by(col(AuditEvent.seq))
            .limit(AT_ONCE)
        ).all()
        if not rows:
            return Result("", None, f"{seq:,} events, each with its content, in one chain")
        for row in rows:
            values = dict(row._mapping)
            kept, before, after = values.pop("kept"), values.pop("before"), values.pop("after")
            purged = values.pop("purged")
            event = AuditEvent(**values)
            wrong = _wrong_event(event, seq, last_hash, kept is not None, before, after, purged is not None)
            if wrong:
                return Result("", f"audit event {event.seq}: {wrong}")
            seq, last_hash = event.seq, event.hash


def _wrong_event(
    event: AuditEvent, seq: int, last_hash: str, has_content: bool, before: Any, after: Any, purged: bool
) -> str | None:
    if event.seq != seq + 1:
        return f"the event before it is missing (gap after {seq})"
    if event.previous_hash != last_hash:
        return "it does not carry the hash of the event before"
    if event_hash(event) != event.hash:
        return "its hash does not match what it says"
    if not has_content and event.content_digest != NO_CONTENT:
        return None if purged else "its content is missing"
    if digest({"before": before, "after": after}) != event.content_digest:
        return "its content was changed"
    return None


def _audited_rows(session: Session) -> Result:
    """Look for a row that came in, or was changed, without an audit event; demo rows came in all together."""
    problems = (_unaudited(session, table) for table in AUDITED)
    return Result("", next(filter(None, problems), None), "every record has its events")


def _unaudited(session: Session, table: Any) -> str | None:
    run = session.connection().execute
    name = table.__tablename__
    events = (
        select(col(AuditEvent.entity_id), func.max(col(AuditEvent.entity_version)).label("version"))
        .where(col(AuditEvent.entity) == name, col(AuditEvent.action) != "access_denied")
        .group_by(col(AuditEvent.entity_id))
        .subquery()
    )
    first_of_demo = and_(table.content_digest == MARK, table.version == 1)
    own_events = col(Exclusion.incident_id).is_(None) if table is Exclusion else true()
    bad = run(
        select(table.id, events.c.version, table.version)
        .outerjoin(events, events.c.entity_id == table.id)
        .where(own_events)
        .where(or_(events.c.version.is_(None) & ~first_of_demo, table.version > events.c.version))
        .limit(1)
    ).first()
    if bad is not None:
        told = "was never audited" if bad[1] is None else f"is at version {bad[2]}, but the audit ends at {bad[1]}"
        return f"{name} {bad[0]} {told}"
    gone = run(
        select(events.c.entity_id)
        .outerjoin(table, events.c.entity_id == table.id)
        .outerjoin(Tombstone, col(Tombstone.id) == events.c.entity_id)
        .where(table.id.is_(None), col(Tombstone.id).is_(None), events.c.version.is_not(None))
        .limit(1)
    ).scalar()
    if gone is not None:
        return f"{name} {gone} is in the audit, but no longer stored"
    loaded = run(select(func.count()).where(table.content_digest == MARK)).scalar_one()
    told_of = _loaded(session).get(name, 0)
    purged = run(select(func.count()).where(col(Tombstone.entity) == name)).scalar_one()
    if not told_of - purged <= loaded <= told_of:
        return f"{name}: {loaded} rows are marked as demo rows, but {told_of} were loaded"
    return None


def _loaded(session: Session) -> dict[str, int]:
    """Give how many rows of each table the demo load brought, as its audit event says."""
    after = (
        session.connection()
        .execute(
            select(col(AuditContent.after))
            .join(AuditEvent, col(AuditEvent.seq) == col(AuditContent.seq))
            .where(col(AuditEvent.action) == "demo_loaded")
        )
        .scalars()
        .first()
    )
    return dict(after["rows"]) if after else {}


def _rollups(session: Session) -> Result:
    """Compare every month of every site with a fresh count."""
    counted = rollups.recounted(session)
    connection = session.connection().execution_options(yield_per=AT_ONCE)
    names = ("site_id", "month", *rollups.COUNTED)
    wanted = {
        (row.site_id, row.month): tuple(row[2:])
        for row in connection.execute(select(*(counted.c[name] for name in names)))
    }
    checked = len(wanted)
    for row in connection.execute(select(*(getattr(SiteMonth, name) for name in names))):
        values = wanted.pop((row.site_id, row.month), None)
        differing = _differing(tuple(row[2:]), values)
        if differing:
            return Result(
                "",
                f"site {row.site_id}, {row.month:%Y-%m}: the roll-up of {differing} is not what is counted",
            )
    if wanted:
        site_id, month = min(wanted, key=lambda key: (str(key[0]), key[1]))
        return Result("", f"site {site_id}, {month:%Y-%m}: the roll-up is missing")
    return Result("", None, f"{checked:,} months of sites agree with a recount")


def _child_rollups(session: Session) -> Result:
    """Compare every child's every month with a fresh count: neither side may hold a row that the other lacks."""
    run = session.connection().execute
    stored = select(*(getattr(ChildMonth, name) for name in child_rollups.COLUMNS))
    counted = child_rollups.recounted(session.get_bind().dialect.name)
    for one, other, told in ((stored, counted, "is not what is counted"), (counted, stored, "is missing or differs")):
        bad = run(one.except_(other).limit(1)).first()
        if bad is not None:
            return Result("", f"site {bad.site_id}, {bad.month:%Y-%m}: the roll-up of a child {told}")
    checked = run(select(func.count()).select_from(ChildMonth)).scalar_one()
    return Result("", None, f"{checked:,} months of children agree with a recount")


def _differing(stored: tuple[Any, ...], counted: tuple[Any, ...] | None) -> str | None:
    """Name the first figure that differs, or None; a month with nothing in it counts as zeros."""
    expected = counted or (*[0] * (len(rollups.COUNTED) - 1), None)
    for name, one, other in zip(rollups.COUNTED, stored, expected, strict=True):
        if (one is None) != (other is None) or abs((one or 0) - (other or 0)) > SAME:
            return name
    return None
