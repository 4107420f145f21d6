"""Reading an export of observations, judging it, and writing all of it or nothing, each observation once."""

import csv
import io

import pytest
from sqlmodel import select

from db.commands.import_reports import fetch_import_report, keep_import_report
from db.commands.observation_import import import_observations, remember_columns
from db.commands.observations import record_observation, remove_observation
from db.errors import Conflict, InvalidInput, NotFound
from db.exchange.observation_judging import ObservationPlan
from db.exchange.observation_list import listed_observations, propose_columns
from db.exchange.table_file import read_table
from db.instruments import instrument
from db.models import AuditEvent, ComputedScore, Observation, Program, Score
from db.models.base import new_id
from db.models.observation_input import ObservationInput
from db.queries.observation_import import preview_observations, remembered_columns

HEADER = "Center,Room,Date,Observer,Cycle,Relational climate,teacher_sensitivity,Facilitated Exploration,EARLY LANGUAGE"
INFANT = instrument("class_infant")


def a_file(*rows, header=HEADER):
    return "\n".join([header.replace("EARLY LANGUAGE", "Early language support"), *rows]).encode()


def planned(content, **choices):
    table = read_table(content)
    mapping = propose_columns(table.header, INFANT)
    return ObservationPlan("class_infant", "baseline", listed_observations(table, mapping, INFANT), **choices)


def two_cycles(field, day="2026-03-02", site="Maple Demo Center", room="Owls", observer=""):
    return [f"{site},{room},{day},{observer},1,6,5,4,3", f"{site},{room},{day},{observer},2,4,5,4,3"]


def second_program(field):
    return field.add(Program(region_id=field.north.id, name="Second Program", type="child_care_center"))


@pytest.fixture
def actor(field):
    return field.actor("consultant")


def told(preview):
    return [
        (row.status, [(line, problem.field, problem.code) for line, problem in row.problems]) for row in preview.rows
    ]


def refusals(session, actor, *rows, **choices):
    return [
        one for row in told(preview_observations(session, actor, planned(a_file(*rows), **choices))) for one in row[1]
    ]


def write(session, actor, plan, **choices):
    signature = preview_observations(session, actor, plan).signature
    return import_observations(session, actor, plan, signature, **choices)


def stored(session):
    session.rollback()
    return session.exec(select(Observation).order_by(Observation.observed_on)).all()


def test_rows_of_one_room_day_and_observer_are_cycles_of_one_observation(session, field, actor):
    plan = planned(a_file(*reversed(two_cycles(field)), *two_cycles(field, "3/9/2026 09:30")))
    assert write(session, actor, plan).added == 2
    first, second = stored(session)
    assert (str(first.observed_on), str(second.observed_on)) == ("2026-03-02", "2026-03-09")
    assert (first.cycles, first.phase, first.source, first.classroom_id) == (2, "baseline", "import", field.room.id)
    assert first.observer_id == actor.person_id
    scores = session.exec(select(Score).where(Score.observation_id == first.id)).all()
    assert {(row.cycle, row.value) for row in scores if row.scale_code == "relational_climate"} == {(1, 6.0), (2, 4.0)}
    computed = session.exec(select(ComputedScore).where(ComputedScore.observation_id == first.id)).one()
    assert computed.value == pytest.approx((5 + 5 + 4 + 3) / 4)
    assert computed.formula_version == INFANT.formula_version


def test_an_import_stores_what_entering_it_by_hand_stores(session, field, actor):
    write(session, actor, planned(a_file(*two_cycles(field))))
    imported = stored(session)[0]
    names = [scale.code for scale in INFANT.scales]
    by_hand = ObservationInput(
        client_uuid=new_id(), site_id=field.here.id, classroom_id=field.room.id, instrument_code="class_infant",
        observed_on=imported.observed_on, phase="baseline",
        cycles=(dict(zip(names, (6, 5, 4, 3), strict=True)), dict(zip(names, (4, 5, 4, 3), strict=True))),
    )  # fmt: skip
    key = record_observation(session, actor, by_hand).id
    for table in (Score, ComputedScore):
        one, other = (
            sorted(
                (tuple(sorted(row.model_dump(exclude={"observation_id"}).items())))
                for row in session.exec(select(table).where(table.observation_id == found))
            )
            for found in (imported.id, key)
        )
        assert one == other
    assert stored(session)[0].content_digest == stored(session)[1].content_digest


