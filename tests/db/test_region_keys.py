"""A part of a record has its record's region: held by the database, brought by the migration, kept when it moves."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from db import migrate, verify, wall
from db.acting import POLICY, whole_reach
from db.commands.exclusions import note_place, note_step
from db.commands.incidents import correct_incident, record_incident
from db.commands.visits import correct_visit, log_visit
from db.engine import make_engine
from db.models import Base, Exclusion, ExclusionPlace, ExclusionStep, FollowUp, Visit
from db.models.incident_input import ExclusionInput
from db.models.visit_input import FollowUpInput
from tests.db.test_partition_keys import BELOW, PARTS
from tests.db.two_sites import TwoSites
from tests.factories import Field

BEFORE = "0006"
TABLES = Base.metadata.tables


def everything(engine: Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        return {name: sorted(map(repr, connection.execute(table.select()))) for name, table in TABLES.items()}


def test_the_migration_brings_it_from_the_record_and_changes_nothing_else(engine: Engine, session: Session):
    TwoSites(session, date.today())
    session.close()
    was = everything(engine)
    assert {name for name in PARTS if not was[name]} == {"recomputed_score"}
    migrate.downgrade(engine, BEFORE)
    migrate.upgrade(engine)
    assert everything(engine) == was
    assert [check.problem for check in verify.checks(engine) if check.problem] == []


def test_the_migration_brings_what_was_left_behind_in_another_region_to_its_record(engine: Engine, session: Session):
    """A follow-up that was removed stayed where its visit was before that was corrected to another region."""
    sites = TwoSites(session, date.today())
    here, there = (sites.here.id, sites.here.region_id), (sites.elsewhere.id, sites.elsewhere.region_id)
    session.close()
    migrate.downgrade(engine, BEFORE)
    with engine.begin() as connection:
        left = update(FollowUp).where(col(FollowUp.site_id) == here[0])
        assert connection.execute(left.values(site_id=there[0], region_id=there[1])).rowcount == 1
    migrate.upgrade(engine)
    with engine.connect() as connection:
        found = connection.execute(select(FollowUp.site_id, FollowUp.region_id))
        assert {tuple(row) for row in found} == {here, there}


def test_an_error_in_the_middle_leaves_the_version_before_whole(engine: Engine, session: Session):
    TwoSites(session, date.today())
    session.close()
    was = everything(engine)
    migrate.downgrade(engine, BEFORE)

    def fail(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(("DROP TABLE incident_choice", "ALTER TABLE incident_choice ADD CONSTRAINT")):
            raise ZeroDivisionError

    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(ZeroDivisionError):
        migrate.upgrade(engine)
    event.remove(engine, "before_cursor_execute", fail)
    with pytest.raises(migrate.WrongVersion, match=r"manage\.py migrate"):
        migrate.require_current(engine)
    migrate.upgrade(engine)
    assert everything(engine) == was


def written(engine: Engine, statement: Any) -> None:
    """Run a statement to the end of its transaction: some keys are only looked at there."""
    with engine.begin() as connection:
        connection.execute(statement)


def test_the_database_refuses_a_part_in_another_region_than_its_record(engine: Engine, session: Session):
    sites = TwoSites(session, date.today())
    north, there = sites.north.id, {"region_id": sites.south.id, "site_id": sites.elsewhere.id}
    session.close()
    for name in [*PARTS, *(name for name, _above in BELOW)]:
        table = TABLES[name]
        if name == "recomputed_score":
            continue  # nobody recomputes here; its key is made as the others are
        place = {key: value for key, value in there.items() if key in table.c and name != "visit_classroom"}
        moved = update(table).where(table.c.region_id == north).values(place or {"region_id": there["region_id"]})
        with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
            written(engine, moved)


def places(session: Session, table: Any) -> set[tuple[Any, Any]]:
    return {tuple(row) for row in session.exec(select(table.site_id, table.region_id)).all()}


def test_a_visit_that_is_corrected_to_another_region_takes_its_parts_and_follow_ups_along(
    session: Session, field: Field
):
    there = (field.elsewhere.id, field.south.id)
    field.give(field.people["consultant"], site_id=there[0])
    actor = field.actor("consultant")
    kept, dropped = (FollowUpInput(text=text, owner="consultant") for text in ("Kept", "Dropped"))
    saved = log_visit(session, actor, field.visit(classroom_ids=(field.room.id,), follow_ups=(kept, dropped)))
    here = correct_visit(session, actor, saved.id, 1, field.visit(follow_ups=(kept,)), "Only one was promised")
    moved = field.visit(field.elsewhere, classroom_ids=(field.room_elsewhere.id,), follow_ups=(kept,))
    correct_visit(session, actor, saved.id, here.version, moved, "It was the other site")
    assert places(session, FollowUp) == {there}
    assert len(session.exec(select(FollowUp)).all()) == 2
    for name in ("visit_choice", "visit_classroom", "visit_participant"):
        assert set(session.connection().execute(select(TABLES[name].c.region_id)).scalars()) == {there[1]}, name


@pytest.mark.parametrize("stays", [True, False])
def test_an_incident_that_is_corrected_to_another_region_takes_its_time_away_along(
    session: Session, field: Field, stays: bool
):
    """Also a time away that the correction removes, with the steps and looks that were noted for it."""
    there = (field.elsewhere.id, field.south.id)
    field.give(field.people["consultant"], site_id=there[0])
    actor = field.actor("consultant")
    lost = ExclusionInput(type="stay_home", started_on=field.today - timedelta(days=1))
    saved = record_incident(session, actor, field.incident(exclusion=lost))
    exclusion_id = session.exec(select(Exclusion.id)).one()
    note_step(session, actor, exclusion_id, TwoSites.step_input(field))
    note_place(session, actor, exclusion_id, TwoSites.look_input(field, "closure"))
    moved = field.incident(field.room_elsewhere, exclusion=lost if stays else None)
    correct_incident(session, actor, saved.id, 1, moved, "It was the other site")
    for table in (Exclusion, ExclusionStep, ExclusionPlace):
        assert places(session, table) == {there}, table
    assert (session.exec(select(Exclusion.deleted_at)).one() is None) == stays


def test_the_migration_sees_through_the_wall_also_as_an_owner_who_is_held_by_it(postgres_engine: Engine):
    with Session(postgres_engine, expire_on_commit=False) as opened:
        TwoSites(opened, date.today())
    was = everything(postgres_engine)
    migrate.downgrade(postgres_engine, BEFORE)
    owner = "attune_owner_of_regions"
    with postgres_engine.begin() as connection:
        run = connection.exec_driver_sql
        run(f"CREATE ROLE {owner} LOGIN")
        run(f"GRANT CREATE ON SCHEMA public TO {owner}")
        for name in run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars().all():
            run(f'ALTER TABLE "{name}" OWNER TO {owner}')
        for name in wall.protected():
            run(f"CREATE POLICY {POLICY} ON {name} USING (current_setting('attune.reach', true) = 'whole')")
            run(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    held = make_engine(postgres_engine.url.set(username=owner).render_as_string(hide_password=False))
    with held.connect() as connection:
        assert connection.execute(select(col(Visit.id))).all() == []
    with whole_reach():  # as manage.py runs it
        migrate.upgrade(held)
    held.dispose()
    assert everything(postgres_engine) == was
