"""A form on a disk that takes nothing: a sentence, everything typed is still there, and the next tap stores it."""

from sqlalchemy import event
from sqlmodel import select

from db import engine as engine_module
from db.models import AuditEvent, Visit


def test_a_visit_that_the_disk_does_not_take_stays_on_the_screen_and_is_saved_later(open_screen, fresh, field):
    screen = open_screen("log_visit", site=str(field.here.id))
    for name, value in {
        "minutes": 60, "levels": ["classroom"], "activities": ["teacher_meeting"], "summary": "Watched the circle.",
    }.items():  # fmt: skip
        screen.get_by_key(f"visit_{name}").set_value(value)
        screen.run()
    engine = engine_module.engine()

    def read_only(connection, _record):
        connection.cursor().execute("PRAGMA query_only = ON")

    event.listen(engine, "connect", read_only)
    engine.dispose()
    screen.get_by_key("visit_save").click()
    screen.run()
    assert not screen.exception
    assert [one.value for one in screen.error] == [
        "We could not save this just now. What you entered is still here. Please try again in a moment."
    ]
    assert screen.get_by_key("visit_summary").value == "Watched the circle."
    assert fresh.exec(select(Visit)).all() == []
    event.remove(engine, "connect", read_only)
    engine.dispose()
    fresh.rollback()
    screen.get_by_key("visit_save").click()
    screen.run()
    assert screen.success[0].value.startswith("Saved")
    assert len(fresh.exec(select(Visit)).all()) == 1
    assert len(fresh.exec(select(AuditEvent).where(AuditEvent.action == "log_visit")).all()) == 1
