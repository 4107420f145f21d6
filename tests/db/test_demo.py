"""The demo data: the same order gives the same rows, and the arithmetic finds what is planted in them."""

import hashlib
import shutil
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlmodel import Session, col, func, select

from analytics.agreement import LEAST_RATED_TWICE, agreement
from analytics.control_charts import ControlChart, u_chart
from analytics.disproportion import Group, compare
from analytics.rules import SHIFT
from db import rollups
from db.actor import Actor, Places, load_actor
from db.demo import load as demos
from db.demo.order import Order
from db.demo.truths import TRUTHS, UNEQUAL_RACE, change_month
from db.engine import make_engine, writing
from db.engine import session as open_session
from db.equity_counts import DIMENSIONS, OUTCOMES
from db.marks import demo_sign_ins
from db.models import (
    Base,
    Enrolment,
    Exclusion,
    FollowUp,
    Incident,
    IncidentChoice,
    Observation,
    Person,
    PersonScope,
    Region,
    Site,
    SiteEvent,
    SiteMonth,
    SurveyResult,
    SurveyWave,
    Visit,
)
from db.models.records import AuditEvent
from db.passwords import password_problems, verify
from db.period import Period
from db.queries.equity import group_counts
from db.queries.quality_change import coded_twice
from db.queries.waves import waves
from db.regions import same_region

UNTIL = date(2026, 11, 20)
ORDER = Order(until=UNTIL)