def test_the_same_file_twice_adds_nothing(session, field, actor):
    content = a_file(*two_cycles(field), *two_cycles(field, "2026-03-09"))
    write(session, actor, planned(content))
    events = len(session.exec(select(AuditEvent)).all())
    again = write(session, actor, planned(content))
    assert (again.added, again.unchanged, again.left_out) == (0, 2, 0)
    assert len(stored(session)) == 2
    assert len(session.exec(select(AuditEvent)).all()) == events


def test_the_same_observation_twice_in_a_file_is_refused_whatever_it_is_called(session, field, actor):
    rows = [*two_cycles(field), *two_cycles(field, "3/2/2026", site=str(field.here.id), room=str(field.room.id))]
    assert refusals(session, actor, *rows) == [(4, "site", "listed_twice")]


def test_each_thing_that_is_wrong_is_told_at_its_line(session, field, actor):
    field.classroom(field.here, "Twins")
    field.classroom(field.site("Second Demo Center"), "Owls")
    session.commit()
    rows = [
        "Maple Demo Center,Owls,2026-03-02,,1,6,5,4,9",
        "Maple Demo Center,Owls,2026-03-03,,1,6,5,4,3.5",
        "Maple Demo Center,Owls,2026-03-04,,1,6,five,4,3",
        "Maple Demo Center,Owls,2026-03-05,,1,6,,4,3",
        "Maple Demo Center,Owls,13/45/2026,,1,6,5,4,3",
        "Maple Demo Center,Owls,2099-03-04,,1,6,5,4,3",
        "Harbor Demo Center,Otters,2026-03-06,,1,6,5,4,3",
        "Maple Demo Center,Otters,2026-03-06,,1,6,5,4,3",
        "Maple Demo Center,Owls,2026-03-07,Nobody Known,1,6,5,4,3",
        "Maple Demo Center,Owls,2026-03-08,,1,6,5,4,3",
        "Maple Demo Center,Owls,2026-03-08,,3,6,5,4,3",
        ",Owls,2026-03-09,,1,6,5,4,3",
        "Maple Demo Center,Owls,2026-03-10,,1,6,5,4,3,extra",
    ]
    assert refusals(session, actor, *rows) == [
        (2, "score.early_language_support", "out_of_range"),
        (3, "score.early_language_support", "off_step"),
        (4, "score.teacher_sensitivity", "not_a_number"),
        (5, "cycle", "scores_missing"),
        (6, "observed_on", "not_a_date"),
        (7, "observed_on", "in_the_future"),
        (8, "site", "site_not_found"),
        (9, "classroom", "classroom_not_here"),
        (10, "observer", "observer_not_found"),
        (11, "cycle", "cycles_not_in_a_row"),
        (13, "site", "required"),
        (14, "site", "row_too_long"),
    ]


def test_scores_may_be_missing_when_the_person_says_so(session, field, actor):
    row = "Maple Demo Center,Owls,2026-03-05,,1,6,N/A,4,3"
    assert write(session, actor, planned(a_file(row), incomplete=True)).added == 1
    assert session.exec(select(ComputedScore)).one().value is None


def test_one_refused_row_stops_all_unless_left_out(session, field, actor):
    plan = planned(a_file(*two_cycles(field), "Maple Demo Center,Owls,2026-03-03,,1,6,5,4,9"))
    with pytest.raises(InvalidInput):
        write(session, actor, plan)
    assert stored(session) == []
    result = write(session, actor, plan, leave_out_refused=True)
    assert (result.added, result.left_out, len(stored(session))) == (1, 1, 1)


def test_a_failure_in_the_middle_leaves_nothing(session, field, actor, monkeypatch):
    monkeypatch.setattr("db.exchange.write_all.AT_ONCE", 1)
    plan = planned(a_file(*two_cycles(field), *two_cycles(field, "2026-03-09")))

    def break_off(_share):
        raise RuntimeError("the server stops here")

    with pytest.raises(RuntimeError):
        write(session, actor, plan, progress=break_off)
    assert stored(session) == []


def test_the_progress_runs_to_its_end_without_going_back(session, field, actor, monkeypatch):
    monkeypatch.setattr("db.exchange.write_all.AT_ONCE", 1)
    shares = []
    plan = planned(a_file(*two_cycles(field), *two_cycles(field, "2026-03-09")))
    write(session, actor, plan, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) == 3


def test_what_changed_since_the_preview_is_not_written_over(session, field, actor):
    plan = planned(a_file(*two_cycles(field), *two_cycles(field, "2026-03-09")))
    seen = preview_observations(session, actor, plan).signature
    write(session, actor, planned(a_file(*two_cycles(field))))
    with pytest.raises(Conflict):
        import_observations(session, actor, plan, seen)
    assert len(stored(session)) == 1


