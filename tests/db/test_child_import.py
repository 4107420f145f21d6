"""Reading a list of children's questionnaires, judging it, and writing all of it or nothing, each one once."""

from datetime import date

import pytest
from sqlmodel import select

from db.commands.child_import import import_child_measures
from db.commands.child_measures import record_child_measure, remove_child_measure
from db.engine import session as open_session
from db.errors import Conflict, InvalidInput, NotFound
from db.exchange.child_judging import ChildPlan
from db.exchange.child_list import listed_measures, propose_columns
from db.exchange.table_file import read_table
from db.instruments import instrument
from db.models import AuditEvent
from db.models.base import new_id
from db.models.child_measure_input import ChildMeasureInput
from db.models.children import ChildMeasure, ChildScore
from db.queries.child_import import preview_child_measures

TOOL = "sdq_4_17"
HEADER = "Center,Child ID,Date completed,Consent date,Informant,Window,Total difficulties,Prosocial behavior"
GOOD = "Maple Demo Center,K-1,2026-03-02,2026-03-01,Parent,pre,18,4"


@pytest.fixture
def session(sqlite_engine):
    with open_session(sqlite_engine) as opened:
        yield opened


@pytest.fixture
def actor(field):
    return field.actor("consultant")


def planned(*rows, header=HEADER):
    table = read_table("\n".join([header, *rows]).encode())
    mapping = propose_columns(table.header, instrument(TOOL))
    return ChildPlan(TOOL, "teacher", "baseline", listed_measures(table, mapping, instrument(TOOL)))


def refusals(session, actor, *rows):
    preview = preview_child_measures(session, actor, planned(*rows))
    return [(line, one.field, one.code) for row in preview.rows for line, one in row.problems]


def write(session, actor, plan, **choices):
    signature = preview_child_measures(session, actor, plan).signature
    return import_child_measures(session, actor, plan, signature, **choices)


def stored(session, table=ChildMeasure):
    session.rollback()
    return session.exec(select(table)).all()


def test_a_row_is_stored_as_if_it_were_entered_by_hand_and_the_same_file_adds_nothing(session, field, actor):
    assert write(session, actor, planned(GOOD)).added == 1
    (row,) = stored(session)
    assert (row.child_key, row.respondent, row.phase, row.source) == ("K-1", "family", "baseline", "import")
    assert (row.measured_on, row.permission_on) == (date(2026, 3, 2), date(2026, 3, 1))
    assert {one.scale_code: one.value for one in stored(session, ChildScore)} == {"total": 18, "prosocial": 4}
    again = write(session, actor, planned(GOOD.replace("2026-03-02", "3/2/2026")))
    assert (again.added, again.unchanged, len(stored(session))) == (0, 1, 1)
    actions = [event.action for event in session.exec(select(AuditEvent).order_by(AuditEvent.seq))]
    assert actions == ["record_child_measure", "import_child_measures"]


def test_each_thing_that_is_wrong_is_told_at_its_line(session, actor):
    rows = [
        "Harbor Demo Center,K-1,2026-03-02,2026-03-01,Parent,pre,18,4",
        "Maple Demo Center,Anna Maria,2026-03-02,2026-03-01,Parent,pre,18,4",
        "Maple Demo Center,K-2,2099-03-02,2026-03-01,Parent,pre,18,4",
        "Maple Demo Center,K-3,2026-03-02,2026-03-09,Parent,pre,18,4",
        "Maple Demo Center,K-4,2026-03-02,,Parent,pre,18,4",
        "Maple Demo Center,K-5,2026-03-02,2026-03-01,neighbor,pre,18,4",
        "Maple Demo Center,K-6,2026-03-02,2026-03-01,Parent,fall,18,4",
        "Maple Demo Center,K-7,2026-03-02,2026-03-01,Parent,pre,41,4.5",
        "Maple Demo Center,K-8,2026-03-02,2026-03-01,Parent,pre,n/a,",
        "Maple Demo Center,,2026-13-02,2026-03-01,Parent,pre,18,many",
        GOOD,
        GOOD.replace(",18,", ",17,"),
    ]
    assert refusals(session, actor, *rows) == [
        (2, "site", "site_not_found"),
        (3, "child_key", "child_key_form"),
        (4, "measured_on", "in_the_future"),
        (5, "permission_on", "permission_late"),
        (6, "permission_on", "permission_needed"),
        (7, "respondent", "rater_unknown"),
        (8, "phase", "phase_unknown"),
        (9, "score.total", "out_of_range"),
        (9, "score.prosocial", "off_step"),
        (10, "site", "score_needed"),
        (11, "child_key", "required"),
        (11, "measured_on", "not_a_date"),
        (11, "score.prosocial", "not_a_number"),
        (13, "site", "listed_twice"),
    ]


def test_a_row_without_the_permissions_date_takes_the_one_on_file_before_that_day(session, field, actor):
    for day, permission in ((date(2026, 1, 5), date(2026, 1, 4)), (date(2026, 4, 5), date(2026, 4, 4))):
        record_child_measure(
            session, actor,
            ChildMeasureInput(
                client_uuid=new_id(), site_id=field.here.id, child_key="K-1", permission_on=permission,
                instrument_code=TOOL, respondent="teacher", phase="baseline", measured_on=day, scores={"total": 20},
            ),
        )  # fmt: skip
    plan = planned(GOOD.replace("2026-03-01", ""))
    assert write(session, actor, plan).added == 1
    imported = next(row for row in stored(session) if row.source == "import")
    assert imported.permission_on == date(2026, 1, 4)
    assert write(session, actor, plan).unchanged == 1


def test_one_refused_row_stops_all_unless_left_out_and_what_is_there_is_not_written_over(session, field, actor):
    plan = planned(GOOD, "Maple Demo Center,K-9,2026-03-02,2026-03-01,Parent,pre,99,4")
    with pytest.raises(InvalidInput):
        write(session, actor, plan)
    assert stored(session) == []
    assert write(session, actor, plan, leave_out_refused=True).left_out == 1
    assert refusals(session, actor, GOOD.replace(",18,", ",17,")) == [(2, "measured_on", "child_measured_that_day")]
    remove_child_measure(session, actor, stored(session)[0].id, 1, "another child")
    assert refusals(session, actor, GOOD) == [(2, "site", "measure_removed")]


def test_what_changed_since_the_preview_is_not_written_and_only_who_may_add_imports(session, field, actor):
    plan = planned(GOOD, GOOD.replace("K-1", "K-2"))
    seen = preview_child_measures(session, actor, plan).signature
    write(session, actor, planned(GOOD))
    with pytest.raises(Conflict):
        import_child_measures(session, actor, plan, seen)
    for role in ("director", "coordinator", "supervisor", "admin"):
        with pytest.raises(NotFound):
            import_child_measures(session, field.actor(role), plan, seen)
    with pytest.raises(NotFound):
        write(session, actor, planned(GOOD.replace("Maple", "Harbor")))