@pytest.fixture(scope="module")
def sqlite_demo(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copy(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    demos.load(engine, ORDER)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def postgres_demo(postgres_url: str, postgres_template: str) -> Iterator[Engine]:
    name = f"demo_{uuid.uuid4().hex}"
    admin = make_engine(postgres_url).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE attune_template"))
    engine = make_engine(make_url(postgres_url).set(database=name).render_as_string(hide_password=False))
    demos.load(engine, ORDER)
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def demo(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session on the loaded demo, of both kinds; these tests only read."""
    with open_session(request.getfixturevalue(f"{request.param}_demo")) as opened:
        yield opened


def planted(session: Session, code: str) -> Site:
    name = next(truth.name for truth in TRUTHS if truth.code == code)
    return session.exec(select(Site).where(Site.name == name)).one()


def rate_chart(session: Session, site: Site) -> ControlChart:
    rows = session.exec(select(SiteMonth).where(SiteMonth.site_id == site.id).order_by(col(SiteMonth.month))).all()
    return u_chart(
        [f"{row.month:%Y-%m}" for row in rows],
        [row.incidents_covered for row in rows],
        [row.child_days for row in rows],
        per=1000,
    )


def stored(session: Session) -> dict[str, str]:
    """Give a digest of every table's rows as Python sees them, but for salted hashes and the audit's clock."""
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name in {"audit_event", "audit_content"}:
            continue
        columns = [column for column in table.columns if column.name != "password_hash"]
        rows = sorted(map(repr, session.connection().execute(select(*columns)).all()))
        found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def test_both_databases_hold_the_same_rows(sqlite_demo: Engine, postgres_demo: Engine) -> None:
    with open_session(sqlite_demo) as one, open_session(postgres_demo) as other:
        assert stored(one) == stored(other)


def test_the_loaded_text_is_exactly_what_the_models_write(sqlite_demo: Engine, tmp_path: Path) -> None:
    """Each kind of row, read by the ORM and written by it again, leaves the same bytes."""
    tables: list[Any] = [
        Site, Person, PersonScope, Visit, FollowUp, Incident, Exclusion, Observation, SurveyWave, Enrolment,
    ]  # fmt: skip
    with sqlite_demo.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(str(sqlite_demo.url.database), tmp_path / "copy.db")
    engine = make_engine(f"sqlite:///{tmp_path / 'copy.db'}")
    with open_session(engine) as session:
        for table in tables:
            raw = session.connection().exec_driver_sql
            name = table.__tablename__
            row = session.exec(select(table).order_by(table.id.desc())).first()
            before = raw(f"SELECT * FROM {name} WHERE id = ?", (row.id.hex,)).one()
            types = [type(value) for value in before]
            values = {column: getattr(row, column) for column in table.model_fields}
            raw("PRAGMA defer_foreign_keys = ON")
            session.connection().execute(table.__table__.delete().where(table.id == row.id))
            session.connection().execute(table.__table__.insert().values(**values))
            after = raw(f"SELECT * FROM {name} WHERE id = ?", (row.id.hex,)).one()
            assert tuple(after) == tuple(before), name
            assert [type(value) for value in after] == types, name
            session.rollback()
    engine.dispose()


def test_nothing_lies_in_the_future(demo: Session) -> None:
    for table, day in (
        (Visit, Visit.visited_on),
        (Incident, Incident.occurred_on),
        (Observation, Observation.observed_on),
    ):
        latest = demo.exec(select(func.max(day)).select_from(table)).one()
        assert latest < UNTIL


def test_the_rollups_equal_what_is_counted_one_by_one(demo: Session) -> None:
    kept = {(row.site_id, row.month): row for row in demo.exec(select(SiteMonth))}
    for site in demo.exec(select(Site.id)).all():
        for month in ORDER.month_starts():
            counted = rollups.counted(demo, site, month)
            row = kept.pop((site, month), None)
            assert (row is None) == (counted is None)
            if row is not None and counted is not None:
                assert {name: getattr(row, name) for name in counted} == pytest.approx(counted)
    assert not kept


def test_rebuilt_rollups_leave_out_what_was_removed(sqlite_demo: Engine, tmp_path: Path) -> None:
    with sqlite_demo.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(str(sqlite_demo.url.database), tmp_path / "copy.db")
    engine = make_engine(f"sqlite:///{tmp_path / 'copy.db'}")
    with open_session(engine) as session:
        visit = session.exec(select(Visit).where(Visit.outcome == "completed")).first()
        assert visit is not None
        place = (visit.site_id, rollups.month_of(visit.visited_on))
        before = session.get_one(SiteMonth, place).visits
        with writing(session):
            visit.deleted_at = visit.created_at
            session.add(visit)
            rollups.rebuild(session)
        session.expire_all()
        after = session.get_one(SiteMonth, place)
        assert after.visits == before - 1
        counted = rollups.counted(session, *place)
        assert counted is not None
        assert {name: getattr(after, name) for name in counted} == pytest.approx(counted)
    engine.dispose()


def test_the_site_that_improves_shows_a_shift_to_fewer_incidents(demo: Session) -> None:
    chart = rate_chart(demo, planted(demo, "improves"))
    late = [point for point in chart.points[change_month(ORDER) :] if point.value is not None]
    early = [point for point in chart.points[: change_month(ORDER)] if point.value is not None]
    assert chart.centre is not None
    assert all(point.value < chart.centre and SHIFT in point.signals for point in late if point.value is not None)
    ratio = sum(point.numerator or 0 for point in late) / sum(point.denominator or 0 for point in late)
    ratio /= sum(point.numerator or 0 for point in early) / sum(point.denominator or 0 for point in early)
    assert ratio == pytest.approx(0.5, abs=0.1)


def test_the_site_that_stays_shows_no_signal_at_all(demo: Session) -> None:
    chart = rate_chart(demo, planted(demo, "stays"))
    assert [point.signals for point in chart.points] == [()] * ORDER.months


def test_both_sites_started_consultation_in_the_same_month_and_say_so_on_their_axis(demo: Session) -> None:
    starts = [
        demo.exec(
            select(SiteEvent.happened_on).where(
                SiteEvent.site_id == planted(demo, code).id, SiteEvent.kind == "consultation_start"
            )
        ).one()
        for code in ("improves", "stays")
    ]
    assert starts[0] == starts[1]
    assert rollups.month_of(starts[0]) == ORDER.month_starts()[change_month(ORDER) - 2]


def test_the_site_that_only_reports_more_has_as_many_exclusions_and_mild_additions(demo: Session) -> None:
    site = planted(demo, "reports_more")
    change = ORDER.month_starts()[change_month(ORDER)]
    chart = rate_chart(demo, site)
    assert chart.centre is not None
    late = chart.points[change_month(ORDER) :]
    assert all((point.value or 0) > chart.centre and SHIFT in point.signals for point in late)
    assert any(point.outside for point in late)
    rows = demo.exec(select(Incident.severity, Incident.occurred_on).where(Incident.site_id == site.id)).all()
    serious = [
        sum(severity in ("moderate", "high", "severe") for severity, day in rows if (day >= change) == late) / months
        for late, months in ((False, change_month(ORDER)), (True, ORDER.months - change_month(ORDER)))
    ]
    assert serious[1] == pytest.approx(serious[0], rel=0.35)
    led = demo.exec(select(Exclusion.started_on).where(Exclusion.site_id == site.id)).all()
    a_month = [
        sum((day >= change) == late for day in led) / months
        for late, months in ((False, change_month(ORDER)), (True, ORDER.months - change_month(ORDER)))
    ]
    assert abs(a_month[1] - a_month[0]) < 1


def test_the_site_with_few_staff_never_has_five_respondents(demo: Session) -> None:
    answered = demo.exec(
        select(SurveyResult.respondents)
        .join(SurveyWave, (col(SurveyWave.id) == col(SurveyResult.wave_id)) & same_region(SurveyWave, SurveyResult))
        .where(SurveyWave.site_id == planted(demo, "few_staff").id)
    ).all()
    assert answered
    assert max(answered) < 5


def test_the_site_with_an_edition_change_was_observed_with_both(demo: Session) -> None:
    used = demo.exec(
        select(Observation.instrument_code)
        .where(Observation.site_id == planted(demo, "edition_change").id)
        .order_by(col(Observation.observed_on))
    ).all()
    class_only = [code for code in used if code.startswith("class_prek")]
    assert class_only[0] == "class_prek_1"
    assert class_only[-1] == "class_prek_2"


def test_the_site_without_denominators_has_incidents_and_no_child_days(demo: Session) -> None:
    rows = demo.exec(select(SiteMonth).where(SiteMonth.site_id == planted(demo, "no_denominator").id)).all()
    assert sum(row.incidents for row in rows) > 0
    assert {row.child_days for row in rows} == {None}
    assert {row.incidents_covered for row in rows} == {0}


def called(session: Session, region_code: str) -> set[tuple[str, str, str, str]]:
    """Give what equity calls a difference over twelve full months in a region, to who reads its records."""
    region = session.exec(select(Region.id).where(Region.code == region_code)).one()
    reader = Actor(uuid.uuid4(), "supervisor", scope=Places(regions=frozenset([region])))
    found = set()
    for outcome in OUTCOMES:
        for dimension in DIMENSIONS:
            counts = group_counts(session, reader, outcome, dimension, Period(date(2025, 11, 1), date(2026, 11, 1)))
            groups = [
                Group(one.code, one.children or 0, one.of or 0.0, one.reports or 0, one.squares or 0)
                for one in counts.groups
                if one.code
            ]
            found |= {
                (outcome, dimension, group.code, group.direction)
                for group in compare(groups).groups
                if group.state == "difference"
            }
    return found


def test_equity_finds_what_is_planted_in_the_first_region_and_calls_nothing_else(demo: Session) -> None:
    assert called(demo, "R01") == {("exclusions", "race", UNEQUAL_RACE, "more")}
    assert called(demo, "R02") == set()


def test_equity_finds_it_with_another_seed(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "demo.db")
    engine = make_engine(f"sqlite:///{tmp_path / 'demo.db'}")
    demos.load(engine, Order(until=UNTIL, seed=10))
    with open_session(engine) as session:
        assert called(session, "R01") == {("exclusions", "race", UNEQUAL_RACE, "more")}
        assert called(session, "R02") == set()
    engine.dispose()


def test_few_children_have_many_incidents(demo: Session) -> None:
    per_child = demo.exec(
        select(func.count())
        .where(col(Incident.child_key).is_not(None))
        .group_by(col(Incident.site_id), col(Incident.child_key))
        .order_by(func.count().desc())
    ).all()
    top_tenth = per_child[: len(per_child) // 10]
    assert sum(top_tenth) > 0.25 * sum(per_child)


def test_every_list_of_an_incident_is_ticked_somewhere(demo: Session) -> None:
    lists = set(demo.exec(select(IncidentChoice.list).distinct()).all())
    assert lists == {"admin_followup", "behaviour", "others_involved", "race", "response"}


def test_the_four_sign_ins_are_listed_and_open_with_a_strong_passphrase(demo: Session) -> None:
    listed = demo_sign_ins(demo)
    assert [one.role for one in listed] == ["consultant", "director", "coordinator", "admin"]
    for one in listed:
        person = demo.exec(select(Person).where(Person.sign_in_name == one.name)).one()
        assert person.role == one.role
        assert verify(person.password_hash, one.password)
        assert password_problems(one.password, (one.name, person.display_name)) == []
    others = demo.exec(
        select(func.count(col(Person.id))).where(
            col(Person.password_hash).is_not(None), col(Person.sign_in_name).not_in([one.name for one in listed])
        )
    ).one()
    assert others == 0


def test_the_director_directs_a_site_of_the_consultant_in_the_coordinators_region(demo: Session) -> None:
    def scopes(name: str) -> Any:
        return demo.exec(
            select(PersonScope)
            .join(Person, col(Person.id) == col(PersonScope.person_id))
            .where(Person.sign_in_name == name)
        ).all()

    caseload = {scope.site_id for scope in scopes("demo-consultant")}
    directed = scopes("demo-director")[0].site_id
    assert 5 <= len(caseload) <= 12
    assert directed in caseload
    assert demo.get_one(Site, directed).region_id == scopes("demo-coordinator")[0].region_id


def test_one_audit_event_tells_of_the_load(demo: Session) -> None:
    events = demo.exec(select(AuditEvent)).all()
    assert [(event.action, event.actor_role, event.actor_id) for event in events] == [("demo_loaded", "operator", None)]


def signed_in(demo: Session, role: str) -> Actor:
    person = demo.exec(select(Person).where(Person.sign_in_name == f"demo-{role}")).one()
    return load_actor(demo, person, UNTIL)


def test_two_people_coded_the_same_rooms_often_enough_to_tell_how_far_they_agree(demo: Session) -> None:
    twice = coded_twice(demo, signed_in(demo, "consultant"), Period.last_months(12, UNTIL))
    tools = {one.instrument_code for one in twice}
    assert max(sum(one.instrument_code == tool for one in twice) for tool in tools) >= LEAST_RATED_TWICE
    shares = agreement({"all": [pair for one in twice for pairs in one.cycles.values() for pair in pairs]})
    assert shares.overall.share is not None
    assert 0.85 < shares.overall.share < 1


@pytest.mark.parametrize("role", ["consultant", "director", "coordinator"])
def test_a_survey_is_open_on_phones_where_each_sign_in_looks(demo: Session, role: str) -> None:
    asking = [row for row in waves(demo, signed_in(demo, role), Period.last_months(1, UNTIL)) if row.open]
    told = {row.site: row.progress for row in asking}
    assert told.pop("Maple Lane Demo Center") == "half_to_three_quarters"
    assert told == ({} if role == "director" else {"Harbor Hill Demo Center": "few"})