def test_a_colleague_at_the_site_is_found_by_name_and_a_stranger_is_not(session, field, actor):
    colleague = field.person("consultant", "second observer")
    field.give(colleague, region_id=field.north.id)
    stranger = field.person("consultant", "far observer")
    field.give(stranger, site_id=field.elsewhere.id)
    director = field.people["director"]
    session.commit()
    plan = planned(a_file(*two_cycles(field), *two_cycles(field, observer="Second  OBSERVER")))
    assert write(session, actor, plan).added == 2
    assert {row.observer_id for row in stored(session)} == {actor.person_id, colleague.id}
    assert {row.created_by for row in stored(session)} == {actor.person_id}
    for name in ("Far Observer", director.display_name):
        assert refusals(session, actor, *two_cycles(field, observer=name)) == [(2, "observer", "observer_not_found")]


def test_the_license_number_tells_two_sites_of_one_name_apart(session, field, actor):
    twin = field.site("Maple Demo Center", field.north, second_program(field), license_no="L-77")
    field.classroom(twin, "Owls")
    field.give(field.people["consultant"], site_id=twin.id)
    session.commit()
    actor = field.actor("consultant")
    assert refusals(session, actor, *two_cycles(field)) == [(2, "site", "site_ambiguous")]
    assert write(session, actor, planned(a_file(*two_cycles(field, site="l-77")))).added == 1
    assert stored(session)[0].site_id == twin.id


def test_another_observation_of_that_room_and_day_is_not_doubled(session, field, actor):
    write(session, actor, planned(a_file(*two_cycles(field))))
    changed = [row.replace(",6,5,", ",7,5,") for row in two_cycles(field)]
    assert refusals(session, actor, *changed) == [(2, "site", "observation_there")]


def test_what_was_imported_and_removed_does_not_come_back_by_itself(session, field, actor):
    write(session, actor, planned(a_file(*two_cycles(field))))
    remove_observation(session, actor, stored(session)[0].id, 1, "wrong room")
    assert refusals(session, actor, *two_cycles(field)) == [(2, "site", "observation_removed")]


@pytest.mark.parametrize("role", ["director", "coordinator", "supervisor", "admin"])
def test_only_who_may_add_observations_imports_them(session, field, role):
    plan = planned(a_file(*two_cycles(field)))
    with pytest.raises(NotFound):
        import_observations(session, field.actor(role), plan, "")


def test_the_audit_names_each_observation_and_the_whole_import(session, field, actor):
    write(session, actor, planned(a_file(*two_cycles(field), *two_cycles(field, "2026-03-09"))))
    events = session.exec(select(AuditEvent).order_by(AuditEvent.seq)).all()
    assert [(event.action, event.reason, event.rows) for event in events] == [
        ("record_observation", "import", None),
        ("record_observation", "import", None),
        ("import_observations", None, 2),
    ]


def test_columns_are_remembered_for_the_same_header_and_for_oneself(session, field, actor):
    header = ["Center", "Klasse"]
    assert remembered_columns(session, actor, "observation", header) == {}
    remember_columns(session, actor, "observation", header, {"site": "0", "classroom": "1"})
    remember_columns(session, actor, "observation", header, {"site": "1", "classroom": "0"})
    assert remembered_columns(session, actor, "observation", header) == {"site": "1", "classroom": "0"}
    assert remembered_columns(session, actor, "observation", ["Klasse", "Center"]) == {}
    other = field.person("consultant")
    field.give(other, site_id=field.here.id)
    assert remembered_columns(session, field.actor(other), "observation", header) == {}


def test_a_refusal_report_is_ones_own_once_and_holds_no_formula(session, field, actor):
    key = keep_import_report(
        session, actor, [["Line", "Center"], ["2", '=HYPERLINK("x")'], ["3", "@a"], ["4", "O'Hara"]]
    )
    other = field.person("consultant")
    field.give(other, site_id=field.here.id)
    with pytest.raises(NotFound):
        fetch_import_report(session, field.actor(other), key)
    rows = list(csv.reader(io.StringIO(fetch_import_report(session, actor, key))))
    assert rows == [["Line", "Center"], ["2", '\'=HYPERLINK("x")'], ["3", "'@a"], ["4", "O'Hara"]]
    with pytest.raises(NotFound):
        fetch_import_report(session, actor, key)
