"""The drill-down: filters by tap, one sentence, what to look at next, and what is hidden."""

import pytest
from sqlalchemy import event

from db.commands.incidents import record_incident
from db.incident_cuts import child_mark
from db.period import Period
from tests.pages.said import said

MOST_STATEMENTS = 10


def incidents(session, field, number, **values):
    on = Period.last_months(12, field.today).months()[-2]
    for _ in range(number):
        record_incident(session, field.actor("consultant"), field.incident(occurred_on=on, **values))


def links(screen):
    return {one.proto.label: one.proto for one in screen.get("page_link")}


def test_a_tap_adds_a_filter_and_the_sentence_says_it_until_it_is_taken_out(open_screen, session, field):
    incidents(session, field, 4, motivation="avoid_task")
    incidents(session, field, 5, activity="meals")
    screen = open_screen("patterns", "director")
    assert "9 incidents in all" in said(screen)
    screen.get_by_key("pattern_activity").set_value("transition").run()
    assert "During transitions: 4 of 9 incidents (44%), most often to avoid a task." in said(screen).replace("\\", "")
    assert screen.query_params["activity"] == "transition"
    query = links(screen)["Open these records"].query_string
    assert "activity=transition" in query
    assert f"site={field.here.id}" in query
    screen.get_by_key("without_activity").click().run()
    assert "9 incidents in all" in said(screen)


def test_the_records_behind_the_sentence_open_with_the_same_filters(open_screen, session, field):
    key = {"child_key": "K-7", "permission_on": field.today.replace(year=field.today.year - 1)}
    incidents(session, field, 3, location="hallway", motivation="avoid_task", **key)
    incidents(session, field, 4)
    cut = {"location": "hallway", "motivation": "avoid_task", "child": child_mark(field.here.id, "K-7")}
    assert "3 of 7 incidents" in said(open_screen("patterns", "director", **cut))
    shown = open_screen("records", "director", kind="incident", site=str(field.here.id), period="12", **cut)
    assert "3 incidents" in said(shown)


def test_what_belongs_to_another_site_leaves_the_address_and_what_no_list_has_is_not_found(open_screen, session, field):
    incidents(session, field, 3)
    screen = open_screen("patterns", "director", classroom=str(field.room_elsewhere.id), child="1234567890ab")
    assert "3 incidents in all" in said(screen)
    assert "Otters" not in said(screen)
    assert not {"classroom", "child"} & set(screen.query_params)
    for wrong in ({"activity": "made_up"}, {"hour": "99"}, {"weekday": "x"}, {"site": str(field.elsewhere.id)}):
        assert "We could not find that." in said(open_screen("patterns", "director", **wrong))


def test_without_the_right_to_read_two_filters_are_refused_and_no_record_is_offered(open_screen, session, field):
    incidents(session, field, 14)
    incidents(session, field, 13, activity="meals")
    screen = open_screen("patterns", "coordinator", activity="meals")
    assert "During meals: 13 of 27 incidents" in said(screen).replace("\\", "")
    assert "Open these records" not in links(screen)
    refused = said(open_screen("patterns", "coordinator", activity="meals", hour="10"))
    assert "hidden to protect privacy" in refused
    assert "13 of" not in refused
    screen = open_screen("patterns", "coordinator", hour="10")
    screen.get_by_key("pattern_activity").set_value("meals").run()
    assert list(screen.query_params) == ["activity"]


def test_an_empty_site_says_what_to_do(open_screen, field):
    screen = open_screen("patterns", "director")
    assert "No incident is on record in this period." in said(screen)
    assert "Record an incident" in links(screen)


@pytest.mark.parametrize("cut", [{}, {"activity": "transition", "hour": "10"}])
def test_the_screen_reads_the_database_in_few_statements(open_screen, session, field, engine, cut):
    from db import engine as engine_module

    incidents(session, field, 12)
    field.session.commit()
    counted = []
    event.listen(engine_module.engine(), "before_cursor_execute", lambda *args: counted.append(args[2]))
    open_screen("patterns", "director", **cut)
    selects = [statement for statement in counted if statement.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert 0 < len(selects) <= MOST_STATEMENTS
