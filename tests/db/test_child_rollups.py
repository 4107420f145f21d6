"""What equity is counted from stays in step with the incidents, whatever happens to them."""

from datetime import timedelta

from sqlalchemy import select, text
from sqlmodel import Session

from db import child_rollups, migrate, verify
from db.child_rollups import COLUMNS
from db.commands.incidents import correct_incident, record_incident, remove_incident, restore_incident
from db.models import ChildMonth
from db.models.incident_input import ExclusionInput
from db.rollups import month_of


def rows(session):
    return session.connection().execute(select(*(getattr(ChildMonth, name) for name in COLUMNS))).all()


def keyed(field, **values):
    """Give an incident of one child, ten days before the month ended in which most of these tests live."""
    return field.incident(**{"child_key": "A-1", "permission_on": field.today - timedelta(days=300), **values})


def save(session, field, **values):
    return record_incident(session, field.actor("consultant"), keyed(field, **values))


def answers(session):
    return [(row.race, row.sex, row.iep, row.dll) for row in rows(session)]


def test_a_child_has_one_row_a_month_however_many_incidents(session, field):
    for _ in range(3):
        save(session, field, child_sex="male", admin_followups=("family_meeting",))
    record_incident(session, field.actor("consultant"), field.incident())
    (row,) = rows(session)
    assert (row.site_id, row.month) == (field.here.id, month_of(field.today - timedelta(days=1)))
    assert (row.incidents, row.exclusions, row.supported, row.sex) == (3, 0, 3, "male")


def test_an_exclusion_counts_in_the_month_in_which_it_began(session, field):
    day = (month_of(field.today) - timedelta(days=40)).replace(day=25)
    lost = ExclusionInput(type="stay_home", started_on=day + timedelta(days=10))
    save(session, field, occurred_on=day, exclusion=lost)
    assert sorted((row.month, row.incidents, row.exclusions) for row in rows(session)) == [
        (month_of(day), 1, 0), (month_of(day + timedelta(days=10)), 0, 1),
    ]  # fmt: skip


def test_race_is_rolled_up_by_a_declared_rule(session, field):
    for key, race in {
        "A-1": (), "A-2": ("unknown",), "A-3": ("black",), "A-4": ("black", "hispanic"), "A-5": ("asian", "white"),
        "A-6": ("declined",),
    }.items():  # fmt: skip
        save(session, field, child_key=key, child_race=race)
    assert {row.child_key: row.race for row in rows(session)} == {
        "A-1": None, "A-2": None, "A-3": "black", "A-4": "hispanic", "A-5": "several", "A-6": None,
    }  # fmt: skip


def test_an_answer_that_nobody_knew_leaves_the_others_and_two_answers_are_told_apart(session, field):
    save(session, field, child_sex="male", child_iep="yes", child_dll="unknown")
    save(session, field, child_sex="unknown", child_iep="no", child_race=("white",))
    assert answers(session) == [("white", "male", "differs", None)]


def test_a_correction_a_removal_and_a_restoration_move_the_counts(session, field):
    actor = field.actor("consultant")
    saved = save(session, field, child_sex="male")
    last_month = month_of(field.today) - timedelta(days=10)
    moved = keyed(field, child_key="B-2", occurred_on=last_month, child_sex="female")
    saved = correct_incident(session, actor, saved.id, saved.version, moved, "Another child, another day.")
    assert [(row.child_key, row.month, row.sex) for row in rows(session)] == [("B-2", month_of(last_month), "female")]
    saved = remove_incident(session, actor, saved.id, saved.version, "Twice in the list.")
    assert rows(session) == []
    restore_incident(session, actor, saved.id, saved.version, "It was not.")
    assert len(rows(session)) == 1


def test_a_rebuild_gives_the_same_rows_and_verify_names_what_was_changed(session, field, engine):
    for key in ("A-1", "A-2"):
        save(session, field, child_key=key, child_race=("black",), responses=("redirect",))
    kept = sorted(map(str, rows(session)))
    child_rollups.rebuild(session)
    session.commit()
    assert sorted(map(str, rows(session))) == kept
    session.rollback()
    assert problem(engine) is None
    with engine.begin() as connection:
        connection.execute(text("UPDATE child_month SET incidents = 7 WHERE child_key = 'A-2'"))
    assert f"site {field.here.id}" in str(problem(engine))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM child_month WHERE child_key = 'A-2'"))
    assert "missing" in str(problem(engine))


def problem(engine):
    return next(one.problem for one in verify.checks(engine) if one.check == "children's months")


def test_a_database_from_before_gets_the_months_of_its_children(session, field, engine):
    lost = ExclusionInput(type="stay_home", started_on=field.today)
    save(session, field, child_race=("asian", "hispanic"), child_iep="yes", exclusion=lost)
    save(session, field, child_race=("white", "asian"), child_iep="no", admin_followups=("behaviour_consultation",))
    save(session, field, child_key="B-1", child_race=("unknown", "white"))
    record_incident(session, field.actor("consultant"), field.incident())
    kept = sorted(map(str, rows(session)))
    session.close()
    migrate.downgrade(engine, "0004")
    migrate.upgrade(engine)
    with Session(engine) as again:
        assert sorted(map(str, rows(again))) == kept
